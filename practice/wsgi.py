import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
application = get_wsgi_application()

# What was loaded to start stays: to walk all of it again would hold up one request in a few.
gc.collect()
gc.freeze()
