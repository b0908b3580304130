"""A30: an address that was guessed, shared, used or has expired is answered like one that never was."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from practice.database.context import Scope
from practice.practices import as_maintenance as by_the_owner
from tests.attacks import as_maintenance, attacker, outcome, taken_away
from tests.factories import client_of, make_download

pytestmark = pytest.mark.database


@pytest.fixture
def download(alice, dana):
    return f"/downloads/{make_download(alice, dana)[1]}/"


def answers(member, where):
    answer = client_of(member).post(where)
    return answer.status_code, answer.content


def not_found(member):
    return answers(member, f"/downloads/{uuid.uuid4()}/")


def test_it_is_fetched_once(alice, download):
    assert answers(alice, download)[0] == 200
    assert answers(alice, download) == not_found(alice)
    assert not_found(alice)[0] == 404


def test_a_shared_address_is_of_use_to_nobody_else(alice, bob, olive, sue, adam, mallory, download):
    for member in (bob, olive, sue, adam, mallory):
        assert answers(member, download) == not_found(member)
    assert answers(alice, download)[0] == 200


def test_it_is_there_for_ten_minutes(alice, download):
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=50)):
        assert answers(alice, download)[0] == 200


def test_after_ten_minutes_it_is_gone(alice, download):
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert answers(alice, download)[0] == 404


def test_a_link_that_is_only_looked_at_is_not_used_up(alice, download):
    assert client_of(alice).get(download).status_code == 405
    assert answers(alice, download)[0] == 200


def test_who_treats_the_couple_no_longer_fetches_nothing(alice, bob, couple, download):
    with by_the_owner(), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE clients_couple SET therapist_id = %s WHERE id = %s", [bob.id, couple.id])
    assert answers(alice, download) == not_found(alice)


def test_two_at_once_get_one_file(alice, download):
    browsers = [client_of(alice) for _ in range(4)]

    def fetch(browser):
        try:
            return browser.post(download).status_code
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(fetch, browsers)) == [200, 404, 404, 404]


def test_each_fetch_and_each_refusal_is_on_the_trail(alice, bob, dana, download):
    answers(bob, download)
    answers(alice, download)
    rows = as_maintenance(
        "SELECT action, actor_id, detail ->> 'purpose', detail ->> 'refused' FROM practice_auditevent "
        "WHERE action LIKE 'download.%' ORDER BY at"
    )
    assert rows == [
        ("download.offered", alice.id, "copy", None),
        ("download.refused", bob.id, None, "true"),
        ("download.taken", alice.id, "copy", None),
    ]


def test_the_database_holds_it_too(alice, bob, download):
    """The control: with the policy widened, the row is within a colleague's reach."""
    scope = Scope.staff(practice_id=bob.practice_id, membership_id=bob.id, clinical=True)
    count = "SELECT count(*) FROM practice_download WHERE practice_id = %s"
    with attacker(scope) as connection:
        assert outcome(connection, count, bob.practice_id) == [(0,)]
    hole = "CREATE POLICY hole ON practice_download FOR SELECT TO attune_staff USING (true)"
    with taken_away(hole), attacker(scope) as connection:
        assert outcome(connection, count, bob.practice_id) == [(1,)]
