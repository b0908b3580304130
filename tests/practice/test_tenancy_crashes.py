"""Who leaves in the middle of a transaction leaves nothing to whoever gets the connection next."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from django.test import Client

from clients.models import Couple
from practice.models import Membership
from tests.attacks import as_maintenance, connect
from tests.factories import client_of
from tests.server import WebServer, pgbouncer, visit, wait_until, web_server

pytestmark = pytest.mark.database
SERVERS = 3
DISCONNECTS = 5
KILLS = 5
CLEAN = ("attune_login", "attune_login", "")
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 13 AND NOT granted"


def count(sql: str, *params: object) -> int:
    return int(as_maintenance(sql, *params)[0][0])


def transactions_end() -> None:
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        wait_until(
            lambda: owner.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)
        )


@contextmanager
def held_up(server: WebServer, browser: Client) -> Iterator[HTTPConnection]:
    """A request that stands in the middle of its transaction for the length of the block."""
    with connect("owner", autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(13)")
        connection = server.connect()
        cookie = f"session={browser.cookies['session'].value}"
        connection.request("GET", "/waiting/", headers={"Cookie": cookie})
        wait_until(lambda: count(WAITING) == 1)
        yield connection
        connection.close()
    transactions_end()


def sessions_behind(port: int) -> set[tuple[str, ...]]:
    """User, role and context that the session of each connection of PgBouncer's begins a transaction with."""
    opened = [connect(port=port, prepare_threshold=None) for _ in range(SERVERS)]
    sql = "SELECT session_user::text, current_user::text, coalesce(current_setting('app.context', true), '')"
    found = {one.execute(sql).fetchall()[0] for one in opened}
    for one in opened:
        one.close()
    return found


def labels() -> list[str]:
    return [label for (label,) in as_maintenance("SELECT label FROM clients_couple ORDER BY 1")]


@pytest.fixture
def pool() -> Iterator[int]:
    with pgbouncer(servers=SERVERS) as port:
        yield port


@pytest.mark.parametrize("killed", [False, True], ids=["browser leaves", "worker is killed"])
def test_next_user_of_the_connection_begins_clean(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple, pool: int, killed: bool
) -> None:
    browser, other = client_of(alice), client_of(mallory)
    with web_server(database_port=pool, pool=False) as server:
        for _ in range(KILLS if killed else DISCONNECTS):
            with held_up(server, browser) as connection:
                for worker in server.workers() if killed else ():
                    os.kill(worker, signal.SIGKILL)
                connection.close()
            assert sessions_behind(pool) == {CLEAN}
            assert visit(server.connect(), "/rows-of-nobody/") == "refused 42501"
            assert visit(server.connect(), "/rows/", other) == "T &amp; W\n"
        assert labels() == (["D & E", "T & W"] if killed else ["T & W", "changed"])


def test_pool_of_the_web_server_begins_clean_after_browsers_left(
    alice: Membership, couple: Couple, mallory: Membership, other_couple: Couple
) -> None:
    browser, other = client_of(alice), client_of(mallory)
    with web_server() as server:
        for _ in range(DISCONNECTS):
            with held_up(server, browser) as connection:
                connection.close()
            opened = server.connect()
            assert visit(opened, "/rows-of-nobody/") == "refused 42501"
            assert visit(opened, "/rows/", other) == "T &amp; W\n"
