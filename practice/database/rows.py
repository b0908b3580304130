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
    """The row as its model; fields that the statement does not give are deferred, what it adds are attributes.

    Values are as PostgreSQL gives them: a JSON column would be text.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        values = cursor.fetchone()
        found = dict(zip((column.name for column in cursor.description), values or (), strict=False))
    if values is None:
        return None
    names = [field.attname for field in model._meta.concrete_fields if field.attname in found]
    row = model.from_db(connection.alias, names, [found.pop(name) for name in names])
    vars(row).update(found)
    return row
