"""Of the file of a real release nothing that it holds back can be worked out, by whoever has the file alone."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.utils import timezone

from assessments.statistics.catalogue import catalogue
from assessments.statistics.disclosure import TOTAL, Cell, derivable
from assessments.statistics.files import csv_file
from assessments.statistics.releases import refresh_statistics, stored_release
from clients.couples import close_couple
from practice.models import Membership
from tests.assessments.statistics.counted import NEXT_QUARTER, make_counted
from tests.factories import as_staff

pytestmark = pytest.mark.database
IN_CARE, COMPLETED, MOVED = (frozenset({("outcome", one)}) for one in ("in_care", "completed", "transferred"))
COLUMNS = "dimension_1, group_1, dimension_2, group_2, couples, couples_in_all, suppressed"


def released_file(member: Membership, path: Path) -> list[tuple[Any, ...]]:
    """Of 48 couples two groups are told and two, of six couples each, are not; as an analyst reads them."""
    couples = make_counted(member, 48)
    reasons = ["completed"] * 14 + ["transferred"] * 6 + ["withdrawn"] * 6
    with as_staff(member):
        for couple, reason in zip(couples, reasons, strict=False):
            close_couple(couple, reason=reason)
    assert refresh_statistics(member.practice_id, now=timezone.now() + NEXT_QUARTER)
    with as_staff(member):
        release = stored_release("")
        assert release is not None
        path.write_bytes(csv_file(release.id, membership=member).content)
    return duckdb.sql(f"SELECT {COLUMNS} FROM '{path}'").fetchall()


def told_by(rows: list[tuple[Any, ...]]) -> dict[Cell, int]:
    """What the file tells, with its words put back into the groups of the catalogue."""
    of_label = {one.label: one for one in catalogue().dimensions.values()}

    def pair(dimension: str, group: str) -> tuple[str, str]:
        one = of_label[dimension]
        return one.id, next(value for value, label in one.labels.items() if label == group)

    told: dict[Cell, int] = {TOTAL: rows[0][5]}
    for first, group, second, other, couples, _, suppressed in rows:
        if not suppressed:
            pairs = [pair(first, group), *([pair(second, other)] if second else [])]
            told[frozenset(pairs)] = couples
    return told


def test_nothing_that_is_held_back_follows_from_the_file(olive: Membership, tmp_path: Path):
    """The control: of the two groups that are not told, the count of one gives the other away."""
    told = told_by(released_file(olive, tmp_path / "statistics.csv"))
    assert {cell: told.get(cell) for cell in (IN_CARE, COMPLETED, MOVED)} == {IN_CARE: 22, COMPLETED: 14, MOVED: None}
    assert derivable(told, catalogue().relations) == {}
    assert derivable({**told, MOVED: 6}, catalogue().relations) != {}
