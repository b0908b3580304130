from math import sqrt
from statistics import StatisticsError

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from assessments.instruments.library import get
from assessments.measurement import Z90, parameters_of, smallest_change
from assessments.trend import (
    Kendall,
    Trend,
    ewma,
    kendall,
    least_squares,
    mann_kendall,
    rolling_slopes,
    theil_sen,
    trend,
    worsening,
)

SESSIONS = range(1, 11)
SERIES = [62, 64, 58, 60, 53, 55, 48, 46, 47, 41]
STEADY = [62, 64, 66, 70, 69, 74, 73, 78, 80, 81]
STEEP = [62, 64, 66, 72, 76, 81, 84, 87, 90, 92]
CK = parameters_of(get("ena-ck@0.2.0"))
MDC90 = smallest_change(CK.change_error("CK"), z=Z90)

grids = st.lists(st.integers(0, 28), min_size=3, max_size=14)
both_directions = pytest.mark.parametrize("better", ["lower", "higher"])


def mirrored(scores):
    return [-score for score in scores]


def direction_of(scores, *, times=SESSIONS, limit=MDC90, better="lower"):
    found = trend(scores, times=times, smallest_change=limit, better=better)
    return None if found is None else found.direction


def test_least_squares_of_the_design():
    line = least_squares(SERIES, times=SESSIONS)
    assert (round(line.slope, 5), round(line.intercept, 9), round(line.error, 5)) == (-2.43636, 66.8, 0.25433)
    reach = stats.t.ppf(0.975, len(SERIES) - 2) * line.error
    assert (round(line.slope - reach, 4), round(line.slope + reach, 4)) == (-3.0228, -1.8499)


@given(grids)
def test_least_squares_agrees_with_scipy(values):
    assume(len(set(values)) > 1)  # scipy knows no error of a level line
    ours, theirs = least_squares(values, times=range(len(values))), stats.linregress(range(len(values)), values)
    expected = [pytest.approx(each, abs=1e-7) for each in (theirs.slope, theirs.intercept, theirs.stderr)]
    assert [ours.slope, ours.intercept, ours.error] == expected


@pytest.mark.parametrize(("intercept", "height"), [("separate", 67.2), ("joint", 65.2)])
def test_theil_sen_of_the_design(intercept, height):
    line = theil_sen(SERIES, times=SESSIONS, intercept=intercept)
    assert (line.slope, line.low, line.high, round(line.intercept, 9)) == (-2.4, -3.0, -2.0, height)


@pytest.mark.parametrize("intercept", ["separate", "joint"])
@given(grids, st.data())
def test_theil_sen_agrees_with_scipy(intercept, values, data):
    times = data.draw(st.lists(st.integers(0, 60), min_size=len(values), max_size=len(values), unique=True))
    ours = theil_sen(values, times=times, intercept=intercept)
    theirs = stats.theilslopes(values, times, method=intercept)
    found = [ours.slope, ours.intercept, ours.low, ours.high]
    assert found == pytest.approx([theirs.slope, theirs.intercept, theirs.low_slope, theirs.high_slope])


def test_theil_sen_leaves_out_pairs_of_one_time():
    ours, theirs = (
        theil_sen([5, 6, 9, 9, 12], times=[1, 1, 2, 3, 3]),
        stats.theilslopes([5, 6, 9, 9, 12], [1, 1, 2, 3, 3]),
    )
    assert (ours.slope, ours.low, ours.high) == (theirs.slope, theirs.low_slope, theirs.high_slope)


def test_theil_sen_needs_two_times():
    with pytest.raises(StatisticsError):
        theil_sen([5, 6], times=[1, 1])


def test_mann_kendall_of_the_design():
    found = mann_kendall(SERIES)
    assert (found.s, found.variance, round(found.z, 4), round(found.p, 5)) == (-37, 125, -3.2199, 0.00128)


def test_mann_kendall_counts_ties():
    # Two groups of ties, of 2 and 3: (5 * 4 * 15 - 2 * 9 - 3 * 2 * 11) / 18.
    assert mann_kendall([1, 1, 2, 2, 2]).variance == 12


def test_kendall_of_the_design():
    found = kendall(SERIES)
    assert (round(found.tau, 4), round(found.p, 6)) == (-0.8222, 0.000358)


@given(st.permutations(range(10)), st.integers(2, 10))
def test_exact_kendall_agrees_with_scipy(order, length):
    ours, theirs = kendall(order[:length]), stats.kendalltau(range(length), order[:length], method="exact")
    assert [ours.tau, ours.p] == pytest.approx([theirs.statistic, theirs.pvalue])


@given(grids)
def test_tau_with_ties_agrees_with_scipy(values):
    theirs = stats.kendalltau(range(len(values)), values).statistic
    assert kendall(values).tau == (None if numpy.isnan(theirs) else pytest.approx(theirs))


@pytest.mark.parametrize("values", [[3, 3, 1, 2], list(range(11))], ids=["tied", "longer than ten"])
def test_where_p_is_not_exact_it_is_that_of_mann_kendall(values):
    assert kendall(values).p == mann_kendall(values).p


def test_values_that_never_differ_have_no_order():
    assert kendall([4, 4, 4, 4, 4]) == Kendall(None, 1.0)
    assert mann_kendall([4, 4, 4, 4, 4]).z == 0


