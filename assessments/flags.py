"""What people do about safety flags: acknowledge, close with a reason and a note, open again. One flag at a time.

Every act adds a row to the flag's history and an audit event; nothing is ever taken out, and the first date stays.
The flags of two partners are separate rows and are never counted, shown or closed as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone

from assessments.models import FlagEvent, SafetyFlag
from assessments.plan_templates import library as templates
from clients.access import couples_answered_for, couples_answered_for_by, couples_visible_to
from practice import audit, tenancy
from practice.database.kept import Kept
from practice.errors import DomainError, InvalidInput, fault
from practice.models import TREATING, Membership, Role

LONGEST_NOTE = 4_000
BY_LEVEL = Case(
    *(When(level=level, then=Value(rank)) for rank, level in enumerate(SafetyFlag.Level.values)),
    output_field=IntegerField(),
)
ANSWERS = (FlagEvent.Action.ACKNOWLEDGED, FlagEvent.Action.CLOSED)


class FlagAcknowledged(DomainError):
    """This flag is acknowledged already; the history says by whom and when."""

    code = "flag_acknowledged"


class FlagClosed(DomainError):
    """This flag is closed. Open it again to go on."""

    code = "flag_closed"


class FlagNotClosed(DomainError):
    """This flag is not closed, so there is nothing to open again."""

    code = "flag_not_closed"


@dataclass(frozen=True)
class Waiting:
    """All that an owner who does not treat the couple learns of an escalated flag."""

    level: str
    raised_at: datetime


def flags_visible_to(membership: Membership) -> QuerySet[SafetyFlag]:
    """The flags this member may read: those of the couples they may read."""
    return SafetyFlag.objects.filter(couple__in=couples_visible_to(membership))


def flags_answered_by(membership: Membership) -> QuerySet[SafetyFlag]:
    """The flags this member may act on: of couples they treat, and of those they stand in for."""
    return SafetyFlag.objects.filter(couple__in=couples_answered_for_by(membership))


def is_from_week(flag: SafetyFlag) -> bool:
    """Whether a weekly report raised it, whose lines name activities and no question of a form."""
    return any(rule["id"] == flag.rule for rule in templates.latest().barrier_rules)


def urgent_flags_of(membership: Membership) -> int:
    """How many open urgent flags wait for this member. Every page asks."""
    return len(URGENT_OF(membership.pk)) if membership.role in TREATING else 0


def _urgent_of(membership_id: UUID) -> QuerySet[SafetyFlag, UUID]:
    flags = SafetyFlag.objects.filter(couple__in=couples_answered_for(membership_id))
    return flags.filter(state=SafetyFlag.State.OPEN, level=SafetyFlag.Level.URGENT).values_list("id", flat=True)


URGENT_OF = Kept(_urgent_of)


def unanswered(flags: QuerySet[SafetyFlag]) -> QuerySet[SafetyFlag]:
    """Those that are open and that nobody has acknowledged or closed before."""
    answers = FlagEvent.objects.filter(flag=OuterRef("pk"), action__in=ANSWERS)
    return flags.filter(~Exists(answers), state=SafetyFlag.State.OPEN)


def waiting_for(owner: Membership) -> list[Waiting]:
    """What an owner was told of and nobody has answered, of couples that are not theirs to read: level and date."""
    if owner.role != Role.OWNER:
        return []
    told = FlagEvent.objects.filter(flag=OuterRef("pk"), action=FlagEvent.Action.OWNER_TOLD)
    escalated = unanswered(SafetyFlag.objects.filter(Exists(told)))
    others = escalated.exclude(couple__in=couples_visible_to(owner))
    rows = others.order_by("raised_at").values_list("level", "raised_at")
    return [Waiting(level, raised_at) for level, raised_at in rows]


def acknowledge_flag(flag: SafetyFlag, *, membership: Membership) -> None:
    """Somebody has read it and takes care of it: nobody else is told any more. Raises FlagAcknowledged, FlagClosed."""
    found = _locked(flag)
    if found.state == SafetyFlag.State.CLOSED:
        raise FlagClosed
    if found.state == SafetyFlag.State.ACKNOWLEDGED:
        raise FlagAcknowledged
    _act(found, FlagEvent.Action.ACKNOWLEDGED, state=SafetyFlag.State.ACKNOWLEDGED, by=membership)


def close_flag(flag: SafetyFlag, *, reason: str, note: str, membership: Membership) -> None:
    """Settle a flag, with a reason and a note on what was done. Raises InvalidInput with the faults, FlagClosed."""
    if faults := list(_closing_faults(reason, note)):
        raise InvalidInput("Say why this flag is closed, and what was done.", faults=faults)
    found = _locked(flag)
    if found.state == SafetyFlag.State.CLOSED:
        raise FlagClosed
    given = {"reason": reason, "note": note.strip()}
    _act(found, FlagEvent.Action.CLOSED, state=SafetyFlag.State.CLOSED, by=membership, **given)


def reopen_flag(flag: SafetyFlag, *, membership: Membership) -> None:
    """Open a closed flag again, with its history and its first date. Raises FlagNotClosed."""
    found = _locked(flag)
    if found.state != SafetyFlag.State.CLOSED:
        raise FlagNotClosed
    _act(found, FlagEvent.Action.REOPENED, state=SafetyFlag.State.OPEN, by=membership)


def with_history(flags: Iterable[SafetyFlag]) -> list[SafetyFlag]:
    """The flags, each with `history`: its events, oldest first, with the name of who acted, in one statement."""
    found = list(flags)
    names = Membership.objects.filter(practice_id=tenancy.practice_id(), pk=OuterRef("by")).values("name")
    events = FlagEvent.objects.filter(flag__in=[flag.pk for flag in found]).annotate(name=Subquery(names))
    by_flag: dict[Any, list[FlagEvent]] = {}
    for event in events.order_by("at", "id") if found else []:
        by_flag.setdefault(event.flag_id, []).append(event)
    for flag in found:
        flag.history = by_flag.get(flag.pk, [])  # type: ignore[attr-defined]
    return found


def _locked(flag: SafetyFlag) -> SafetyFlag:
    return SafetyFlag.objects.select_for_update().get(pk=flag.pk)


def _act(flag: SafetyFlag, action: FlagEvent.Action, *, state: str, by: Membership, **given: str) -> None:
    flag.state = state
    flag.save(update_fields=["state"])
    FlagEvent.objects.create(flag=flag, partner_id=flag.partner_id, action=action, at=timezone.now(), by=by.id, **given)
    told = {"rule": flag.rule, **({"reason": given["reason"]} if given else {})}
    audit.record(f"flag.{action}", object_id=flag.id, couple_id=flag.couple_id, **told)


def _closing_faults(reason: str, note: str) -> Iterable[dict[str, str]]:
    if reason not in FlagEvent.Reason.values:
        yield fault("reason", "invalid_choice", "Choose a reason.")
    if not note.strip():
        yield fault("note", "required", "Say in a line what was done.")
    elif len(note.strip()) > LONGEST_NOTE or "\0" in note:
        yield fault("note", "max_length", f"Shorten the note to {LONGEST_NOTE} characters of plain text.")
