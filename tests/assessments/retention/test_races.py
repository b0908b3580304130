"""A hold that is placed while the worker erases: one of the two happens, never both. And a worker that is killed."""

import pytest
from django.db import connection as django_connection
from django.http import Http404

from clients.holds import AlreadyHeld, NotHeld, lift_hold, place_hold
from practice import outbox
from practice.database.base import SET_CONTEXT
from practice.database.context import Scope, sign
from tests.assessments.retention.closed import ERASE, GOES_AT, KEPT, YEARS, close, keep_for, on_record
from tests.attacks import as_maintenance, connect, outcome
from tests.factories import as_staff, as_worker

pytestmark = pytest.mark.database
WAITED = "55P03"


@pytest.fixture
def due(alice, couple):
    keep_for(alice)
    return close(alice, couple)


@pytest.fixture
def worker(alice):
    """A second worker, in a transaction of its own that does not wait for locks."""
    scope = Scope.worker(practice_id=alice.practice_id)
    with connect() as connection:
        connection.execute(SET_CONTEXT, [scope.role, sign(scope)])
        connection.execute("SET LOCAL lock_timeout = '50ms'")
        yield connection


def test_a_hold_that_is_being_placed_is_waited_for_and_then_keeps(alice, due, worker):
    with as_staff(alice):
        place_hold(due, reason="A court asked", membership=alice)
        assert outcome(worker, ERASE, due.id, YEARS, GOES_AT) == WAITED
    assert outcome(worker, ERASE, due.id, YEARS, GOES_AT) == KEPT


def test_a_hold_on_what_is_being_erased_waits_and_finds_nothing(alice, due, worker):
    worker.execute(ERASE, [due.id, YEARS, GOES_AT])
    with pytest.raises(Exception, match="lock timeout"), as_staff(alice):
        with django_connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        place_hold(due, reason="A court asked", membership=alice)
    worker.commit()
    with pytest.raises(Http404), as_staff(alice):
        place_hold(due, reason="A court asked", membership=alice)
    assert on_record() == set()


def test_a_worker_that_is_killed_half_way_has_erased_nothing(alice, due, worker):
    worker.execute(ERASE, [due.id, YEARS, GOES_AT])
    worker.close()
    assert on_record() == {due.id}
    assert as_maintenance("SELECT count(*) FROM clients_partner") == [(2,)]


def test_a_message_whose_couple_was_held_meanwhile_is_done_and_asked_again_later(alice, due):
    with as_worker(alice.practice):
        outbox.post("erase_couple", due.id)
    with as_staff(alice):
        place_hold(due, reason="A court asked", membership=alice)
    assert [outbox.deliver(one) for one in outbox.due_ids()] == [True]
    assert on_record() == {due.id}


def test_one_hold_is_in_force_and_a_lifted_one_stays_on_record(alice, due):
    with as_staff(alice):
        place_hold(due, reason="A court asked", membership=alice)
    with pytest.raises(AlreadyHeld), as_staff(alice):
        place_hold(due, reason="A court asked again", membership=alice)
    with as_staff(alice):
        lift_hold(due, membership=alice)
    with pytest.raises(NotHeld), as_staff(alice):
        lift_hold(due, membership=alice)
    [(by, lifted_by)] = as_maintenance("SELECT placed_by, lifted_by FROM clients_hold")
    assert (by, lifted_by) == (alice.id, alice.id)
