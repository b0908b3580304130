"""One form for many couples: what each would get, who is skipped and why, and a minute in which it can be taken back.

For that minute nothing opens and nothing is sent, so what is taken back is as if it had never been.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments.assignments import assign_to_couples, refusals
from assessments.instruments.definition import Instrument
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule
from clients.access import couples_treated_by
from clients.models import Couple, Partner
from practice import audit
from practice.errors import DomainError
from practice.models import Membership

MOST_COUPLES = 200
UNDO_FOR = timedelta(minutes=1)


class TooLate(DomainError):
    """The minute is over, or a form has opened. End the form on each couple's page instead."""

    code = "too_late"


@dataclass(frozen=True)
class Outlook:
    """What a couple would get: its partners, or why it is skipped."""

    couple: Couple
    partners: tuple[Partner, ...]
    skipped: DomainError | None


def outlook(couples: Sequence[Couple], instrument: Instrument) -> list[Outlook]:
    """Who would get an instrument now and who would be skipped, in the order given; four statements."""
    refused = refusals(couples, instrument)
    partners: dict[UUID, list[Partner]] = defaultdict(list)
    for partner in Partner.objects.filter(couple__in=[one.id for one in couples]).order_by("position"):
        partners[partner.couple_id].append(partner)
    return [Outlook(one, tuple(partners[one.id]), refused.get(one.id)) for one in couples]


def assign_in_bulk(
    couples: Sequence[Couple], *, instrument: str, sitting: str, membership: Membership, schedule: Schedule
) -> tuple[list[Assignment], list[dict[str, str]]]:
    """As assign_to_couples, but that nothing opens or is sent before it can no longer be taken back."""
    return assign_to_couples(
        couples, instrument=instrument, sitting=sitting, membership=membership, schedule=schedule, hold=UNDO_FOR
    )


def take_back(ids: Sequence[UUID], *, membership: Membership) -> None:
    """Undo what this member assigned within the last minute, all of it or nothing. Raises TooLate."""
    fresh = {"assigned_by": membership.id, "created_at__gt": timezone.now() - UNDO_FOR}
    with transaction.atomic():
        treated = Assignment.objects.filter(couple__in=couples_treated_by(membership), pk__in=ids, **fresh)
        found = list(treated.select_for_update(of=("self",)))
        waves = list(Wave.objects.select_for_update(of=("self",)).filter(assignment__in=found))
        if not found or len(found) < len(set(ids)) or any(wave.opened_at for wave in waves):
            raise TooLate
        for rows in (
            AnswerSheet.objects.filter(wave__in=[wave.pk for wave in waves]),
            Wave.objects.filter(pk__in=[wave.pk for wave in waves]),
            Assignment.objects.filter(pk__in=[one.pk for one in found]),
        ):
            # The database holds that nothing else hangs on them; Django would ask each table first.
            rows._raw_delete(rows.db)
    for one in found:
        audit.record("assignment.taken_back", object_id=one.id, couple_id=one.couple_id, instrument=one.instrument)
