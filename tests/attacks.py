"""Raw connections below Django, for tests that attack the database, and protections taken away to prove the tests."""

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from psycopg.types.json import Jsonb

from practice.database.base import SET_CONTEXT
from practice.database.context import GATE, Scope, sign
from practice.database.preparation import prepare_database

REFUSED = "42501"
# What nobody may do: a role and a context that outlive the transaction.
POISON = "SELECT set_config('role', 'attune_staff', false), set_config('app.context', %s, false)"
Outcome = list[tuple[Any, ...]] | str


def connect(alias: str = "default", **options: Any) -> psycopg.Connection[Any]:
    """A connection of the run-time login (or the owner) with nothing of Django's engine on it."""
    given = connections[alias].settings_dict
    where = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    return psycopg.connect(**{**where, "dbname": given["NAME"], **options})


def superuser(**options: Any) -> psycopg.Connection[Any]:
    """A connection of the cluster's superuser to the test database."""
    name = connections["owner"].settings_dict["NAME"]
    return psycopg.connect(os.environ["SUPERUSER_DATABASE_URL"], **{"dbname": name, **options})


# While a test holds one transaction of the superuser open, what is asked of the database is asked in it.
_inside: list[psycopg.Connection[Any]] = []


@contextmanager
def one_transaction() -> Iterator[psycopg.Connection[Any]]:
    """Lets attacker(), catalogue() and as_maintenance() see what is taken away in this transaction. It ends in vain."""
    with superuser() as connection:
        _inside.append(connection)
        try:
            yield connection
        finally:
            _inside.pop()
            connection.rollback()


@contextmanager
def _asking(role: str, context: str, *, alias: str = "default") -> Iterator[psycopg.Connection[Any]]:
    if _inside:
        with _inside[-1].transaction(force_rollback=True):
            _inside[-1].execute(SET_CONTEXT, [role, context])
            yield _inside[-1]
    else:
        with connect(alias) as connection:
            connection.execute(SET_CONTEXT, [role, context])
            yield connection
            connection.rollback()


@contextmanager
def attacker(scope: Scope | None, *, context: str | None = None) -> Iterator[psycopg.Connection[Any]]:
    """A transaction with the role of this scope, and its signed context or the one given. Rolled back at the end."""
    with _asking(scope.role if scope else GATE, sign(scope) if context is None else context) as connection:
        yield connection


def outcome(connection: psycopg.Connection[Any], sql: str, *params: Any) -> Outcome:
    """The rows (of a statement without rows: how many it touched), or the SQLSTATE of the refusal."""
    try:
        with connection.transaction():
            cursor = connection.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]
    except psycopg.Error as error:
        return error.sqlstate or type(error).__name__


def as_owner(*statements: str) -> None:
    with connect("owner", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def taken_away(*statements: str, restore: Sequence[str] = ()) -> Iterator[None]:
    """Changes the schema as its owner. Afterwards `restore` runs, and every grant and policy is made anew."""
    try:
        as_owner(*statements)
        yield
    finally:
        as_owner(*restore)
        prepare_database()


def catalogue(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with _asking("attune_owner", "", alias="owner") as connection:
        return connection.execute(sql, params or None).fetchall()


def as_maintenance(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """A query that sees every practice."""
    with _asking("attune_maintenance", "", alias="owner") as connection:
        return connection.execute(sql, params or None).fetchall()


def tables_with_practice() -> list[str]:
    """Every table whose rows belong to a practice, by the catalogue."""
    found = catalogue(
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname = 'practice_id' ORDER BY 1"
    )
    return [name for (name,) in found]


def fingerprints(practice_id: uuid.UUID) -> dict[str, tuple[int, str]]:
    """By table, how many rows a practice has in it, and a hash of all they hold."""
    hashed = "count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
    tables = tables_with_practice()
    asked = [f"SELECT '{table}', {hashed} FROM \"{table}\" t WHERE practice_id = %s" for table in tables]
    rows = as_maintenance(" UNION ALL ".join(asked), *[practice_id] * len(tables))
    return {table: (count, found) for table, count, found in rows}


def copy_of_row(table: str, practice_id: uuid.UUID, /, **changes: Any) -> Jsonb | None:
    """One row of a practice as JSON, with these changes; None when there is none."""
    rows = as_maintenance(f'SELECT to_jsonb(t) FROM "{table}" t WHERE practice_id = %s LIMIT 1', practice_id)
    return Jsonb({**rows[0][0], **{name: str(value) for name, value in changes.items()}}) if rows else None
