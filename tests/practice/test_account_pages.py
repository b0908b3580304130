import re

import pytest
from django.test import Client
from django.urls import reverse

from practice.models import Membership
from tests.factories import client_of
from tests.mailbox import Mailbox

pytestmark = pytest.mark.database

ENTRANCE = ["login", "reset_password", "reset_password_done", "reset_password_from_key_done", "signup", "inactive"]
OWN_ACCOUNT = ["account_change_password", "account_logout", "account_email", "mfa_index"]
TOPIC_WORDS = re.compile(r"neglect|abuse|couple|partner|therap|assessment|riverside", re.IGNORECASE)


def titled(page: bytes) -> list[str]:
    return [" ".join(title.split()) for title in re.findall(r"<title>(.*?)</title>", page.decode(), re.DOTALL)]


@pytest.mark.parametrize("name", ENTRANCE)
def test_entrance_page_opens_for_anyone(name: str, client: Client) -> None:
    page = client.get(reverse(f"account_{name}"))
    assert page.status_code == 200
    assert [title.endswith("· Attune") for title in titled(page.content)] == [True]


@pytest.mark.parametrize("name", OWN_ACCOUNT)
def test_account_page_opens_for_a_member(name: str, alice: Membership) -> None:
    page = client_of(alice).get(reverse(name))
    assert page.status_code == 200
    assert [title.endswith("· Attune") for title in titled(page.content)] == [True]


def test_wrong_password_is_said_once_above_the_form(alice: Membership, client: Client) -> None:
    page = client.post(reverse("account_login"), {"login": alice.user.email, "password": "not this one"})
    assert page.content.count(b'class="error-summary"') == 1


@pytest.mark.parametrize("known", [True, False])
def test_reset_mail_is_plain_and_names_nothing(known: bool, alice: Membership, client: Client, smtp: Mailbox) -> None:
    address = alice.user.email if known else "nobody@elsewhere.example"
    client.post(reverse("account_reset_password"), {"email": address})
    [message] = smtp.messages
    assert message["Subject"] == "Your password"
    assert message.get_content_type() == "text/plain"
    assert TOPIC_WORDS.findall(message.get_content()) == []
