"""What waits for a decision of one member, read from the rows that say so: nothing is filed, so nothing goes stale.

Kept is only that somebody has read an item or set it aside (InboxMark). Whoever treats a couple has all of its items;
a cover has the flags, which they answer, and during a leave also whom no message reaches and who stopped reminders.
The statements are as many for one item as for a thousand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone

from assessments import library
from assessments.flags import ANSWERS, flags_answered_by, waiting_for
from assessments.joint_reports import waves_to_release
from assessments.messages import messages_needing_decision
from assessments.models import AnswerSheet, FlagEvent, InboxMark, SafetyFlag
from assessments.proposals import full_forms_due
from assessments.retention import couples_leaving, told_since
from assessments.sheets import answered_of, form_of
from clients.access import couples_reached_by, couples_treated_by
from clients.models import Couple, Partner
from clients.reminders import without_reminders
from practice import audit
from practice.models import Membership
from practice.retention import NOTICE

Kind = InboxMark.Kind
# What ends by a mark alone; a flag ends by being acknowledged, and nothing else ends it.
MARKED = (Kind.MESSAGE, Kind.PARTIAL, Kind.READ, Kind.RELEASE, Kind.REMINDERS, Kind.DUE, Kind.GOES)
ORDER = {kind: place for place, kind in enumerate(Kind)}
LEVELS = SafetyFlag.Level.values
TOLD = (FlagEvent.Action.COVER_TOLD, FlagEvent.Action.OWNER_TOLD)


@dataclass(frozen=True)
class Item:
    """One thing to decide. `about` is the row it was read from; no couple where an owner may not know which.

    `answered` and `total` count lines, where a form ended before all were answered.
    """

    kind: Kind
    reference: UUID
    since: datetime
    about: Any
    couple: Couple | None = None
    partner: Partner | None = None
    answered: int = 0
    total: int = 0

    @property
    def can_be_set_aside(self) -> bool:
        return self.kind in MARKED


def inbox_of(membership: Membership, *, now: datetime) -> list[Item]:
    """What waits for this member, the most urgent kind first and the oldest of it."""
    couples, reached = couples_treated_by(membership), couples_reached_by(membership)
    to_mark = [*_messages(reached), *_stopped(reached), *_about_couples(couples, now), *_leaving(membership, now)]
    found = [*_flags(membership), *_sheets(couples), *_unmarked(to_mark)]
    return sorted(found, key=lambda item: (ORDER[item.kind], _level(item), item.since, str(item.reference)))


def _level(item: Item) -> int:
    """The place of a flag's level, the most urgent first; one for all else."""
    return LEVELS.index(item.about.level) if item.kind in (Kind.ESCALATED, Kind.FLAG) else 0


def set_aside(membership: Membership, *, kind: str, reference: UUID, now: datetime) -> Item:
    """Note that this member has read an item, or needs nothing more of it. Raises Http404 for what does not wait."""
    waiting = (item for item in inbox_of(membership, now=now) if item.can_be_set_aside)
    found = next((item for item in waiting if (item.kind, item.reference) == (kind, reference)), None)
    if found is None or found.couple is None:
        raise Http404
    _mark([found], membership)
    audit.record("inbox.set_aside", object_id=reference, couple_id=found.couple.id, kind=found.kind)
    return found


def note_read(couple: Couple, sheets: Sequence[AnswerSheet], *, membership: Membership) -> None:
    """The therapist has opened the results of these forms of a couple: they wait for nobody any more."""
    for sheet in sheets:
        sheet.couple = couple
    read = [item for item in map(_item_of, sheets) if item]
    if read:
        _mark(read, membership)


def _mark(items: Iterable[Item], membership: Membership) -> None:
    given = {"by": membership.id, "at": timezone.now()}
    marks = [
        InboxMark(kind=item.kind, reference=item.reference, couple=item.couple, partner=item.partner, **given)
        for item in items
    ]
    # Whoever was first is who did it.
    InboxMark.objects.bulk_create(marks, ignore_conflicts=True)


def _unmarked(items: list[Item]) -> list[Item]:
    kinds, references = {item.kind for item in items}, {item.reference for item in items}
    marks = InboxMark.objects.filter(kind__in=kinds, reference__in=references)
    known = set(marks.values_list("kind", "reference"))
    return [item for item in items if (item.kind, item.reference) not in known]


