"""The inbox: what waits and why, and what ends it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from assessments.inbox import Kind
from assessments.joint_reports import obstacles, waves_to_release, withdraw_report
from assessments.models import Wave
from assessments.proposals import full_forms_due, proposals_of
from clients.couples import close_couple
from clients.models import Couple, Invitation, Partner
from practice.models import Membership
from tests.assessments.flagged import cover_by, raise_flag, run_outbox
from tests.assessments.inboxes import end_window, items, kinds, names, set_aside
from tests.assessments.joint import agree, calm, close_flags, release, sheets_of, submit_both
from tests.assessments.test_flags import acknowledge
from tests.factories import (
    as_staff,
    assign,
    client_of,
    make_couple,
    make_sheet,
    save,
    submit,
)

pytestmark = pytest.mark.database


def test_a_couple_without_a_form_is_due_and_nothing_else(alice, couple):
    assert kinds(alice) == ["due"]
    [item] = items(alice)
    assert (item.about.kind, item.couple) == ("intake", couple)


def test_an_open_flag_waits_until_it_is_acknowledged_and_goes_back_to_the_inbox(alice, dana):
    flag = raise_flag(alice, dana)
    [item] = items(alice, Kind.FLAG, Kind.ESCALATED)
    assert (item.kind, item.reference, item.partner) == (Kind.FLAG, flag.id, dana)
    browser = client_of(alice)
    assert b'name="from_inbox"' in browser.get("/inbox/").content
    answer = browser.post(f"/flags/{flag.id}/acknowledge/", {"from_inbox": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")
    assert items(alice, Kind.FLAG) == []


def test_a_flag_that_nobody_answered_in_time_is_escalated_for_whoever_may_answer(alice, bob, olive, dana, smtp):
    cover_by(alice, bob)
    flag = raise_flag(alice, dana)
    run_outbox()
    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        run_outbox()
    assert [item.reference for item in items(alice, Kind.ESCALATED)] == [flag.id]
    assert [item.reference for item in items(bob, Kind.ESCALATED)] == [flag.id]
    [told] = items(olive)
    assert (told.kind, told.couple, told.partner) == (Kind.ESCALATED, None, None)
    content = client_of(olive).get("/inbox/").content
    assert b"Of a couple that is not yours to read" in content
    assert b"Dana" not in content
    assert b"D &amp; E" not in content
    acknowledge(bob, flag)
    assert (items(olive), items(bob), items(alice, Kind.ESCALATED, Kind.FLAG)) == ([], [], [])


def test_urgent_flags_come_before_older_ones_to_review(alice, couple, dana, erin):
    first, second = sheets_of(alice, couple)
    save(first, {"experienced.SC1": 1})
    save(second, {"experienced.SC1": 4})
    levels = [(item.partner, item.about.level) for item in items(alice, Kind.FLAG)]
    assert levels == [(erin, "urgent"), (dana, "review")]


def test_a_form_handed_in_waits_until_the_therapist_opens_its_results(alice, couple, dana, erin):
    first, second = sheets_of(alice, couple)
    submit(first, calm())
    assert [item.partner for item in items(alice, Kind.READ)] == [dana]
    client_of(alice).get(f"/couples/{couple.id}/results/?wave={first.wave_id}")
    assert items(alice, Kind.READ) == []
    submit(second, calm())
    assert [item.partner for item in items(alice, Kind.READ)] == [erin]


def test_a_supervisor_or_a_cover_who_looks_reads_for_nobody(alice, bob, couple, dana):
    cover_by(alice, bob)
    submit(make_sheet(alice, dana), calm())
    assert client_of(bob).get(f"/couples/{couple.id}/results/").status_code == 200
    assert [item.partner for item in items(alice, Kind.READ)] == [dana]


def test_a_check_in_that_was_handed_in_is_no_item(alice, dana):
    submit(make_sheet(alice, dana, "ena-ck"), {"experienced.CK1": 2, "experienced.CK8": 0})
    assert items(alice, Kind.READ) == []


def test_a_window_that_ended_says_how_many_lines_were_answered_and_not_which(alice, couple, dana):
    sheet = make_sheet(alice, dana)
    save(sheet, {"experienced.PR1": 3, "experienced.PR2": 1})
    assert items(alice, Kind.PARTIAL) == []
    end_window(alice, sheet)
    [item] = items(alice, Kind.PARTIAL)
    assert (item.partner, item.answered) == (dana, 2)
    assert item.total > 40
    content = client_of(alice).get("/inbox/").content.decode()
    assert f"2 of {item.total} lines answered" in content
    assert "PR1" not in content
    client_of(alice).get(f"/couples/{couple.id}/results/?wave={sheet.wave_id}")
    assert items(alice, Kind.PARTIAL) == []


def test_a_window_that_ended_without_an_answer_is_no_item(alice, dana):
    end_window(alice, make_sheet(alice, dana))
    assert items(alice, Kind.PARTIAL) == []


def test_a_partner_without_a_way_waits_and_a_later_failure_waits_again(alice, couple, dana):
    sheet = make_sheet(alice, dana)
    ours = [item for item in items(alice, Kind.MESSAGE) if item.partner == dana]
    assert [item.about.reason for item in ours] == ["no_safe_channel"]
    assert set_aside(alice, ours[0]) == 302
    assert names(alice, Kind.MESSAGE) == ["Erin"]
    with as_staff(alice):
        Invitation.objects.create(
            partner=dana, sheet_id=sheet.id, ordinal=1, delivery="email", state=Invitation.State.FAILED,
            closes_at=sheet.closes_at, created_at=timezone.now(),
        )  # fmt: skip
    assert names(alice, Kind.MESSAGE) == ["Dana", "Erin"]


def test_who_stopped_reminders_is_told_of_once_and_again_after_a_further_stop(alice, dana):
    def stop() -> None:
        with as_staff(alice):
            Partner.objects.filter(pk=dana.pk).update(reminders_off_at=timezone.now())

    stop()
    [item] = items(alice, Kind.REMINDERS)
    assert set_aside(alice, item) == 302
    assert items(alice, Kind.REMINDERS) == []
    stop()
    assert len(items(alice, Kind.REMINDERS)) == 1


def make_ready(alice: Membership, couple: Couple) -> Wave:
    sheets = sheets_of(alice, couple)
    submit_both(sheets, [calm(), calm()])
    agree(alice, couple)
    with as_staff(alice):
        return Wave.objects.select_related("assignment").get(pk=sheets[0].wave_id)


def waiting(alice: Membership) -> list[Wave]:
    with as_staff(alice):
        return waves_to_release(Couple.objects.filter(therapist=alice))


def test_a_report_that_nothing_stands_in_the_way_of_waits_until_it_is_released(alice, couple):
    wave = make_ready(alice, couple)
    assert (waiting(alice), obstacles_of(alice, couple, wave)) == ([wave], [])
    report = release(alice, couple)
    assert waiting(alice) == []
    with as_staff(alice):
        withdraw_report(report)
    assert obstacles_of(alice, couple, wave) == []
    assert waiting(alice) == []


def obstacles_of(alice: Membership, couple: Couple, wave: Wave) -> list[Any]:
    with as_staff(alice):
        return obstacles(Couple.objects.get(pk=couple.pk), wave)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda couple: Couple.objects.filter(pk=couple.pk).update(individual_mode=True),
        lambda couple: close_couple(couple, reason="completed"),
        lambda couple: couple.partners.filter(position=1).update(state="left"),
        lambda couple: couple.partners.get(position=1).consents.update(withdrawn_at=timezone.now()),
        lambda couple: None,
    ],
    ids=["individual", "closed", "left", "consent", "control"],
)
def test_what_waits_for_release_agrees_with_what_stands_in_the_way(alice, couple, break_it):
    wave = make_ready(alice, couple)
    with as_staff(alice):
        break_it(Couple.objects.get(pk=couple.pk))
    assert bool(waiting(alice)) == (not obstacles_of(alice, couple, wave))


def test_a_flag_that_is_not_closed_keeps_a_report_from_waiting(alice, couple):
    sheets = sheets_of(alice, couple)
    submit_both(sheets, [{**calm(), "experienced.SC1": 4}, calm()])
    agree(alice, couple)
    assert waiting(alice) == []
    close_flags(alice, couple)
    assert [wave.id for wave in waiting(alice)] == [sheets[0].wave_id]


def test_full_forms_due_are_those_of_each_couple(alice, couple):
    others = [make_couple(alice, label=label) for label in ("G & H", "I & J")]
    assign(alice, others[0])
    with as_staff(alice):
        close_couple(others[1], reason="completed")
        couples = list(Couple.objects.order_by("label"))
        found = full_forms_due(couples, now=timezone.now())
        one_by_one = [(one, due) for one in couples for due in proposals_of(one) if due.kind != "check_in"]
    assert found == one_by_one
    assert [(one.label, due.kind) for one, due in found] == [("D & E", "intake"), ("I & J", "end")]
