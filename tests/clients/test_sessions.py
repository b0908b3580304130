"""Sessions: every fault named at once, and nothing saved beside one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.session_list import planned_sessions, waits_for_a_talk
from clients.couples import CoupleClosed, close_couple
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import (
    LONGEST_NOTE,
    AlreadyHeld,
    SessionCancelled,
    SessionDetails,
    cancel_session,
    details_of,
    plan_talks,
    save_session,
)
from practice.errors import InvalidInput
from practice.models import Membership
from tests.attacks import as_maintenance
from tests.factories import as_staff, in_days

pytestmark = pytest.mark.database


def details(**changed: Any) -> SessionDetails:
    return SessionDetails(**{"held_at": timezone.now(), "safety_reviewed": True, **changed})


def faults_of(alice: Membership, couple: Couple, given: SessionDetails) -> list[str]:
    """The fields at fault; nothing was saved."""
    with as_staff(alice):
        with pytest.raises(InvalidInput) as refused:
            save_session(couple, given, membership=alice)
        assert not CounselingSession.objects.exists()
    return [one["field"] for one in refused.value.faults]


def test_session_is_kept_and_read_back(alice: Membership, couple: Couple, dana: Partner) -> None:
    given = details(kind="one_to_one", partner=dana.id, review="keep", note="Well")
    with as_staff(alice):
        saved = save_session(couple, given, membership=alice)
        assert details_of(CounselingSession.objects.get(pk=saved.pk)) == given
        assert saved.written_by == alice.id


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"kind": "group"}, ["kind"]),
        ({"review": "perhaps"}, ["review"]),
        ({"kind": "one_to_one"}, ["partner"]),
        ({"held_at": None}, ["held_at"]),
        ({"safety_reviewed": None}, ["safety_reviewed"]),
        ({"note": "x" * (LONGEST_NOTE + 1)}, ["note"]),
        ({"kind": "group", "review": "x", "held_at": None}, ["kind", "review", "held_at"]),
    ],
)
def test_every_fault_is_named(alice: Membership, couple: Couple, changed: dict[str, Any], fields: list[str]) -> None:
    assert faults_of(alice, couple, details(**changed)) == fields


def test_session_still_to_come_is_planned_not_held(alice: Membership, couple: Couple) -> None:
    assert faults_of(alice, couple, details(held_at=in_days(1))) == ["held_at"]
    with as_staff(alice):
        save_session(couple, details(held_at=timezone.now() + timedelta(minutes=4)), membership=alice)


def test_partner_alone_is_of_this_couple_and_both_name_none(
    alice: Membership, couple: Couple, dana: Partner, trudy: Partner
) -> None:
    assert faults_of(alice, couple, details(kind="one_to_one", partner=trudy.id)) == ["partner"]
    assert faults_of(alice, couple, details(partner=dana.id)) == ["partner"]


def test_planned_session_says_nothing_of_safety_until_it_was_held(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        saved = save_session(couple, SessionDetails(planned_at=in_days(2), safety_reviewed=True), membership=alice)
        assert saved.safety_reviewed is None
        save_session(couple, details(planned_at=saved.planned_at), membership=alice, session=saved)
        kept = CounselingSession.objects.get()
    assert (kept.safety_reviewed, kept.held_at is not None) == (True, True)


def test_closed_couple_gets_no_new_session_and_keeps_the_old_ones(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        saved = save_session(couple, details(), membership=alice)
        close_couple(couple, reason="completed")
        with pytest.raises(CoupleClosed):
            save_session(couple, details(), membership=alice)
        save_session(couple, details(note="Said later"), membership=alice, session=saved)
        assert CounselingSession.objects.get().note == "Said later"


def test_planned_session_is_cancelled_once_and_stays_on_record(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        saved = save_session(couple, SessionDetails(planned_at=in_days(2)), membership=alice)
        assert saved.status == "planned"
        cancel_session(saved)
        since = CounselingSession.objects.get().cancelled_at
        cancel_session(saved)
        kept = CounselingSession.objects.get()
        assert (kept.status, kept.cancelled_at) == ("cancelled", since)
        with pytest.raises(SessionCancelled):
            save_session(couple, details(), membership=alice, session=kept)
    assert as_maintenance("SELECT count(*) FROM practice_auditevent WHERE action = 'session.cancelled'") == [(1,)]


def test_held_session_is_never_cancelled(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        saved = save_session(couple, details(), membership=alice)
        with pytest.raises(AlreadyHeld):
            cancel_session(saved)
        assert CounselingSession.objects.get().status == "held"
        with pytest.raises(IntegrityError), transaction.atomic():
            CounselingSession.objects.update(cancelled_at=timezone.now())


def test_talk_with_one_that_is_cancelled_leaves_the_other_to_be_asked_about(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        talks = plan_talks(couple, {dana.id: in_days(2), erin.id: in_days(3)}, membership=alice)
        cancel_session(talks[0])
        assert waits_for_a_talk(planned_sessions(couple), [dana, erin]) == dana
