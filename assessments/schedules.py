"""When a form is asked for: once, or again every so many weeks, each time with a window of the same length."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from practice.errors import InvalidInput

WINDOW = timedelta(days=4)
FURTHEST = timedelta(days=2 * 365)
EVERY_WEEKS = (1, 2, 4, 8)
MOST_TIMES = 52


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When to ask. Times are aware; the window of each wave is as long as the first."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    every_weeks: int | None = None
    times: int = 1

    def windows(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """One (opens, closes) a wave. Raises InvalidInput."""
        opens = self.opens_at or now
        if opens - now > FURTHEST:
            raise InvalidInput("That is too far away.", code="opens_at")
        closes = self.closes_at or opens + WINDOW
        if closes - opens > FURTHEST:
            raise InvalidInput("That is too far away.", code="closes_at")
        if closes <= max(opens, now):
            raise InvalidInput("The form must close after it opens, and later than now.", code="closes_at")
        if self.every_weeks is not None and self.every_weeks not in EVERY_WEEKS:
            raise InvalidInput("Choose every 1, 2, 4 or 8 weeks.", code="every_weeks")
        if not 1 <= self.times <= MOST_TIMES or (self.times > 1 and self.every_weeks is None):
            raise InvalidInput(f"Give how often, up to {MOST_TIMES} times.", code="times")
        if self.every_weeks and closes - opens > timedelta(weeks=self.every_weeks):
            raise InvalidInput("Each form must close before the next one opens.", code="closes_at")
        steps = (timedelta(weeks=(self.every_weeks or 0) * number) for number in range(self.times))
        return [(opens + step, closes + step) for step in steps]
