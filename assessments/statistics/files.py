"""Files of released practice statistics, each with or beside its codebook. A row is one cell of one table."""

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404

from assessments.models import StatisticsRelease
from assessments.statistics.releases import SEES_STATISTICS, Release, read_release, releases
from assessments.statistics.rows import quarter_named
from practice.downloads import File
from practice.models import Membership
from practice.tables import csv_bytes, parquet_bytes, xlsx_bytes

HIDDEN = (
    "Empty where suppressed is true: fewer than {floor} couples, nobody included, or so many that one of those could "
    "be worked out from it."
)
NEVER = "Never suppressed."
# Column: (type, meaning, unit, basis, suppression)
COLUMNS: dict[str, tuple[type, str, str, str, str]] = {
    "quarter": (str, "The quarter that is counted.", "year and quarter, in UTC", "The release.", NEVER),
    "table": (str, "The table of the catalogue; see its row in the codebook.", "", "The catalogue.", NEVER),
    "dimension_1": (str, "What the couples are grouped by.", "", "The catalogue.", NEVER),
    "group_1": (str, "The group.", "see the table", "The catalogue.", NEVER),
    "dimension_2": (str, "What they are grouped by besides, empty in tables of one.", "", "The catalogue.", NEVER),
    "group_2": (str, "The group.", "see the table", "The catalogue.", NEVER),
    "couples": (int, "Couples in the group, or in both.", "couples", "Couples of whom both partners agreed.", HIDDEN),
    "couples_in_all": (
        int, "Couples that the release counts.", "couples", "Couples of whom both partners agreed.", NEVER,
    ),
    "percent": (
        float, "couples of couples_in_all.", "percent, one decimal", "Made of the two columns alone.", HIDDEN,
    ),
    "suppressed": (bool, "Whether the count is not told.", "true or false", "The rules of suppression.", NEVER),
}  # fmt: skip
CODEBOOK = ("entry", "name", "meaning", "unit", "basis", "suppression")
Row = tuple[object, ...]


def csv_file(release_id: UUID, *, membership: Membership) -> File:
    release = _release(release_id, membership)
    return File(_name(release, "csv"), "text/csv; charset=utf-8", csv_bytes(list(COLUMNS), rows_of(release)))


def codebook_file(release_id: UUID, *, membership: Membership) -> File:
    release = _release(release_id, membership)
    name = f"practice-statistics-{release.quarter}-codebook.csv"
    return File(name, "text/csv; charset=utf-8", csv_bytes(CODEBOOK, codebook_of(release)))


def xlsx_file(release_id: UUID, *, membership: Membership) -> File:
    release = _release(release_id, membership)
    sheets = {"Statistics": [tuple(COLUMNS), *rows_of(release)], "Codebook": [CODEBOOK, *codebook_of(release)]}
    content = xlsx_bytes(sheets, made_at=quarter_named(release.quarter).end)
    return File(_name(release, "xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content)


def parquet_file(release_id: UUID, *, membership: Membership) -> File:
    release = _release(release_id, membership)
    meanings = {str(row[1]): " ".join(map(str, row[2:])) for row in codebook_of(release) if row[0] == "column"}
    content = parquet_bytes({name: one[0] for name, one in COLUMNS.items()}, rows_of(release), meanings=meanings)
    return File(_name(release, "parquet"), "application/vnd.apache.parquet", content)


def rows_of(release: Release) -> Iterator[Row]:
    """One row a cell, in the order of COLUMNS."""
    for table in release.tables:
        for cell in table.cells:
            pairs = [*zip(table.dimensions, cell.labels, strict=True), ("", "")][:2]
            counts = (cell.couples, release.couples, cell.percent(of=release.couples), cell.couples is None)
            yield (release.quarter, table.id, *pairs[0], *pairs[1], *counts)


def codebook_of(release: Release) -> Iterator[Row]:
    """A row a column and a row a table."""
    for name, (_type, meaning, unit, basis, hidden) in COLUMNS.items():
        yield ("column", name, meaning, unit, basis, hidden.format(floor=release.floor))
    for table in release.tables:
        meaning = " ".join(f"{one}: {what}" for one, what in zip(table.dimensions, table.meanings, strict=True))
        units = ", ".join(one or "group" for one in table.units)
        basis = f"The {release.couples} couples that the release counts."
        yield ("table", table.id, meaning, units, basis, HIDDEN.format(floor=release.floor))


def _release(release_id: UUID, membership: Membership) -> Release:
    """Raises Http404 also for whoever may not see statistics, or not any longer."""
    stored: StatisticsRelease | None = releases().filter(pk=release_id).first()
    if stored is None or membership.role not in SEES_STATISTICS:
        raise Http404
    return read_release(stored)


def _name(release: Release, ending: str) -> str:
    return f"practice-statistics-{release.quarter}.{ending}"
