from dataclasses import astuple
from math import sqrt

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.change import (
    CutOffs,
    Group,
    Verdict,
    cut_offs,
    edwards_nunnally,
    gulliksen_lord_novick,
    holm,
    nunnally_kotsch,
    own_baseline_band,
    reliable_change,
    reliable_change_unequal,
    verdict,
    verdicts_of_several,
    weekly_verdicts,
)
from assessments.instruments.library import get
from assessments.measurement import difference_error, parameters_of, standard_error, two_sided_p

ENA_C = parameters_of(get("ena-c@0.2.0"))
CK = parameters_of(get("ena-ck@0.2.0")).change_error("CK")
DOMAINS = ("PR", "LV", "AA", "RF", "RP", "CR")
BETTER, UNCLEAR, WORSE = Verdict.RELIABLY_BETTER, Verdict.CANNOT_TELL_YET, Verdict.RELIABLY_WORSE
OPPOSITE = {BETTER: WORSE, UNCLEAR: UNCLEAR, WORSE: BETTER, None: None}
POINTS = st.integers(0, 100)
SERIES = st.lists(st.none() | POINTS, max_size=12)
both_directions = pytest.mark.parametrize("better", ["lower", "higher"])


def change_error(sd: float, reliability: float) -> float:
    return difference_error(standard_error(sd, reliability=reliability))


@pytest.mark.parametrize(
    ("sd", "change", "index"),
    [(7.5, 15, 3.1623), (5, -8, -2.5298), (5, -4, -1.2649), (5, 0, 0), (5, 4, 1.2649), (5, 8, 2.5298)],
)
def test_reliable_change_of_jacobson_and_truax(sd, change, index):
    assert round(reliable_change(change, change_error=change_error(sd, 0.80)), 4) == index


def test_indices_for_one_change_differ_by_method():
    group = Group(50, 20)
    errors = (standard_error(20, reliability=0.9), standard_error(16, reliability=0.9))
    found = [
        reliable_change(-25, change_error=change_error(20, 0.9)),
        gulliksen_lord_novick(70, after=45, group=group, reliability=0.9),
        edwards_nunnally(70, after=45, group=group, reliability=0.9),
        nunnally_kotsch(70, after=45, group=group, reliability=(0.9, 0.9)),
        reliable_change_unequal(-25, errors=errors),
    ]
    assert [round(each, 4) for each in found] == [-2.7951, -2.6383, -3.6366, -2.7031, -3.0867]


def test_error_of_prediction_of_gulliksen_lord_and_novick():
    assert gulliksen_lord_novick(40, after=43, group=Group(40, 5), reliability=0.80) == pytest.approx(1)


def test_indices_without_regression_agree_when_nothing_is_expected_to_regress():
    assert reliable_change_unequal(8, errors=(3, 3)) == pytest.approx(reliable_change(8, change_error=sqrt(18)))


@pytest.mark.parametrize(
    ("dysfunctional", "functional", "expected"),
    [
        (Group(40, 7.5), Group(60, 7.5), (55, 45, 50)),
        (Group(81.5833, 11.8257), Group(114.8, 17.8), (105.2347, 79.2, 94.8424)),
    ],
    ids=["textbook", "DAS"],
)
def test_cut_offs_where_higher_is_better(dysfunctional, functional, expected):
    found = cut_offs(dysfunctional, functional=functional, better="higher")
    assert (round(found.a, 4), round(found.b, 4), round(found.c, 4)) == expected


@pytest.mark.parametrize(
    ("dysfunctional", "functional", "digits", "c"),
    [
        (Group(68.35, 22.33), Group(50, 22), 4, 59.1067),
        (Group(35.48, 8.16), Group(7.69, 7.52), 2, 21.02),
    ],
    ids=["Bauer", "BDI-II"],
)
def test_cut_off_c_where_lower_is_better(dysfunctional, functional, digits, c):
    assert round(cut_offs(dysfunctional, functional=functional, better="lower").c, digits) == c


def test_cut_off_a_and_b_flip_where_lower_is_better():
    assert cut_offs(Group(60, 5), functional=Group(30, 10), better="lower") == CutOffs(50, 50, 50)


