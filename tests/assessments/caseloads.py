"""What tests make of a list of couples, and read of it."""

from typing import Any

from django.utils import timezone

from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule
from clients.models import CounselingSession, Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import (
    as_staff,
    in_days,
    make_couple,
)


def rows(response: Any) -> list[Any]:
    return list(response.context["rows"])


def beside(response: Any) -> list[tuple[Any, Any]]:
    """Each partner of the only row, with what is drawn of them."""
    return list(zip(rows(response)[0].partners, response.context["drawn"][0]["partners"], strict=True))


def shown(response: Any) -> list[str]:
    return [row.couple.label for row in rows(response)]


def make_overdue(therapist: Membership, label: str) -> Couple:
    """A couple whose window has ended with both forms unopened, before the worker came to close it."""
    couple = make_couple(therapist, label=label)
    factories.assign(therapist, couple, schedule=Schedule(opens_at=in_days(-5), closes_at=in_days(1)))
    with as_staff(therapist):
        for model in (Wave, AnswerSheet):
            model.objects.filter(couple=couple).update(closes_at=in_days(-1))
    return couple


def make_check_ins(therapist: Membership, partner: Partner, *missing: int) -> None:
    """Check-ins in which everything is missing as often as each says, 0 to 4."""
    for each in missing:
        factories.answer_check_in(therapist, partner, each)


def wave_of(therapist: Membership, assignment: Assignment) -> Wave:
    with as_staff(therapist):
        return Wave.objects.get(assignment=assignment)


def plan_session(therapist: Membership, couple: Couple, at: Any) -> None:
    with as_staff(therapist):
        CounselingSession.objects.create(
            couple=couple, kind="couple", planned_at=at, written_by=therapist.id, created_at=timezone.now()
        )