def _flags(membership: Membership) -> Iterator[Item]:
    """Open flags; what went beyond the therapist counts as not answered in time until somebody answers."""
    told = FlagEvent.objects.filter(flag=OuterRef("pk"), action__in=TOLD)
    answered = FlagEvent.objects.filter(flag=OuterRef("pk"), action__in=ANSWERS)
    flags = flags_answered_by(membership).filter(state=SafetyFlag.State.OPEN)
    flags = flags.select_related("couple", "partner", "sheet").annotate(late=Exists(told) & ~Exists(answered))
    for flag in flags:
        kind = Kind.ESCALATED if flag.late else Kind.FLAG
        yield Item(kind, flag.id, flag.raised_at, flag, flag.couple, flag.partner)
    for number, waiting in enumerate(waiting_for(membership)):
        yield Item(Kind.ESCALATED, uuid5(membership.id, f"{number}"), waiting.raised_at, waiting)


def _sheets(couples: Any) -> Iterator[Item]:
    """Forms that were handed in and nobody has opened, and those that ended with some of their lines answered.

    A check-in that was handed in is no item: what it says stands on the list of couples and on the session's page.
    """
    marks = InboxMark.objects.filter(kind__in=(Kind.READ, Kind.PARTIAL), reference=OuterRef("pk"))
    to_read = Q(state=AnswerSheet.State.SUBMITTED, week_of=None)
    partly = Q(state=AnswerSheet.State.EXPIRED, saved__contains=[True])
    sheets = AnswerSheet.objects.filter(to_read | partly, ~Exists(marks), couple__in=couples)
    find = cache(library.resolve)
    for sheet in sheets.select_related("couple", "partner", "wave"):
        item = _item_of(sheet, find)
        if item:
            yield item


def _item_of(sheet: AnswerSheet, find: Any = library.resolve) -> Item | None:
    if sheet.state == AnswerSheet.State.SUBMITTED and sheet.week_of is None and sheet.submitted_at:
        return Item(Kind.READ, sheet.id, sheet.submitted_at, sheet, sheet.couple, sheet.partner)
    if sheet.state == AnswerSheet.State.EXPIRED and any(sheet.saved):
        counts = answered_of(form_of(sheet, instrument=find(sheet.instrument, sheet.content_hash)))
        return Item(Kind.PARTIAL, sheet.id, sheet.closes_at, sheet, sheet.couple, sheet.partner, *counts)
    return None


def _messages(couples: Any) -> Iterator[Item]:
    """A further link that fails is a further item."""
    for one in messages_needing_decision(couples):
        link = getattr(one.sheet, "link_id", None) or one.sheet.id
        yield Item(Kind.MESSAGE, uuid5(link, one.reason), one.since, one, one.couple, one.partner)


def _stopped(couples: Any) -> Iterator[Item]:
    for partner in without_reminders(couples):
        stopped_at = partner.reminders_off_at
        if stopped_at:
            reference = uuid5(partner.id, stopped_at.isoformat())
            yield Item(Kind.REMINDERS, reference, stopped_at, partner, partner.couple, partner)


def _about_couples(couples: Any, now: datetime) -> Iterator[Item]:
    for wave in waves_to_release(couples):
        yield Item(Kind.RELEASE, wave.id, wave.opens_at, wave, wave.couple)
    for couple, proposal in full_forms_due(list(couples), now=now):
        since = datetime.combine(proposal.due_on, time(), timezone.get_current_timezone())
        yield Item(Kind.DUE, uuid5(couple.id, f"{proposal.kind} {proposal.due_on}"), since, proposal, couple)


def _leaving(membership: Membership, now: datetime) -> Iterator[Item]:
    """Records that go within 30 days. A term that was set anew makes another day of it, and another item."""
    for couple, one in couples_leaving(membership, now=now, within=NOTICE):
        if not one.kept_by:
            since = datetime.combine(told_since(one), time(), timezone.get_current_timezone())
            yield Item(Kind.GOES, uuid5(couple.id, f"goes {one.goes_on}"), since, one, couple)
