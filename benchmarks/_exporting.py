"""One export in a process of its own, which prints what it took: bare COPY, or the product's way.

`peak` is the highest resident memory of the process while it exported, `before` that of the process as it began, with
all of the program loaded that its way needs, both in MiB.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

Export = Callable[[Path], None]
# What the rows of statistics are counted from, read once as it is.
READ_FOR_ROWS = """
SELECT sheet.couple_id, sheet.partner_id, sheet.wave_id, sheet.instrument, sheet.opens_at, sheet.closes_at,
       sheet.submitted_at, scores.scores
  FROM assessments_answersheet AS sheet
  LEFT JOIN assessments_sheetscores AS scores ON scores.practice_id = sheet.practice_id AND scores.sheet_id = sheet.id
"""


def bare(table: str, practice_id: UUID) -> Export:
    """COPY of the same columns and rows, by the owner of the tables, to a file."""
    connection = psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True)
    connection.execute("SET ROLE attune_maintenance")
    rows = sql.SQL(READ_FOR_ROWS) if table == "rows" else sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
    named = sql.SQL("sheet.practice_id" if table == "rows" else "practice_id")
    statement = sql.SQL("COPY ({} WHERE {} = {}) TO STDOUT (FORMAT csv, HEADER)").format(
        rows, named, sql.Literal(practice_id)
    )

    def export(path: Path) -> None:
        with open(path, "wb") as file, connection.cursor().copy(statement) as copy:
            for block in copy:
                file.write(block)

    return export


def text(table: str, practice_id: UUID) -> Export:
    """A table of the archive as it is before it is encrypted, to a file; the product never writes one."""
    from practice.archive.parts import blocks_of

    def export(path: Path) -> None:
        with _reading(practice_id) as read, open(path, "wb") as file:
            for block in blocks_of(read, _table(table), practice_id):
                file.write(block)

    return export


def part(table: str, practice_id: UUID) -> Export:
    """A table of the archive, encrypted, as the worker writes it."""
    import pyrage

    from practice.archive.parts import write_part

    recipient = str(pyrage.x25519.Identity.generate().to_public())

    def export(path: Path) -> None:
        with _reading(practice_id) as read:
            write_part(read, _table(table), practice_id=practice_id, recipient=recipient, path=path)

    return export


def rows(_: str, practice_id: UUID) -> Export:
    """The rows of practice statistics, drawn anew for the last quarter."""
    from django.utils import timezone

    from assessments.statistics.catalogue import catalogue
    from assessments.statistics.rows import fill_rows, last_quarter
    from practice import tenancy
    from practice.database.context import Scope

    catalogue()

    def export(path: Path) -> None:
        now = timezone.now()
        with tenancy.begin(Scope.measurement(practice_id=practice_id)):
            path.write_text(str(fill_rows(last_quarter(now), at=now)))

    return export


def file(kind: str, practice_id: UUID) -> Export:
    """One file of the newest release, made as an owner fetches it."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    from assessments.statistics.releases import releases
    from practice import tenancy
    from practice.database.context import Scope
    from practice.models import Membership, Role

    owner = Membership(id=uuid4(), practice_id=practice_id, role=Role.OWNER)
    make = import_string(settings.DOWNLOADS[kind])

    def export(path: Path) -> None:
        with tenancy.begin(Scope.staff(practice_id=practice_id, membership_id=owner.id, clinical=True)):
            newest = releases().first()
            if newest:
                path.write_bytes(make(newest.id, membership=owner).content)

    return export


def _table(name: str) -> Any:
    from practice.archive.contents import tables

    return next(one for one in tables() if one.name == name)


def _reading(practice_id: UUID) -> Any:
    from practice.database.context import Scope
    from practice.database.snapshot import snapshot

    return snapshot(Scope.archive(practice_id=practice_id))


WAYS: dict[str, Callable[[str, UUID], Export]] = {
    "bare": bare, "text": text, "part": part, "rows": rows, "file": file
}  # fmt: skip


def resident(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def main() -> None:
    way, subject, practice_id = sys.argv[1:]
    if way != "bare":
        import django

        django.setup()
    export = WAYS[way](subject, UUID(practice_id))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = Path(folder) / "exported"
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak is measured from here
        start = time.perf_counter()
        export(path)
        seconds = time.perf_counter() - start
        found = {"seconds": seconds, "peak": resident("VmHWM"), "before": before, "size": path.stat().st_size}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
