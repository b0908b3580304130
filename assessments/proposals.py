"""Which forms are due for a couple, from what is on record: the rule is assessments/due.py.

Nothing is ever assigned from here without a person's click.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments import library
from assessments.due import CHECK_IN, Known, Proposal, due
from assessments.ending import ask_after_care, full_form
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.record import CoupleRecord
from clients.models import CounselingSession, Couple, Partner
from practice.database.kept import Ids, Kept, any_of
from practice.errors import DomainError
from practice.models import Membership

# Kind, when held, when planned, what a review decided.
SessionFacts = tuple[str, datetime | None, datetime | None, str]


class NotDue(DomainError):
    """This is not due any more. Look at the couple's page again."""

    code = "not_due"


def proposals_of(couple: Couple, *, now: datetime | None = None) -> list[Proposal]:
    """What is due for this couple, the full form first."""
    now = now or timezone.now()
    return due(what_is_known(couple, now=now), today=timezone.localdate(now))


def confirm_after_care(couple: Couple, *, membership: Membership) -> Assignment:
    """Give a closed couple the full form that is due, now. Raises NotDue, and what assign_instrument does."""
    if couple.state != Couple.State.CLOSED or not proposals_of(couple):
        raise NotDue
    return ask_after_care(couple, membership=membership, at=timezone.now())


@dataclass(frozen=True)
class GivenWave:
    """One wave as far as it is asked here; `is_open` says that a form of it waits for its answers."""

    instrument: str
    opens_at: datetime
    closes_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    is_open: bool


def proposals_from(record: CoupleRecord, *, now: datetime) -> list[Proposal]:
    """The same as proposals_of, from what was read already."""
    open_waves = {sheet.wave for sheet in record.sheets if sheet.state in AnswerSheet.OPEN_STATES}
    waves = {
        sheet.wave: GivenWave(
            instrument=sheet.instrument.partition("@")[0],
            opens_at=sheet.opens_at,
            closes_at=sheet.closes_at,
            opened_at=sheet.opened_at,
            closed_at=sheet.ended_at,
            is_open=sheet.wave in open_waves,
        )
        for sheet in record.sheets
    }
    # Each by itself: to list every instrument would be one statement more on each page.
    asked = [*record.instruments.values(), *map(library.resolve, record.before_sessions)]
    check_ins = {one.id for one in asked if one.is_check_in}
    sessions = [(one.kind, one.held_at, one.planned_at, one.review) for one in record.sessions]
    anybody = any(partner.state == Partner.State.ACTIVE for partner in record.partners)
    followed = record.before_sessions if anybody else None
    known = _known(record.couple, sessions, list(waves.values()), check_ins, followed=followed, now=now)
    return due(known, today=timezone.localdate(now))


def what_is_known(couple: Couple, *, now: datetime) -> Known:
    """Read for `due`, in as many statements for a long record as for a short one."""
    return known_of([couple], now=now)[couple.id]


def full_forms_due(couples: Sequence[Couple], *, now: datetime) -> list[tuple[Couple, Proposal]]:
    """The full forms that are due for many couples, in three statements. A check-in that is due is left out."""
    known = known_of(couples, now=now, instrument=full_form().partition("@")[0])
    found = ((one, due(known[one.id], today=timezone.localdate(now))) for one in couples)
    return [(one, proposal) for one, proposals in found for proposal in proposals if proposal.kind != CHECK_IN]


def _sessions_of(couples: Ids) -> QuerySet[CounselingSession, tuple[Any, ...]]:
    planned_or_held = CounselingSession.objects.filter(any_of("couple_id", couples), cancelled_at=None)
    return planned_or_held.values_list("couple_id", "kind", "held_at", "planned_at", "review")


def _followed(couples: Ids) -> QuerySet[Partner, tuple[Any, ...]]:
    """Of each couple of whom somebody takes part, the instruments that are asked before each session."""
    running = Assignment.objects.filter(couple_id=OuterRef("couple_id"), ended_at=None, before_sessions=True)
    there = Partner.objects.filter(any_of("couple_id", couples), state=Partner.State.ACTIVE)
    return there.values_list("couple_id", ArraySubquery(running.values("instrument")))


def _waves_of(couples: Ids) -> QuerySet[Wave, tuple[Any, ...]]:
    sheets = AnswerSheet.objects.filter(wave=OuterRef("pk"), state__in=AnswerSheet.OPEN_STATES)
    waves = Wave.objects.filter(any_of("couple_id", couples)).annotate(is_open=Exists(sheets))
    fields = ("assignment__instrument", "opens_at", "closes_at", "opened_at", "closed_at", "is_open")
    return waves.values_list("couple_id", *fields)


