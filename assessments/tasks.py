from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from assessments.deleting import erase_deleted
from assessments.digest import plan_digests
from assessments.erasing import plan_erasing
from assessments.parameters import recompute_parameters
from assessments.statistics.releases import refresh_statistics
from practice import tenancy
from practice.database.context import Scope
from practice.practices import practice_ids

logger = structlog.get_logger(__name__)


@shared_task
def plan_all_digests() -> None:
    """Each practice in a transaction of its own; one that fails does not hold up the others."""
    for practice_id in practice_ids():
        try:
            plan_digests(practice_id)
        except Exception as error:
            logger.warning("digests_failed", error=type(error).__name__)


@shared_task
def recompute_all_parameters() -> None:
    """Each practice in a transaction of its own; one that fails does not hold up the others."""
    for practice_id in practice_ids():
        try:
            recompute_parameters(practice_id)
        except Exception as error:
            logger.warning("parameters_failed", error=type(error).__name__)


@shared_task
def erase_all_deleted() -> None:
    """What was deleted 30 days ago goes for good, practice by practice."""
    for practice_id in practice_ids():
        try:
            with tenancy.begin(Scope.worker(practice_id=practice_id)):
                erase_deleted()
        except Exception as error:
            logger.warning("erasing_failed", error=type(error).__name__)


@shared_task
def plan_all_erasing() -> None:
    """Couples whose day has come, by each practice's own clock; one that fails does not hold up the others."""
    for practice_id in practice_ids():
        try:
            with tenancy.begin(Scope.worker(practice_id=practice_id)):
                plan_erasing(now=timezone.now())
        except Exception as error:
            logger.warning("erasing_failed", error=type(error).__name__)


@shared_task
def refresh_all_statistics() -> None:
    """Each practice in a task of its own: the solver of a release takes seconds, and a task has a time limit."""
    for practice_id in practice_ids():
        refresh_practice_statistics.delay(str(practice_id))


@shared_task
def refresh_practice_statistics(practice_id: str) -> None:
    try:
        refresh_statistics(UUID(practice_id), now=timezone.now())
    except Exception as error:
        logger.warning("statistics_failed", error=type(error).__name__)
