"""The day on which a record goes, as plain dates; the same rule again, counted day by day."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from practice.content import legal_minimum
from practice.content.retention import retention_faults, retention_rules
from practice.retention import Term, anniversary

ALWAYS = date(1900, 1, 1)
UTC = ZoneInfo("UTC")
days = st.dates(date(1950, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("closed_on", "years", "goes_on"),
    [
        (date(2016, 5, 17), 7, date(2023, 5, 18)),
        (date(2016, 12, 31), 10, date(2027, 1, 1)),
        (date(2016, 2, 28), 1, date(2017, 3, 1)),
        (date(2016, 2, 28), 4, date(2020, 2, 29)),
        # The anniversary of a 29 February is 1 March where there is no 29th, and the record is kept through it.
        (date(2016, 2, 29), 1, date(2017, 3, 2)),
        (date(2016, 2, 29), 4, date(2020, 3, 1)),
    ],
)
def test_a_record_is_kept_through_the_anniversary_and_goes_the_next_day(closed_on, years, goes_on):
    assert Term(years, None, ALWAYS, UTC).goes_on(closed_on, today=goes_on) == goes_on


def is_anniversary(day: date, closed_on: date, years: int) -> bool:
    same = (day.month, day.day) == (closed_on.month, closed_on.day)
    leapt = (closed_on.month, closed_on.day, day.month, day.day) == (2, 29, 3, 1)
    return day.year == closed_on.year + years and (same or (leapt and (day - timedelta(days=1)).day == 28))


@given(days, st.integers(1, 30))
def test_the_day_is_the_first_after_the_anniversary(closed_on, years):
    day = closed_on
    while not is_anniversary(day, closed_on, years):
        day += timedelta(days=1)
    found = Term(years, None, ALWAYS, UTC).goes_on(closed_on, today=closed_on)
    assert found == day + timedelta(days=1)


@given(days, st.integers(2, 9), st.integers(1, 8), st.integers(-900, 900))
def test_a_shorter_term_reaches_nothing_before_its_day(closed_on, before, fewer, apart):
    years = max(1, before - fewer)
    takes_effect_on = anniversary(closed_on, years) + timedelta(days=apart)
    term = Term(years, before, takes_effect_on, UTC)
    found = term.goes_on(closed_on, today=min(closed_on, takes_effect_on - timedelta(days=30)))
    assert found == min(
        max(anniversary(closed_on, years) + timedelta(days=1), takes_effect_on),
        anniversary(closed_on, before) + timedelta(days=1),
    )
    assert found >= min(takes_effect_on, anniversary(closed_on, before) + timedelta(days=1))


def test_a_first_term_reaches_nothing_before_its_day():
    term = Term(7, None, date(2030, 4, 1), UTC)
    assert term.goes_on(date(2016, 5, 17), today=date(2030, 3, 1)) == date(2030, 4, 1)
    assert [term.years_on(date(2030, 3, 31)), term.years_on(date(2030, 4, 1))] == [None, 7]


def test_every_minimum_says_where_it_stands():
    known = {one["country"]: legal_minimum(one["country"]) for one in retention_rules()["minimums"]}
    assert {country: found and found.years for country, found in known.items()} == {"DE": 10, "ES": 5, "NZ": 10}
    assert [legal_minimum("US"), legal_minimum("XX")] == [None, None]


@pytest.mark.parametrize("field", ["law", "url", "applies_to", "checked", "years"])
def test_a_minimum_without_a_source_is_refused(field):
    data = retention_rules()
    first = {key: value for key, value in data["minimums"][0].items() if key != field}
    [found] = retention_faults({**data, "minimums": [first]})
    assert found.path == f"minimums[0].{field}"


def test_a_country_with_two_rules_is_refused():
    data = retention_rules()
    [found] = retention_faults({**data, "minimums": [data["minimums"][0]] * 2, "left_out": []})
    assert found.message == "DE is listed twice."
