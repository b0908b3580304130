"""What people do about flags, and who may."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import flags
from assessments.models import FlagEvent, SafetyFlag
from assessments.safety import score_sheet
from clients.couples import close_couple
from practice.errors import DomainError, InvalidInput
from practice.models import Practice
from practice.practices import as_maintenance
from tests.assessments.flagged import URGENT, actions, again, cover_by, raise_flag, trail
from tests.factories import as_staff, assign, make_couple, partner_of, save, sheet_of

pytestmark = pytest.mark.database
CLOSING = {"reason": "discussed_alone", "note": "Talked alone on Monday; a plan is made."}


@pytest.fixture
def flag(alice, dana) -> SafetyFlag:
    return raise_flag(alice, dana)


def acknowledge(member, flag):
    with as_staff(member):
        flags.acknowledge_flag(flag, membership=member)


def close(member, flag, **given):
    with as_staff(member):
        flags.close_flag(flag, membership=member, **{**CLOSING, **given})


def reopen(member, flag):
    with as_staff(member):
        flags.reopen_flag(flag, membership=member)


def test_acknowledging_keeps_who_and_is_audited(alice, flag):
    acknowledge(alice, flag)
    assert again(alice, flag).state == "acknowledged"
    assert actions(alice, flag) == [("acknowledged", alice.id)]
    assert trail(flag) == [("flag.acknowledged", alice.id, {"rule": "SR1"})]


def test_a_flag_is_acknowledged_once(alice, flag):
    acknowledge(alice, flag)
    with pytest.raises(flags.FlagAcknowledged):
        acknowledge(alice, flag)
    assert len(actions(alice, flag)) == 1


def test_closing_keeps_reason_and_note_and_audits_the_reason_alone(alice, flag):
    close(alice, flag)
    assert again(alice, flag).state == "closed"
    with as_staff(alice):
        event = FlagEvent.objects.get(flag=flag)
        assert (event.action, event.reason, event.note) == ("closed", CLOSING["reason"], CLOSING["note"])
    assert trail(flag) == [("flag.closed", alice.id, {"rule": "SR1", "reason": "discussed_alone"})]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"reason": ""}, ["reason"]),
        ({"reason": "because"}, ["reason"]),
        ({"note": ""}, ["note"]),
        ({"note": " \n "}, ["note"]),
        ({"note": "x" * (flags.LONGEST_NOTE + 1)}, ["note"]),
        ({"note": "a\0b"}, ["note"]),
        ({"reason": "", "note": ""}, ["reason", "note"]),
    ],
)
def test_nothing_is_closed_without_a_reason_and_a_note(alice, flag, given, fields):
    with pytest.raises(InvalidInput) as refused:
        close(alice, flag, **given)
    assert [one["field"] for one in refused.value.faults] == fields
    assert (again(alice, flag).state, actions(alice, flag)) == ("open", [])


def test_a_closed_flag_can_only_be_opened_again(alice, flag):
    close(alice, flag)
    for act in (acknowledge, close):
        with pytest.raises(flags.FlagClosed):
            act(alice, flag)
    reopen(alice, flag)
    with pytest.raises(flags.FlagNotClosed):
        reopen(alice, flag)


def test_opening_again_keeps_the_first_date_and_the_whole_history(alice, bob, flag):
    cover_by(alice, bob)
    acknowledge(bob, flag)
    close(alice, flag)
    reopen(bob, flag)
    found = again(alice, flag)
    assert (found.state, found.raised_at) == ("open", flag.raised_at)
    acted = [("acknowledged", bob.id), ("closed", alice.id), ("reopened", bob.id)]
    assert actions(alice, flag) == acted
    with as_staff(alice):
        [shown] = flags.with_history([found])
        assert [(one.action, one.name) for one in vars(shown)["history"]] == [
            ("acknowledged", "Bob"),
            ("closed", "Alice"),
            ("reopened", "Bob"),
        ]


def test_two_who_acknowledge_at_once_leave_one_row(alice, bob, flag):
    cover_by(alice, bob)
    start = threading.Barrier(2)

    def act(member) -> str:
        try:
            start.wait()
            acknowledge(member, flag)
        except DomainError as error:
            return error.code
        finally:
            connections["default"].close()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(act, (alice, bob))) == ["done", "flag_acknowledged"]
    assert len(actions(alice, flag)) == 1


def test_flags_of_both_partners_are_never_one(alice, couple, dana, erin):
    assignment = assign(alice, couple)
    for partner in (dana, erin):
        save(sheet_of(alice, assignment, partner), URGENT)
    with as_staff(alice):
        of_dana, of_erin = SafetyFlag.objects.order_by("partner__position")
        assert (of_dana.partner_id, of_erin.partner_id) == (dana.id, erin.id)
        assert flags.urgent_flags_of(alice) == 2
    close(alice, of_dana)
    assert (again(alice, of_erin).state, actions(alice, of_erin)) == ("open", [])


def seen_and_answered(member) -> tuple[int, int, int]:
    with as_staff(member):
        seen, answered = flags.flags_visible_to(member), flags.flags_answered_by(member)
        return seen.count(), answered.count(), flags.urgent_flags_of(member)


def test_who_sees_and_who_acts(alice, bob, olive, sue, adam, mallory, practice, flag):
    cover_by(alice, bob)
    everybody = (alice, bob, olive, sue, mallory)
    assert [seen_and_answered(one) for one in everybody] == [(1, 1, 1), (1, 1, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0)]
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(supervisors_read_couples=True)
    assert seen_and_answered(sue) == (1, 0, 0)
    cover_by(alice, olive)
    assert [seen_and_answered(one) for one in (bob, olive)] == [(0, 0, 0), (1, 1, 1)]


def test_a_cover_covers_one_way(alice, bob, flag):
    cover_by(bob, alice)
    assert seen_and_answered(bob) == (0, 0, 0)
    theirs = make_couple(bob, label="B")
    raise_flag(bob, partner_of(bob, theirs, 1))
    assert seen_and_answered(alice)[0] == 2


def escalate(alice, flag):
    with as_staff(alice):
        FlagEvent.objects.create(flag=flag, partner_id=flag.partner_id, action="owner_told", at=timezone.now())


def waiting(owner) -> list[tuple[str, object]]:
    with as_staff(owner):
        return [(one.level, one.raised_at) for one in flags.waiting_for(owner)]


def test_an_owner_learns_level_and_date_once_it_was_escalated(alice, olive, flag):
    assert waiting(olive) == []
    escalate(alice, flag)
    assert waiting(olive) == [("urgent", flag.raised_at)]
    assert waiting(alice) == []


@pytest.mark.parametrize("answer", [acknowledge, close])
def test_an_answer_takes_it_from_the_owners_list(alice, olive, flag, answer):
    escalate(alice, flag)
    answer(alice, flag)
    assert waiting(olive) == []


def test_what_is_theirs_is_not_on_the_owners_list(alice, olive, flag):
    escalate(alice, flag)
    cover_by(alice, olive)
    assert waiting(olive) == []


def test_closing_care_leaves_the_flag_to_be_settled(alice, couple, flag):
    with as_staff(alice):
        close_couple(couple, reason="completed")
    close(alice, flag)
    assert again(alice, flag).state == "closed"


ACTS: dict[str, tuple[Callable[..., None], dict[str, str]]] = {
    "acknowledge": (flags.acknowledge_flag, {"open": "acknowledged"}),
    "close": (flags.close_flag, {"open": "closed", "acknowledged": "closed"}),
    "reopen": (flags.reopen_flag, {"closed": "open"}),
}


@settings(max_examples=10)
@given(st.lists(st.sampled_from([*ACTS, "answered again"]), min_size=1, max_size=6))
def test_any_order_of_acts_keeps_state_and_history_in_step(alice, dana, flag, acts):
    """Each example goes on from where the last one left the flag."""
    state, done = again(alice, flag).state, actions(alice, flag)
    for act in acts:
        if act == "answered again":
            score_sheet(practice_id=alice.practice_id, partner_id=dana.id, sheet_id=flag.sheet_id)
            continue
        function, moves = ACTS[act]
        given = CLOSING if act == "close" else {}
        if state in moves:
            with as_staff(alice):
                function(flag, membership=alice, **given)
            state = moves[state]
            done = [*done, (act + ("d" if act in ("close", "acknowledge") else "ed"), alice.id)]
        else:
            with as_staff(alice), pytest.raises(DomainError):
                function(flag, membership=alice, **given)
    found = again(alice, flag)
    assert (found.state, found.raised_at, actions(alice, flag)) == (state, flag.raised_at, done)
