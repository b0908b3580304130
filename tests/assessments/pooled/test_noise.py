"""F01, F02 and F14: the noise hides a couple as promised, and no value can break it."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.pooled.catalogue import pooled_catalogue
from assessments.pooled.noise import accuracy, counting, margin, noisy_counts, noisy_sum, summing, whole_numbers
from tests.assessments.pooled.attackers import HALF, RELEASES, advantage, bound, couple, drawn, likelihood_of, pool

ANYTHING = st.one_of(st.integers(), st.floats(), st.none(), st.text(), st.booleans())


def releases(couples: int, *, epsilon: Decimal = HALF) -> list[int]:
    """What 20,000 releases say of one count: cells of one table have noise of their own each."""
    return noisy_counts(list(range(RELEASES)) * couples, groups=RELEASES, epsilon=epsilon)


def test_who_sees_20_000_releases_gains_no_more_than_the_bound():
    """F01: the threshold is the likelihood ratio's, and discrete noise reaches the bound."""
    gained = advantage(releases(3), releases(4), threshold=4)
    assert bound(HALF) - 6 * math.sqrt(0.5 / RELEASES) < gained < bound(HALF)


def test_noise_that_is_sized_for_a_row_breaks_the_promise_for_a_couple_of_two_rows():
    """F02, the control: F01 fails where a couple puts in a row for each partner."""
    assert advantage(releases(3), releases(5), threshold=4) > bound(HALF)


@pytest.mark.nightly
def test_who_sees_whole_releases_gains_no_more_than_the_bound():
    """F01 with all tables of a release together, and the sizes that are never told."""
    before, target = pool(4, 3, 3), couple(latest=3, change=2)
    ratio = likelihood_of(target, before)
    gained = advantage(*([ratio(drawn(couples)) for _ in range(RELEASES)] for couples in (before, [*before, target])))
    assert 0.02 < gained < bound(HALF)


@pytest.mark.nightly
def test_who_sees_20_000_sums_gains_no_more_than_the_bound():
    def sums(*values: int) -> list[int]:
        return [noisy_sum(values, low=-50, high=50, epsilon=HALF) for _ in range(RELEASES)]

    assert advantage(sums(10), sums(10, 50), threshold=35) < bound(HALF)
    assert advantage(sums(10), sums(10, 50, 50), threshold=60) > bound(HALF)


@pytest.mark.parametrize("epsilon", ["0.06", "0.1", "0.5"])
def test_opendp_proves_the_epsilon_for_one_couple_and_twice_of_it_for_two(epsilon: str):
    for measurement in (counting(5, Decimal(epsilon)), summing(-50, 50, Decimal(epsilon))):
        assert measurement.map(1) <= float(epsilon)
        assert measurement.map(2) == pytest.approx(2 * float(epsilon))


@given(st.lists(ANYTHING, max_size=30))
def test_whatever_stands_in_the_rows_becomes_a_whole_number_within_its_bounds(values: list[Any]):
    """F14"""
    found = whole_numbers(values, -50, 50)
    assert [type(one) for one in found] == [int] * len(values)
    assert all(-50 <= one <= 50 for one in found)


@given(st.lists(ANYTHING, max_size=30))
def test_each_value_counts_in_exactly_one_group(values: list[Any]):
    """F14: so much epsilon that there is no noise shows the counts themselves."""
    assert sum(noisy_counts(values, groups=5, epsilon=Decimal(10_000))) == len(values)


def test_the_measurement_holds_values_within_their_groups_itself():
    exact = counting(3, Decimal(10_000))
    assert exact([-9, 2**62, 1]) == [1, 1, 1]
    assert summing(-50, 50, Decimal(10_000))([2**62, 2**62, -(2**62)]) == 50


@pytest.mark.parametrize("draws", [1, 3, 30])
def test_the_noise_is_beyond_the_margin_in_one_of_twenty_releases(draws: int):
    noise = noisy_counts([], groups=6000 * draws, epsilon=HALF)
    sums = [sum(noise[start : start + draws]) for start in range(0, len(noise), draws)]
    assert sum(one >= margin(HALF, draws=draws) for one in sums) / len(sums) < 0.05 + 3 * math.sqrt(0.05 / len(sums))
    assert sum(abs(one) > accuracy(HALF, draws=draws) for one in sums) / len(sums) < 0.06


def test_the_shares_of_a_release_are_all_of_its_epsilon():
    shares = pooled_catalogue().shares
    assert sum(shares.values()) == 100
    assert list(shares) == ["practices", "outcome", "months", "latest", "change", "completion", "score"]
