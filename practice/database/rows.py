"""Rows by statements written by hand, for what every call of a partner does: Django takes ten times as long to build
one as to run it. Everything else asks the models.
"""

from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def columns_of(model: type[models.Model]) -> str:
    """All columns by name: a prepared `SELECT *` fails when a migration adds one."""
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)


def one_row(model: type[Row], sql: str, params: dict[str, Any]) -> Row | None:
    """The first of rows_of; None where there is none."""
    return next(iter(rows_of(model, sql, params)), None)


def rows_of(model: type[Row], sql: str, params: dict[str, Any] | None = None) -> list[Row]:
    """The rows as their model; fields that the statement does not give are deferred, what it adds are attributes.

    Values are as PostgreSQL gives them: a JSON column would be text.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        given = [column.name for column in cursor.description]
        found = [dict(zip(given, values, strict=True)) for values in cursor.fetchall()]
    names = [field.attname for field in model._meta.concrete_fields if field.attname in given]
    return [_row(model, names, one) for one in found]


def _row(model: type[Row], names: list[str], found: dict[str, Any]) -> Row:
    row = model.from_db(connection.alias, names, [found.pop(name) for name in names])
    vars(row).update(found)
    return row
