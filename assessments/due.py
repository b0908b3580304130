"""Which forms are due, as a rule on plain values: the product proposes, with its reason; the therapist decides.

How often is said once, below; the days are those of the practice's clock, so that no change of clocks makes something
due an hour early.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.ending import FOLLOW_UP_MONTHS, full_form, months_later
from assessments.instruments import library as shipped
from clients.models import Couple

# “Give the full form 3 to 4 times in all (intake, every 6 sessions or 8 weeks, end, 3 months later), never weekly”:
# clinical design 1.2; the six sessions also in the plan template, P73. The three months stand in `ending`.
REVIEW_AFTER_SESSIONS = 6
REVIEW_AFTER_DAYS = 8 * 7
# A full form so shortly before closing is the one at the end (forms are compared within it: clinical design 1.5, 9).
END_COVERS_DAYS = 14

CHECK_IN, INTAKE, REVIEW, END, FOLLOW_UP = KINDS = ("check_in", "intake", "review", "end", "follow_up")
# Who stopped asking for care, or went elsewhere, is not asked again.
NOT_ASKED_AFTER = (Couple.ClosedReason.WITHDRAWN, Couple.ClosedReason.TRANSFERRED)


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


def check_in_form() -> str:
    """The newest version of the check-in that ships."""
    return shipped.latest(next(one.id for one in shipped.shipped().values() if one.is_check_in)).ref


def _day(day: date) -> str:
    return date_format(day, "j M Y")
