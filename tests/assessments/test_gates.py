"""When gated activities may be assigned: the safety check, the talks alone, and open flags."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from assessments import plans
from assessments.gates import gates_for
from assessments.models import Activity, PlanChange
from assessments.plan_templates import library as templates
from clients.models import Couple, Partner
from clients.sessions import SessionDetails, save_session
from practice.models import Membership
from tests import factories
from tests.factories import as_staff

pytestmark = pytest.mark.database

SAFETY_CHECK = "safety_check_answered_by_both"
TALKS = "one_to_one_talk_recorded_for_both"
NO_FLAG = "no_open_urgent_or_review_flag"


def missing(alice: Membership, couple: Couple) -> tuple[str, ...]:
    with as_staff(alice):
        return gates_for(Couple.objects.get(pk=couple.pk), templates.latest(), now=timezone.now())["G0"].missing


def answer(alice: Membership, couple: Couple, *partners: Partner, **given: Any) -> None:
    """Both partners hand in a full form; `given` replaces single answers of each."""
    assignment = factories.assign(alice, couple)
    for partner in partners:
        sheet = factories.sheet_of(alice, assignment, partner)
        answers = {**factories.full_answers(sheet, 0), **{key.replace("_", "."): value for key, value in given.items()}}
        factories.submit(sheet, {line: value for line, value in answers.items() if value != "blank"})


def talk(alice: Membership, couple: Couple, *partners: Partner) -> None:
    with as_staff(alice):
        for partner in partners:
            details = SessionDetails(
                kind="one_to_one", partner=partner.id, held_at=timezone.now(), safety_reviewed=True
            )
            save_session(couple, details, membership=alice)


def give(alice: Membership, couple: Couple, dana: Partner, erin: Partner, **options: Any) -> Activity:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        return plans.assign_activity(plan, template="P31", partners=[dana, erin], membership=alice, **options)


def test_gate_names_what_is_missing(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    assert missing(alice, couple) == (SAFETY_CHECK, TALKS)
    answer(alice, couple, dana, erin)
    assert missing(alice, couple) == (TALKS,)
    talk(alice, couple, dana)
    assert missing(alice, couple) == (TALKS,)
    talk(alice, couple, erin)
    assert missing(alice, couple) == ()


def test_safety_check_of_one_partner_is_not_enough(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    answer(alice, couple, dana)
    talk(alice, couple, dana, erin)
    assert missing(alice, couple) == (SAFETY_CHECK,)


@pytest.mark.parametrize("state", ["declined", "blank"])
def test_unanswered_line_waits_for_a_talk_recorded_later(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner, state: str
) -> None:
    talk(alice, couple, dana, erin)
    answer(alice, couple, dana, erin, experienced_SC2=state)
    assert missing(alice, couple) == (SAFETY_CHECK,)
    talk(alice, couple, dana, erin)
    assert missing(alice, couple) == ()


@pytest.mark.parametrize(("days", "fresh"), [(59, True), (61, False)])
def test_safety_check_counts_for_sixty_days(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner, days: int, fresh: bool
) -> None:
    answer(alice, couple, dana, erin)
    talk(alice, couple, dana, erin)
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert missing(alice, couple) == (() if fresh else (SAFETY_CHECK,))


def test_open_flag_shuts_the_gate_and_withdraws_nothing(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    answer(alice, couple, dana, erin)
    talk(alice, couple, dana, erin)
    activity = give(alice, couple, dana, erin)
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        answer(alice, couple, dana, experienced_SC1=3)
        assert missing(alice, couple) == (NO_FLAG,)
    with as_staff(alice):
        assert Activity.objects.get(pk=activity.pk).ended_at is None


def test_gated_activity_needs_an_open_gate_or_a_reason(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with pytest.raises(plans.Gated):
        give(alice, couple, dana, erin)
    give(alice, couple, dana, erin, override_reason="Agreed in supervision")
    with as_staff(alice):
        kept = PlanChange.objects.get(couple=couple, kind=PlanChange.Kind.OVERRIDDEN)
        assert (kept.reason, kept.changed_by) == ("Agreed in supervision", alice.id)


def test_talk_before_this_episode_does_not_count(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    talk(alice, couple, dana, erin)
    answer(alice, couple, dana, erin)
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(episode_started_at=timezone.now())
    assert TALKS in missing(alice, couple)


def test_ungated_activity_needs_no_gate(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        assert plans.assign_activity(plan, template="P33", partners=[dana], membership=alice).ended_at is None


def test_reasons_name_who_is_wanting(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    answer(alice, couple, dana)
    talk(alice, couple, erin)
    with as_staff(alice):
        gate = gates_for(Couple.objects.get(pk=couple.pk), templates.latest(), now=timezone.now())["G0"]
    assert gate.missing == (SAFETY_CHECK, TALKS)
    assert [reason.rpartition(": ")[2] for reason in gate.reasons] == ["Erin.", "Dana."]
