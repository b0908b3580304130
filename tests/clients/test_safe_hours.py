"""Safe hours as text and as moments, by the clock on the wall of the practice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.safe_hours import DAYS, UnclearHours, read_hours

NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def opening(hours: str, now: str) -> str:
    """The next opening in New York, on a clock there."""
    found = read_hours(hours)
    assert found is not None
    return f"{found.next_opening(local(now).astimezone(UTC), NEW_YORK).astimezone(NEW_YORK):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("weekdays 09:00-15:00", "weekdays 09:00-15:00"),
        ("  Weekdays   9:00-15:00 ", "weekdays 09:00-15:00"),
        ("mon, tue, wed, thu, fri 09:00-15:00", "weekdays 09:00-15:00"),
        ("sun sat 10:00-12:30", "weekends 10:00-12:30"),
        ("every day 00:00-23:59", "every day 00:00-23:59"),
        ("wed,mon 18:00-20:30", "mon, wed 18:00-20:30"),
        ("mon, tue, wed, thu, fri, sat 09:00-15:00", "mon, tue, wed, thu, fri, sat 09:00-15:00"),
    ],
)
def test_hours_are_read_and_written_in_one_way(given, kept):
    hours = read_hours(given)
    assert hours is not None
    assert hours.text == kept
    assert read_hours(kept) == hours
    assert len(kept) <= 40


def test_no_hours_mean_any_time():
    assert read_hours("") is read_hours("  ") is None


@pytest.mark.parametrize(
    "text",
    [
        "after six", "weekdays, 9 to 15", "weekdays", "09:00-15:00", "weekdays 15:00-09:00", "weekdays 09:00-09:00",
        "weekdays 09:00-24:00", "weekdays 09:60-15:00", "noday 09:00-15:00", "mon, 09:00-15:00", "weekdays -15:00",
        " 09:00-", "weekdays ٠٩:٠٠-15:00", "mon weekends 09:00-15:00", "weekdays 09:00-15:00 or later",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_is_not_any_time(text):
    with pytest.raises(UnclearHours):
        read_hours(text)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20 09:00", "Fri 20 09:00"),
        ("2026-11-20 14:59", "Fri 20 14:59"),
        ("2026-11-20 08:59", "Fri 20 09:00"),
        ("2026-11-20 15:00", "Mon 23 09:00"),
        ("2026-11-22 23:00", "Mon 23 09:00"),
    ],
)
def test_the_next_opening_is_now_or_when_the_hours_begin(now, expected):
    assert opening("weekdays 09:00-15:00", now) == expected


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        # The night of 8 March 2026 has no hour from two to three; that of 1 November has the hour from one twice.
        ("every day 09:00-10:00", "2026-03-07 12:00", "Sun 08 09:00"),
        ("every day 09:00-10:00", "2026-10-31 12:00", "Sun 01 09:00"),
        ("sun 02:10-02:50", "2026-03-07 12:00", "Sun 15 02:10"),
        ("every day 02:30-05:00", "2026-03-07 12:00", "Sun 08 03:30"),
        ("sun 01:30-01:45", "2026-10-31 12:00", "Sun 01 01:30"),
    ],
)
def test_hours_are_those_of_the_wall_when_the_clocks_change(hours, now, expected):
    assert opening(hours, now) == expected


TEXTS = st.builds(
    lambda days, first, length: (
        f"{', '.join(sorted(days, key=DAYS.index))} "
        f"{first // 60:02}:{first % 60:02}-{min(first + length, 1439) // 60:02}:{min(first + length, 1439) % 60:02}"
    ),
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 1438),
    st.integers(1, 600),
)
ZONES = st.sampled_from([ZoneInfo(name) for name in ("UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")])
YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(TEXTS, YEAR, ZONES)
def test_an_opening_is_always_within_the_hours_and_none_is_passed_over(text, now, zone):
    hours = read_hours(text)
    assert hours is not None
    opens = hours.next_opening(now, zone)
    assert opens >= now
    assert hours.hold(opens.astimezone(zone))
    days = (opens - now) // timedelta(days=1)
    middays = [(now + timedelta(days=number)).astimezone(zone).date() for number in range(1, days)]
    missed = [date for date in middays if DAYS[date.weekday()] in hours.days]
    assert len(missed) <= 1  # a day on which the clocks left the hours out
