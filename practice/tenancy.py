"""The tenant in Python: which practice the open transaction is for, and models that cannot be asked without it.

PostgreSQL enforces tenancy (practice/database). This belt makes a forgotten scope a loud error before any
statement is sent, and puts the practice into every statement.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from django.db import connection, models, transaction
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode

from practice.database.base import DatabaseWrapper
from practice.database.context import Scope


class ScopeError(RuntimeError):
    """A tenant table was asked outside the scope of a practice."""


def _engine() -> DatabaseWrapper:
    return cast(DatabaseWrapper, connection)


def current() -> Scope:
    """The scope of the open transaction. Raises ScopeError outside one."""
    scope = _engine().scope
    if scope is None:
        raise ScopeError("No practice in scope: open one with tenancy.begin(scope) or enter a scoped view.")
    return scope


def practice_id() -> uuid.UUID:
    """The practice in scope. Raises ScopeError also where the scope is of none."""
    found = current().practice_id
    if found is None:
        raise ScopeError("This scope is across practices: no tenant table can be asked in it.")
    return found


def assume(scope: Scope | None) -> None:
    """Switch the open transaction to `scope`; None goes back to the gate."""
    _engine().assume(scope)


@contextmanager
def acting_as(scope: Scope) -> Iterator[None]:
    """The open transaction as another actor, and as before afterwards. Whoever raises in it gives it up."""
    before = current()
    assume(scope)
    yield
    assume(before)


@contextmanager
def begin(scope: Scope) -> Iterator[None]:
    """A transaction of its own, as `scope`. Refused inside another transaction."""
    with _engine().beginning_as(scope), transaction.atomic(durable=True):
        yield
        finish()


def before_commit(function: Callable[[], None]) -> None:
    """Run `function` once, at the end of the scoped part of this transaction."""
    if function not in _engine().before_commit:
        _engine().before_commit.append(function)


def finish() -> None:
    functions, _engine().before_commit = _engine().before_commit, []
    for function in functions:
        function()


_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class TenantManager(models.Manager[_Row]):
    """Every query starts from the practice in scope."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().filter(practice_id=practice_id())


class KeptManager(TenantManager[_Row]):
    """The rows that were not deleted; what was can be restored for 30 days and is asked for by `with_deleted`."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().filter(deleted_at=None)


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference inside one practice.

    The constraint is (practice_id, x_id) and made by practice.database.operations; joins compare the practice too.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **{**kwargs, "db_constraint": False, "db_index": False})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        if alias is None or related_alias is None:
            return None
        remote: Any = self.remote_field.model._meta.get_field("practice")
        local: Any = self.model._meta.get_field("practice")
        same_practice: Any = Exact(Col(alias, remote), Col(related_alias, local))
        return WhereNode([same_practice])


class TenantModel(models.Model):
    """A row of one practice. The database's primary key is (practice_id, id)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(
        "practice.Practice",
        on_delete=models.PROTECT,
        related_name="+",
        default=practice_id,
        editable=False,
        db_constraint=False,
        db_index=False,
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
