"""Sessions: every fault named at once, and nothing saved beside one."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clients.couples import CoupleClosed, close_couple
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import LONGEST_NOTE, SessionDetails, details_of, save_session
from practice.errors import InvalidInput
from practice.models import Membership
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
