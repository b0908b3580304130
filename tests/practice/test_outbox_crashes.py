"""Workers and Valkey killed in the middle, its data lost, two relays at once: nothing is lost, or done twice.

A few messages with every test run, the 2,000 of G05 at night.
"""

import asyncio
from typing import Any

import pytest
import redis
from kombu.connection import Connection

from assessments.digest import plan_digests
from assessments.schedules import Schedule
from clients.models import Couple
from practice.models import Membership
from practice.tasks import ring
from tests.attacks import as_maintenance, connect
from tests.factories import assign, make_couple, practice_of
from tests.mailbox import Mailbox
from tests.relays import kill, relays
from tests.server import free_port, wait_until

pytestmark = pytest.mark.database
# How many couples, whose partners get a message each, and for how long the mail server keeps a mail, in seconds.
SIZES = [(6, 0.1), pytest.param(1_000, 0.02, marks=pytest.mark.nightly)]


class SlowMailbox(Mailbox):
    """Takes its time over each mail, so that a kill meets one on its way."""

    def __init__(self, pause: float) -> None:
        super().__init__()
        self.pause = pause

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.pause)
        return answer


def assign_to_many(alice: Membership, couples: int) -> None:
    for number in range(couples):
        names = (f"Dana{number}", f"Erin{number}")
        couple = make_couple(alice, label=str(number), names=names, email=True)
        assign(alice, couple, schedule=Schedule(remind_on=()))


def count(sql: str) -> int:
    return int(as_maintenance(sql)[0][0])


def sent() -> int:
    return count("SELECT count(*) FROM clients_invitation WHERE state = 'sent'")


@pytest.mark.parametrize(("couples", "pause"), SIZES)
def test_every_message_leaves_once_whoever_is_killed(
    alice: Membership, tmp_path: Any, couples: int, pause: float
) -> None:
    """G05 and G07: two workers sweep; each is killed with a mail in its hands, and all that Valkey knew is lost."""
    assign_to_many(alice, couples)
    with SlowMailbox(pause) as smtp, relays(free_port(), smtp.address, tmp_path) as started:
        valkey, first, second, _ = started.valkey(), started.worker(), started.worker(), started.beat()
        wait_until(lambda: len(smtp.messages) >= couples, seconds=300)
        kill(first)
        redis.Redis(port=started.port).flushall()
        wait_until(lambda: len(smtp.messages) >= couples * 3 // 2, seconds=300)
        kill(valkey)
        kill(second)
        started.valkey()
        started.worker()
        started.worker()
        wait_until(lambda: sent() == 2 * couples, seconds=90)
        ids = [str(message["Message-ID"]) for message in smtp.messages]
        reached = {str(message["To"]) for message in smtp.messages}
    assert len(set(ids)) == len(reached) == 2 * couples
    # Taken by the mail server, and not committed: at most once a kill, under the same id.
    assert len(ids) - len(set(ids)) <= 2
    assert count("SELECT count(*) FROM practice_outboxmessage WHERE kind = 'send_invitation' AND done_at IS NULL") == 0
    assert count("SELECT count(*) FROM clients_linkkey WHERE ended_at IS NULL") == 2 * couples


def test_without_the_outbox_a_message_is_lost(alice: Membership, tmp_path: Any) -> None:
    """G06, the control: the same doorbells, rung once after the commit, with nobody who sweeps."""
    assign_to_many(alice, couples=3)
    rung = [str(one) for (one,) in as_maintenance("SELECT id FROM practice_outboxmessage WHERE kind <> 'close_wave'")]
    with Mailbox() as smtp, relays(free_port(), smtp.address, tmp_path) as started:
        started.valkey()
        with Connection(started.environment["REDIS_URL"]) as broker:
            for one in rung[1:]:
                ring.apply_async([one], connection=broker)
            redis.Redis(port=started.port).flushall()
            ring.apply_async([rung[0]], connection=broker)
        started.worker()
        wait_until(lambda: sent() == 1, seconds=60)
    assert sent() == 1 < len(rung)


def make_digest_due(alice: Membership) -> None:
    """The mail of this Monday, as a worker finds it that comes a minute late."""
    plan_digests(practice_of(alice))
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute("UPDATE practice_outboxmessage SET due_at = now() - interval '1 minute' WHERE kind = 'digest'")


def digest_waits() -> bool:
    """Whether the mail on Mondays has been sent, and is due again later."""
    return count("SELECT count(*) FROM practice_outboxmessage WHERE kind = 'digest' AND due_at <= now()") == 0


def test_mail_on_monday_is_one_mail_after_a_crash(alice: Membership, couple: Couple, tmp_path: Any) -> None:
    """G10: the mail server took it, and the worker was killed before it could note that."""
    make_digest_due(alice)
    with SlowMailbox(1) as smtp, relays(free_port(), smtp.address, tmp_path) as started:
        started.valkey()
        first, _ = started.worker(), started.beat()
        wait_until(lambda: len(smtp.messages) == 1, seconds=60)
        kill(first)
        assert not digest_waits()
        started.worker()
        wait_until(digest_waits, seconds=60)
        mails = [(message["To"], message["Subject"], message.get_content()) for message in smtp.messages]
        ids = {str(message["Message-ID"]) for message in smtp.messages}
    assert (len(mails), len(set(mails)), len(ids)) == (2, 1, 1)
