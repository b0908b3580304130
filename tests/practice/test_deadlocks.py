"""G14: a transaction that PostgreSQL gives up for another is gone through again, three times at most, and whole."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from clients.models import Couple, Partner
from practice import middleware
from practice.models import Membership
from tests import urls
from tests.attacks import as_maintenance
from tests.factories import assign, client_of, partner_client, sheet_of

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.urls")]

ROUNDS = 3
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def tries() -> Iterator[list[str]]:
    urls.tries.clear()
    yield urls.tries
    urls.tries.clear()


@pytest.fixture
def browser(alice: Membership, couple: Couple) -> Client:
    return client_of(alice, raise_request_exception=False)


def label() -> str:
    [(found,)] = as_maintenance("SELECT label FROM clients_couple")
    return str(found)


def events(action: str) -> int:
    return int(as_maintenance("SELECT count(*) FROM practice_auditevent WHERE action = %s", action)[0][0])


@pytest.mark.parametrize("times", [0, 1, 3])
def test_what_was_given_up_is_done_once_after_all(browser: Client, tries: list[str], times: int) -> None:
    answer = browser.post(f"/stumbling/{times}/", "said=a+form", content_type=FORM)
    assert (answer.status_code, answer.content, len(tries)) == (200, b"a form", times + 1)
    assert (label(), events("couple.changed")) == ("D & E!", 1)


def test_after_three_more_times_nothing_was_done(browser: Client, tries: list[str]) -> None:
    assert browser.post("/stumbling/4/", "said=a+form", content_type=FORM).status_code == 500
    assert (label(), len(tries)) == ("D & E", 4)


def test_json_is_read_again(browser: Client, tries: list[str]) -> None:
    answer = browser.post("/stumbling/2/", json.dumps("words"), content_type="application/json")
    assert (answer.content, len(tries), label()) == (b"words", 3, "D & E!")


def test_an_upload_is_gone_and_asked_for_again(browser: Client, tries: list[str]) -> None:
    answer = browser.post("/stumbling-over-an-upload/", {"file": SimpleUploadedFile("a.csv", b"a,b")})
    assert (answer.status_code, len(tries), label()) == (500, 1, "D & E")


def test_an_answer_that_stands_is_not_given_again(browser: Client, tries: list[str]) -> None:
    answer = browser.get("/stumbling-and-going-on/")
    assert (answer.content, len(tries), label()) == (b"went on", 1, "D & E")


def test_another_error_is_not_tried_again(browser: Client, tries: list[str]) -> None:
    assert browser.get("/failing/").status_code == 500
    assert (label(), events("couple.changed")) == ("D & E", 1)


@pytest.fixture
def people(alice: Membership, dana: Partner, erin: Partner) -> list[Callable[[str], int]]:
    """What the therapist and both partners ask for, each by a browser of their own."""
    therapist = client_of(alice, raise_request_exception=False)
    given = assign(alice, dana.couple)
    sheets = [sheet_of(alice, given, one) for one in (dana, erin)]
    partners = [partner_client(sheet, raise_request_exception=False) for sheet in sheets]
    return [
        lambda locks: therapist.get(f"/crossing/{locks}/").status_code,
        *(lambda locks, one=one: one.get(f"/p/crossing/{locks}/").status_code for one in partners),  # type: ignore[misc]
    ]


def storm(people: list[Callable[[str], int]]) -> Counter[int]:
    """In each round everyone holds one lock and waits for the next one's, in a circle."""
    start = threading.Barrier(len(people), timeout=30)

    def act(number: int) -> list[int]:
        found = []
        try:
            for _ in range(ROUNDS):
                start.wait()
                found.append(people[number](f"{number + 1}/{(number + 1) % len(people) + 1}"))
        finally:
            connections["default"].close()
        return found

    with ThreadPoolExecutor(len(people)) as threads:
        return Counter(status for one in threads.map(act, range(len(people))) for status in one)


def test_therapist_and_both_partners_in_a_circle_all_come_through(
    people: list[Callable[[str], int]], tries: list[str]
) -> None:
    assert storm(people) == {200: 3 * ROUNDS}
    assert 3 * ROUNDS < len(tries) <= 3 * ROUNDS * (1 + middleware.MOST_REPEATS)
    assert events("crossed") == 3 * ROUNDS


def test_without_the_repeats_somebody_is_turned_away(people: list[Callable[[str], int]], monkeypatch: Any) -> None:
    monkeypatch.setattr(middleware, "MOST_REPEATS", 0)
    found = storm(people)
    assert found[500] >= ROUNDS
