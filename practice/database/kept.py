"""Querysets that are built and compiled once, and run again with other ids: building one takes Django ten times as long
as running it. What is kept is a statement, never a row.
"""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from practice import tenancy

Row = TypeVar("Row")
# A statement for more ids than this is built each time, so that what is kept stays small.
MOST_IDS = 20
# The queryset, its compiler, its SQL with its parameters, and which of them are the practice and the ids.
Compiled = tuple[QuerySet[Any, Any], SQLCompiler, str, Sequence[Any], list[UUID]]


class Kept(Generic[Row]):
    """`Kept(build)(*ids)` is `list(build(*ids))` for the practice in scope.

    `build` does nothing with an id but compare it in the database, and asks no clock: what it builds is for good. It
    is called once for each number of ids, up to MOST_IDS.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.compiled: dict[int, Compiled] = {}

    def __call__(self, *ids: UUID) -> list[Row]:
        if len(ids) > MOST_IDS:
            return list(self.build(*ids))
        practice_id = tenancy.practice_id()
        if len(ids) not in self.compiled:
            self.compiled[len(ids)] = self._compile(practice_id, [uuid4() for _ in ids])
        queryset, compiler, sql, params, stand_ins = self.compiled[len(ids)]
        values = dict(zip(stand_ins, [practice_id, *ids], strict=True))
        given = tuple(values.get(one, one) if isinstance(one, UUID) else one for one in params)
        ready: Any = copy(compiler)
        ready.connection = connections[queryset.db]
        ready.as_sql = lambda: (sql, given)
        asked = queryset.all()
        asked.query.get_compiler = lambda *args, **kwargs: ready  # type: ignore[method-assign]
        return list(asked)

    def _compile(self, practice_id: UUID, stand_ins: list[UUID]) -> Compiled:
        queryset = self.build(*stand_ins)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, params, [practice_id, *stand_ins]
