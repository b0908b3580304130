"""Which forms are due for a couple: the product proposes, with its reason; the therapist decides.

Nothing is ever assigned from here without a person's click. How often is said once, below; the days are those of the
practice's clock, so that no change of clocks makes something due an hour early.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import library
from assessments.ending import FOLLOW_UP_MONTHS, ask_after_care, full_form, months_later
from assessments.instruments import library as shipped
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.record import CoupleRecord
from clients.models import CounselingSession, Couple, Partner
from practice.errors import DomainError
from practice.models import Membership

# “Give the full form 3 to 4 times in all (intake, every 6 sessions or 8 weeks, end, 3 months later), never weekly”:
# clinical design 1.2; the six sessions also in the plan template, P73. The three months stand in `ending`.
REVIEW_AFTER_SESSIONS = 6
REVIEW_AFTER_DAYS = 8 * 7
# A full form so shortly before closing is the one at the end (forms are compared within it: clinical design 1.5, 9).
END_COVERS_DAYS = 14

CHECK_IN, INTAKE, REVIEW, END, FOLLOW_UP = KINDS = ("check_in", "intake", "review", "end", "follow_up")
# Who stopped asking for care, or went elsewhere, is not asked again.
NOT_ASKED_AFTER = (Couple.ClosedReason.WITHDRAWN, Couple.ClosedReason.TRANSFERRED)


# Kind, when held, when planned, what a review decided.
SessionFacts = tuple[str, datetime | None, datetime | None, str]


class NotDue(DomainError):
    """This is not due any more. Look at the couple's page again."""

    code = "not_due"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is on record about a couple's forms and sessions; days by the practice's clock."""

    state: str = Couple.State.ACTIVE
    closed_reason: str = ""
    # Whether a partner takes part at all.
    anybody: bool = True
    care_since: date
    closed_on: date | None = None
    # When the newest review decided to stop.
    stopped_on: date | None = None
    last_full_on: date | None = None
    # Whether a full form waits for answers, or is still to open.
    full_is_asked: bool = False
    # The sessions with both since the last full form, in their order.
    sessions: tuple[date, ...] = ()
    # Whether a check-in runs, opens before the next planned session, or is asked before each.
    check_in_is_asked: bool = False
    last_check_in_ended_on: date | None = None
    next_session_on: date | None = None


@dataclass(frozen=True)
class Proposal:
    """One form that is due since `due_on`, and why."""

    kind: str
    due_on: date
    reason: str

    @property
    def instrument(self) -> str:
        """The form that is due (`id@version`)."""
        return check_in_form() if self.kind == CHECK_IN else full_form()


def proposals_of(couple: Couple, *, now: datetime | None = None) -> list[Proposal]:
    """What is due for this couple, the full form first."""
    now = now or timezone.now()
    return due(what_is_known(couple, now=now), today=timezone.localdate(now))


def due(known: Known, *, today: date) -> list[Proposal]:
    """The rule, on plain values."""
    if not known.anybody or known.state == Couple.State.PAUSED:
        return []
    if known.closed_on is not None:
        found = [_after_care(known, known.closed_on, today)]
    elif known.stopped_on is not None:
        found = [_at_the_end(known, known.stopped_on)]
    else:
        found = [_full(known, today), _check_in(known)]
    return [one for one in found if one is not None]


def confirm_after_care(couple: Couple, *, membership: Membership) -> Assignment:
    """Give a closed couple the full form that is due, now. Raises NotDue, and what assign_instrument does."""
    if couple.state != Couple.State.CLOSED or not proposals_of(couple):
        raise NotDue
    return ask_after_care(couple, membership=membership, at=timezone.now())


def _full(known: Known, today: date) -> Proposal | None:
    if known.full_is_asked:
        return None
    last = known.last_full_on
    if last is None:
        return Proposal(INTAKE, known.care_since, _("No full form was given since care began."))
    by_weeks = last + timedelta(days=REVIEW_AFTER_DAYS)
    by_sessions = known.sessions[REVIEW_AFTER_SESSIONS - 1] if len(known.sessions) >= REVIEW_AFTER_SESSIONS else None
    if by_sessions is not None and by_sessions <= by_weeks:
        said = ngettext(
            "%(number)s session with both was held since the last full form, on %(day)s.",
            "%(number)s sessions with both were held since the last full form, on %(day)s.",
            len(known.sessions),
        )
        return Proposal(REVIEW, by_sessions, said % {"number": len(known.sessions), "day": _day(last)})
    if today >= by_weeks:
        said = _("%(weeks)s weeks or more have passed since the last full form, on %(day)s.")
        return Proposal(REVIEW, by_weeks, said % {"weeks": REVIEW_AFTER_DAYS // 7, "day": _day(last)})
    return None


def _check_in(known: Known) -> Proposal | None:
    if known.check_in_is_asked:
        return None
    reason = _("No check-in is running, and none is planned.")
    if known.next_session_on is not None:
        said = _("No check-in is running, and none opens before the next session, on %(day)s.")
        reason = said % {"day": _day(known.next_session_on)}
    return Proposal(CHECK_IN, known.last_check_in_ended_on or known.care_since, reason)


def _at_the_end(known: Known, stopped_on: date) -> Proposal | None:
    if known.full_is_asked or (known.last_full_on is not None and known.last_full_on >= stopped_on):
        return None
    said = _("A review on %(day)s decided to stop, and no full form was given since.")
    return Proposal(END, stopped_on, said % {"day": _day(stopped_on)})


def _after_care(known: Known, closed_on: date, today: date) -> Proposal | None:
    """The form at the end, until the one three months later takes its place."""
    if known.full_is_asked or known.closed_reason in NOT_ASKED_AFTER:
        return None
    last = known.last_full_on or date.min
    again_on = months_later(closed_on, FOLLOW_UP_MONTHS)
    if today >= again_on:
        said = _("Three months or more have passed since care was closed, on %(day)s.")
        return Proposal(FOLLOW_UP, again_on, said % {"day": _day(closed_on)}) if last < again_on else None
    if last >= (known.stopped_on or closed_on - timedelta(days=END_COVERS_DAYS)):
        return None
    said = _("Care was closed on %(day)s, and no full form was given at the end.")
    return Proposal(END, closed_on, said % {"day": _day(closed_on)})


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
    check_ins = {one.id for one in record.instruments.values() if one.is_check_in}
    # Each by itself: to list every instrument would be one statement more on each page.
    asked_before = {ref for one in record.partners for ref in one.before_sessions}  # type: ignore[attr-defined]
    follows = any(library.resolve(ref).is_check_in for ref in asked_before)
    sessions = [(one.kind, one.held_at, one.planned_at, one.review) for one in record.sessions]
    anybody = any(partner.state == Partner.State.ACTIVE for partner in record.partners)
    known = _known(record.couple, sessions, list(waves.values()), check_ins, anybody=anybody, follows=follows, now=now)
    return due(known, today=timezone.localdate(now))


def what_is_known(couple: Couple, *, now: datetime) -> Known:
    """Read for `due`, in as many statements for a long record as for a short one."""
    planned_or_held = CounselingSession.objects.filter(couple=couple, cancelled_at=None)
    sessions = planned_or_held.values_list("kind", "held_at", "planned_at", "review")
    following = Assignment.objects.filter(couple_id=OuterRef("couple_id"), ended_at=None, before_sessions=True)
    there = Partner.objects.filter(couple=couple, state=Partner.State.ACTIVE)
    partners = list(there.annotate(before_sessions=ArraySubquery(following.values("instrument"))))
    check_ins = check_in_ids()
    follows = any(ref.partition("@")[0] in check_ins for one in partners for ref in one.before_sessions)
    return _known(couple, list(sessions), _waves(couple), check_ins, anybody=bool(partners), follows=follows, now=now)


def _known(
    couple: Couple,
    sessions: Sequence[SessionFacts],
    waves: Sequence[GivenWave],
    check_ins_known: Collection[str],
    *,
    anybody: bool,
    follows: bool,
    now: datetime,
) -> Known:
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
        anybody=anybody,
        care_since=timezone.localdate(couple.care_since),
        closed_on=_on(couple.closed_at),
        stopped_on=_on(stopped_at),
        last_full_on=_on(last_full),
        full_is_asked=any(_is_asked(one, now) for one in full),
        sessions=tuple(timezone.localdate(one) for one in held if last_full and one > last_full),
        check_in_is_asked=follows or any(_comes_first(one, now, coming) for one in check_ins),
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


def _waves(couple: Couple) -> list[GivenWave]:
    sheets = AnswerSheet.objects.filter(wave=OuterRef("pk"), state__in=AnswerSheet.OPEN_STATES)
    waves = Wave.objects.filter(couple=couple).annotate(is_open=Exists(sheets))
    fields = ("assignment__instrument", "opens_at", "closes_at", "opened_at", "closed_at", "is_open")
    return [GivenWave(ref.partition("@")[0], *facts) for ref, *facts in waves.values_list(*fields)]


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


def check_in_form() -> str:
    """The newest version of the check-in that ships."""
    return shipped.latest(next(one.id for one in shipped.shipped().values() if one.is_check_in)).ref


def _on(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _day(day: date) -> str:
    return date_format(day, "j M Y")
