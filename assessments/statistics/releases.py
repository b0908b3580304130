"""Practice statistics: counts of couples of one practice, released once a quarter.

They are no anonymous data: whoever works in a practice knows its couples. The rules that must not break: nothing is
told of fewer than eleven couples, nothing that is not told can be worked out (see disclosure.py), a release is made
once and served as it is, and between two releases either nobody or at least eleven couples came or went.
"""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from uuid import UUID

from django.db.models import QuerySet

from assessments.models import StatisticsRelease, StatisticsRow
from assessments.statistics.catalogue import Catalogue, Dimension, catalogue
from assessments.statistics.disclosure import FLOOR, TOTAL, Cell, cells_told, table_cells
from assessments.statistics.rows import Quarter, counted_couples, fill_rows, last_quarter, quarter_named
from practice import tenancy
from practice.database.context import Scope
from practice.models import Role

FORMAT = "attune-practice-statistics/1"
SEES_STATISTICS = (Role.OWNER, Role.ADMIN)


@dataclass(frozen=True)
class Counted:
    """One cell of a released table: the words of its groups, and its couples, None where they are not told."""

    labels: tuple[str, ...]
    values: tuple[str, ...]
    couples: int | None

    def percent(self, *, of: int) -> float | None:
        """The share of all couples, one decimal."""
        return None if self.couples is None else round(100 * self.couples / of, 1)


@dataclass(frozen=True)
class Table:
    id: str
    dimensions: tuple[str, ...]
    meanings: tuple[str, ...]
    units: tuple[str, ...]
    cells: tuple[Counted, ...]

    @property
    def title(self) -> str:
        return ", by ".join(reversed(self.dimensions)) if len(self.dimensions) > 1 else self.dimensions[0]

    @property
    def is_told(self) -> bool:
        return any(cell.couples is not None for cell in self.cells)


@dataclass(frozen=True)
class Release:
    """What a stored release says; `couples` is how many it counts."""

    id: UUID
    quarter: str
    couples: int
    floor: int
    tables: tuple[Table, ...]


def refresh_statistics(practice_id: UUID, *, now: datetime) -> str | None:
    """Draw the rows of the last quarter anew, and release it unless it is; returns the quarter if it was released."""
    quarter = last_quarter(now)
    with tenancy.begin(Scope.measurement(practice_id=practice_id)):
        may_release = _may_release(quarter, now)
        fill_rows(quarter, at=now)
    if not may_release:
        return None
    with tenancy.begin(Scope.statistics(practice_id=practice_id)):
        counts = counts_of(StatisticsRow.objects.filter(quarter=quarter.name).iterator(), catalogue())
    # The solver may take longer than a transaction may stand idle.
    content = content_of(counts, quarter.name)
    if content is None:
        return None
    with tenancy.begin(Scope.statistics(practice_id=practice_id)):
        release = StatisticsRelease(quarter=quarter.name, content=content, couples=counts[TOTAL], made_at=now)
        release.save(force_insert=True)
    return quarter.name


def _may_release(quarter: Quarter, now: datetime) -> bool:
    """Whether it is not released yet, and the couples counted are as before or differ by the floor at least.

    Two releases that differ by one couple tell what that couple is. Who was counted then follows from the record, so
    that no release keeps who is in it.
    """
    newest = StatisticsRelease.objects.order_by("-quarter").values_list("quarter", "made_at", "couples").first()
    if newest is None:
        return True
    name, made_at, couples = newest
    if name >= quarter.name:
        return False
    before = counted_couples(quarter_named(name), at=made_at)
    # Of couples that were deleted since, no record is left to say that they were counted.
    return may_follow(before, counted_couples(quarter, at=now), deleted=max(0, couples - len(before)))


def may_follow(before: Iterable[Hashable], now: Iterable[Hashable], *, deleted: int = 0) -> bool:
    """Whether the couples of two releases are the same, or differ by the floor at least."""
    moved = deleted + len(set(before) ^ set(now))
    return moved == 0 or moved >= FLOOR


def counts_of(rows: Iterable[StatisticsRow], used: Catalogue) -> dict[Cell, int]:
    """Couples in each cell of each table, and in all."""
    counts: Counter[Cell] = Counter({cell: 0 for table in used.tables for cell in table_cells(table, used.values)})
    counts[TOTAL] = 0
    for row in rows:
        group = {key: one.group(row) for key, one in used.dimensions.items()}
        counts[TOTAL] += 1
        counts.update(frozenset((key, group[key]) for key in table) for table in used.tables)
    return dict(counts)


def content_of(counts: Mapping[Cell, int], quarter: str) -> str | None:
    """A release as JSON, with every word that its pages and files need; None where too few couples count.

    The solver has checked every cell that is not told. Raises ArithmeticError where it gave no answer: then nothing is
    released.
    """
    used = catalogue()
    told = cells_told(counts, used.relations)
    if not told:
        return None
    content = {
        "format": FORMAT,
        "quarter": quarter,
        "unit": "couple",
        "floor": FLOOR,
        "couples": told[TOTAL],
        "tables": [_table([used.dimensions[key] for key in table], told) for table in used.tables],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _table(dimensions: Sequence[Dimension], told: dict[Cell, int]) -> dict[str, object]:
    keys = [one.id for one in dimensions]
    return {
        "id": ".by.".join(keys),
        "dimensions": [one.label for one in dimensions],
        "meanings": [one.meaning for one in dimensions],
        "units": [one.unit for one in dimensions],
        "cells": [
            {
                "values": chosen,
                "labels": [one.labels[value] for one, value in zip(dimensions, chosen, strict=True)],
                "couples": told.get(frozenset(zip(keys, chosen, strict=True))),
            }
            for chosen in product(*(one.labels for one in dimensions))
        ],
    }


def releases() -> QuerySet[StatisticsRelease]:
    """Those of the practice, the newest first."""
    return StatisticsRelease.objects.order_by("-quarter")


def stored_release(quarter: str) -> StatisticsRelease | None:
    """That of a quarter, or the newest where it is empty."""
    found = releases().filter(quarter=quarter) if quarter else releases()
    release: StatisticsRelease | None = found.first()
    return release


def read_release(stored: StatisticsRelease) -> Release:
    content = json.loads(stored.content)
    tables = tuple(
        Table(
            id=one["id"],
            dimensions=tuple(one["dimensions"]),
            meanings=tuple(one["meanings"]),
            units=tuple(one["units"]),
            cells=tuple(Counted(tuple(c["labels"]), tuple(c["values"]), c["couples"]) for c in one["cells"]),
        )
        for one in content["tables"]
    )
    return Release(stored.id, content["quarter"], content["couples"], content["floor"], tables)
