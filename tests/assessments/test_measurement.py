from math import sqrt
from statistics import NormalDist, fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments.building import build
from assessments.instruments.library import get
from assessments.measurement import (
    Z90,
    Parameters,
    Pool,
    Summary,
    difference_error,
    exceeds,
    interval,
    parameters_of,
    pool,
    shrunken_alpha,
    shrunken_sd,
    smallest_change,
    standard_error,
    true_score,
    two_sided_p,
)

ENA_C = get("ena-c@0.2.0")
ENA_CK = get("ena-ck@0.2.0")


def without_measurement(*scores: tuple[str, str, list[int]]):
    kinds = [{"id": score_id, "kind": kind, "range": reach} for score_id, kind, reach in scores]
    return build({
        "id": "made", "version": "1.0.0", "language": "en", "response_scales": {}, "default_scale": "none",
        "domains": [], "items": [], "scoring": {"missing": "person_mean", "scores": kinds},
    })  # fmt: skip


@pytest.mark.parametrize(
    ("reliability", "error", "change_error", "mdc95", "mdc90"),
    [(0.80, 8.94, 12.65, 24.79, 20.81), (0.90, 6.32, 8.94, 17.53, 14.71), (0.85, 7.75, 10.95, 21.47, 18.02)],
)
def test_start_values_give_the_table_of_the_design(reliability, error, change_error, mdc95, mdc90):
    found = standard_error(20, reliability=reliability)
    of_change = difference_error(found)
    changes = [smallest_change(of_change), smallest_change(of_change, z=Z90)]
    assert [round(each, 2) for each in (found, of_change, *changes)] == [error, change_error, mdc95, mdc90]


@pytest.mark.parametrize(
    ("sd", "reliability", "error", "change_error"), [(7.5, 0.80, 3.3541, 4.7434), (5, 0.80, 2.2361, 3.1623)]
)
def test_textbook_errors(sd, reliability, error, change_error):
    found = standard_error(sd, reliability=reliability)
    assert (round(found, 4), round(difference_error(found), 4)) == (error, change_error)


@pytest.mark.parametrize(
    ("sd", "reliability", "digits", "mdc95"),
    [(7.5, 0.80, 4, 9.2971), (8.16, 0.801, 2, 10.09), (11.8257, 0.88, 4, 11.3550)],
    ids=["textbook", "BDI-II", "DAS"],
)
def test_smallest_changes_published(sd, reliability, digits, mdc95):
    change_error = difference_error(standard_error(sd, reliability=reliability))
    assert round(smallest_change(change_error), digits) == mdc95


@pytest.mark.parametrize(
    ("instrument", "score_id", "mdc95"),
    [(ENA_C, score_id, 27.72) for score_id in ("PR", "LV", "AA", "RF", "RP", "CR", "RS", "RC", "CP")]
    + [(ENA_C, "IM", 24.79), (ENA_C, "NEGLECT", 21.47), (ENA_CK, "CK", 24.79), (ENA_CK, "CKJ", 27.72)],
)
def test_claims_are_made_at_the_lowered_reliability(instrument, score_id, mdc95):
    assert round(smallest_change(parameters_of(instrument).change_error(score_id)), 2) == mdc95


def test_parameters_of_an_instrument_are_those_it_states():
    found = parameters_of(ENA_CK)
    assert found == Parameters("start-1", {"CK": 20.0, "CKJ": 20.0}, {"CK": 0.85, "CKJ": 0.80}, 0.05)
    assert found.error("CK") == pytest.approx(20 * sqrt(0.2))


def test_start_values_are_for_scores_from_0_to_100():
    made = without_measurement(("Q", "mean100", [0, 100]), ("ALL", "mean_of_scores", [0, 100]), ("SUM", "sum", [0, 27]))
    found = parameters_of(made)
    assert found == Parameters("start-1", {"Q": 20.0, "ALL": 20.0}, {"Q": 0.80, "ALL": 0.90}, 0.05)
    assert (found.error("SUM"), found.change_error("SUM")) == (None, None)


