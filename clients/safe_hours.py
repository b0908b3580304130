"""When a message may reach a partner: days and hours in the time of the practice, written as one short text.

Rule that must not break: what cannot be read never counts as "any time".
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import available_timezones

from practice.errors import InvalidInput

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMED = {"every day": DAYS, "weekdays": DAYS[:5], "weekends": DAYS[5:]}
TEXT = re.compile(r"(?P<days>[a-z, ]+?) (?P<opens>[\d:]{4,5})-(?P<closes>[\d:]{4,5})", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
# A week, and another for hours of one day that a change of the clocks leaves out.
DAYS_AHEAD = 15


class UnclearHours(InvalidInput):
    """Give safe hours as days and times of one day, such as “weekdays 09:00-15:00” or “mon, wed 18:00-20:30”."""

    code = "invalid_hours"


@cache
def time_zones() -> frozenset[str]:
    """The names of all clocks there are. To look takes hundreds of files, 20 to 100 ms."""
    return frozenset(available_timezones())


@dataclass(frozen=True)
class SafeHours:
    """From `opens` until before `closes` on some days, by the clock on the wall."""

    days: tuple[str, ...]
    opens: time
    closes: time

    @property
    def text(self) -> str:
        named = next((name for name, days in NAMED.items() if days == self.days), ", ".join(self.days))
        return f"{named} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def hold(self, local: datetime) -> bool:
        return DAYS[local.weekday()] in self.days and self.opens <= local.time() < self.closes

    def next_opening(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment from `now` on that is within the hours on a clock in `zone`."""
        local = now.astimezone(zone)
        if self.hold(local):
            return now
        dates = (local.date() + timedelta(days=number) for number in range(DAYS_AHEAD))
        starts = (datetime.combine(date, self.opens, zone).astimezone(now.tzinfo) for date in dates)
        # An hour that a change of the clocks leaves out is no hour of that day: on to the next.
        return next(start for start in starts if start > now and self.hold(start.astimezone(zone)))


def read_hours(text: str) -> SafeHours | None:
    """The hours that a text says; None for an empty one, which means any time. Raises UnclearHours."""
    if not text.strip():
        return None
    said = TEXT.fullmatch(" ".join(text.lower().split()))
    if said is None:
        raise UnclearHours
    hours = SafeHours(_days(said["days"]), _clock(said["opens"]), _clock(said["closes"]))
    if hours.opens >= hours.closes:
        raise UnclearHours("Safe hours end later on the same day than they begin.")
    return hours


def _days(text: str) -> tuple[str, ...]:
    names = set(re.split(r"[, ]+", text))
    if text in NAMED:
        return NAMED[text]
    if names - set(DAYS):
        raise UnclearHours
    return tuple(day for day in DAYS if day in names)


def _clock(text: str) -> time:
    said = CLOCK.fullmatch(text)
    if said is None or int(said[1]) > 23 or int(said[2]) > 59:
        raise UnclearHours
    return time(int(said[1]), int(said[2]))
