"""Which member is responsible for a couple, and who was before.

Who hands over sees the couple's name only where they treat it: a whole caseload is handed over by number, so that an
owner or an admin can do it for a colleague who is ill without reading of anybody's couples.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from clients.models import Couple, Treatment
from practice import audit, tenancy
from practice.cover import members_who_answer
from practice.database.context import Scope
from practice.database.kept import Kept
from practice.errors import DomainError, InvalidInput
from practice.models import MANAGING, Membership


class NothingToHandOver(DomainError):
    """None of these couples could be handed over. Choose at least one that the colleague does not treat yet."""

    code = "nothing_to_hand_over"


@dataclass(frozen=True)
class Period:
    """`ended_at` is None for the member who is responsible now; nobody is responsible where `name` is empty."""

    name: str
    started_at: datetime
    ended_at: datetime | None


PAST = Kept(lambda couple: Treatment.objects.filter(couple=couple).select_related("therapist").order_by("-ended_at"))


def treatments_of(couple: Couple) -> list[Period]:
    """Who was responsible when, the member who is now first."""
    past = [
        Period(one.therapist.name if one.therapist else "", one.started_at, one.ended_at) for one in PAST(couple.id)
    ]
    since = past[0].ended_at if past else None
    return [Period(couple.therapist.name if couple.therapist else "", since or couple.created_at, None), *past]


def possible_takers() -> list[Membership]:
    """Who may become responsible for a couple."""
    return list(members_who_answer().order_by("name"))


def hand_over(couple_ids: Collection[UUID], *, to: Membership, by: Membership) -> int:
    """Make another member responsible for couples of `by`; how many. Raises InvalidInput, NothingToHandOver."""
    _refuse_taker(to)
    moved = _move(Couple.objects.filter(pk__in=couple_ids, therapist=by).values_list("pk", flat=True), to=to, by=by)
    return _recorded(moved, to=to)


def hand_over_caseload(giver: Membership, *, to: Membership, by: Membership) -> int:
    """Hand over every couple of a member, by the worker's hands; how many. Raises InvalidInput, NothingToHandOver."""
    if by.role not in MANAGING:
        raise InvalidInput("Only an owner or an admin hands over what a colleague treats.", code="giver")
    _refuse_taker(to)
    with tenancy.acting_as(Scope.worker(practice_id=tenancy.practice_id())):
        moved = _move(Couple.objects.filter(therapist=giver).values_list("pk", flat=True), to=to, by=by)
    return _recorded(moved, to=to)


def caseload_sizes() -> Mapping[UUID, int]:
    """How many couples each member is responsible for; nothing else of them."""
    with tenancy.acting_as(Scope.worker(practice_id=tenancy.practice_id())):
        counted = Couple.objects.exclude(therapist=None).values("therapist_id").annotate(number=Count("pk")).order_by()
        return {one["therapist_id"]: one["number"] for one in counted}


def _refuse_taker(to: Membership) -> None:
    if not members_who_answer().filter(pk=to.pk).exists():
        raise InvalidInput("Choose an active colleague of this practice who treats couples.", code="to")


def _move(couple_ids: Iterable[UUID], *, to: Membership, by: Membership) -> list[tuple[UUID, UUID | None]]:
    """Each couple that moved, with who had it. Locked in one order, so that two who hand over do not wait in a ring."""
    now = timezone.now()
    with transaction.atomic():
        locked = Couple.objects.select_for_update().filter(pk__in=list(couple_ids)).exclude(therapist=to)
        found = list(locked.order_by("pk").values_list("pk", "therapist_id", "created_at"))
        ids = [pk for pk, _, _ in found]
        ended = Treatment.objects.filter(couple__in=ids).values("couple_id").annotate(last=Max("ended_at")).order_by()
        since = {one["couple_id"]: one["last"] for one in ended}
        Treatment.objects.bulk_create(
            Treatment(
                couple_id=pk,
                therapist_id=therapist,
                started_at=since.get(pk, created_at),
                ended_at=now,
                handed_over_by=by.id,
            )
            for pk, therapist, created_at in found
        )
        Couple.objects.filter(pk__in=ids).update(therapist=to)
    return [(pk, therapist) for pk, therapist, _ in found]


def _recorded(moved: list[tuple[UUID, UUID | None]], *, to: Membership) -> int:
    if not moved:
        raise NothingToHandOver
    for couple_id, former in moved:
        audit.record("couple.handed_over", object_id=couple_id, couple_id=couple_id, giver=former, taker=to.id)
    return len(moved)
