"""One table read by COPY, opened where it is encrypted, and encrypted to the owner's key while it is written.

A part is written beside its place, put on the disk and renamed: a file of its name is whole. No more than ROWS_AT_ONCE
of its rows are in memory at a time.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyrage
from psycopg import sql

from practice.archive.contents import Table
from practice.archive.lines import changed
from practice.database.snapshot import Snapshot
from practice.encryption import decrypt

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Written:
    """`size` in bytes of the encrypted file, `sha256` of the same, in hex."""

    rows: int
    size: int
    sha256: str


class Pulled:
    """A file that is read from an iterator of blocks. `error` is what that raised: pyrage tells its text alone."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._rest = memoryview(b"")
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """What is left of a block, `size` bytes at most; nothing at the end."""
        try:
            while not self._rest and (block := next(self._blocks, None)) is not None:
                self._rest = memoryview(block)
        except Exception as error:
            self.error = error
            raise
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)


class Digested:
    """A file that is written, with what its digest and its length are."""

    def __init__(self, path: Path) -> None:
        self._file = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")  # noqa: SIM115
        self._digest = hashlib.sha256()
        self.size = 0
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except OSError as error:
            self.error = error
            raise
        self._digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> str:
        """Put it on the disk; returns its digest."""
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        return self._digest.hexdigest()


def write_part(read: Snapshot, table: Table, *, practice_id: UUID, recipient: str, path: Path) -> Written:
    """The rows of one practice in `path`, names first. Raises DecryptionError, OSError, psycopg.Error."""
    blocks = Counted(blocks_of(read, table, practice_id))
    size, sha256 = write_encrypted(blocks, recipient=recipient, path=path)
    return Written(blocks.lines - 1, size, sha256)


def blocks_of(read: Snapshot, table: Table, practice_id: UUID) -> Iterator[bytes]:
    """Whole lines as COPY writes them, with what is encrypted for this installation opened."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT text, HEADER)").format(select_rows(table, practice_id))
    opened = partial(_opened, practice_id)
    with psycopg.Cursor(read).copy(statement) as copy:
        lines = iter(copy)
        yield bytes(next(lines))
        if table.is_changed:
            lines = (changed(table, bytes(line), opened) for line in lines)
        while block := b"".join(islice(lines, ROWS_AT_ONCE)):
            yield block


def _opened(practice_id: UUID, text: str, place: str) -> str:
    return decrypt(text, practice_id=practice_id, place=place)


class Counted:
    """Blocks with how many lines went by: COPY escapes what breaks a line within one."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.lines = 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.lines += block.count(b"\n")
            yield block


def write_encrypted(blocks: Iterable[bytes], *, recipient: str, path: Path) -> tuple[int, str]:
    """Size and digest of the file, which is there only when it is whole."""
    fresh = path.with_suffix(".new")
    source, target = Pulled(blocks), Digested(fresh)
    try:
        pyrage.encrypt_io(source, target, [pyrage.x25519.Recipient.from_str(recipient)])
    except Exception as error:
        raise source.error or target.error or error from error
    finally:
        sha256 = target.close()
    fresh.rename(path)
    return target.size, sha256


def fingerprint_of(read: Snapshot, table: Table, practice_id: UUID) -> str:
    """Differs when any row was added, changed or deleted: of the versions of rows, not of what is in them."""
    return str(_one(read, select_fingerprint(table, practice_id)))


def count_rows(read: Snapshot, table: Table, practice_id: UUID) -> int:
    return int(_one(read, select_count(table, practice_id)))


def select_rows(table: Table, practice_id: UUID) -> sql.Composed:
    return _select(table.listed(), table, practice_id)


def select_fingerprint(table: Table, practice_id: UUID) -> sql.Composed:
    versions = "count(*) || ' ' || coalesce(sum(hashtextextended(ctid::text || ' ' || xmin::text, 0)), 0)"
    return _select(sql.SQL(versions), table, practice_id)


def select_count(table: Table, practice_id: UUID) -> sql.Composed:
    return _select(sql.SQL("count(*)"), table, practice_id)


def _select(what: sql.Composable, table: Table, practice_id: UUID) -> sql.Composed:
    return sql.SQL("SELECT {} FROM {} WHERE {}").format(what, sql.Identifier(table.name), table.rows_of(practice_id))


def _one(read: Snapshot, statement: sql.Composed) -> Any:
    row = psycopg.Cursor(read).execute(statement).fetchone()
    return row[0] if row else None
