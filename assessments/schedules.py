"""When a form is asked for: once, every so many weeks, or before each session; each time with a window of one length.

Days and weeks are those of the clock on the wall: a form that opens at nine opens at nine after the clocks change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

from practice.errors import InvalidInput

WINDOW = timedelta(days=4)
FURTHEST = timedelta(days=2 * 365)
EVERY_WEEKS = (1, 2, 4, 8)
MOST_TIMES = 52
# A form before a session opens at most so many days before it.
MOST_DAYS_BEFORE = 14
# On which days of a window a partner who has not handed in is reminded, and how often at most.
REMIND_ON = (2,)
MOST_REMINDERS = 2


@dataclass(frozen=True)
class Window:
    """From when until when a form is open, and the session that it is for."""

    opens_at: datetime
    closes_at: datetime
    session_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When to ask, and on which days of a window to remind. Times are aware; windows are as long as the first.

    Before sessions, a form is open for `days_before` until the session begins, `times` times or until it is stopped.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    # How long a window is where `closes_at` does not say it.
    window: timedelta = WINDOW
    every_weeks: int | None = None
    times: int | None = None
    before_sessions: bool = False
    days_before: int = WINDOW.days
    remind_on: tuple[int, ...] | None = None

    @property
    def length(self) -> timedelta:
        """How long each window is."""
        if self.before_sessions:
            return timedelta(days=self.days_before)
        return self.closes_at - self.opens_at if self.opens_at and self.closes_at else self.window

    @property
    def reminder_days(self) -> list[int]:
        return list(REMIND_ON if self.remind_on is None else self.remind_on)

    def not_before(self, moment: datetime) -> "Schedule":
        """The same, except that nothing opens before `moment`."""
        return replace(self, opens_at=max(self.opens_at or moment, moment))

    def windows(self, now: datetime, zone: tzinfo) -> list[Window]:
        """One window a wave, none where the sessions say when. Raises InvalidInput."""
        self._check_how_often()
        if self.before_sessions:
            self._check_reminders(self.length)
            return []
        opens = self.opens_at or now
        if opens - now > FURTHEST:
            raise InvalidInput("That is too far away.", code="opens_at")
        closes = self.closes_at or opens + self.window
        if closes - opens > FURTHEST:
            raise InvalidInput("That is too far away.", code="closes_at")
        if closes <= max(opens, now):
            raise InvalidInput("The form must close after it opens, and later than now.", code="closes_at")
        if self.every_weeks and closes - opens > timedelta(weeks=self.every_weeks):
            raise InvalidInput("Each form must close before the next one opens.", code="closes_at")
        self._check_reminders(closes - opens)
        steps = (7 * (self.every_weeks or 0) * number for number in range(self.times or 1))
        return [Window(days_later(opens, days, zone), days_later(closes, days, zone)) for days in steps]

    def _check_how_often(self) -> None:
        if self.every_weeks is not None and self.every_weeks not in EVERY_WEEKS:
            raise InvalidInput("Choose every 1, 2, 4 or 8 weeks.", code="every_weeks")
        if self.before_sessions and self.every_weeks is not None:
            raise InvalidInput("Choose either every so many weeks or before each session.", code="every_weeks")
        if not 1 <= self.days_before <= MOST_DAYS_BEFORE:
            raise InvalidInput(f"Choose 1 to {MOST_DAYS_BEFORE} days before the session.", code="days_before")
        repeats = self.every_weeks is not None or self.before_sessions
        if not 1 <= (self.times or 1) <= MOST_TIMES or ((self.times or 1) > 1 and not repeats):
            raise InvalidInput(f"Give how often, up to {MOST_TIMES} times.", code="times")

    def _check_reminders(self, length: timedelta) -> None:
        days = self.remind_on or ()
        if len(days) > MOST_REMINDERS or list(days) != sorted(set(days)):
            raise InvalidInput(f"Give up to {MOST_REMINDERS} different days, the first one first.", code="reminders")
        if any(day < 1 or timedelta(days=day) >= length for day in days):
            raise InvalidInput("Remind after the form opened and before it closes.", code="reminders")


def days_later(moment: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time so many days later (or earlier) on a clock in `zone`, in UTC."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), local.time(), zone).astimezone(UTC)


def windows_before(
    sessions: Sequence[tuple[UUID, datetime]], *, days: int, now: datetime, zone: tzinfo
) -> list[Window]:
    """A window before each session, none of which begins before the session before it has begun.

    `sessions` by (id, planned at), all later than `now`, the first one first.
    """
    found, before = [], now
    for session_id, planned_at in sessions:
        opens = max(days_later(planned_at, -days, zone), before)
        if opens < planned_at:
            found.append(Window(opens, planned_at, session_id))
        before = planned_at
    return found
