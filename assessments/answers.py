"""A partner's answers: saved line by line, frozen at the end, and read back only as far as they may be.

What is not joint_ok is write-only: a partner learns which lines were dealt with, never how. Nothing returned here
depends on an answer, or on the other partner.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from assessments import safety
from assessments.instruments.definition import AnswerFault
from assessments.models import AnswerSheet
from assessments.sheets import Progress, SheetForm, form_of, progress_of
from practice import audit
from practice.errors import DomainError, InvalidInput

LONGEST_SECONDS = 32_000


class SheetClosed(DomainError):
    """This form is closed. Ask your therapist if you want to answer it."""

    code = "sheet_closed"


class AlreadySubmitted(DomainError):
    """This form was sent already. Nothing more is needed."""

    code = "already_submitted"


def save_answers(
    sheet: AnswerSheet, answers: Mapping[str, object], *, seconds: Mapping[str, int] | None = None
) -> Progress:
    """Save any lines in any order, at once. One fault and nothing of the call is kept.

    Values as the API gives them; None leaves a line blank. Raises InvalidInput, SheetClosed, AlreadySubmitted.
    """
    form = form_of(sheet)
    refuse_closed(sheet)
    encoded = _encode(form, answers)
    if not encoded:
        return form.progress
    saved = _call_save(form, encoded, seconds or {})
    safety.score_after_commit(sheet)
    return progress_of(form, saved)


def submit_sheet(sheet: AnswerSheet) -> None:
    """Freeze every answer; gaps are allowed. Raises SheetClosed, AlreadySubmitted."""
    _finish(sheet, AnswerSheet.State.SUBMITTED)


def decline_sheet(sheet: AnswerSheet) -> None:
    """The partner does not want to answer. Raises SheetClosed, AlreadySubmitted."""
    _finish(sheet, AnswerSheet.State.DECLINED)


def _encode(form: SheetForm, answers: Mapping[str, object]) -> dict[str, int | None]:
    encoded: dict[str, int | None] = {}
    faults = []
    for line_id, value in answers.items():
        try:
            one = form.instrument.expand({line_id: value})
            if not one.keys() <= form.given:
                raise AnswerFault(line_id, "unknown_line", "This form has no such line.")
            encoded |= one
        except AnswerFault as fault:
            faults.append({"field": f"answers.{fault.line}", "code": fault.code, "detail": fault.message})
    if faults:
        raise InvalidInput("Some answers do not fit their lines; nothing was saved.", faults=faults)
    return encoded


def _call_save(form: SheetForm, encoded: Mapping[str, int | None], seconds: Mapping[str, int]) -> list[bool | None]:
    lines = [form.instrument.by_id[line_id] for line_id in encoded]
    spent = [seconds.get(line.id) for line in lines]
    with sheet_errors(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.save_answers(%s, %s::text[], %s::int[], %s::smallint[], %s::smallint[], %s::int[], %s)",
            [
                form.sheet.id,
                [line.audience for line in lines],
                [line.position for line in lines],
                list(encoded.values()),
                [None if one is None else max(0, min(int(one), LONGEST_SECONDS)) for one in spent],
                [line.index for line in lines],
                timezone.now(),
            ],
        )
        return list(cursor.fetchone()[0])


def _finish(sheet: AnswerSheet, outcome: str) -> None:
    refuse_closed(sheet)
    with sheet_errors(), connection.cursor() as cursor:
        cursor.execute("SELECT app.finish_sheet(%s, %s, %s)", [sheet.id, outcome, timezone.now()])
    audit.record(f"sheet.{outcome}", object_id=sheet.id, couple_id=sheet.couple_id)
    safety.score_after_commit(sheet)


def refuse_closed(sheet: AnswerSheet) -> None:
    """Raises SheetClosed, AlreadySubmitted."""
    if sheet.state == AnswerSheet.State.SUBMITTED:
        raise AlreadySubmitted
    if sheet.state not in AnswerSheet.OPEN_STATES or not sheet.opens_at <= timezone.now() < sheet.closes_at:
        raise SheetClosed


@contextmanager
def sheet_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        state: Any = getattr(error.__cause__, "sqlstate", "")
        refusal = {"AT001": SheetClosed, "AT002": AlreadySubmitted}.get(state)
        if refusal is None:
            raise
        raise refusal from error
