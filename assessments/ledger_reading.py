"""The ledger as a page says it: one table an activity, a column a week, a line for what each partner says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from assessments.ledger import LedgerRow, LedgerWeek, Movement
from assessments.record import HeldActivity

# A quarter of a year: what one can still look over.
LAST_WEEKS = 13


@dataclass(frozen=True)
class LedgerLine:
    """`kind` is "done", "noticed" or "helped"; a count is None where nothing was said, or the week was not theirs."""

    kind: str
    partner: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True)
class LedgerTable:
    """`planned` is how often a week is agreed, where it is counted; `reported` how many weeks each reported.

    `mondays` are the newest weeks, out of `weeks` in all.
    """

    title: str
    activity: HeldActivity
    planned: int | None
    mondays: tuple[date, ...]
    weeks: int
    lines: tuple[LedgerLine, ...]
    reported: tuple[tuple[str, int, int], ...]
    movements: tuple[Movement, ...]


def ledger_tables(rows: Sequence[LedgerRow]) -> list[LedgerTable]:
    """The tables of a ledger, in its order."""
    return [_table(list(of)) for _, of in groupby(rows, key=lambda row: row.activity.id)]


def _table(rows: Sequence[LedgerRow]) -> LedgerTable:
    every = sorted({week.monday for row in rows for week in row.weeks})
    mondays = every[-LAST_WEEKS:]
    return LedgerTable(
        title=rows[0].title,
        activity=rows[0].activity,
        planned=next((week.planned for row in rows for week in row.weeks), None),
        mondays=tuple(mondays),
        weeks=len(every),
        lines=tuple(line for row in rows for line in _lines(row, rows, mondays)),
        reported=tuple((str(row.partner.name), row.reported, len(row.weeks)) for row in rows),
        movements=tuple(movement for row in rows for movement in row.movements),
    )


def _lines(row: LedgerRow, rows: Sequence[LedgerRow], mondays: Sequence[date]) -> Iterator[LedgerLine]:
    by_monday: dict[date, LedgerWeek] = {week.monday: week for week in row.weeks}
    weeks = [by_monday.get(monday) for monday in mondays]
    name = str(row.partner.name)
    yield LedgerLine("done", name, tuple(week.done if week else None for week in weeks))
    for other in rows:
        if other is not row:
            yield LedgerLine(
                "noticed", str(other.partner.name), tuple(week.noticed if week else None for week in weeks)
            )
    yield LedgerLine("helped", name, tuple(week.helped if week else None for week in weeks))
