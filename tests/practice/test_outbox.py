"""Work for the worker: done once, in the practice of its row, whatever the doorbell says."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from clients.models import Couple
from practice import outbox, tenancy
from practice.models import Membership, OutboxMessage, Practice
from practice.tasks import ring, sweep_outbox
from tests.attacks import as_maintenance, connect
from tests.factories import as_staff, as_worker, at_the_gate, deliver_outbox

pytestmark = pytest.mark.database
seen: list[tuple[str, uuid.UUID, uuid.UUID, int]] = []


def note(reference: uuid.UUID) -> None:
    """A handler: which role, for which practice, with which couples in sight."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [role] = cursor.fetchone()
    seen.append((role, tenancy.practice_id(), reference, Couple.objects.count()))


def fail(reference: uuid.UUID) -> None:
    outbox.post("note", reference)
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def handlers(settings: object) -> None:
    seen.clear()
    settings.OUTBOX_HANDLERS = {"note": f"{__name__}.note", "fail": f"{__name__}.fail"}  # type: ignore[attr-defined]


def post(member: Membership, kind: str = "note", **options: object) -> uuid.UUID:
    """Returns the reference; the message's id is another."""
    reference = uuid.uuid4()
    with as_staff(member):
        outbox.post(kind, reference, **options)  # type: ignore[arg-type]
    return reference


def messages() -> list[tuple[str, bool, int, str]]:
    return as_maintenance(
        "SELECT kind, done_at IS NOT NULL, tries, last_error FROM practice_outboxmessage ORDER BY created_at"
    )


def message_id() -> str:
    return str(as_maintenance("SELECT id FROM practice_outboxmessage")[0][0])


def test_message_runs_as_the_worker_of_its_practice(alice: Membership, couple: Couple, other_couple: Couple) -> None:
    reference = post(alice)
    assert deliver_outbox() == 1
    assert seen == [("attune_worker", alice.practice_id, reference, 1)]


def test_message_is_done_once(alice: Membership) -> None:
    post(alice)
    one = message_id()
    for _ in range(3):
        ring(one)
    assert (len(seen), messages()) == (1, [("note", True, 0, "")])


def test_message_of_a_transaction_that_fails_is_not_kept(alice: Membership) -> None:
    with pytest.raises(ZeroDivisionError), as_staff(alice):
        outbox.post("note", uuid.uuid4())
        _ = 1 / 0
    assert messages() == []


def test_message_waits_until_it_is_due(alice: Membership) -> None:
    post(alice, due_at=timezone.now() + timedelta(hours=1))
    assert deliver_outbox() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert deliver_outbox() == 1


def test_message_that_is_not_due_does_not_run_when_rung(alice: Membership) -> None:
    post(alice, due_at=timezone.now() + timedelta(hours=1))
    ring(message_id())
    assert seen == []


def test_handler_that_fails_leaves_nothing_behind_and_is_tried_later(alice: Membership) -> None:
    post(alice, "fail")
    with pytest.raises(ZeroDivisionError):
        ring(message_id())
    assert messages() == [("fail", False, 1, "ZeroDivisionError")]
    assert deliver_outbox() == 0


def test_poisoned_message_does_not_stop_the_others(alice: Membership) -> None:
    post(alice, "fail")
    post(alice)
    sweep_outbox()
    assert (len(seen), [done for _, done, _, _ in messages()]) == (1, [False, True])


def test_message_is_given_up_after_the_last_try(alice: Membership) -> None:
    post(alice, "fail")
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute("UPDATE practice_outboxmessage SET tries = %s", [outbox.MOST_TRIES])
    ring(message_id())
    assert messages() == [("fail", False, outbox.MOST_TRIES, "")]


def test_crafted_doorbell_does_nothing(alice: Membership, mallory: Membership, couple: Couple) -> None:
    for crafted in (str(uuid.uuid4()), str(couple.id), str(alice.practice_id)):
        ring(crafted)
    for wrong in ("", "x", "' OR 1=1"):
        with pytest.raises(ValueError, match="UUID"):
            ring(wrong)
    assert seen == []


def test_doorbell_has_no_room_for_a_practice(alice: Membership, mallory: Membership) -> None:
    post(alice)
    with pytest.raises(TypeError):
        ring.apply(args=[message_id(), str(mallory.practice_id)], throw=True)
    assert seen == []


def test_worker_of_another_practice_cannot_post_for_this_one(alice: Membership, other_practice: Practice) -> None:
    now = timezone.now()
    forged = OutboxMessage(
        practice_id=alice.practice_id, kind="note", reference=uuid.uuid4(), created_at=now, due_at=now
    )
    with pytest.raises(Exception, match="row-level security"), as_worker(other_practice):
        forged.save(force_insert=True)


def test_handler_that_goes_wrong_leaves_no_scope(alice: Membership) -> None:
    post(alice, "fail")
    with pytest.raises(ZeroDivisionError):
        ring(message_id())
    with at_the_gate():
        assert connection.scope is None  # type: ignore[attr-defined]


def test_two_workers_at_once_do_a_message_once(alice: Membership) -> None:
    post(alice)
    one, start = message_id(), threading.Barrier(4)

    def work(_: int) -> None:
        try:
            start.wait()
            ring(one)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(seen) == 1
