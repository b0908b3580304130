import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.adherence import (
    ActivityWeek,
    counted,
    coverage,
    done_share,
    noticed_share,
    partner_week,
    planned_times,
)

counts = st.none() | st.integers(0, 9)
weeks = st.lists(
    st.builds(ActivityWeek, slot=st.sampled_from("abc"), planned=st.none() | st.integers(1, 9), done=counts)
)


def reported(*pairs: tuple[int | None, int | None]) -> list[ActivityWeek]:
    """One activity a slot, from planned and done."""
    return [ActivityWeek(f"P{number}", planned, done) for number, (planned, done) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("planned", "done", "share"),
    [(5, 3, 0.6), (7, 7, 1), (3, 1, 0.3333), (7, 9, 1), (5, 0, 0)],
)
def test_share_of_an_activity(planned, done, share):
    assert round(done_share(ActivityWeek("P11", planned, done)), 4) == share


def test_partner_week_of_the_design():
    assert round(partner_week(reported((5, 3), (7, 7), (3, 1), (7, 9))), 4) == 0.7333


def test_missing_report_is_none_and_not_zero():
    assert done_share(ActivityWeek("P11", 5, None)) is None
    assert partner_week(reported((5, None), (7, None))) is None
    assert partner_week(reported((5, 0), (7, 0))) == 0
    assert partner_week([]) is None


def test_activity_left_out_of_a_report_does_not_lower_the_others():
    assert partner_week(reported((5, None), (4, 2))) == 0.5


@pytest.mark.parametrize(
    ("dose", "times"),
    [
        ({"times": 5, "minutes": 10}, 5),
        ({"once": True, "minutes": 50}, None),
        ({"as_needed": True}, None),
        ({"every_sessions": 4}, None),
    ],
)
def test_only_a_dose_by_the_week_is_planned_for_the_week(dose, times):
    assert planned_times(dose) == times


def test_activity_without_weekly_times_is_not_counted():
    assert done_share(ActivityWeek("P52", None, 3)) is None
    assert partner_week(reported((4, 2), (None, 3))) == 0.5
    assert counted(reported((None, 3))) == []


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ((1, 1), (1, 0), (1, 1)),
        ((1, 0), (2, 1), (2, 1)),
        ((2, 1), (1, None), (2, 1)),
        ((1, None), (1, None), (1, None)),
        ((1, 1), (None, 4), (1, 1)),
    ],
)
def test_activities_that_share_a_slot_count_as_one(first, second, together):
    both = [ActivityWeek("P41", *first), ActivityWeek("P41", *second)]
    assert counted(both) == counted(both[::-1]) == [ActivityWeek("P41", *together)]


def test_shared_slot_has_one_voice_in_the_week():
    shared = [ActivityWeek("P41", 1, 0), ActivityWeek("P41", 1, 1), ActivityWeek("P11", 4, 1)]
    assert partner_week(shared) == (1 + 0.25) / 2


@given(weeks)
def test_share_of_a_week_lies_between_nothing_and_all(activities):
    share = partner_week(activities)
    assert share is None or 0 <= share <= 1


@given(weeks)
def test_counting_again_changes_nothing(activities):
    assert counted(counted(activities)) == counted(activities)


@pytest.mark.parametrize(("weeks_reported", "due", "share"), [(3, 4, 0.75), (0, 4, 0), (0, 0, None)])
def test_coverage(weeks_reported, due, share):
    assert coverage(weeks_reported, due=due) == share


@pytest.mark.parametrize(
    ("noticed", "done", "share"),
    [(2, 3, 0.6667), (4, 3, 1), (0, 3, 0), (2, 0, None), (0, 0, None), (None, 3, None), (2, None, None)],
)
def test_noticed_share(noticed, done, share):
    found = noticed_share(noticed, done=done)
    assert (found if found is None else round(found, 4)) == share