def test_own_sd_of_a_score_wins_over_the_default():
    measurement = {"version": "own-1", "sd": {"default": 20, "Q": 10}, "reliability": {"Q": 0.9}, "penalty": 0.15}
    made = without_measurement(("Q", "mean100", [0, 100]))
    made.definition["measurement"] = measurement
    assert parameters_of(made).error("Q") == 5.0


@pytest.mark.parametrize(
    ("start", "end", "reliability", "claimed", "chance"),
    [
        (15, 0, 0.90, 0.85, 0.23), (20, 0, 0.90, 0.85, 0.43), (25, 0, 0.90, 0.85, 0.65),
        (15, 0, 0.80, 0.75, 0.16), (20, 0, 0.80, 0.75, 0.27), (25, 0, 0.80, 0.75, 0.41),
    ],
)  # fmt: skip
def test_cost_of_caution_is_as_the_design_says(start, end, reliability, claimed, chance):
    limit = smallest_change(difference_error(standard_error(20, reliability=claimed)))
    observed = NormalDist(end - start, difference_error(standard_error(20, reliability=reliability)))
    assert round(observed.cdf(-limit) + 1 - observed.cdf(limit), 2) == chance


def test_true_score_of_kelley():
    assert [round(each, 9) for each in true_score(70, mean=50, sd=20, reliability=0.90)] == [68.0, 6.0]


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 1))
def test_true_score_lies_between_score_and_mean(score, mean, reliability):
    estimate, _ = true_score(score, mean=mean, sd=20, reliability=reliability)
    assert min(score, mean) - 1e-9 <= estimate <= max(score, mean) + 1e-9


def test_interval_is_1_96_errors_to_both_sides():
    assert interval(50, error=10) == (30.4, 69.6)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("value", "beyond"), [(19.6, False), (19.600000001, True), (19.5, False), (1.96 * 10, False)])
def test_value_at_the_limit_does_not_exceed_it(value, sign, beyond):
    assert exceeds(sign * value, error=10) is beyond


@given(st.floats(0.1, 100), st.floats(0.1, 50), st.floats(0.1, 10))
def test_smallest_change_grows_with_the_unit_of_the_score(sd, factor, z):
    once, scaled = (standard_error(each, reliability=0.8) for each in (sd, factor * sd))
    assert smallest_change(scaled, z=z) == pytest.approx(factor * smallest_change(once, z=z))


def test_two_sided_p_is_that_of_the_normal_distribution():
    assert two_sided_p(-1.5) == two_sided_p(1.5) == pytest.approx(2 * NormalDist().cdf(-1.5))


def test_own_data_shrink_the_start_values():
    assert round(shrunken_sd(16, n=24, start=20), 4) == 18.3714
    assert round(shrunken_alpha(0.88, n=24, start=0.80), 5) == 0.84062


@given(st.floats(0.1, 50), st.floats(0.1, 50), st.integers(2, 500))
def test_shrunken_sd_lies_between_guess_and_data_and_nears_the_data(sd, start, n):
    near, far = (abs(shrunken_sd(sd, n=count, start=start) - sd) for count in (n + 1, n))
    assert near <= far + 1e-9 <= abs(start - sd) + 2e-9


def test_pool_of_three_practices():
    pooled = pool([Summary(24, 52.0, 16.0), Summary(40, 47.0, 19.0), Summary(31, 50.5, 21.0)])
    assert (pooled.n, round(pooled.mean, 4)) == (95, 49.4053)
    assert (round(pooled.within_sd, 4), round(pooled.total_sd, 4)) == (18.9957, 18.9139)


def test_pool_of_one_practice_is_that_practice():
    assert pool([Summary(24, 52.0, 16.0)]) == Pool(24, 52.0, 16.0, 16.0)


@given(st.lists(st.lists(st.integers(0, 100), min_size=2, max_size=8), min_size=1, max_size=5))
def test_pool_has_mean_and_sd_of_all_rows_without_seeing_them(practices):
    rows = [row for practice in practices for row in practice]
    pooled = pool([Summary(len(each), fmean(each), stdev(each)) for each in practices])
    assert [pooled.mean, pooled.total_sd] == pytest.approx([fmean(rows), stdev(rows)], abs=1e-9)
