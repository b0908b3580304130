"""A sheet as a form: the lines it asks, the pages they stand on, how far it is, and what was answered.

What is asked follows from the sheet alone; pages never depend on an answer, or on the other partner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db import connection

from assessments import library
from assessments.instruments.definition import CONTEXT, Instrument, Line
from assessments.models import Answers, AnswerSheet
from assessments.pages import Page, form_pages
from clients.models import PartnerSession
from practice import tenancy
from practice.database.rows import columns_of, one_row

OWN_SHEET = (
    f"SELECT {columns_of(AnswerSheet)} FROM assessments_answersheet "  # noqa: S608 - names of fields
    "WHERE practice_id = %(practice)s AND id = %(sheet)s"
)

Stored = Sequence[int | None]


@dataclass(frozen=True)
class Progress:
    """`answered` counts the lines dealt with, whatever was said; `next_page` is None when all were."""

    answered: int
    total: int
    next_page: int | None


@dataclass(frozen=True, eq=False)
class Layout:
    """The lines of an instrument that a form asks, and their pages: the same for every sheet given alike."""

    instrument: Instrument
    lines: tuple[Line, ...]

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        return form_pages(self.instrument, self.lines)

    @cached_property
    def given(self) -> frozenset[str]:
        return frozenset(line.id for line in self.lines)


@dataclass(frozen=True)
class SheetForm:
    """One sheet as its partner may see it."""

    sheet: AnswerSheet
    layout: Layout

    @property
    def instrument(self) -> Instrument:
        return self.layout.instrument

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.layout.lines

    @property
    def pages(self) -> tuple[Page, ...]:
        return self.layout.pages

    @property
    def given(self) -> frozenset[str]:
        return self.layout.given

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
    return SheetForm(sheet, layout_of(instrument, sheet.sitting, bool(sheet.safety_lines), sheet.context_lines))


@lru_cache(maxsize=256)
def layout_of(instrument: Instrument, sitting: str, safety_lines: bool, context_lines: bool) -> Layout:
    lines = instrument.lines_given(sitting or None, safety_lines=safety_lines)
    if not context_lines:
        lines = tuple(line for line in lines if line.direction != CONTEXT)
    return Layout(instrument, lines)


def own_sheet(session: PartnerSession) -> AnswerSheet:
    """The sheet of a partner's session. Raises AnswerSheet.DoesNotExist."""
    sheet = one_row(AnswerSheet, OWN_SHEET, {"practice": tenancy.practice_id(), "sheet": session.sheet_id})
    if sheet is None:
        raise AnswerSheet.DoesNotExist
    return sheet


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
    return by_line(form, {row.audience: (row.values, row.seconds) for row in Answers.objects.filter(sheet=sheet)})


def by_line(form: SheetForm, rows: Mapping[str, tuple[Stored, Stored]]) -> tuple[dict[str, int | None], dict[str, int]]:
    """Values and seconds by line id, of every line given, from the arrays of each audience."""
    values, seconds = {}, {}
    for line in form.lines:
        answers, times = rows.get(line.audience, ((), ()))
        values[line.id] = answers[line.position] if line.position < len(answers) else None
        spent = times[line.position] if line.position < len(times) else None
        if spent is not None:
            seconds[line.id] = spent
    return values, seconds
