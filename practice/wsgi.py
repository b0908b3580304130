import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
application = get_wsgi_application()

# What was loaded to start stays: to walk all of it again would hold up one request in a few.
gc.collect()
gc.freeze()
# A page of years makes tens of thousands of objects that end with it: at the usual 700 they are walked many times, and
# all that was loaded since the start with them, in the middle of a request.
gc.set_threshold(50_000, 10, 10)
