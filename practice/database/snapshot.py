"""One moment of the database, read beside the transaction at work: for what takes long and must agree with itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg import IsolationLevel

from practice.database.base import SET_CONTEXT
from practice.database.context import Scope, sign

Snapshot = psycopg.Connection[Any]
# Below the time limit of a task, so that what takes too long fails by itself and is seen to.
LONGEST_STATEMENT = "200s"


@contextmanager
def snapshot(scope: Scope) -> Iterator[Snapshot]:
    """A second connection in a transaction that reads alone, as of its first statement, in the role of `scope`.

    It sees nothing that the transaction at work has not committed. Statements sent on it name their practice.
    """
    beside = connection.copy()
    beside.connect()
    read: Snapshot = beside.connection
    read.isolation_level, read.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with read.transaction(force_rollback=True):
            become(read, scope)
            psycopg.Cursor(read).execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'")
            yield read
    finally:
        if not read.closed:
            read.isolation_level, read.read_only = None, None
        beside.close()


def become(read: Snapshot, scope: Scope) -> None:
    """Go on in the same moment as another actor."""
    psycopg.Cursor(read).execute(SET_CONTEXT, [scope.role, sign(scope)])


def wait_for_long() -> None:
    """Let the transaction at work stand idle while something long is read beside it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
