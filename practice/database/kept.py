"""Querysets that are built and compiled once, and run again with other ids and times: building one takes Django ten
times as long as running it. What is kept is a statement, never a row.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import BooleanField, F, Func, QuerySet, UUIDField
from django.db.models import Value as Parameter
from django.db.models.sql.compiler import SQLCompiler

from practice import tenancy

Row = TypeVar("Row")
Ids = Sequence[UUID]
Value = UUID | datetime | Ids
# The queryset, its compiler, its SQL with its parameters, and the stand-ins for the practice and the values.
Compiled = tuple[QuerySet[Any, Any], SQLCompiler, str, Sequence[Any], list[Any]]


class Kept(Generic[Row]):
    """`Kept(build)(*values)` is `list(build(*values))` for the practice in scope.

    A value is an id, a time, or a sequence of ids that `build` compares with `any_of`; of what kind each is, is the
    same in all calls. `build` is called once. It does nothing with a value but compare it in the database, and asks no
    clock.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.compiled: Compiled | None = None

    def __call__(self, *values: Value) -> list[Row]:
        practice_id = tenancy.practice_id()
        if self.compiled is None:
            self.compiled = self._compile(practice_id, list(_stand_ins(values)))
        queryset, compiler, sql, params, stand_ins = self.compiled
        named = {_key(stand_in): value for stand_in, value in zip(stand_ins, [practice_id, *values], strict=True)}
        given = tuple(named.get(_key(one), one) for one in params)
        ready: Any = copy(compiler)
        ready.connection = connections[queryset.db]
        ready.as_sql = lambda: (sql, given)
        asked = queryset.all()
        asked.query.get_compiler = lambda *args, **kwargs: ready  # type: ignore[method-assign]
        return list(asked)

    def _compile(self, practice_id: UUID, stand_ins: list[Any]) -> Compiled:
        queryset = self.build(*stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, params, [practice_id, *stand_ins]


def any_of(field: str, ids: Ids) -> Func:
    """`filter(any_of("couple_id", ids))` is `filter(couple_id__in=ids)`, as one statement however many there are."""
    every = Parameter(list(ids), output_field=ArrayField(UUIDField()))
    return Func(F(field), every, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def _stand_ins(values: Sequence[Value]) -> Iterator[Any]:
    """One for each value, of its type, that no constant of a statement equals."""
    for number, one in enumerate(values):
        if isinstance(one, datetime):
            yield datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=number)
        else:
            yield uuid4() if isinstance(one, UUID) else [uuid4()]


def _key(parameter: Any) -> Any:
    return tuple(parameter) if isinstance(parameter, list) else parameter
