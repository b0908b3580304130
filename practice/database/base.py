"""PostgreSQL with a role and a signed context in every transaction.

At BEGIN the engine takes the role and writes the context, both local to the transaction, bound by the server.
A transaction that nobody gave a scope is a gate transaction: it reaches no clinical table. A statement outside a
transaction is refused, so that none ever runs without a role.
"""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.transaction import TransactionManagementError
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

from practice.database.context import GATE, Scope, sign
from practice.database.features import DatabaseFeatures

SET_CONTEXT = "SELECT set_config('role', %s, true), set_config('app.context', %s, true)"
# Row-level security does not hold whoever may become one of these.
TOO_POWERFUL = """
SELECT EXISTS (SELECT FROM pg_roles WHERE pg_has_role(oid, 'MEMBER') AND (rolsuper OR rolbypassrls))
    OR EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER'))
"""
# PostgreSQL gave this transaction up for another one: a deadlock, or no serial order. The same again may well succeed.
GIVEN_UP = {"40P01", "40001"}


class ErrorWrapper(DatabaseErrorWrapper):
    """Keeps that the transaction was given up, whoever catches the error and answers in its place."""

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        if getattr(exc_value, "sqlstate", None) in GIVEN_UP:
            self.wrapper.was_given_up = True  # type: ignore[attr-defined]
        super().__exit__(exc_type, exc_value, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope: Scope | None = None
        self.scope_at_begin: Scope | None = None
        self.before_commit: list[Callable[[], None]] = []
        self.audit_events: list[Any] = []
        self.was_given_up = False
        self._connecting = False

    @cached_property
    def wrap_database_errors(self) -> ErrorWrapper:
        return ErrorWrapper(self)

    @contextmanager
    def beginning_as(self, scope: Scope) -> Any:
        """The next BEGIN takes this scope."""
        self.scope_at_begin = scope
        try:
            yield
        finally:
            self.scope_at_begin = None

    def assume(self, scope: Scope | None) -> None:
        """Switch the open transaction to another scope; None is the gate.

        Refused inside a savepoint: rolling back to it would undo the switch unseen.
        """
        if not self.in_atomic_block or self.savepoint_ids:
            raise TransactionManagementError("A scope is taken at the outermost level of a transaction.")
        self._write_context(scope)

    def _write_context(self, scope: Scope | None, *, at_begin: bool = False) -> None:
        role = scope.role if scope else GATE
        # In a pipeline BEGIN and the context travel together.
        with self.wrap_database_errors, self.connection.pipeline() if at_begin else nullcontext():
            psycopg.Cursor(self.connection).execute(SET_CONTEXT, [role, sign(scope)])
        if self.queries_logged:
            self.queries_log.append({"sql": f"SET LOCAL ROLE {role}", "time": "0.000"})
        self.scope = scope

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        self.scope = None
        if not autocommit:
            self.before_commit, self.audit_events, self.was_given_up = [], [], False
            self._write_context(self.scope_at_begin, at_begin=True)

    def _configure_connection(self, connection: Any) -> bool:
        """Once for each connection to the server, in the pool or not."""
        if connection.execute(TOO_POWERFUL).fetchone()[0]:
            raise ImproperlyConfigured("DATABASE_URL names a login that row-level security does not hold.")
        return bool(super()._configure_connection(connection))  # type: ignore[misc]

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def close(self) -> None:
        super().close()
        self.scope = None

    def _cursor(self, name: str | None = None) -> Any:
        if not (self.in_atomic_block or self._connecting):
            raise TransactionManagementError("A statement outside a transaction: open a scope or atomic() first.")
        return super()._cursor(name)  # type: ignore[misc]
