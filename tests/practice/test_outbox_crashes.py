"""Workers and Valkey killed in the middle, its data lost, two relays at once: nothing is lost, or done twice."""

import asyncio
from typing import Any

import pytest
import redis
from kombu.connection import Connection

from assessments.schedules import Schedule
from practice.models import Membership
from practice.tasks import ring
from tests.attacks import as_maintenance
from tests.factories import assign, make_couple
from tests.mailbox import Mailbox
from tests.relays import kill, relays
from tests.server import free_port, wait_until

pytestmark = pytest.mark.database
COUPLES = 6


class SlowMailbox(Mailbox):
    """Takes its time over each mail, so that a kill meets one on its way."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.1)
        return answer


def assign_to_many(alice: Membership) -> None:
    for number in range(COUPLES):
        names = (f"Dana{number}", f"Erin{number}")
        couple = make_couple(alice, label=str(number), names=names, email=True)
        assign(alice, couple, schedule=Schedule(remind_on=()))


def count(sql: str) -> int:
    return int(as_maintenance(sql)[0][0])


def sent() -> int:
    return count("SELECT count(*) FROM clients_invitation WHERE state = 'sent'")


def test_every_message_leaves_once_whoever_is_killed(alice: Membership, tmp_path: Any) -> None:
    """G05 and G07: two workers sweep; each is killed with a mail in its hands, and all that Valkey knew is lost."""
    assign_to_many(alice)
    with SlowMailbox() as smtp, relays(free_port(), smtp.address, tmp_path) as started:
        valkey, first, second, _ = started.valkey(), started.worker(), started.worker(), started.beat()
        wait_until(lambda: len(smtp.messages) >= 3, seconds=60)
        kill(first)
        redis.Redis(port=started.port).flushall()
        wait_until(lambda: len(smtp.messages) >= 6, seconds=60)
        kill(valkey)
        kill(second)
        started.valkey()
        started.worker()
        wait_until(lambda: sent() == 2 * COUPLES, seconds=90)
        ids = [str(message["Message-ID"]) for message in smtp.messages]
    assert len(set(ids)) == 2 * COUPLES
    # Taken by the mail server, and not committed: at most once a kill, under the same id.
    assert len(ids) - len(set(ids)) <= 2
    assert count("SELECT count(*) FROM practice_outboxmessage WHERE kind = 'send_invitation' AND done_at IS NULL") == 0
    assert count("SELECT count(*) FROM clients_linkkey WHERE ended_at IS NULL") == 2 * COUPLES


def test_without_the_outbox_a_message_is_lost(alice: Membership, tmp_path: Any) -> None:
    """G06, the control: the same doorbells, rung once after the commit, with nobody who sweeps."""
    assign_to_many(alice)
    rung = [str(one) for (one,) in as_maintenance("SELECT id FROM practice_outboxmessage WHERE kind <> 'close_wave'")]
    with SlowMailbox() as smtp, relays(free_port(), smtp.address, tmp_path) as started:
        started.valkey()
        with Connection(started.environment["REDIS_URL"]) as broker:
            for one in rung[1:]:
                ring.apply_async([one], connection=broker)
            redis.Redis(port=started.port).flushall()
            ring.apply_async([rung[0]], connection=broker)
        started.worker()
        wait_until(lambda: sent() == 1, seconds=60)
    assert sent() == 1 < 2 * COUPLES
