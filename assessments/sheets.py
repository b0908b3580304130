"""A sheet as a form: the lines it asks, the pages they stand on, how far it is, and what was answered.

What is asked follows from the sheet alone; pages never depend on an answer, or on the other partner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from assessments import library
from assessments.instruments.definition import CONTEXT, Instrument, Line
from assessments.models import Answers, AnswerSheet
from assessments.pages import Page, form_pages
from clients.models import PartnerSession


@dataclass(frozen=True)
class Progress:
    """`answered` counts the lines dealt with, whatever was said; `next_page` is None when all were."""

    answered: int
    total: int
    next_page: int | None


@dataclass(frozen=True)
class SheetForm:
    """One sheet as its partner may see it."""

    sheet: AnswerSheet
    instrument: Instrument
    lines: tuple[Line, ...]

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        return form_pages(self.instrument, self.lines)

    @cached_property
    def given(self) -> frozenset[str]:
        return frozenset(line.id for line in self.lines)

    @cached_property
    def saved(self) -> frozenset[str]:
        return saved_lines(self, self.sheet.saved)

    @cached_property
    def values(self) -> dict[str, int | str | None]:
        """The own joint_ok values of a sheet that is still open, as they were given."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.own_answers(%s)", [self.sheet.id])
            stored = cursor.fetchone()[0] or []
        shown = [line for line in self.lines if line.audience == "joint_ok" and line.position < len(stored)]
        return {line.id: self.instrument.decode(line.id, stored[line.position]) for line in shown}

    @property
    def progress(self) -> Progress:
        return progress_of(self, self.sheet.saved)


def form_of(sheet: AnswerSheet, *, instrument: Instrument | None = None) -> SheetForm:
    """The form of a sheet. Raises InstrumentChanged when its definition is not what was asked."""
    instrument = instrument or library.resolve(sheet.instrument, sheet.content_hash)
    lines = instrument.lines_given(sheet.sitting or None, safety_lines=bool(sheet.safety_lines))
    if not sheet.context_lines:
        lines = tuple(line for line in lines if line.direction != CONTEXT)
    return SheetForm(sheet, instrument, lines)


def own_sheet(session: PartnerSession) -> AnswerSheet:
    """The sheet of a partner's session. Raises AnswerSheet.DoesNotExist."""
    return AnswerSheet.objects.get(pk=session.sheet_id)


def saved_lines(form: SheetForm, saved: Sequence[bool | None]) -> frozenset[str]:
    return frozenset(line.id for line in form.lines if line.index < len(saved) and saved[line.index])


def progress_of(form: SheetForm, saved: Sequence[bool | None]) -> Progress:
    done = saved_lines(form, saved)
    left = (page.number for page in form.pages if any(line.id not in done for line in page.lines))
    return Progress(_count(done), _count(form.given), next(left, None))


def answered_of(form: SheetForm) -> tuple[int, int]:
    """Lines dealt with, and lines in all, without laying out pages."""
    return _count(form.saved), _count(form.given)


def _count(lines: frozenset[str]) -> int:
    """The checklist is one line to the person who answers."""
    options = [line for line in lines if line.startswith(f"{CONTEXT}.")]
    return len(lines) - len(options) + bool(options)


def values_of(sheet: AnswerSheet, form: SheetForm) -> tuple[dict[str, int | None], dict[str, int]]:
    """Stored values and seconds by line id, of every line given."""
    rows = {row.audience: row for row in Answers.objects.filter(sheet=sheet)}
    values, seconds = {}, {}
    for line in form.lines:
        row = rows.get(line.audience)
        values[line.id] = _at(row.values, line.position) if row else None
        if row and (spent := _at(row.seconds, line.position)) is not None:
            seconds[line.id] = spent
    return values, seconds


def _at(stored: list[int | None], position: int) -> int | None:
    return stored[position] if position < len(stored) else None
