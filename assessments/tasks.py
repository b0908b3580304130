import structlog
from celery import shared_task

from assessments.parameters import recompute_parameters
from practice.practices import practice_ids

logger = structlog.get_logger(__name__)


@shared_task
def recompute_all_parameters() -> None:
    """Each practice in a transaction of its own; one that fails does not hold up the others."""
    for practice_id in practice_ids():
        try:
            recompute_parameters(practice_id)
        except Exception as error:
            logger.warning("parameters_failed", error=type(error).__name__)
