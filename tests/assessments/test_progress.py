"""What moved, from records made by hand; see tests/assessments/records.py."""

from dataclasses import replace

import pytest

from assessments.change import Verdict
from assessments.progress import CheckInSeries, check_ins
from clients.models import Couple
from tests.assessments.records import COUPLE, DANA, ERIN, MONDAY, WEEK, check_ins_of, forms_of, full_form, made

BETTER, UNTOLD, WORSE = Verdict.RELIABLY_BETTER, Verdict.CANNOT_TELL_YET, Verdict.RELIABLY_WORSE


def series(*scores: float | None) -> CheckInSeries:
    return check_ins(made(*check_ins_of(DANA, *scores)))[0]


def test_there_is_no_series_before_the_first_check_in():
    assert check_ins(made(full_form(DANA, 0, 50))) == []


@pytest.mark.parametrize(
    ("scores", "verdicts"),
    [
        ((60,), [None]),
        ((60, 30), [None, UNTOLD]),
        ((60, 30, 30), [None, UNTOLD, BETTER]),
        ((60, 30, 60, 30), [None, UNTOLD, UNTOLD, UNTOLD]),
        ((60, 30, None, 30), [None, UNTOLD, None, BETTER]),
        ((30, 60, 60), [None, UNTOLD, WORSE]),
        ((None, 60, 30, 30), [None, None, UNTOLD, BETTER]),
    ],
)
def test_a_weekly_verdict_needs_two_check_ins_the_same_way(scores, verdicts):
    assert [point.verdict for point in series(*scores).points] == verdicts


def test_the_newest_verdict_stands_with_its_day_and_what_is_missing():
    found = series(60, 30, 30, None)
    assert (found.verdict, found.verdict_at, found.missing) == (BETTER, MONDAY + 2 * WEEK, 1)


def test_the_band_is_the_baselines_own_error_of_a_change():
    band = series(60, 55).band
    assert band is not None
    low, high = band
    assert (round(60 - low, 2), round(high - 60, 2)) == (24.79, 24.79)


def test_an_alarm_stands_while_the_sum_is_at_its_limit():
    assert not series(46, 43, 46, 50, 54, 57).is_worsening
    assert series(46, 43, 46, 61, 71, 79, 82).is_worsening


def test_an_alarm_is_past_once_check_ins_have_come_back():
    assert not series(46, 43, 46, 61, 71, 79, 82, 60, 46, 36, 25, 21).is_worsening


def test_a_new_episode_measures_from_its_own_first_check_in():
    record = made(*check_ins_of(DANA, 80, 80, 40, 40, 40))
    restarted = Couple(practice_id=COUPLE.practice_id, created_at=MONDAY, episode_started_at=MONDAY + 2 * WEEK)
    again = replace(record, couple=restarted)
    assert check_ins(record)[0].verdict == BETTER
    assert check_ins(again)[0].baseline == 40


def test_the_last_two_forms_of_each_are_compared():
    forms = forms_of(full_form(DANA, 0, 70), full_form(DANA, 7, 60), full_form(DANA, 12, 35))
    [primary] = [row for row in forms.domains if row.is_primary]
    dana, erin = primary.changes
    assert (dana.before, dana.after, dana.change, dana.verdict) == (60, 35, -25, BETTER)
    assert (erin.before, erin.after, erin.change, erin.verdict) == (None, None, None, None)


def test_six_topics_are_judged_together():
    """Alone each of these would pass 27.7; of six only what passes Holm's first step, 37.3, is named."""
    topics = ("PR", "LV", "AA", "RF", "RP", "CR")
    before = full_form(DANA, 0, dict.fromkeys(topics, 60) | {"NEGLECT": 60})
    after = full_form(DANA, 7, dict.fromkeys(topics, 60) | {"PR": 30, "LV": 20, "NEGLECT": 55})
    changes = {row.score_id: row.changes[0].verdict for row in forms_of(before, after).domains}
    assert {key: changes[key] for key in topics} == {**dict.fromkeys(topics, UNTOLD), "LV": BETTER}


def test_a_gap_moves_only_beyond_the_error_of_two_gaps():
    def gaps(first: float, second: float):
        sheets = [full_form(one, week, level) for one in (DANA, ERIN) for week, level in ((0, first), (7, second))]
        return forms_of(*sheets).domains[1].gaps[0]

    assert [point.gap for point in gaps(30, 60).points] == [10, 40]
    assert not gaps(30, 60).moved
    assert gaps(30, 75).moved
