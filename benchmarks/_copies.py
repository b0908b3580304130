"""Couples of one practice in bulk: every row of one couple's record again, under ids of their own.

Each id is made of the copied one and the number of the copy, so that rows of a copy belong together as the copied do.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Model

from assessments.models import (
    Activity,
    ActivityHolder,
    Answers,
    AnswerSheet,
    Assignment,
    RepairPlan,
    SheetScores,
    Wave,
    WeekReport,
)
from benchmarks import _raw
from clients.models import Consent, CounselingSession, Couple, Partner

# In an order in which they can be written, with what leads to the couple of a row.
OF_COUPLE: dict[type[Model], str] = {
    Couple: "one.id = %(like)s",
    **dict.fromkeys((Partner, CounselingSession, RepairPlan, Activity, Assignment, Wave, AnswerSheet, WeekReport),
                    "one.couple_id = %(like)s"),
    **dict.fromkeys((Consent, ActivityHolder, Answers, SheetScores),
                    "one.partner_id IN (SELECT id FROM clients_partner WHERE couple_id = %(like)s)"),
}  # fmt: skip
# Encrypted texts are bound to their row: a copy has none. Its weeks name its own activity.
OTHERWISE = {
    "clients_couple.therapist_id": "NULL",
    "assessments_weekreport.small_wins": "''",
    "assessments_weekreport.entries": (
        "(SELECT coalesce(jsonb_object_agg(md5(key || '/' || copy)::uuid::text, value), '{}')"
        " FROM jsonb_each(one.entries))"
    ),
}
ID = "md5(one.{column}::text || '/' || copy)::uuid"


PRACTICES = """
INSERT INTO practice_practice
SELECT (jsonb_populate_record(one, jsonb_build_object(
         'id', md5('practice/' || number)::uuid, 'slug', 'beside-' || number))).*
  FROM practice_practice AS one, generate_series(1, %(practices)s) AS number
 WHERE one.id = (SELECT practice_id FROM clients_couple WHERE id = %(like)s)
"""
ELSEWHERE = "md5('practice/' || (1 + copy %% %(practices)s))::uuid"


def copy_couple(like: UUID, *, count: int) -> None:
    """So many couples more with the record of `like`, in its practice."""
    with _raw.connect() as owner:
        for statement in copying():
            owner.execute(statement, {"like": like, "count": count})
    _raw.vacuum()


def copying(*, elsewhere: bool = False) -> Iterator[Any]:
    """Statements that add `count` copies of the couple `like`: to its practice, or to so many `practices` beside."""
    mapped = {model._meta.label for model in OF_COUPLE}
    if elsewhere:
        yield PRACTICES
    for model, condition in OF_COUPLE.items():
        yield _copying(model, condition, mapped, elsewhere=elsewhere)


def _copying(model: type[Model], condition: str, mapped: set[str], *, elsewhere: bool) -> str:
    table, fields = model._meta.db_table, model._meta.concrete_fields
    own = {**OTHERWISE, **({f"{table}.practice_id": ELSEWHERE} if elsewhere else {})}
    values = [own.get(f"{table}.{field.column}") or _value(field, mapped) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return (
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(values)}"
        f" FROM {table} AS one, generate_series(1, %(count)s) AS copy WHERE {condition}"
    )


def _value(field: Any, mapped: set[str]) -> str:
    owns = field.primary_key or (field.related_model and field.related_model._meta.label in mapped)
    return ID.format(column=field.column) if owns else f'one."{field.column}"'
