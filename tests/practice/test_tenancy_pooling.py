"""Connections poisoned on purpose by session-level settings, behind the real web server: its own pool and PgBouncer.

The pages ask PostgreSQL for every couple there is and name no practice: nothing but the transaction's context holds.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import psycopg
import pytest
from django.test import Client

from practice.database.context import Scope, sign
from practice.models import Membership, Role
from tests.attacks import POISON, connect
from tests.factories import client_of, make_couple, make_member, make_practice
from tests.server import pgbouncer, visit, web_server

pytestmark = [pytest.mark.database, pytest.mark.nightly]
SERVERS = 3
PRACTICES = 20
AT_ONCE = 8
VISITS = 3000
FEWER = 900


@pytest.fixture
def therapists() -> list[Membership]:
    members = []
    for number in range(PRACTICES):
        practice = make_practice(f"Practice {number}", slug=f"practice-{number}")
        members.append(make_member(practice, "Therapist", role=Role.THERAPIST, email=f"t{number}@practice.example"))
        make_couple(members[-1], label=f"couple {number}")
    return members


@pytest.fixture
def pool() -> Iterator[int]:
    with pgbouncer(servers=SERVERS) as port:
        yield port


def poison(port: int, victim: Membership) -> None:
    """Leaves role and signed context of a practice in the session of every connection that PgBouncer has."""
    scope = Scope.staff(practice_id=victim.practice_id, membership_id=victim.id, clinical=True)
    opened = [connect(port=port, prepare_threshold=None) for _ in range(SERVERS)]
    for one in opened:
        one.execute(POISON, [sign(scope)])
    for one in opened:
        one.commit()
        one.close()


def labels_seen_raw(port: int) -> set[str]:
    """What a program that relies on the session sees through the pool."""
    with connect(port=port, autocommit=True, prepare_threshold=None) as naive:
        try:
            return {row[0] for row in naive.execute("SELECT label FROM clients_couple").fetchall()}
        except psycopg.Error:
            return set()


def what_visitors_see(opened: list[HTTPConnection], browsers: list[Client], *, visits: int) -> Counter[str]:
    """How many visits saw what; three of ten are nobody's."""

    def one(browser: HTTPConnection, number: int) -> str:
        if number % 10 < 3:
            seen = visit(browser, "/rows-of-nobody/")
            return "refused" if seen == "refused 42501" else "rows without a practice"
        practice = number % PRACTICES
        return "own row" if visit(browser, "/rows/", browsers[practice]) == f"couple {practice}\n" else "wrong rows"

    def share(place: int) -> Counter[str]:
        return Counter(one(opened[place], number) for number in range(place, visits, AT_ONCE))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return sum(threads.map(share, range(AT_ONCE)), Counter())


def test_poisoned_pgbouncer_shows_nobody_a_foreign_row(therapists: list[Membership], pool: int) -> None:
    browsers = [client_of(member) for member in therapists]
    with web_server(database_port=pool, pool=False) as server:
        opened = [server.connect() for _ in range(AT_ONCE)]
        poison(pool, therapists[0])
        assert labels_seen_raw(pool) == {"couple 0"}
        seen = what_visitors_see(opened, browsers, visits=VISITS)
        assert labels_seen_raw(pool) == {"couple 0"}
    assert seen == {"own row": VISITS * 7 // 10, "refused": VISITS * 3 // 10}


def test_poisoned_pool_of_the_web_server_shows_nobody_a_foreign_row(therapists: list[Membership]) -> None:
    browsers, victim = [client_of(member) for member in therapists], therapists[0]
    with web_server() as server:
        opened = [server.connect() for _ in range(AT_ONCE)]
        ids = f"practice={victim.practice_id}&membership={victim.id}"
        assert {visit(one, f"/poison/?{ids}") for one in opened} == {"poisoned"}
        seen = what_visitors_see(opened, browsers, visits=FEWER)
        assert {visit(one, "/rows-of-the-session/") for one in opened} == {"couple 0"}
    assert seen == {"own row": FEWER * 7 // 10, "refused": FEWER * 3 // 10}
