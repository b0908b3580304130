"""Any order of schedules, sessions, answers, stops and time: what must hold of every message and every wave.

What a partner may get is worked out here on plain values, and not with the product's rules. Nobody sleeps: time is
what the test says it is.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from assessments import assignments, cadence
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule
from assessments.windows import change_window
from clients.couples import PartnerDetails, leave, take_part_again, update_couple, update_partners
from clients.models import CounselingSession, Couple, Invitation, Partner
from clients.own_page import set_own_reminders
from practice.cover import take_leave
from practice.errors import DomainError
from practice.models import Membership
from tests import factories
from tests.attacks import as_owner
from tests.factories import as_partner, as_staff, in_days
from tests.mailbox import Mailbox

pytestmark = pytest.mark.database

START = datetime(2027, 10, 27, 12, tzinfo=UTC)
WHO = {"dana@example.org": 1, "erin@example.org": 2}
EMPTIED = (
    "clients_invitation", "clients_linkkey", "clients_partnersession", "practice_outboxmessage",
    "assessments_answers", "assessments_answersheet", "assessments_wave", "assessments_assignment",
    "assessments_sessionrating", "clients_counselingsession", "practice_leave",
)  # fmt: skip


class ScheduleMachine(RuleBasedStateMachine):
    alice: Membership
    couple: Couple
    smtp: Mailbox

    @initialize()
    def begin(self) -> None:
        as_owner(f"TRUNCATE {', '.join(EMPTIED)} CASCADE")
        self.clock = time_machine.travel(START, tick=False)
        self.traveller = self.clock.start()
        self.safe = {1: True, 2: True}
        self.there = {1: True, 2: True}
        self.wants = {1: True, 2: True}
        self.answered: set[UUID] = set()
        self.smtp.messages.clear()
        self.reachable()
        self.couple_is_paused(on_hold=False)
        for position in (1, 2):
            self.partner_says(position=position, wanted=True)
            self.partner_takes_part(position=position, there=True)

    def teardown(self) -> None:
        if hasattr(self, "clock"):
            self.clock.stop()

    def partner(self, position: int) -> Partner:
        return factories.partner_of(self.alice, self.couple, position)

    def reachable(self) -> None:
        details = [
            PartnerDetails(name=name, email=email, channel="email" if self.safe[position] else "none")
            for (email, position), name in zip(WHO.items(), ("Dana", "Erin"), strict=True)
        ]
        with as_staff(self.alice):
            update_partners(self.couple, details)

    def tried(self, change: Any) -> None:
        """What the product refuses changes nothing."""
        try:
            with as_staff(self.alice):
                change()
        except DomainError:
            pass

    def drawn(self, data: st.DataObject, model: Any) -> Any:
        with as_staff(self.alice):
            found = list(model.objects.filter(couple=self.couple).select_related("couple").order_by("created_at"))
        return found[data.draw(st.integers(0, len(found) - 1))] if found else None

    @rule(weeks=st.sampled_from([1, 2]), times=st.integers(1, 3), days=st.sampled_from([(1,), (1, 3), (2, 3), ()]))
    def asked_by_weeks(self, weeks: int, times: int, days: tuple[int, ...]) -> None:
        self.assigned(Schedule(every_weeks=weeks, times=times, remind_on=days))

    @rule(times=st.sampled_from([None, 1, 2]), days=st.integers(2, 5))
    def asked_before_sessions(self, times: int | None, days: int) -> None:
        self.assigned(Schedule(before_sessions=True, times=times, days_before=days, remind_on=(1,)))

    def assigned(self, schedule: Schedule) -> None:
        given = {"instrument": "ena-ck", "membership": self.alice, "schedule": schedule}
        self.tried(lambda: assignments.assign_instrument(self.couple, **given))

    @rule(days=st.integers(1, 20))
    def session_is_planned(self, days: int) -> None:
        self.tried(lambda: cadence.plan_session(self.couple, at=in_days(days), membership=self.alice))

    @rule(data=st.data(), days=st.integers(1, 20))
    def session_is_moved(self, data: st.DataObject, days: int) -> None:
        if session := self.drawn(data, CounselingSession):
            self.tried(lambda: cadence.move_session(session, at=in_days(days), membership=self.alice))

    @rule(data=st.data())
    def session_is_called_off(self, data: st.DataObject) -> None:
        if session := self.drawn(data, CounselingSession):
            self.tried(lambda: cadence.call_off_session(session))

    @rule(data=st.data(), what=st.sampled_from(["pause", "resume", "end", "weeks", "sessions"]))
    def cadence_is_changed(self, data: st.DataObject, what: str) -> None:
        found = self.drawn(data, Assignment)
        changes = {
            "pause": cadence.pause,
            "resume": cadence.resume,
            "end": assignments.end_assignment,
            "weeks": lambda one: cadence.change_cadence(one, Schedule(every_weeks=2, times=2)),
            "sessions": lambda one: cadence.change_cadence(one, Schedule(before_sessions=True)),
        }
        if found:
            self.tried(lambda: changes[what](found))

    @rule(position=st.sampled_from([1, 2]), submits=st.booleans())
    def partner_answers(self, position: int, submits: bool) -> None:
        now = timezone.now()
        with as_staff(self.alice):
            waiting = AnswerSheet.objects.filter(state__in=AnswerSheet.OPEN_STATES)
            now_open = waiting.filter(opens_at__lte=now, closes_at__gt=now, wave__opened_at__isnull=False)
            open_ones = now_open.filter(partner__position=position)
            sheets = list(open_ones.select_related("partner").order_by("opens_at"))
        for sheet in sheets[:1]:
            factories.save(sheet, {"experienced.CK1": 3})
            if submits:
                factories.submit(sheet, {})
                self.answered.add(sheet.id)

    @rule(position=st.sampled_from([1, 2]), wanted=st.booleans())
    def partner_says(self, position: int, wanted: bool) -> None:
        with as_partner(self.partner(position)):
            set_own_reminders(wanted=wanted)
        self.wants[position] = wanted

    @rule(position=st.sampled_from([1, 2]), safe=st.booleans())
    def channel_changes(self, position: int, safe: bool) -> None:
        self.safe[position] = safe
        self.reachable()

    @rule(position=st.sampled_from([1, 2]), there=st.booleans())
    def partner_takes_part(self, position: int, there: bool) -> None:
        with as_staff(self.alice):
            (take_part_again if there else leave)(Partner.objects.get(couple=self.couple, position=position))
        self.there[position] = there

    @rule(on_hold=st.booleans())
    def couple_is_paused(self, on_hold: bool) -> None:
        with as_staff(self.alice):
            update_couple(self.couple, state=Couple.State.PAUSED if on_hold else Couple.State.ACTIVE)
        self.on_hold = on_hold

    @rule(data=st.data(), days=st.floats(-1, 14), opens=st.booleans())
    def window_is_changed(self, data: st.DataObject, days: float, opens: bool) -> None:
        with as_staff(self.alice):
            waves = list(Wave.objects.filter(couple=self.couple).select_related("assignment").order_by("opens_at"))
        if waves:
            wave = waves[data.draw(st.integers(0, len(waves) - 1))]
            times = {"opens_at" if opens else "closes_at": in_days(days)}
            self.tried(lambda: change_window(wave, **times))

    @rule(days=st.integers(0, 9))
    def therapist_is_on_leave(self, days: int) -> None:
        """It changes who is told of what waits, and nothing that partners get."""
        first = timezone.localdate()
        span = {"starts_on": first, "ends_on": first + timedelta(days=days)}
        self.tried(lambda: take_leave(self.alice, **span, recorded_by=self.alice.id))

    @rule(hours=st.sampled_from([1, 7, 25, 30, 60, 170]))
    def time_passes(self, hours: int) -> None:
        """The worker is down all the while, and then sweeps until nothing is due."""
        self.traveller.shift(timedelta(hours=hours))
        before = len(self.smtp.messages)
        while factories.deliver_outbox():
            pass
        for message in self.smtp.messages[before:]:
            if str(message["To"]) in WHO:
                self.may_be_sent(WHO[str(message["To"])], str(message["Message-ID"])[1:37])

    def may_be_sent(self, position: int, message_id: str) -> None:
        now = timezone.now()
        assert self.safe[position]
        assert self.there[position]
        with as_staff(self.alice):
            sent = Invitation.objects.get(pk=message_id)
            sheet = AnswerSheet.objects.select_related("wave__assignment").get(pk=sent.sheet_id)
        assert sheet.id not in self.answered
        assert sheet.state in AnswerSheet.OPEN_STATES
        assert sheet.opens_at <= now < sheet.closes_at
        assert sheet.wave.assignment.ended_at is None
        if sent.kind != "invitation":
            assert self.wants[position]
            assert not self.on_hold
            assert sheet.wave.assignment.paused_at is None
            assert (sent.kind == "stalled") == (sheet.state == "started")

    @invariant()
    def every_message_is_one(self) -> None:
        ids = [str(message["Message-ID"]) for message in self.smtp.messages]
        assert len(ids) == len(set(ids))
        with as_staff(self.alice):
            reminders = list(Invitation.objects.exclude(kind="invitation").values_list("sheet_id", flat=True))
        assert max(map(reminders.count, reminders), default=0) <= 2

    @invariant()
    def no_two_windows_of_one_form_are_open_at_once(self) -> None:
        with as_staff(self.alice):
            unbound = Wave.objects.filter(closed_at=None, session=None)
            waves = list(unbound.order_by("assignment_id", "opens_at"))
        for before, after in pairwise(waves):
            if before.assignment_id == after.assignment_id:
                assert before.closes_at <= after.opens_at

    @invariant()
    def waves_are_what_the_sessions_say(self) -> None:
        with as_staff(self.alice):
            waves = list(Wave.objects.select_related("session", "assignment").exclude(dropped__gt=""))
        bound = [(wave.assignment_id, wave.session_id) for wave in waves if wave.session_id]
        assert len(bound) == len(set(bound))
        now = timezone.now()
        for wave in waves:
            if wave.session is None or wave.closed_at or wave.closes_at <= now:
                continue
            assert wave.session.cancelled_at is None
            assert wave.closes_at == wave.session.planned_at
        paused = [wave for wave in waves if wave.assignment.paused_at and wave.opened_at]
        assert all(wave.opened_at <= wave.assignment.paused_at for wave in paused)


def test_schedules_and_messages_hold_in_any_order(alice: Membership, smtp: Mailbox) -> None:
    class Machine(ScheduleMachine):
        pass

    Machine.alice, Machine.smtp = alice, smtp
    Machine.couple = factories.make_couple(alice, email=True)
    chosen = settings(
        max_examples=12,
        stateful_step_count=14,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=chosen)
