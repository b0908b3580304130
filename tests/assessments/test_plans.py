"""A couple's plan: who may hold what, how much, and the history of every change."""

from typing import Any

import pytest

from assessments import plans
from assessments.models import Activity, PlanChange, RepairPlan
from clients.couples import CoupleClosed, close_couple
from clients.models import Couple, Partner
from practice.errors import DomainError, InvalidInput
from practice.models import Membership
from tests.factories import as_staff

pytestmark = pytest.mark.database


def assign(alice: Membership, couple: Couple, template: str, *partners: Partner, **options: Any) -> Activity:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        return plans.assign_activity(plan, template=template, partners=partners, membership=alice, **options)


def history(alice: Membership, couple: Couple) -> list[tuple[str, str]]:
    with as_staff(alice):
        return [(one.kind, one.reason) for one in PlanChange.objects.filter(couple=couple).order_by("changed_at")]


def test_plan_begins_at_the_first_step_with_the_newest_template(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        again = plans.agree_plan(couple, membership=alice)
    assert (plan.template, plan.active_step, again.pk) == ("repair-plan@0.2.0", "S0", plan.pk)
    assert history(alice, couple) == [("agreed", "")]


def test_step_and_focus_are_kept_with_their_history(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        plans.agree_plan(couple, membership=alice, active_step="S3", focus=["PR", "LV"])
        plan = plans.agree_plan(couple, membership=alice, focus=["AA"])
    assert (plan.active_step, plan.focus) == ("S3", ["AA"])
    assert [kind for kind, _ in history(alice, couple)] == ["agreed", "step", "focus", "focus"]


@pytest.mark.parametrize("given", [{"active_step": "S9"}, {"focus": ["XX"]}, {"focus": ["PR", "PR"]}])
def test_unknown_step_or_focus_is_refused(alice: Membership, couple: Couple, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput), as_staff(alice):
        plans.agree_plan(couple, membership=alice, **given)
    with as_staff(alice):
        assert not RepairPlan.objects.exists()


@pytest.mark.parametrize(
    ("template", "holders", "fits"),
    [
        ("P33", "d", True),
        ("P33", "de", True),
        ("P33", "", False),
        ("P41", "de", True),
        ("P41", "d", False),
        ("P61", "e", True),
        ("P61", "de", False),
        ("P01", "", True),
        ("P01", "d", False),
    ],
)
def test_template_says_who_may_hold_a_practice(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner, template: str, holders: str, fits: bool
) -> None:
    people = [{"d": dana, "e": erin}[one] for one in holders]
    if fits:
        assert assign(alice, couple, template, *people).template == template
    else:
        with pytest.raises(InvalidInput) as refused:
            assign(alice, couple, template, *people)
        assert refused.value.code == "partners"


def test_partner_of_another_couple_cannot_hold_an_activity(
    alice: Membership, couple: Couple, dana: Partner, trudy: Partner
) -> None:
    with pytest.raises(InvalidInput):
        assign(alice, couple, "P33", trudy)


def test_noticed_is_asked_only_where_both_hold_it(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    both, alone = assign(alice, couple, "P33", dana, erin), assign(alice, couple, "P51", dana)
    with as_staff(alice):
        assert list(both.holders.values_list("asks_noticed", flat=True)) == [True, True]
        assert list(alone.holders.values_list("asks_noticed", flat=True)) == [False]


def test_fourth_counted_activity_of_a_partner_is_refused(alice: Membership, couple: Couple, dana: Partner) -> None:
    for template in ("P12", "P33", "P51"):
        assign(alice, couple, template, dana)
    with pytest.raises(plans.TooManyActivities):
        assign(alice, couple, "P53", dana)
    assign(alice, couple, "P61", dana)


def test_practices_that_share_a_slot_count_once(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    for template in ("P12", "P33"):
        assign(alice, couple, template, dana)
    assign(alice, couple, "P41", dana, erin)
    assign(alice, couple, "P42", dana, erin)
    with pytest.raises(plans.TooManyActivities):
        assign(alice, couple, "P53", dana)


def test_same_activity_twice_is_refused_until_it_has_ended(alice: Membership, couple: Couple, dana: Partner) -> None:
    first = assign(alice, couple, "P33", dana)
    with pytest.raises(plans.AlreadyHeld):
        assign(alice, couple, "P33", dana)
    with as_staff(alice):
        plans.end_activity(first, membership=alice, reason="They travel")
    assign(alice, couple, "P33", dana)
    assert ("ended", "They travel") in history(alice, couple)


@pytest.mark.parametrize("times", [0, 6, -1])
def test_dose_is_the_templates_or_lower(alice: Membership, couple: Couple, dana: Partner, times: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        assign(alice, couple, "P33", dana, times=times)
    assert refused.value.code == "dose"


def test_dose_changes_with_its_reason(alice: Membership, couple: Couple, dana: Partner) -> None:
    activity = assign(alice, couple, "P33", dana, times=3)
    with as_staff(alice):
        plans.change_dose(activity, times=2, membership=alice, reason="Too much")
        assert Activity.objects.get(pk=activity.pk).dose["times"] == 2
    assert history(alice, couple)[-1] == ("dose", "Too much")


def test_ended_activity_is_not_changed(alice: Membership, couple: Couple, dana: Partner) -> None:
    activity = assign(alice, couple, "P33", dana)
    with as_staff(alice):
        plans.end_activity(activity, membership=alice)
        with pytest.raises(plans.ActivityEnded):
            plans.change_dose(activity, times=2, membership=alice)
        with pytest.raises(plans.ActivityEnded):
            plans.end_activity(activity, membership=alice)


def test_closed_couple_gets_no_plan(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        close_couple(couple, reason="separated")
        with pytest.raises(CoupleClosed):
            plans.agree_plan(couple, membership=alice)


def test_refusals_say_what_to_do_next() -> None:
    for refusal in (plans.Gated, plans.TooManyActivities, plans.AlreadyHeld, plans.ActivityEnded):
        assert issubclass(refusal, DomainError)
        assert str(refusal()).count(". ") == 1


def test_practice_of_the_therapist_runs_once_at_a_time(alice: Membership, couple: Couple) -> None:
    first = assign(alice, couple, "P01")
    with pytest.raises(plans.AlreadyHeld):
        assign(alice, couple, "P01")
    with as_staff(alice):
        plans.end_activity(first, membership=alice)
    assign(alice, couple, "P01")


def test_change_is_made_on_what_is_stored_now(alice: Membership, couple: Couple, dana: Partner) -> None:
    activity = assign(alice, couple, "P33", dana)
    with as_staff(alice):
        stale = Activity.objects.get(pk=activity.pk)
        plans.end_activity(activity, membership=alice, reason="They travel")
        with pytest.raises(plans.ActivityEnded):
            plans.end_activity(stale, membership=alice)
    assert [kind for kind, _ in history(alice, couple)] == ["agreed", "added", "ended"]


def test_dose_of_a_closed_couple_stays(alice: Membership, couple: Couple, dana: Partner) -> None:
    activity = assign(alice, couple, "P33", dana)
    with as_staff(alice):
        close_couple(couple, reason="separated")
        with pytest.raises(CoupleClosed):
            plans.change_dose(Activity.objects.get(pk=activity.pk), times=1, membership=alice)
