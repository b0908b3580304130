"""What beat asks for of every practice, each in a task of its own: a task has a time limit, and one that fails or is
killed does not hold up the others. Each may come twice, or not at all until beat asks again.
"""

from collections.abc import Callable
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


def _erase_deleted(practice_id: UUID) -> None:
    with tenancy.begin(Scope.worker(practice_id=practice_id)):
        erase_deleted()


def _plan_erasing(practice_id: UUID) -> None:
    with tenancy.begin(Scope.worker(practice_id=practice_id)):
        plan_erasing(now=timezone.now())


# By the name that the schedule in the settings and the log give it.
WORK: dict[str, Callable[[UUID], object]] = {
    "digests": plan_digests,
    "parameters": recompute_parameters,
    "erase_deleted": _erase_deleted,
    "plan_erasing": _plan_erasing,
    "statistics": lambda practice_id: refresh_statistics(practice_id, now=timezone.now()),
}


@shared_task
def for_every_practice(work: str) -> None:
    for practice_id in practice_ids():
        for_practice.delay(work, str(practice_id))


@shared_task
def for_practice(work: str, practice_id: str) -> None:
    try:
        WORK[work](UUID(practice_id))
    except Exception as error:
        logger.warning("practice_work_failed", kind=work, error=type(error).__name__)