@both_directions
def test_without_norms_there_is_only_cut_off_a(better):
    assert cut_offs(Group(60, 5), functional=None, better=better) == CutOffs(
        {"lower": 50, "higher": 70}[better], None, None
    )


@given(POINTS, POINTS, st.integers(1, 30), st.integers(1, 30))
def test_cut_offs_of_a_mirrored_scale_are_mirrored(first, second, first_sd, second_sd):
    up = cut_offs(Group(first, first_sd), functional=Group(second, second_sd), better="higher")
    down = cut_offs(Group(-first, first_sd), functional=Group(-second, second_sd), better="lower")
    assert astuple(down) == tuple(-each for each in astuple(up))


@pytest.mark.parametrize(
    ("better", "change", "expected"),
    [
        ("lower", -19.7, BETTER), ("lower", -19.6, UNCLEAR), ("lower", 0, UNCLEAR), ("lower", 19.6, UNCLEAR),
        ("lower", 19.7, WORSE), ("higher", -19.7, WORSE), ("higher", -19.6, UNCLEAR), ("higher", 19.6, UNCLEAR),
        ("higher", 19.7, BETTER),
    ],
)  # fmt: skip
def test_verdict_needs_more_than_the_smallest_change(better, change, expected):
    assert verdict(change, change_error=10, better=better) is expected


def test_verdict_on_the_series_of_the_design_cannot_be_told_from_its_ends():
    assert round(reliable_change(41 - 62, change_error=CK), 3) == -1.660
    assert verdict(41 - 62, change_error=CK, better="lower") is UNCLEAR


@given(st.integers(-100, 100), st.integers(1, 40))
def test_verdict_turns_round_with_the_better_direction_and_with_the_change(change, error):
    lower, higher = (verdict(change, change_error=error, better=better) for better in ("lower", "higher"))
    assert higher is OPPOSITE[lower]
    assert verdict(-change, change_error=error, better="lower") is higher


@given(st.integers(-100, 100), st.integers(1, 40), st.integers(1, 9))
def test_verdict_does_not_depend_on_the_unit_of_the_score(change, error, factor):
    once, scaled = (verdict(by * change, change_error=by * error, better="lower") for by in (1, factor))
    assert once is scaled


def test_holm_of_the_design():
    assert [round(each, 9) for each in holm([0.003, 0.02, 0.04, 0.30])] == [0.012, 0.06, 0.08, 0.30]


def test_holm_gives_back_the_order_it_was_given():
    assert [round(each, 9) for each in holm([0.30, 0.003, 0.04, 0.02])] == [0.30, 0.012, 0.08, 0.06]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_the_order_and_never_lowers(p_values):
    adjusted = holm(p_values)
    assert all(own <= found <= 1 for own, found in zip(p_values, adjusted, strict=True))
    assert [found for _, found in sorted(zip(p_values, adjusted, strict=True))] == sorted(adjusted)


@given(st.lists(st.floats(0, 1), max_size=8), st.floats(0, 1))
def test_holm_grows_with_every_further_test(p_values, further):
    assert all(before <= now for before, now in zip(holm(p_values), holm([*p_values, further]), strict=False))


@both_directions
@pytest.mark.parametrize(("points", "expected"), [(37.3, UNCLEAR), (37.4, BETTER)])
def test_first_of_six_domains_needs_37_3_points(points, expected, better):
    changes = dict.fromkeys(DOMAINS, 0.0) | {"PR": points if better == "higher" else -points}
    errors = {domain: ENA_C.change_error(domain) for domain in DOMAINS}
    found = verdicts_of_several(changes, change_errors=errors, better=better)
    assert found == dict.fromkeys(DOMAINS, UNCLEAR) | {"PR": expected}


@both_directions
def test_second_domain_passes_a_lower_bar_than_the_first(better):
    changes = {"PR": 40.0, "LV": -36.8, "AA": 30.0, "RF": 0.0, "RP": 0.0, "CR": 0.0}
    errors = dict.fromkeys(DOMAINS, 14.142)
    expected = dict.fromkeys(DOMAINS, UNCLEAR) | {"PR": WORSE, "LV": BETTER}
    found = verdicts_of_several(changes, change_errors=errors, better=better)
    assert found == (expected if better == "lower" else {key: OPPOSITE[one] for key, one in expected.items()})