def test_rolling_slopes_of_the_design():
    found = rolling_slopes(SERIES, times=SESSIONS)
    assert [round(each, 9) for each in found] == [-1.2, -3.1, -1.6, -3.4, -2.8, -2.6, -2.0]
    assert rolling_slopes(SERIES[:3], times=SESSIONS[:3]) == []


def test_moving_average_of_the_design():
    expected = [62, 62.6, 61.22, 60.854, 58.4978, 57.4485, 54.6139, 52.0297, 50.5208, 47.6646]
    assert [round(each, 4) for each in ewma(SERIES)] == expected
    assert ewma([]) == []


@both_directions
@pytest.mark.parametrize(
    ("series", "sums", "alarm"),
    [
        (STEADY, [0.0809, 0.0651, 0.5333, 0.9047, 1.7603, 2.8095, 3.9555], None),
        (STEEP, [0.2746, 0.9365, 2.0825, 3.5190, 5.2460, 7.2634, 9.4745], 8),
    ],
)
def test_worsening_of_the_design(series, sums, alarm, better):
    found = worsening(series if better == "lower" else mirrored(series), error=CK.error("CK"), better=better)
    assert found.sums[:3] == (None, None, None)
    assert [round(each, 4) for each in found.sums[3:]] == sums
    assert found.alarm == alarm


@both_directions
def test_getting_better_never_alarms(better):
    found = worsening(mirrored(STEEP) if better == "lower" else STEEP, error=CK.error("CK"), better=better)
    assert (set(found.sums[3:]), found.alarm) == ({0.0}, None)


@pytest.mark.parametrize(("reached", "alarm"), [(6.0, 3), (5.999, None)])
def test_worsening_alarms_at_the_limit(reached, alarm):
    drift = (reached + 0.5) * sqrt(4 / 3)
    assert worsening([0, 0, 0, drift], error=1, better="lower").alarm == alarm


@pytest.mark.parametrize("scores", [[], [60, None, 61], [60, 61, 62, None]])
def test_worsening_has_no_sum_up_to_three_scores(scores):
    found = worsening(scores, error=9, better="lower")
    assert (found.sums, found.alarm) == ((None,) * len(scores), None)


def test_missing_score_leaves_the_sum_as_it_was():
    whole = worsening(STEEP, error=CK.error("CK"), better="lower")
    gaps = worsening([None, *STEEP[:5], None, *STEEP[5:]], error=CK.error("CK"), better="lower")
    assert gaps.sums == (None, *whole.sums[:5], None, *whole.sums[5:])
    assert (whole.alarm, gaps.alarm) == (8, 10)


@pytest.mark.parametrize(("sessions", "rate"), [(12, 0.026), (15, 0.047), (24, 0.097)])
def test_false_alarms_of_worsening_are_those_of_the_design(sessions, rate):
    runs = numpy.random.default_rng(2).normal(0, 1, (6000, sessions)).tolist()
    alarms = sum(worsening(scores, error=1, better="lower").alarm is not None for scores in runs)
    assert alarms / len(runs) == pytest.approx(rate, abs=0.01)


@pytest.mark.parametrize(
    ("better", "scores", "direction"),
    [("lower", SERIES, "better"), ("higher", SERIES, "worse"), ("lower", STEEP, "worse"), ("higher", STEEP, "better")],
)
def test_trend_is_named_in_both_directions(better, scores, direction):
    found = trend(scores, times=SESSIONS, smallest_change=MDC90, better=better)
    assert found == Trend(theil_sen(scores, times=SESSIONS), direction)


def test_trend_smaller_than_the_error_of_a_change_is_not_named():
    slow = [60 - session for session in SESSIONS]
    assert direction_of(slow) is None


def test_trend_that_reaches_the_smallest_change_exactly_is_named():
    assert direction_of(SERIES, limit=2.4 * 9) == "better"
    assert direction_of(SERIES, limit=2.4 * 9 + 1e-6) is None


def test_trend_whose_interval_holds_zero_is_not_named():
    wild = [90, 20, 80, 30, 50, 10]
    line = theil_sen(wild, times=range(6))
    assert abs(line.slope) * 5 >= MDC90
    assert line.low < 0 < line.high
    assert direction_of(wild, times=range(6)) is None


def test_trend_whose_interval_ends_at_zero_is_not_named():
    late = [90, 90, 60, 30, 0]
    assert theil_sen(late, times=range(5)).high == 0
    assert direction_of(late, times=range(5)) is None
    assert direction_of([90, 89, 60, 30, 0], times=range(5)) == "better"


@pytest.mark.parametrize(("scores", "drawn"), [([80, 60, 40, 20, None], False), ([80, 60, None, 40, 20, 0], True)])
def test_trend_needs_five_scores(scores, drawn):
    found = trend(scores, times=range(len(scores)), smallest_change=MDC90, better="lower")
    assert (found is not None) is drawn


@given(st.lists(st.none() | st.integers(0, 100), min_size=5, max_size=12), st.integers(-40, 40), st.integers(-9, 9))
def test_trend_does_not_depend_on_where_scores_and_times_start(scores, shift, delay):
    moved = [None if score is None else score + shift for score in scores]
    named = direction_of(scores, times=range(len(scores)))
    assert direction_of(moved, times=range(delay, delay + len(scores))) == named


@given(st.lists(st.integers(0, 100), min_size=5, max_size=12))
def test_trend_turns_round_with_the_better_direction(scores):
    lower, higher = (direction_of(scores, times=range(len(scores)), better=each) for each in ("lower", "higher"))
    assert higher == {"better": "worse", "worse": "better", None: None}[lower]
