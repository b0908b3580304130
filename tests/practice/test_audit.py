import uuid

import pytest

from clients.models import Couple, Partner
from practice import audit
from practice.models import Membership
from practice.tenancy import ScopeError
from tests.attacks import as_maintenance
from tests.factories import as_partner, as_staff, at_the_gate

pytestmark = pytest.mark.database


def trail() -> list[tuple[object, ...]]:
    return as_maintenance(
        "SELECT practice_id, action, actor_id, partner_id, object_id, couple_id, detail "
        "FROM practice_auditevent WHERE action <> 'couple.created' ORDER BY at"
    )


def test_event_says_who_did_what_to_what(alice: Membership, couple: Couple) -> None:
    thing = uuid.uuid4()
    with as_staff(alice):
        audit.record("thing.read", object_id=thing, couple_id=couple.id, code="x")
    assert trail() == [(alice.practice_id, "thing.read", alice.id, None, thing, couple.id, {"code": "x"})]


def test_event_of_a_partner_names_the_partner(dana: Partner) -> None:
    with as_partner(dana):
        audit.record("sheet.submitted")
    assert trail() == [(dana.practice_id, "sheet.submitted", None, dana.id, None, None, {})]


def test_events_of_one_transaction_are_all_kept(alice: Membership) -> None:
    with as_staff(alice):
        for number in range(3):
            audit.record("thing.read", number=number)
    assert [row[-1] for row in trail()] == [{"number": 0}, {"number": 1}, {"number": 2}]


def test_event_is_not_kept_when_its_transaction_fails(alice: Membership) -> None:
    with pytest.raises(ZeroDivisionError), as_staff(alice):
        audit.record("thing.changed")
        _ = 1 / 0
    with as_staff(alice):
        pass
    assert trail() == []


def test_event_outside_a_scope_is_refused() -> None:
    with at_the_gate(), pytest.raises(ScopeError):
        audit.record("thing.read")


def test_refused_event_is_marked(alice: Membership) -> None:
    with pytest.raises(ZeroDivisionError), as_staff(alice):
        audit.record("thing.changed")
        kept = audit.take()
        _ = 1 / 0
    audit.write_refused(kept)
    assert [(row[1], row[-1]) for row in trail()] == [("thing.changed", {"refused": True})]


def test_making_a_couple_writes_no_name(couple: Couple) -> None:
    rows = as_maintenance("SELECT action, couple_id, detail FROM practice_auditevent")
    assert rows == [("couple.created", couple.id, {})]
