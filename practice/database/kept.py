"""Querysets that are built and compiled once, and run again with other ids and times: building one takes Django ten
times as long as running it. What is kept is a statement, never a row.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from practice import tenancy

Row = TypeVar("Row")
Value = UUID | datetime
# A statement for more values than this is built each time, so that what is kept stays small.
MOST_VALUES = 40
# The queryset, its compiler, its SQL with its parameters, and which of them are the practice and the values.
Compiled = tuple[QuerySet[Any, Any], SQLCompiler, str, Sequence[Any], list[Value]]


class Kept(Generic[Row]):
    """`Kept(build)(*values)` is `list(build(*values))` for the practice in scope; values are ids and times.

    `build` does nothing with a value but compare it in the database, and asks no clock: what it builds is for good. It
    is called once for each number of values, up to MOST_VALUES; which of them are times is the same in all calls.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.compiled: dict[int, Compiled] = {}

    def __call__(self, *values: Value) -> list[Row]:
        if len(values) > MOST_VALUES:
            return list(self.build(*values))
        practice_id = tenancy.practice_id()
        if len(values) not in self.compiled:
            self.compiled[len(values)] = self._compile(practice_id, list(_stand_ins(values)))
        queryset, compiler, sql, params, stand_ins = self.compiled[len(values)]
        named: dict[Value, Value] = dict(zip(stand_ins, [practice_id, *values], strict=True))
        given = tuple(named.get(one, one) if isinstance(one, Value) else one for one in params)
        ready: Any = copy(compiler)
        ready.connection = connections[queryset.db]
        ready.as_sql = lambda: (sql, given)
        asked = queryset.all()
        asked.query.get_compiler = lambda *args, **kwargs: ready  # type: ignore[method-assign]
        return list(asked)

    def _compile(self, practice_id: UUID, stand_ins: list[Value]) -> Compiled:
        queryset = self.build(*stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, params, [practice_id, *stand_ins]


def _stand_ins(values: Sequence[Value]) -> Iterator[Value]:
    """One for each value, of its type, that no constant of a statement equals."""
    for number, one in enumerate(values):
        yield uuid4() if isinstance(one, UUID) else datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=number)
