import os
from typing import Any

from celery import Celery
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")


def refuse_overlong(conf: Any) -> None:
    """The broker gives a task that nobody acknowledged in time to a second worker, while the first is still at it.

    Raises ImproperlyConfigured where a task may take so long, or without end.
    """
    limit, patience = conf.task_time_limit, conf.broker_transport_options.get("visibility_timeout", 0)
    if not limit or limit >= patience:
        raise ImproperlyConfigured(
            f"A task may take {limit} seconds, and is given to another worker after {patience}. "
            "Set CELERY_TASK_TIME_LIMIT below the broker's visibility_timeout."
        )


app = Celery("attune")
app.config_from_object("django.conf:settings", namespace="CELERY")
refuse_overlong(app.conf)
app.autodiscover_tasks()
