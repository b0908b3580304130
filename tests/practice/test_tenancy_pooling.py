"""PgBouncer in transaction mode, its server connections poisoned on purpose by session-level settings."""

import os
import shutil
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from practice.database.context import Scope, sign
from practice.models import Membership, Role
from tests.attacks import connect
from tests.factories import client_of, make_couple, make_member, make_practice

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.urls")]
SERVERS = 3
PRACTICES = 6
VISITS = 600

INI = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[int]:
    """The port of a PgBouncer with a few server connections."""
    given, listen = connections["default"].settings_dict, free_port()
    users, ini = tmp_path / "users.txt", tmp_path / "pgbouncer.ini"
    users.write_text(f'"{given["USER"]}" "{given["PASSWORD"]}"\n')
    ini.write_text(INI.format(host=given["HOST"], port=given["PORT"], listen=listen, users=users, servers=SERVERS))
    command = [os.environ["PGBOUNCER"], "-q", str(ini)]
    if os.geteuid() == 0:
        for path in (*tmp_path.parents[:2], tmp_path, users, ini):
            shutil.chown(path, "nobody")
        command[1:1] = ["-u", "nobody"]
    with subprocess.Popen(command) as process:  # noqa: S603
        try:
            wait_for(listen, process)
            yield listen
        finally:
            process.terminate()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    pause = threading.Event()
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None
        pause.wait(0.05)
    raise AssertionError("PgBouncer did not start")


@pytest.fixture
def through_pool(pool: int) -> Iterator[int]:
    """Every new connection of Django's goes through the pool; what was connected before does not."""
    given = connections["default"].settings_dict
    connections["default"].close()
    before = {name: given[name] for name in ("PORT", "OPTIONS")}
    given["PORT"], given["OPTIONS"] = str(pool), {"server_side_binding": True}
    yield pool
    connections["default"].close()
    given.update(before)


def poison(port: int, victim: Membership) -> None:
    """Leaves role and signed context of another practice in the session of every server connection."""
    scope = Scope.staff(practice_id=victim.practice_id, membership_id=victim.id, clinical=True)
    opened = [connect(port=port, autocommit=True, prepare_threshold=None) for _ in range(SERVERS)]
    for one in opened:
        one.execute("BEGIN")
    for one in opened:
        one.execute(
            "SELECT set_config('app.context', %s, false), set_config('role', 'attune_staff', false)", [sign(scope)]
        )
    for one in opened:
        one.execute("COMMIT")
        one.close()


def labels_seen_raw(port: int) -> set[str]:
    """What a program that relies on the session sees through the pool."""
    with connect(port=port, autocommit=True, prepare_threshold=None) as naive:
        try:
            return {row[0] for row in naive.execute("SELECT label FROM clients_couple").fetchall()}
        except psycopg.Error:
            return set()


@pytest.fixture
def therapists() -> list[Membership]:
    members = []
    for number in range(PRACTICES):
        practice = make_practice(f"Practice {number}", slug=f"practice-{number}")
        members.append(make_member(practice, "Therapist", role=Role.THERAPIST, email=f"t{number}@practice.example"))
        make_couple(members[-1], label=f"couple {number}")
    return members


def visit(client: Client, path: str) -> bytes:
    try:
        return bytes(client.get(path).content)
    finally:
        connections["default"].close()


def test_poisoned_pool_shows_nobody_a_foreign_row(therapists: list[Membership], through_pool: int) -> None:
    expected: dict[Any, bytes] = {client_of(member): f"couple {n}\n".encode() for n, member in enumerate(therapists)}
    clients = list(expected)
    poison(through_pool, therapists[0])
    assert labels_seen_raw(through_pool) == {"couple 0"}

    def one(number: int) -> str:
        if number % 3 == 0:
            return "right" if visit(Client(), "/scope/") == b"none" else "a scope"
        client = clients[number % PRACTICES]
        return "right" if visit(client, "/lazy/") == expected[client] else "wrong rows"

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(one, range(VISITS))) == {"right": VISITS}
    assert labels_seen_raw(through_pool) == {"couple 0"}