SESSIONS, FOLLOWED, WAVES = Kept(_sessions_of), Kept(_followed), Kept(_waves_of)


def known_of(couples: Sequence[Couple], *, now: datetime, instrument: str = "") -> dict[UUID, Known]:
    """The same for many couples at once; of the waves of one instrument alone, where its id is given."""
    if not couples:
        return {}
    ids = [one.id for one in couples]
    sessions, waves = defaultdict[UUID, list[SessionFacts]](list), defaultdict[UUID, list[GivenWave]](list)
    for key, kind, held_at, planned_at, review in SESSIONS(ids):
        sessions[key].append((kind, held_at, planned_at, review))
    asked = WAVES(ids) if not instrument else _waves_of(ids).filter(assignment__instrument__startswith=f"{instrument}@")
    for key, ref, *facts in asked:
        waves[key].append(GivenWave(ref.partition("@")[0], *facts))
    followed = dict(FOLLOWED(ids))
    check_ins = check_in_ids()
    return {
        one.id: _known(
            one,
            sessions[one.id],
            waves[one.id],
            check_ins,
            followed=followed.get(one.id),
            now=now,
        )
        for one in couples
    }


def _known(
    couple: Couple,
    sessions: Sequence[SessionFacts],
    waves: Sequence[GivenWave],
    check_ins_known: Collection[str],
    *,
    followed: Collection[str] | None,
    now: datetime,
) -> Known:
    """`followed` are the instruments that are asked before each session; None where nobody takes part."""
    held, coming, stopped_at = _sessions(couple, sessions, now)
    full = [one for one in waves if one.instrument == full_form().partition("@")[0]]
    check_ins = [one for one in waves if one.instrument in check_ins_known]
    given = [one.opened_at for one in full if one.opened_at and _in_this_episode(couple, one.opened_at)]
    last_full = max(given, default=None)
    ended = [one.closed_at or one.closes_at for one in check_ins if one.opened_at]
    past = [moment for moment in ended if moment <= now]
    return Known(
        state=couple.state,
        closed_reason=couple.closed_reason,
        anybody=followed is not None,
        care_since=timezone.localdate(couple.care_since),
        closed_on=_on(couple.closed_at),
        stopped_on=_on(stopped_at),
        last_full_on=_on(last_full),
        full_is_asked=any(_is_asked(one, now) for one in full),
        sessions=tuple(timezone.localdate(one) for one in held if last_full and one > last_full),
        check_in_is_asked=any(ref.partition("@")[0] in check_ins_known for ref in followed or ())
        or any(_comes_first(one, now, coming) for one in check_ins),
        last_check_in_ended_on=_on(max(past, default=None)),
        next_session_on=_on(coming),
    )


def _sessions(
    couple: Couple, found: Sequence[SessionFacts], now: datetime
) -> tuple[list[datetime], datetime | None, datetime | None]:
    """When sessions with both were held, when the next one of any kind is, and when the newest review said stop."""
    both = CounselingSession.Kind.COUPLE
    held = sorted(held_at for kind, held_at, _planned, _review in found if held_at and kind == both)
    coming = [at for _kind, held_at, at, _review in found if held_at is None and at and at >= now]
    reviews = [(held_at, review) for _kind, held_at, _planned, review in found if held_at and review]
    newest = max([one for one in reviews if _in_this_episode(couple, one[0])], default=None)
    stopped = newest is not None and newest[1] == CounselingSession.Review.STOP
    return held, min(coming, default=None), newest[0] if newest and stopped else None


def _is_asked(wave: GivenWave, now: datetime) -> bool:
    """As assign_instrument would refuse a second one."""
    return wave.closed_at is None and wave.closes_at > now and wave.is_open


def _comes_first(wave: GivenWave, now: datetime, next_session: datetime | None) -> bool:
    if wave.closed_at is not None or wave.closes_at <= now:
        return False
    return wave.opens_at <= now or next_session is None or wave.opens_at <= next_session


def _in_this_episode(couple: Couple, moment: datetime) -> bool:
    return couple.episode_started_at is None or moment >= couple.episode_started_at


def check_in_ids() -> set[str]:
    return {one.id for one in library.available() if one.is_check_in}


def _on(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None
