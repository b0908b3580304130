"""A guard on every statement of the run-time connection: each tenant table in it is asked for one practice.

PostgreSQL's policies hold without it; on a sharded database a statement that names no practice is refused or slow.
Django's delete collector sends the one shape that is let through.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from practice.tenancy import TenantModel

NAMED = re.compile(r'(?:FROM|JOIN|UPDATE|,)\s+(?:public\.)?"?(\w+)"?(?:\s+(?:AS\s+)?"?(\w+)"?)?', re.IGNORECASE)
INSERTED = re.compile(r'INSERT INTO\s+(?:public\.)?"?(\w+)"?(?:\s+AS\s+\w+)?\s*\(([^)]*)\)', re.IGNORECASE)
COLLECTED = re.compile(r'DELETE FROM "(\w+)" WHERE "\1"."id" IN \([^)]*\)$')
WORDS = {"on", "where", "set", "inner", "left", "order", "group", "limit", "for", "as", "union", "cross", "using"}


class PracticeNotNamed(AssertionError):
    pass


@functools.cache
def tenant_tables() -> frozenset[str]:
    return frozenset(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel))


@functools.lru_cache(maxsize=4096)
def unnamed_tables(sql: str) -> list[str]:
    """The aliases of tenant tables in a statement that it does not hold to a practice."""
    if COLLECTED.match(sql):
        return []
    aliases = []
    for table, alias in NAMED.findall(sql):
        if table in tenant_tables():
            aliases.append(alias if alias and alias.lower() not in WORDS else table)
    wanting = [alias for alias in aliases if not _names_practice(sql, alias, alone=len(aliases) == 1)]
    inserts = INSERTED.findall(sql)
    return wanting + [table for table, columns in inserts if table in tenant_tables() and "practice_id" not in columns]


def _names_practice(sql: str, alias: str, *, alone: bool) -> bool:
    column = rf'"?{alias}"?\."?practice_id"?'
    if alone:
        # SQL written by hand need not qualify the columns of its only table; an assignment in SET is none.
        column = rf"(?:{column}|(?:WHERE|AND)\s+\(*practice_id)"
    return bool(re.search(rf"{column}\)?\s*(?:=|IN)|=\s*\(?{column}", sql, re.IGNORECASE))


def check(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    text = sql if isinstance(sql, str) else sql.as_string(None)
    if missing := unnamed_tables(text):
        raise PracticeNotNamed(f"{', '.join(missing)} without a practice: {text}")
    return execute(sql, params, many, context)


def guard_connection(sender: object, connection: BaseDatabaseWrapper, **_: object) -> None:
    """A receiver of connection_created, so that the connections of every thread are guarded."""
    if connection.alias == "default" and check not in connection.execute_wrappers:
        connection.execute_wrappers.append(check)
