"""How care ends and goes on: what was being asked stops for both alike, and may be asked once more after three months.

A separation is an outcome like any other. Nothing a partner handed in is touched, and nobody is told why a form ended.
"""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.assignments import assign_instrument, end_assignment
from assessments.models import Assignment, Wave
from assessments.plan_templates import library as templates
from assessments.schedules import Schedule
from clients.couples import close_couple, reopen_couple
from clients.models import Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from practice.practices import time_zone

# The full form comes again “3 months later” (clinical design 1.2).
FOLLOW_UP_MONTHS = 3
# Two forms are compared when at most so many days lie between them (clinical design 1.5, 9).
FOLLOW_UP_WINDOW = timedelta(days=14)
MORNING = time(9)


def close_care(couple: Couple, *, reason: str, membership: Membership, ask_again: bool = False) -> None:
    """Close a couple with a reason. Open forms are withdrawn and their links end; with `ask_again`, see ask_after_care.

    Raises InvalidInput.
    """
    with transaction.atomic():
        # Whoever assigns a form at this moment waits, and is then refused.
        Couple.objects.select_for_update().get(pk=couple.pk)
        close_couple(couple, reason=reason)
        for assignment in _still_asking(couple):
            end_assignment(assignment)
        if ask_again:
            ask_after_care(couple, membership=membership)


def ask_after_care(couple: Couple, *, membership: Membership, at: datetime | None = None) -> Assignment:
    """Give the full form to a closed couple as a follow-up: three months after closing, or at another time.

    Raises InvalidInput where nobody takes part any more, and what assign_instrument does.
    """
    if not Partner.objects.filter(couple=couple, state=Partner.State.ACTIVE).exists():
        raise InvalidInput("Both take no further part, so there is nobody to ask.", code="ask_again")
    opens_at = at or follow_up_at(couple.closed_at or timezone.now())
    return assign_instrument(
        couple,
        instrument=full_form(),
        membership=membership,
        schedule=Schedule(opens_at=opens_at, closes_at=opens_at + FOLLOW_UP_WINDOW),
        follow_up=True,
    )


def resume_care(couple: Couple, *, new_episode: bool = False) -> None:
    """Open a closed couple again. A follow-up that was not asked yet is called off: care has not ended after all."""
    with transaction.atomic():
        reopen_couple(couple, new_episode=new_episode)
        for assignment in _still_asking(couple):
            if assignment.follow_up and not assignment.waves.exclude(opened_at=None).exists():
                end_assignment(assignment)


def full_form() -> str:
    """The instrument that measures what a plan works on, in the version a new plan is held against."""
    return templates.latest().measured_by


def follow_up_at(closed_at: datetime) -> datetime:
    """Nine in the morning three months later, by the practice's clock."""
    zone = time_zone()
    day = months_later(timezone.localdate(closed_at, timezone=zone), FOLLOW_UP_MONTHS)
    return datetime.combine(day, MORNING, tzinfo=zone)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _still_asking(couple: Couple) -> Iterable[Assignment]:
    """What has not ended and has a window that is open or still to come, or gets one with the next session."""
    waves = Wave.objects.filter(couple=couple, closed_at=None)
    asking = set(waves.values_list("assignment_id", flat=True))
    running = Assignment.objects.filter(couple=couple, ended_at=None)
    return list(running.filter(Q(pk__in=asking) | Q(before_sessions=True)))
