"""G10: a mail server that is slow, refuses, or takes a mail and dies: at most one mail more, and one key in force."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assessments.schedules import Schedule
from clients.models import Couple
from practice.models import Membership
from practice.tasks import sweep_outbox
from tests.attacks import as_maintenance
from tests.factories import assign, make_couple
from tests.mailbox import Mailbox

pytestmark = pytest.mark.database

DANA = "dana@example.org"
PATIENCE = 0.5


class FaultyMailbox(Mailbox):
    """Does to the first mail to Dana what `fault` says, and to every other what it should."""

    fault = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == DANA and self.fault == "refuses":
            self.fault = ""
            return "451 Come back later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if DANA in envelope.rcpt_tos and self.fault:
            self.fault, fault = "", self.fault
            if fault == "slow":
                await asyncio.sleep(2 * PATIENCE)
            else:
                server.transport.abort()
        return answer


@pytest.fixture
def mails(settings: Any) -> Any:
    with FaultyMailbox() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = mailbox.address
        settings.EMAIL_TIMEOUT = PATIENCE
        yield mailbox


@pytest.fixture
def mailed(alice: Membership) -> Couple:
    return make_couple(alice, email=True)


def sweep_later() -> None:
    """As beat does, once the pause after a failure is over."""
    sweep_outbox()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        sweep_outbox()
        sweep_outbox()


def to_dana(mails: Mailbox) -> list[Any]:
    return [one for one in mails.messages if one["To"] == DANA]


def opens(message: Any) -> bool:
    """Whether the link in a mail leads to the form."""
    [path] = re.findall(r"https?://[^/\s]+(/\S+)", message.get_content())
    browser = Client()
    browser.get(path)
    return browser.post("/f/").status_code == 303


@pytest.mark.parametrize(("fault", "mails_left"), [("", 1), ("refuses", 1), ("slow", 2), ("dies", 2)])
def test_a_faulty_mail_server_costs_at_most_one_mail_more(
    alice: Membership, mailed: Couple, mails: FaultyMailbox, fault: str, mails_left: int
) -> None:
    assign(alice, mailed, schedule=Schedule(remind_on=()))
    mails.fault = fault
    sweep_later()
    found = to_dana(mails)
    assert len(found) == mails_left
    assert len({str(one["Message-ID"]) for one in found}) == 1
    assert [opens(one) for one in found] == [False] * (mails_left - 1) + [True]
    assert as_maintenance("SELECT state, count(*) FROM clients_invitation GROUP BY 1") == [("sent", 2)]
    assert as_maintenance("SELECT count(*) FROM clients_linkkey WHERE ended_at IS NULL") == [(2,)]


def test_a_fault_holds_up_nobody_else(alice: Membership, mailed: Couple, mails: FaultyMailbox) -> None:
    assign(alice, mailed, schedule=Schedule(remind_on=()))
    mails.fault = "dies"
    sweep_outbox()
    assert [str(one["To"]) for one in mails.messages].count("erin@example.org") == 1
