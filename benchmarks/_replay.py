"""The statements of a page, recorded once and sent again by psycopg: what the page costs without Django.

Sent in one transaction, prepared, under the same login, with the same roles and signed contexts; nothing is built,
rendered or encoded.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection as product

from benchmarks._load import Call
from practice.database.base import SET_CONTEXT
from practice.database.context import GATE, Scope, sign


@dataclass
class Recording:
    """Statements in order, each with the scope it was sent in."""

    statements: list[tuple[Scope | None, str, Any]] = field(default_factory=list)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(None)
        self.statements.append((product.scope, text, params))  # type: ignore[attr-defined]
        return execute(sql, params, many, context)

    @property
    def count(self) -> int:
        """With those that take a role, without BEGIN and COMMIT."""
        return len(self.statements) + len(list(self._steps()))

    def replay(self) -> Call:
        """One call sends them all. A recorded INSERT gets a new id, and nothing is kept."""
        contexts = {scope: [scope.role if scope else GATE, sign(scope)] for scope, _, _ in self.statements}

        def call(raw: "psycopg.Connection[Any]") -> None:
            scope: Any = self  # none that a statement has
            with raw.transaction(force_rollback=True), raw.cursor() as cursor:
                for wanted, sql, params in self.statements:
                    if wanted != scope:
                        cursor.execute(SET_CONTEXT, contexts[wanted])
                        scope = wanted
                    cursor.execute(sql, _fresh(sql, params))
                    if cursor.description:
                        cursor.fetchall()

        return call

    def _steps(self) -> Iterator[Scope | None]:
        scope: Any = self
        for wanted, _, _ in self.statements:
            if wanted != scope:
                scope = wanted
                yield wanted


@contextmanager
def recording() -> Iterator[Recording]:
    found = Recording()
    with product.execute_wrapper(found):
        yield found


def connect() -> "psycopg.Connection[Any]":
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)


def _fresh(sql: str, params: Any) -> Any:
    return [uuid4(), *params[1:]] if sql.startswith("INSERT") else params
