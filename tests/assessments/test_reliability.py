from statistics import variance

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessments.reliability import (
    Intraclass,
    alpha_of,
    bonett_interval,
    complete_rows,
    covariances,
    cronbach_alpha,
    intraclass,
    omega,
)

SHROUT_AND_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
HAND = [[2, 3, 3], [4, 4, 5], [1, 2, 1], [3, 3, 4], [5, 4, 5]]
GAPS = [
    [2, 3, None, 3], [4, 4, 5, 4], [1, None, 1, 2], [3, 3, 4, 2], [5, 4, 5, 5], [2, 2, 3, 1], [4, 5, 3, None],
]  # fmt: skip
LOADINGS = [0.7, 0.6, 0.8, 0.5]

tables = st.integers(2, 5).flatmap(
    lambda items: st.lists(st.lists(st.integers(0, 4), min_size=items, max_size=items), min_size=2, max_size=9)
)


def correlations(found: Intraclass) -> list[float]:
    return [found.icc_1_1, found.icc_a_1, found.icc_c_1, found.icc_1_k, found.icc_a_k, found.icc_c_k]


@pytest.mark.parametrize(("table", "alpha"), [(SHROUT_AND_FLEISS, 0.9093155), (HAND, 0.9444444)])
@pytest.mark.parametrize("pairwise", [True, False])
def test_alpha_of_complete_tables(table, alpha, pairwise):
    assert round(cronbach_alpha(table, pairwise=pairwise), 7) == alpha


def test_variances_behind_the_alpha_of_the_hand_table():
    assert [variance(column) for column in zip(*HAND, strict=True)] == pytest.approx([2.5, 0.7, 2.8])
    assert variance([sum(row) for row in HAND]) == pytest.approx(16.2)


@pytest.mark.parametrize(("pairwise", "alpha"), [(True, 0.9076418), (False, 0.9639640)])
def test_alpha_with_gaps_is_that_of_pingouin(pairwise, alpha):
    assert round(cronbach_alpha(GAPS, pairwise=pairwise), 7) == alpha


def test_complete_rows_leave_out_every_row_with_a_gap():
    assert complete_rows(GAPS) == [[4, 4, 5, 4], [3, 3, 4, 2], [5, 4, 5, 5], [2, 2, 3, 1]]


def test_covariances_agree_with_numpy():
    assert numpy.allclose(covariances(SHROUT_AND_FLEISS), numpy.cov(SHROUT_AND_FLEISS, rowvar=False))


@given(tables, st.integers(-9, 9))
def test_alpha_does_not_see_where_an_item_starts(table, shift):
    assume(variance([sum(row) for row in table]) > 0)
    moved = [[row[0] + shift, *row[1:]] for row in table]
    assert cronbach_alpha(moved) == pytest.approx(cronbach_alpha(table))


@pytest.mark.parametrize(("people", "low", "high"), [(30, 0.634, 0.891), (60, 0.696, 0.869), (200, 0.749, 0.841)])
def test_interval_of_alpha(people, low, high):
    assert [round(each, 3) for each in bonett_interval(0.80, people=people, items=4)] == [low, high]


def test_omega_and_standardised_alpha_of_one_factor():
    implied = [[1.0 if one == other else LOADINGS[one] * LOADINGS[other] for one in range(4)] for other in range(4)]
    assert (round(omega(LOADINGS), 7), round(alpha_of(implied), 7)) == (0.7494457, 0.7420547)


def test_omega_of_equal_loadings_is_alpha():
    implied = [[1.0 if one == other else 0.49 for one in range(4)] for other in range(4)]
    assert omega([0.7] * 4) == pytest.approx(alpha_of(implied))


def test_intraclass_correlations_of_shrout_and_fleiss():
    assert [round(each, 4) for each in correlations(intraclass(SHROUT_AND_FLEISS))] == [
        0.1657,
        0.2898,
        0.7148,
        0.4428,
        0.6201,
        0.9093,
    ]


@given(tables)
def test_consistency_of_the_mean_is_alpha(table):
    assume(variance([sum(row) for row in table]) > 0)
    assert intraclass(table).icc_c_k == pytest.approx(cronbach_alpha(table), abs=1e-6)


def test_drift_lowers_agreement_and_not_consistency():
    drifted = [[first, first + 2] for first in range(5)]
    found = intraclass(drifted)
    assert found.icc_c_1 == pytest.approx(1)
    assert found.icc_a_1 < found.icc_c_1


def test_same_answers_twice_agree_fully():
    found = intraclass([[first, first] for first in range(5)])
    assert correlations(found) == pytest.approx([1] * 6)
