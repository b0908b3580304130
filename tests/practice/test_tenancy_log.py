"""What a neighbour or an operator can read of a request: PostgreSQL's list of what runs, and its log turned up.

A context opens a practice for minutes, a link key or a token for longer. None may stand in either.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import time_machine
from django.db import connections
from django.test import Client
from psycopg import sql

from assessments.models import AnswerSheet
from clients.access import PARTNER_COOKIE
from clients.models import Partner
from practice.database.base import SET_CONTEXT
from practice.database.context import LIFETIME_SECONDS, Scope, sign
from practice.models import Membership
from tests.api.clients import V1, api_of
from tests.attacks import attacker, connect, outcome, superuser
from tests.factories import client_of, hand_over, make_sheet, partner_client

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.urls")]
REQUESTS = 1000
# Everything that the database's settings may say. A setting of the login's own (practice/database/roles.sql) wins.
LOUD = {
    "log_statement": "all",
    "log_duration": "on",
    "log_min_duration_statement": "0",
    "log_min_messages": "info",
    "log_min_error_statement": "info",
    "log_error_verbosity": "verbose",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
}
CONTEXT = re.compile(r"[\w-]+\|[0-9a-f-]{36}\|\d{9,}\|\w+\|")


def configure(settings: dict[str, str], *, whom: sql.Composable) -> None:
    """For new connections: those of the pool are closed."""
    with superuser(autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER {} RESET ALL").format(whom))
        for name, value in settings.items():
            connection.execute(sql.SQL("ALTER {} SET {} = {}").format(whom, sql.SQL(name), sql.Literal(value)))
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]


def this_database() -> sql.Composable:
    return sql.SQL("DATABASE {}").format(sql.Identifier(connections["owner"].settings_dict["NAME"]))


@contextmanager
def configured(settings: dict[str, str], *, whom: sql.Composable) -> Iterator[None]:
    configure(settings, whom=whom)
    try:
        yield
    finally:
        configure({}, whom=whom)


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """PostgreSQL's log since the test began, with everything in it that the product lets through."""
    path = Path(os.environ["POSTGRES_LOG"])
    start = path.stat().st_size

    def since() -> str:
        with path.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    with configured(LOUD, whom=this_database()):
        yield since


def clinician(member: Membership) -> Scope:
    return Scope.staff(practice_id=member.practice_id, membership_id=member.id, clinical=True)


def signatures(scopes: list[Scope], *, start: int) -> set[str]:
    """Of every context that was signed for one of these scopes since then."""
    found = set()
    for second in range(start, int(time.time()) + 1):
        with time_machine.travel(second, tick=False):
            found |= {sign(one).rpartition("|")[2] for scope in scopes for one in (scope, scope.for_audit())}
    return found


@contextmanager
def watching() -> Iterator[set[str]]:
    """The statements that another connection of the same login sees while the block runs."""
    seen: set[str] = set()
    done = threading.Event()

    def look() -> None:
        with connect(autocommit=True) as neighbour:
            while not done.wait(0.01):
                seen.update(query for (query,) in neighbour.execute("SELECT query FROM pg_stat_activity").fetchall())

    with ThreadPoolExecutor(1) as thread:
        looking = thread.submit(look)
        try:
            yield seen
        finally:
            done.set()
            looking.result()


def found_in(text: str, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in text} | set(CONTEXT.findall(text))


@pytest.fixture
def sheet(alice: Membership, dana: Partner) -> AnswerSheet:
    return make_sheet(alice, dana)


@pytest.fixture
def visits(alice: Membership, sheet: AnswerSheet) -> tuple[list[Callable[[], bool]], set[str]]:
    """What people and programs do, also in vain, and the secrets that they send."""
    therapist, partner, guest, program = client_of(alice), partner_client(sheet), Client(), api_of(alice)
    for client in (therapist, partner, guest, program):
        client.raise_request_exception = False  # Each hears of the failures in every thread.
    guest.cookies["link"] = key = "unknown-link-key-of-43-characters-0123456789"
    visits = [
        lambda: therapist.get("/lazy/").status_code == 200,
        lambda: therapist.get("/failing/").status_code == 500,
        lambda: program.get(f"{V1}me/").status_code == 200,
        lambda: partner.get("/p/1/").status_code == 200,
        lambda: guest.get(f"/f/{key}/").status_code == 303,
        lambda: guest.post("/f/").status_code == 410,
    ]
    tokens = {client.cookies[name].value for client, name in [(therapist, "session"), (partner, PARTNER_COOKIE)]}
    return visits, tokens | {key, program.defaults["HTTP_AUTHORIZATION"].partition(" ")[2]}


def test_thousand_requests_leave_no_secret_in_the_log_or_before_a_neighbour(
    alice: Membership, sheet: AnswerSheet, visits: tuple[list[Callable[[], bool]], set[str]], log: Callable[[], str]
) -> None:
    calls, secrets = visits
    start = int(time.time())

    def one(number: int) -> bool:
        try:
            return calls[number % len(calls)]()
        finally:
            connections["default"].close()

    with watching() as seen, ThreadPoolExecutor(4) as threads:
        assert all(threads.map(one, range(REQUESTS)))
    key = str(hand_over(alice, sheet).key)
    guest = Client()
    guest.cookies["link"] = key
    assert guest.post("/f/").status_code == 303
    with time_machine.travel(start - LIFETIME_SECONDS - 5):
        expired = sign(clinician(alice))
    with attacker(clinician(alice), context=expired) as connection:
        outcome(connection, "SELECT label FROM clients_couple")
    scopes = [clinician(alice), Scope.partner(practice_id=alice.practice_id, partner_id=sheet.partner_id)]
    secrets |= signatures(scopes, start=start) | {key, guest.cookies[PARTNER_COOKIE].value, expired.rpartition("|")[2]}
    said = log()
    assert said.count("set_config('app.context', $2, true)") >= REQUESTS
    assert any("app.context" in query for query in seen)
    assert "the context has expired" in said
    assert found_in(said, secrets) == set()
    assert found_in("\n".join(seen), secrets) == set()


def test_context_bound_by_the_client_is_found_in_the_log_and_by_a_neighbour(
    alice: Membership, log: Callable[[], str]
) -> None:
    start, context = int(time.time()), sign(clinician(alice))
    signature = context.rpartition("|")[2]
    with watching() as seen, connect(cursor_factory=psycopg.ClientCursor) as careless:
        careless.execute(SET_CONTEXT, ["attune_staff", context])
        with connect() as neighbour:
            seen.update(query for (query,) in neighbour.execute("SELECT query FROM pg_stat_activity").fetchall())
    assert signature in found_in(log(), signatures([clinician(alice)], start=start))
    assert signature in found_in("\n".join(seen), {signature})


def test_context_is_found_in_the_log_when_the_login_does_not_keep_its_parameters_out(
    alice: Membership, log: Callable[[], str]
) -> None:
    context = sign(clinician(alice))
    login = sql.SQL("ROLE attune_login IN {}").format(this_database())
    with configured({"log_parameter_max_length": "-1"}, whom=login), attacker(None, context=context):
        pass
    assert context in log()
    with attacker(None, context=(kept := sign(clinician(alice)).replace("|clinician|", "|worker|"))):
        pass
    assert kept not in log()


def test_link_key_in_a_statement_is_found_in_the_log(log: Callable[[], str]) -> None:
    with connect() as careless:
        careless.execute("SELECT 1 WHERE 'a-link-key' = ''")
    assert found_in(log(), {"a-link-key"}) == {"a-link-key"}
