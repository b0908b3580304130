"""Goals: whose they are, what they may be about, their limits, and T through ratings."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.goal_reading import read_goals
from assessments.goals import TooManyGoals, end_goal, goal_domains, level_texts, rate_goal, write_goal
from assessments.models import Goal, GoalRating
from assessments.weeks import own_week
from clients.couples import CoupleClosed, close_couple
from clients.models import Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from tests import factories
from tests.factories import as_partner, as_staff, make_goal

pytestmark = pytest.mark.database
LEVELS = ["0", "1", "2", "3", "4"]


def given(**changed: Any) -> dict[str, Any]:
    fits = {"owner": None, "domain": "PR", "behaviour": "Talk", "how_counted": "Days", "levels": LEVELS}
    return {**fits, "review_on": timezone.localdate() + timedelta(days=1), **changed}


def test_goal_keeps_its_five_levels_from_the_lowest(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        made = write_goal(couple, **given(levels=[" 0 ", *LEVELS[1:]]))
        kept = Goal.objects.get(pk=made.pk)
        assert level_texts(kept) == {-2: "0", -1: "1", 0: "2", 1: "3", 2: "4"}
        assert (kept.baseline_level, kept.weight, kept.owner_id) == (-1, 1, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"behaviour": " "}, "behaviour"),
        ({"behaviour": "x" * 301}, "behaviour"),
        ({"how_counted": ""}, "how_counted"),
        ({"levels": LEVELS[:4]}, "levels"),
        ({"levels": [*LEVELS[:4], " "]}, "levels"),
        ({"domain": "XX"}, "domain"),
        ({"baseline_level": 3}, "baseline_level"),
        ({"weight": 0}, "weight"),
        ({"weight": 4}, "weight"),
    ],
)
def test_fault_is_named_and_nothing_is_kept(
    alice: Membership, couple: Couple, changed: dict[str, Any], field: str
) -> None:
    with as_staff(alice):
        with pytest.raises(InvalidInput) as refused:
            write_goal(couple, **given(**changed))
        assert [one["field"] for one in refused.value.faults] == [field]
        assert not Goal.objects.exists()


@pytest.mark.parametrize(("days", "fits"), [(0, False), (-1, False), (1, True)])
def test_review_lies_ahead(alice: Membership, couple: Couple, days: int, fits: bool) -> None:
    when = given(review_on=timezone.localdate() + timedelta(days=days))
    with as_staff(alice):
        if fits:
            assert write_goal(couple, **when).pk
        else:
            with pytest.raises(InvalidInput):
                write_goal(couple, **when)


@pytest.mark.parametrize("domain", ["RS", "IM", "RC", "CP", "SC"])
def test_pair_has_no_goal_about_what_only_the_therapist_reads(alice: Membership, couple: Couple, domain: str) -> None:
    with as_staff(alice), pytest.raises(InvalidInput) as refused:
        write_goal(couple, **given(domain=domain))
    assert refused.value.faults[0]["detail"] == "A goal of the pair is about a topic that may be shared."


@pytest.mark.parametrize("domain", ["RS", "IM", "RC", "CP", "PR"])
def test_one_owner_may_name_any_measured_topic(alice: Membership, couple: Couple, dana: Partner, domain: str) -> None:
    with as_staff(alice):
        assert write_goal(couple, **given(owner=dana, domain=domain)).owner_id == dana.id


def test_unscored_topic_is_nobodys_goal(dana: Partner) -> None:
    assert "SC" not in goal_domains(dana)


def test_owner_is_of_this_couple(alice: Membership, couple: Couple, trudy: Partner) -> None:
    with as_staff(alice), pytest.raises(InvalidInput) as refused:
        write_goal(couple, **given(owner=trudy))
    assert [one["field"] for one in refused.value.faults] == ["owner"]


def test_goal_of_one_is_in_no_week_of_the_other(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        shared, own = make_goal(couple), make_goal(couple, owner=dana, domain="IM")
    assignment = factories.assign(alice, couple, "ena-ck")
    seen = {}
    for partner in (dana, erin):
        sheet = factories.sheet_of(alice, assignment, partner)
        with as_partner(partner):
            seen[partner.name] = {one.id for one in own_week(sheet).goals}
    assert seen == {"Dana": {str(shared.id), str(own.id)}, "Erin": {str(shared.id)}}


def test_limits_are_three_of_the_pair_and_one_of_each(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        first, *_rest = [make_goal(couple) for _ in range(3)]
        for owner in (dana, erin):
            make_goal(couple, owner=owner)
        for owner in (None, dana, erin):
            with pytest.raises(TooManyGoals):
                make_goal(couple, owner=owner)
        end_goal(first)
        make_goal(couple)


def test_closed_couple_gets_no_goal(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        close_couple(couple, reason="completed")
        with pytest.raises(CoupleClosed):
            make_goal(couple)


@pytest.mark.parametrize("level", [-3, 3])
def test_level_off_the_scale_is_refused(alice: Membership, couple: Couple, level: int) -> None:
    with as_staff(alice), pytest.raises(InvalidInput) as refused:
        rate_goal(make_goal(couple), level=level, membership=alice)
    assert refused.value.code == "level"


def test_one_rates_no_goal_of_the_other_or_of_another_couple(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner, trudy: Partner
) -> None:
    with as_staff(alice):
        goal = make_goal(couple, owner=dana)
        for partner in (erin, trudy):
            with pytest.raises(InvalidInput) as refused:
                rate_goal(goal, level=0, membership=alice, partner=partner)
            assert refused.value.code == "partner"
        assert not GoalRating.objects.exists()


@pytest.mark.parametrize(
    ("levels", "weights", "t"),
    [
        ((0, 0, 0), (1, 1, 1), 50),
        ((1, 0, 1), (1, 1, 1), 59.1287),
        ((-1, -1, -1), (1, 1, 1), 36.3069),
        ((1, -1, 2), (3, 1, 2), 63.2196),
        ((1,), (1,), 60),
    ],
)
def test_t_of_the_design_through_ratings(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner,
    levels: tuple[int, ...], weights: tuple[int, ...], t: float,
) -> None:  # fmt: skip
    with as_staff(alice):
        for level, weight in zip(levels, weights, strict=True):
            goal = write_goal(couple, **given(weight=weight))
            rate_goal(goal, level=-2, membership=alice)
            rate_goal(goal, level=level, membership=alice)
            rate_goal(goal, level=2, membership=alice, partner=erin)
        found = read_goals(couple, [dana, erin]).attainment
    assert [one.partner for one in found] == [dana, erin, None]
    assert found[0].t is None
    assert (round(found[2].t or 0, 4), found[2].rated) == (t, len(levels))
    assert found[1].t != found[2].t


def test_t_counts_what_was_rated_and_is_running(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        rated, _unrated, ended = (make_goal(couple) for _ in range(3))
        own = make_goal(couple, owner=dana, domain="IM")
        for goal, level in ((rated, 1), (ended, -2), (own, 1)):
            rate_goal(goal, level=level, membership=alice)
        end_goal(ended)
        reading = read_goals(couple, [dana, erin])
    by_rater = {one.partner and one.partner.name: (one.rated, one.goals) for one in reading.attainment}
    assert by_rater == {"Dana": (0, 3), "Erin": (0, 2), None: (2, 3)}
    assert [one.goal.id for one in reading.ended] == [ended.id]