def test_domain_without_a_change_or_an_error_has_no_verdict_and_does_not_count():
    changes = {"PR": -28.0, "LV": None, "other": -90.0}
    found = verdicts_of_several(changes, change_errors={"PR": 14.142, "LV": 14.142}, better="lower")
    assert found == {"PR": BETTER, "LV": None, "other": None}


@given(st.integers(-60, 60), st.integers(1, 20))
def test_single_score_has_the_same_verdict_with_and_without_holm(change, error):
    several = verdicts_of_several({"PR": change}, change_errors={"PR": error}, better="lower")
    assert several == {"PR": verdict(change, change_error=error, better="lower")}


def test_single_score_exactly_at_the_limit_cannot_be_told_with_holm_either():
    assert verdicts_of_several({"PR": 19.6}, change_errors={"PR": 10.0}, better="lower") == {"PR": UNCLEAR}
    assert two_sided_p(1.96) < 0.05


@both_directions
@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], []),
        ([None, None], [None, None]),
        ([60], [None]),
        ([60, 30], [None, UNCLEAR]),
        ([60, 30, 31], [None, UNCLEAR, BETTER]),
        ([60, 30, 50, 31], [None, UNCLEAR, UNCLEAR, UNCLEAR]),
        ([60, 30, 31, 50, 30], [None, UNCLEAR, BETTER, UNCLEAR, UNCLEAR]),
        ([60, 30, 90, 91], [None, UNCLEAR, UNCLEAR, WORSE]),
        ([60, 60, 60, 60], [None, UNCLEAR, UNCLEAR, UNCLEAR]),
        ([None, 60, 90, 90], [None, None, UNCLEAR, WORSE]),
        ([60, 30, None, 31], [None, UNCLEAR, None, BETTER]),
        ([60, 30, 31, None], [None, UNCLEAR, BETTER, None]),
        ([60, 30, None], [None, UNCLEAR, None]),
    ],
)
def test_weekly_verdict_needs_two_check_ins_the_same_way(scores, expected, better):
    found = weekly_verdicts(scores, change_error=CK, better=better)
    assert found == (expected if better == "lower" else [OPPOSITE[each] for each in expected])


def test_weekly_baseline_stays_the_first_scored_check_in():
    assert weekly_verdicts([60, 50, 40, 30, 20], change_error=CK, better="lower")[3:] == [UNCLEAR, BETTER]


@given(SERIES, st.integers(-50, 50))
def test_weekly_verdicts_do_not_change_with_a_shift(scores, shift):
    moved = [None if score is None else score + shift for score in scores]
    once, shifted = (weekly_verdicts(each, change_error=9, better="lower") for each in (scores, moved))
    assert once == shifted


@given(SERIES)
def test_weekly_verdicts_are_those_of_the_scored_check_ins_alone(scores):
    scored = [score for score in scores if score is not None]
    found = weekly_verdicts(scores, change_error=9, better="higher")
    kept = [each for score, each in zip(scores, found, strict=True) if score is not None]
    assert kept == weekly_verdicts(scored, change_error=9, better="higher")


@pytest.mark.parametrize(("looks", "rate"), [(3, 0.015), (6, 0.032), (12, 0.056)])
def test_false_alarms_of_the_weekly_verdict_are_those_of_the_design(looks, rate):
    runs = numpy.random.default_rng(1).normal(0, 1, (6000, looks + 1)).tolist()
    alarms = [
        {BETTER, WORSE} & set(weekly_verdicts(scores, change_error=sqrt(2), better="lower")) != set() for scores in runs
    ]
    assert sum(alarms) / len(runs) == pytest.approx(rate, abs=0.01)


def test_own_baseline_band():
    assert own_baseline_band([None, 62, 40], change_error=10) == (42.4, 81.6)
    assert own_baseline_band([None], change_error=10) is None


@given(POINTS, POINTS)
def test_check_in_inside_the_band_cannot_be_told(baseline, score):
    band = own_baseline_band([baseline], change_error=CK)
    assert band is not None
    assert (band[0] <= score <= band[1]) is (verdict(score - baseline, change_error=CK, better="lower") is UNCLEAR)
