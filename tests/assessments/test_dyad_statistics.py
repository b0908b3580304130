from math import sqrt
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from assessments.dyad import (
    Similarity,
    couple_correlation,
    couple_mean_error,
    double_entry_correlation,
    gap_error,
    profile_similarity,
    truth_and_bias,
)
from assessments.instruments.library import get
from assessments.measurement import difference_error, exceeds, parameters_of, smallest_change

ENA_C = parameters_of(get("ena-c@0.2.0"))
# Fixture 2 of the design: PR LV AA RF RP CR.
A_EXPERIENCED = [75, 68.75, 81.25, 62.5, 75, 200 / 3]
A_ENACTED = [31.25, 31.25, 31.25, 18.75, 43.75, 18.75]
B_EXPERIENCED = [37.5, 43.75, 43.75, 25, 50, 37.5]
B_ENACTED = [31.25, 37.5, 50, 25, 56.25, 37.5]
COUPLES = [(8, 6), (5, 3), (7, 2), (8, 5), (8, 7), (5, 6)]
TRUTH = [20, 35, 50, 30, 60, 45, 25, 55]
BIAS = [25, 30, 40, 45, 50, 35, 20, 60]
JUDGEMENT = [35, 45, 62, 50, 72, 52, 33, 75]

profiles = st.lists(st.integers(0, 16), min_size=6, max_size=6)
couples = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=9)


def near(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("score_id", "error", "needed", "change_error", "change_needed"),
    [("PR", 14.14, 27.72, 20.00, 39.2), ("NEGLECT", 10.95, 21.47, 15.49, 30.4)],
)
def test_error_of_a_gap_and_of_its_change(score_id, error, needed, change_error, change_needed):
    gap = gap_error(ENA_C.error(score_id), enacted=ENA_C.error(score_id))
    change = difference_error(gap)
    assert (round(gap, 2), round(smallest_change(gap), 2)) == (error, needed)
    assert (round(change, 2), round(smallest_change(change), 1)) == (change_error, change_needed)


@pytest.mark.parametrize(("points", "beyond"), [(27.71, False), (27.72, True), (-27.72, True), (15, False)])
def test_gap_of_a_domain_exceeds_noise_from_27_72(points, beyond):
    assert exceeds(points, error=gap_error(ENA_C.error("PR"), enacted=ENA_C.error("PR"))) is beyond


def test_error_of_the_change_of_a_couple_mean():
    error = couple_mean_error((ENA_C.error("NEGLECT"), ENA_C.error("NEGLECT")))
    assert (round(error, 2), round(smallest_change(difference_error(error)), 2)) == (5.48, 15.18)


@pytest.mark.parametrize(
    ("experienced", "enacted", "expected"),
    [
        (A_EXPERIENCED, B_ENACTED, (0.7016, 31.94, 32.85, -0.631)),
        (B_EXPERIENCED, A_ENACTED, (0.8427, 10.42, 11.41, 0.310)),
    ],
)
def test_profiles_of_the_design(experienced, enacted, expected):
    found = profile_similarity(experienced, second=enacted)
    digits = (round(found.shape, 4), round(found.level, 2), round(found.distance, 2), round(found.agreement, 3))
    assert digits == expected


def test_flat_profile_has_no_shape():
    flat = [0.1] * 6
    assert profile_similarity(flat, second=A_ENACTED).shape is None
    assert profile_similarity(flat, second=flat) == Similarity(None, 0, 0, None)


@given(profiles, profiles)
def test_profile_similarity_is_the_same_from_the_other_side_but_for_the_sign(first, second):
    forth, back = profile_similarity(first, second=second), profile_similarity(second, second=first)
    assert back.level == pytest.approx(-forth.level)
    assert (back.shape, back.agreement) == (near(forth.shape), near(forth.agreement))


@given(profiles, profiles, st.integers(-50, 50))
def test_shape_does_not_see_the_level(first, second, shift):
    moved = [6.25 * each + shift for each in first]
    theirs = stats.pearsonr(first, second).statistic if min(len(set(first)), len(set(second))) > 1 else None
    assert profile_similarity(moved, second=second).shape == near(theirs)


def test_profiles_must_be_of_one_length():
    with pytest.raises(ValueError, match="shorter"):
        profile_similarity(A_EXPERIENCED, second=B_ENACTED[:5])


def test_correlation_of_interchangeable_partners():
    found = couple_correlation(COUPLES)
    assert [round(each, 4) for each in (found.mean, found.between, found.within, found.icc)] == [
        5.8333, 3.9333, 3.6667, 0.0351,
    ]  # fmt: skip
    assert round(double_entry_correlation(COUPLES), 4) == -0.0560
    assert round(stats.pearsonr(*zip(*COUPLES, strict=True)).statistic, 4) == 0.3384


@given(couples, st.data())
def test_interchangeable_partners_may_be_named_in_any_order(pairs, data):
    turned = [pair[::-1] if data.draw(st.booleans()) else pair for pair in pairs]
    if len({value for pair in pairs for value in pair}) > 1:
        assert couple_correlation(turned).icc == pytest.approx(couple_correlation(pairs).icc)
        assert double_entry_correlation(turned) == pytest.approx(double_entry_correlation(pairs))


def test_partners_who_always_agree_correlate_fully():
    assert couple_correlation([(1, 1), (5, 5), (9, 9)]).icc == 1


def test_truth_and_bias_of_the_design():
    found = truth_and_bias(JUDGEMENT, partners=TRUTH, own=BIAS)
    assert (round(found.bias.weight, 4), round(found.bias.error, 4)) == (14.0904, 0.5740)
    assert (round(found.agreement.weight, 5), round(found.agreement.error, 5)) == (0.59989, 0.06590)
    assert (round(found.assumed_similarity.weight, 5), round(found.assumed_similarity.error, 5)) == (0.58155, 0.07228)
    assert round(found.explained, 5) == 0.99278


def test_truth_and_bias_agrees_with_least_squares():
    numbers = numpy.random.default_rng(3)
    partners, own, noise = numbers.uniform(0, 100, (3, 30))
    judgements = 0.4 * partners + 0.3 * own + 0.1 * noise
    design = numpy.column_stack([numpy.ones(30), partners - partners.mean(), own - partners.mean()])
    weights, [residual], *_ = numpy.linalg.lstsq(design, judgements - partners.mean())
    errors = [sqrt(each) for each in numpy.diag(numpy.linalg.inv(design.T @ design)) * residual / 27]
    found = truth_and_bias(judgements.tolist(), partners=partners.tolist(), own=own.tolist())
    effects = (found.bias, found.agreement, found.assumed_similarity)
    assert [each.weight for each in effects] == pytest.approx(weights.tolist())
    assert [each.error for each in effects] == pytest.approx(errors)
