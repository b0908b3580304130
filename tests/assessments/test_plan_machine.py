"""Any order of what happens to a plan, its gates and the week: what must hold after every step.

What a step should do is worked out here from what the design says, on plain values, and not with the product's rules.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments import plans
from assessments.models import Activity, ActivityHolder, AnswerSheet, PlanChange
from assessments.weeks import own_week, save_week
from clients.models import Couple, Partner
from clients.sessions import SessionDetails, save_session
from practice.errors import DomainError
from practice.models import Membership
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_partner, as_staff

pytestmark = pytest.mark.database

# template: who may hold it, its times a week (None where it is not counted), and whether a gate stands before it
PRACTICES: dict[str, tuple[str, int | None, bool]] = {
    "P01": ("therapist", None, False),
    "P11": ("each", 1, True),
    "P12": ("each", 5, False),
    "P31": ("pair", 5, True),
    "P33": ("each", 5, False),
    "P41": ("pair", 1, False),
    "P42": ("pair", 1, False),
    "P52": ("each", None, True),
    "P61": ("one", None, False),
}
HOLDERS = {"therapist": ["-"], "each": ["a", "b", "ab"], "pair": ["ab"], "one": ["a", "b"]}
CHOICES = [(template, who) for template, (kind, *_) in PRACTICES.items() for who in HOLDERS[kind]]
COUNTED = [(template, who) for template, who in CHOICES if PRACTICES[template][1] is not None and who in ("a", "ab")]
WINDOW = timedelta(days=7)
CHECK_LASTS = timedelta(days=60)
EMPTIED = (
    "assessments_goalrating", "assessments_goal", "assessments_weekreport", "assessments_specificrequest",
    "assessments_planchange", "assessments_activityholder", "assessments_activity", "assessments_repairplan",
    "assessments_safetyflag", "assessments_sessionrating", "clients_counselingsession",
)  # fmt: skip


def maintain(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with as_maintenance(), connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


class Held:
    """What the test knows of one activity."""

    def __init__(self, template: str, holders: str, times: int | None, *, forced: bool, at: datetime) -> None:
        self.template, self.holders, self.times, self.forced = template, holders, times, forced
        self.started_at = at
        self.ended_at: datetime | None = None

    def overlaps(self, opens: datetime, closes: datetime) -> bool:
        return self.started_at < closes and (self.ended_at is None or self.ended_at > opens)


class PlanMachine(RuleBasedStateMachine):
    alice: Membership
    couple: Couple
    partners: dict[str, Partner]
    sheets: dict[str, AnswerSheet]

    @initialize()
    def begin(self) -> None:
        for table in EMPTIED:
            maintain(f"DELETE FROM {table}")
        self.clock = time_machine.travel(timezone.now(), tick=True)
        self.traveller = self.clock.start()
        self.checked_at = timezone.now()
        maintain(
            "UPDATE assessments_answersheet SET submitted_at = %s WHERE instrument LIKE 'ena-c@%%'", self.checked_at
        )
        self.talked: set[str] = set()
        self.held: dict[UUID, Held] = {}
        self.window_opens()
        with as_staff(self.alice):
            self.plan = plans.agree_plan(self.couple, membership=self.alice)

    def teardown(self) -> None:
        if hasattr(self, "clock"):
            self.clock.stop()

    def gate_is_open(self) -> bool:
        [(flags,)] = maintain(
            "SELECT count(*) FROM assessments_safetyflag WHERE level IN ('urgent', 'review') AND state <> 'closed'"
        )
        fresh = timezone.now() - self.checked_at <= CHECK_LASTS
        return fresh and self.talked == {"a", "b"} and flags == 0

    def running(self) -> dict[UUID, Held]:
        return {key: one for key, one in self.held.items() if one.ended_at is None}

    def slots(self, who: str) -> set[str]:
        own = [one.template for one in self.running().values() if who in one.holders]
        return {slot(one) for one in own if PRACTICES[one][1] is not None}

    def is_refused(self, template: str, holders: str) -> bool:
        """Whether somebody has it, or has no place for it, whatever the gate says."""
        same = [one for one in self.running().values() if one.template == template]
        if any(set(one.holders) & set(holders) for one in same):
            return True
        counted = PRACTICES[template][1] is not None
        return counted and any(len(self.slots(who) | {slot(template)}) > 3 for who in holders if who != "-")

    @rule(choice=st.sampled_from(CHOICES), less=st.booleans(), reason=st.sampled_from(["", " ", "In supervision"]))
    def one_is_assigned(self, choice: tuple[str, str], less: bool, reason: str) -> None:
        self.assign(choice=choice, less=less, reason=reason)

    def assign(self, choice: tuple[str, str], less: bool, reason: str) -> None:
        template, holders = choice
        _, most, gated = PRACTICES[template]
        times = 1 if less and most else None
        shut = gated and not self.gate_is_open()
        refused = self.is_refused(template, holders)
        expected = (plans.AlreadyHeld, plans.TooManyActivities) if refused else (plans.Gated,)
        partners = [self.partners[who] for who in holders if who != "-"]
        given = {"template": template, "partners": partners, "times": times, "override_reason": reason}
        if refused or (shut and not reason.strip()):
            with as_staff(self.alice), pytest.raises(expected):
                plans.assign_activity(self.plan, membership=self.alice, **given)
            return
        with as_staff(self.alice):
            made = plans.assign_activity(self.plan, membership=self.alice, **given)
        self.held[made.id] = Held(template, holders, times or most, forced=shut, at=made.started_at)

    @rule(choices=st.lists(st.sampled_from(COUNTED), min_size=3, max_size=5, unique=True))
    def assign_until_full(self, choices: list[tuple[str, str]]) -> None:
        for choice in choices:
            self.assign(choice=choice, less=False, reason="In supervision")

    @precondition(lambda self: self.running())
    @rule(data=st.data(), reason=st.sampled_from(["", "They travel"]))
    def end(self, data: st.DataObject, reason: str) -> None:
        key = data.draw(st.sampled_from(list(self.running())))
        with as_staff(self.alice):
            activity = Activity.objects.select_related("couple", "plan").get(pk=key)
            plans.end_activity(activity, membership=self.alice, reason=reason)
        self.held[key].ended_at = activity.ended_at

    @precondition(lambda self: self.running())
    @rule(data=st.data(), times=st.integers(0, 8))
    def change_dose(self, data: st.DataObject, times: int) -> None:
        key = data.draw(st.sampled_from(list(self.running())))
        most = PRACTICES[self.held[key].template][1]
        try:
            with as_staff(self.alice):
                activity = Activity.objects.select_related("couple", "plan").get(pk=key)
                plans.change_dose(activity, times=times, membership=self.alice)
        except DomainError:
            assert most is None or not 1 <= times <= most
        else:
            assert most is not None
            assert 1 <= times <= most
            self.held[key].times = times

    @rule(who=st.sampled_from("ab"), level=st.sampled_from(["urgent", "review", "note"]))
    def flag_is_raised(self, who: str, level: str) -> None:
        sheet = self.sheets[who]
        maintain(
            "INSERT INTO assessments_safetyflag (id, practice_id, couple_id, partner_id, sheet_id, rule, level, lines,"
            " state, raised_at) VALUES (%s, %s, %s, %s, %s, %s, %s, '{}', 'open', %s)",
            uuid4(), sheet.practice_id, sheet.couple_id, sheet.partner_id, sheet.id, uuid4().hex[:12], level,
            timezone.now(),
        )  # fmt: skip

    @rule(state=st.sampled_from(["acknowledged", "closed", "closed"]))
    def flags_move_on(self, state: str) -> None:
        maintain("UPDATE assessments_safetyflag SET state = %s WHERE state <> 'closed'", state)

    @rule(who=st.sampled_from(["a", "b", "ab", "ab"]))
    def talk_is_recorded(self, who: str) -> None:
        for one in who:
            held = {"kind": "one_to_one", "partner": self.partners[one].id, "held_at": timezone.now()}
            with as_staff(self.alice):
                save_session(self.couple, SessionDetails(**held, safety_reviewed=True), membership=self.alice)
        self.talked |= set(who)

    @rule(days=st.sampled_from([1, 6, 8, 40]))
    def time_passes(self, days: int) -> None:
        self.traveller.shift(timedelta(days=days))

    @rule()
    def window_opens(self) -> None:
        """A new check-in: both sheets are open from now on, for a week."""
        self.opens, self.closes = timezone.now(), timezone.now() + WINDOW
        monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
        maintain(
            "UPDATE assessments_answersheet SET opens_at = %s, closes_at = %s, week_of = %s, state = 'not_opened'"
            " WHERE instrument LIKE 'ena-ck@%%'",
            self.opens, self.closes, monday,
        )  # fmt: skip

    @precondition(lambda self: timezone.now() < self.closes)
    @rule(who=st.sampled_from("ab"), data=st.data(), barrier=st.sampled_from([None, "no_time", "did_not_feel_safe"]))
    def week_is_saved(self, who: str, data: st.DataObject, barrier: str | None) -> None:
        # In the order they were assigned, so that an example that failed can be run again.
        held = [str(key) for key in self.held if str(key) in self.listed(who)]
        chosen = data.draw(st.lists(st.sampled_from(held), unique=True)) if held else []
        entry = {"done": data.draw(st.integers(0, 7)), "barrier": barrier}
        with as_partner(self.partners[who]):
            save_week(AnswerSheet.objects.get(pk=self.sheets[who].pk), {"activities": dict.fromkeys(chosen, entry)})

    def listed(self, who: str) -> set[str]:
        """What the week of a partner holds: all they held at any time of its window."""
        own = {key: one for key, one in self.held.items() if who in one.holders}
        return {str(key) for key, one in own.items() if one.overlaps(self.opens, self.closes)}

    @invariant()
    def plan_is_what_was_decided(self) -> None:
        """No more than three counted slots, nothing ended by itself, every override with its reason, and the replay."""
        with as_staff(self.alice):
            stored = {one.id: one for one in Activity.objects.filter(ended_at=None)}
            holders = list(ActivityHolder.objects.filter(activity__in=stored).select_related("activity"))
            changes = list(PlanChange.objects.order_by("changed_at"))
        assert stored.keys() == self.running().keys()
        for partner in self.partners.values():
            own = [one.activity.template for one in holders if one.partner_id == partner.id]
            assert len({slot(one) for one in own if PRACTICES[one][1] is not None}) <= 3
        assert replayed(changes) == {key: one.dose for key, one in stored.items()}
        assert {key: one.dose.get("times") for key, one in stored.items()} == {
            key: one.times for key, one in self.running().items()
        }
        forced = {one.activity_id for one in changes if one.kind == PlanChange.Kind.OVERRIDDEN and one.reason.strip()}
        assert forced == {key for key, one in self.held.items() if one.forced}

    @invariant()
    def week_lists_what_its_partner_holds(self) -> None:
        for who, partner in self.partners.items():
            if timezone.now() < self.closes:
                with as_partner(partner):
                    week = own_week(AnswerSheet.objects.get(pk=self.sheets[who].pk))
                assert {one.id for one in week.activities} == self.listed(who)


def slot(template: str) -> str:
    return "P41" if template == "P42" else template


def replayed(changes: list[PlanChange]) -> dict[UUID, dict[str, Any]]:
    """The running activities with their doses, from the history alone."""
    found: dict[UUID, dict[str, Any]] = {}
    for one in changes:
        if one.kind in (PlanChange.Kind.ADDED, PlanChange.Kind.OVERRIDDEN):
            found[one.activity_id] = one.detail["dose"]
        elif one.kind == PlanChange.Kind.DOSE:
            assert found[one.activity_id] == one.detail["before"]
            found[one.activity_id] = one.detail["after"]
        elif one.kind == PlanChange.Kind.ENDED:
            del found[one.activity_id]
    return found


def test_plan_week_and_gates_hold_in_any_order(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    checked, week = factories.assign(alice, couple), factories.assign(alice, couple, "ena-ck")
    for partner in (dana, erin):
        sheet = factories.sheet_of(alice, checked, partner)
        factories.submit(sheet, factories.full_answers(sheet, 0))
    maintain("DELETE FROM assessments_safetyflag")

    class Machine(PlanMachine):
        pass

    Machine.alice, Machine.couple, Machine.partners = alice, couple, {"a": dana, "b": erin}
    Machine.sheets = {who: factories.sheet_of(alice, week, one) for who, one in Machine.partners.items()}
    # Ten steps can be read as they are; to shrink them would take minutes.
    chosen = settings(
        max_examples=25,
        stateful_step_count=10,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(Machine, settings=chosen)
