"""Requests through the whole middleware: the right rows, none after the transaction, nothing carried to the next."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest
from django.test import Client

from clients.models import Couple
from practice.models import Membership, Practice
from practice.tenancy import ScopeError
from tests.attacks import as_maintenance, connect
from tests.factories import as_staff, client_of, make_couple, make_member
from tests.urls import streaming

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.urls")]


def labels() -> list[str]:
    return [label for (label,) in as_maintenance("SELECT label FROM clients_couple ORDER BY 1")]


def events() -> list[tuple[str, bool]]:
    return as_maintenance("SELECT action, detail ? 'refused' FROM practice_auditevent ORDER BY at")


def test_page_rendered_late_has_its_rows(alice: Membership, couple: Couple, other_couple: Couple) -> None:
    assert client_of(alice).get("/lazy/").content == b"D &amp; E\n"


def test_streamed_page_is_refused(alice: Membership, couple: Couple) -> None:
    with pytest.raises(ImproperlyConfigured):
        client_of(alice).get("/streaming/")


def test_streamed_rows_are_refused_even_without_the_ban(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        response = streaming(HttpRequest())
    with pytest.raises(TransactionManagementError):
        list(response.streaming_content)


@pytest.mark.parametrize("path", ["/failing/", "/refusing/", "/failing-while-rendering/"])
def test_request_that_fails_changes_nothing(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple, path: str
) -> None:
    client = client_of(alice, raise_request_exception=False)
    assert client.get(path).status_code >= 400
    assert labels() == ["D & E", "T & W"]
    assert client_of(mallory).get("/lazy/").content == b"T &amp; W\n"


@pytest.mark.parametrize("path", ["/failing/", "/refusing/"])
def test_event_of_a_request_that_fails_is_kept_as_refused(alice: Membership, couple: Couple, path: str) -> None:
    client_of(alice, raise_request_exception=False).get(path)
    assert events() == [("couple.created", False), ("couple.changed", True)]


def test_next_request_on_the_connection_has_no_scope(alice: Membership, couple: Couple, client: Client) -> None:
    signed_in = client_of(alice)
    seen = []
    for path in ("/lazy/", "/lazy/", "/failing/"):
        signed_in.raise_request_exception = False
        signed_in.get(path)
        seen.append(client.get("/scope/").content)
    assert seen == [b"none"] * 3


def test_page_without_a_scope_reads_no_couple(alice: Membership, couple: Couple, client: Client) -> None:
    client_of(alice).get("/lazy/")
    with pytest.raises(ScopeError):
        client.get("/anonymous/")


def test_view_that_says_no_audience_is_not_served(client: Client) -> None:
    with pytest.raises(ImproperlyConfigured):
        client.get("/without-audience/")


def test_thread_in_a_view_has_no_scope(alice: Membership, couple: Couple) -> None:
    assert client_of(alice).get("/threaded/").content == b"refused 42501"


def test_queryset_handed_to_a_thread_is_refused(alice: Membership, couple: Couple) -> None:
    with pytest.raises(TransactionManagementError):
        client_of(alice).get("/handed-to-a-thread/")


def test_asynchronous_view_is_not_served(alice: Membership, couple: Couple) -> None:
    with pytest.raises(ImproperlyConfigured):
        client_of(alice).get("/asynchronous/")


@pytest.mark.parametrize("name", ["Host", "X-Practice", "X-Forwarded-Host", "X-Tenant", "X-User"])
def test_header_does_not_choose_the_practice(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple, name: str, settings: object
) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    value = "hillcrest" if "Host" in name else str(mallory.practice_id)
    assert client_of(alice).get("/lazy/", headers={name: value}).content == b"D &amp; E\n"


@pytest.mark.parametrize("name", ["practice", "practice_id", "tenant"])
def test_query_and_cookie_do_not_choose_the_practice(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple, name: str
) -> None:
    client = client_of(alice)
    client.cookies[name] = str(mallory.practice_id)
    assert client.get("/lazy/", {name: str(mallory.practice_id)}).content == b"D &amp; E\n"


def test_foreign_practice_cannot_be_chosen(alice: Membership, couple: Couple, other_couple: Couple) -> None:
    client = client_of(alice)
    client.post("/choose/", {"practice": str(other_couple.practice_id)})
    assert client.get("/lazy/").content == b"D &amp; E\n"


def test_member_of_two_practices_sees_the_one_chosen(
    alice: Membership, couple: Couple, other_practice: Practice
) -> None:
    second = make_member(other_practice, "Alice", email=alice.user.email)
    make_couple(second, label="F & G", names=("Frank", "Grace"))
    client = client_of(alice)
    seen = []
    for member in (alice, second):
        client.post("/choose/", {"practice": str(member.practice_id)})
        seen.append(client.get("/lazy/").content)
    assert seen == [b"D &amp; E\n", b"F &amp; G\n"]


@pytest.mark.parametrize(
    "removal",
    [
        "UPDATE practice_membership SET is_active = false",
        "UPDATE practice_user SET is_active = false",
    ],
)
def test_membership_that_ended_ends_at_the_next_request(alice: Membership, couple: Couple, removal: str) -> None:
    client = client_of(alice)
    assert client.get("/lazy/").status_code == 200
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute(removal.encode())
    assert client.get("/lazy/").status_code == 302


def test_requests_side_by_side_see_their_own_rows(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple
) -> None:
    people = [(client_of(alice), b"D &amp; E\n"), (client_of(mallory), b"T &amp; W\n"), (Client(), None)]

    def visit(number: int) -> bool:
        client, expected = people[number % 3]
        try:
            response = client.get("/lazy/") if expected else client.get("/scope/")
            return bool(response.content == (expected or b"none"))
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(visit, range(120))) == [True] * 120
