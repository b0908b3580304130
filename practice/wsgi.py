import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
application = get_wsgi_application()

# What was loaded to start stays: to walk all of it again would hold up one request in a few.
gc.collect()
gc.freeze()
# Nor all that was loaded since: what outlives two walks is walked every few dozen requests, in place of every few.
# What a request leaves behind goes with the short walks, which take a fraction of a millisecond.
gc.set_threshold(1_000, 10, 100)
