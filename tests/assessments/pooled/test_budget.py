"""What may be spent: no history of releases takes more of any couple than the policy says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.pooled.budget import YEAR, Policy, Spent, counts_since, free_at, left_of_year

SHIPPED = Policy(Decimal("0.5"), Decimal(2), Decimal(6))
START = datetime(2026, 4, 2, tzinfo=UTC)
QUARTER = timedelta(days=91)
# Days between two attempts, and whether the floors were met.
HISTORIES = st.lists(st.tuples(st.integers(0, 200), st.booleans()), max_size=40)


def played(history: list[tuple[int, bool]]) -> list[tuple[Spent, datetime | None]]:
    """What was spent of the attempts that the policy let through, with since when a couple had to have come."""
    now = START
    spent: list[tuple[Spent, datetime | None]] = []
    for days, were_enough in history:
        now += timedelta(days=days)
        known = [one for one, _ in spent]
        if left_of_year(known, SHIPPED, now=now) >= SHIPPED.release:
            epsilon = SHIPPED.release if were_enough else SHIPPED.release / 5
            spent.append((Spent(now, now - timedelta(days=2), epsilon), counts_since(known, SHIPPED)))
    return spent


@given(HISTORIES)
def test_no_year_takes_more_than_a_year_may(history: list[tuple[int, bool]]):
    spent = [one for one, _ in played(history)]
    for last in spent:
        within = [one.epsilon for one in spent if last.at - YEAR < one.at <= last.at]
        assert sum(within) <= SHIPPED.year


@given(HISTORIES, st.integers(0, 3000))
def test_no_couple_loses_more_than_a_lifetime(history: list[tuple[int, bool]], day: int):
    came = START + timedelta(days=day - 500)
    in_it = [one for one, since in played(history) if came < one.counted_until and (since is None or came >= since)]
    assert sum(one.epsilon for one in in_it) <= SHIPPED.lifetime


def test_a_couple_takes_part_in_twelve_quarters():
    spent = [one for one, _ in played([(92, True)] * 13)]
    assert counts_since(spent[:11], SHIPPED) is None
    assert counts_since(spent[:12], SHIPPED) == spent[0].counted_until


def test_the_year_is_free_again_a_year_after_what_was_spent():
    spent = [one for one, _ in played([(80, True)] * 4)]
    now = spent[-1].at + timedelta(days=80)
    assert left_of_year(spent, SHIPPED, now=now) == 0
    assert free_at(spent, SHIPPED, now=now) == spent[0].at + YEAR
    assert free_at(spent[:3], SHIPPED, now=now) == now


@pytest.mark.parametrize(
    "given", [("0", "2", "6"), ("0.5", "0.4", "6"), ("0.5", "7", "6"), ("-1", "2", "6"), ("0.0001", "2", "6")]
)
def test_a_policy_that_makes_no_sense_is_refused(given: tuple[str, str, str]):
    with pytest.raises(ValueError, match="Epsilon"):
        Policy(*map(Decimal, given))
