"""The worker's part: a table of the archive a message, so that what is done is kept, and the file at the end.

Parts are read one after the other while the practice goes on working. At the end all tables are looked at in one
moment, and those that changed since their part was made are read again in it: the file is of one moment, as if it had
been read at once. A worker that was killed goes on with the part it was at.
"""

import errno
import shutil
import tarfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg.errors
import structlog
from django.conf import settings
from django.utils import timezone

from practice import audit, outbox, tenancy
from practice.archive.contents import Table, tables
from practice.archive.manifest import NAME, Json, file_name, manifest, members_of
from practice.archive.parts import Digested, count_rows, fingerprint_of, write_encrypted, write_part
from practice.database.context import Scope
from practice.database.snapshot import Snapshot, become, snapshot, wait_for_long
from practice.encryption import DecryptionError
from practice.models import Archive, ArchivePart

MOST_TRIES = 5
KEPT_FOR = timedelta(days=7)
BLOCK = 1 << 20
FOLDER, SPACE, KEY, TIME, OTHER = "folder", "space", "key", "time", "other"

logger = structlog.get_logger(__name__)


def make_archive(reference: UUID) -> None:
    """One step: the next part, or the file. What goes wrong is noted, and tried again a few times."""
    archive = Archive.objects.select_for_update().filter(pk=reference, state=Archive.State.MAKING).first()
    if archive is None:
        return
    wait_for_long()
    try:
        _step(archive)
    except Exception as error:
        _note_failure(archive, error)
    else:
        if archive.state == Archive.State.MAKING:
            outbox.go_on("make_archive", archive.id)


def remove_archive(reference: UUID) -> None:
    """Take the file and its parts away, whatever has become of it."""
    archive = Archive.objects.select_for_update().filter(pk=reference).first()
    if archive is None:
        return
    archive.state, archive.removed_at = Archive.State.REMOVED, timezone.now()
    archive.save(update_fields=["state", "removed_at"])
    if settings.ARCHIVE_FOLDER:
        file_of(archive.id).unlink(missing_ok=True)
        shutil.rmtree(_parts_of(archive.id), ignore_errors=True)
    audit.record("archive.removed", object_id=archive.id)


def file_of(archive_id: UUID) -> Path:
    return Path(settings.ARCHIVE_FOLDER) / f"{archive_id}.tar"


def _parts_of(archive_id: UUID) -> Path:
    return Path(settings.ARCHIVE_FOLDER) / str(archive_id)


def _step(archive: Archive) -> None:
    if not settings.ARCHIVE_FOLDER:
        raise FileNotFoundError
    folder = _parts_of(archive.id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {part.table: part for part in ArchivePart.objects.filter(archive=archive)}
    missing = [table for table in tables() if table.name not in made or not (folder / file_name(table.name)).exists()]
    with snapshot(Scope.archive(practice_id=tenancy.practice_id())) as read:
        if archive.rows_expected is None:
            archive.rows_expected = sum(count_rows(read, table, tenancy.practice_id()) for table in tables())
        if missing:
            _make_part(read, archive, missing[0])
        else:
            _finish(read, archive, made)
    archive.problem, archive.tries = "", 0
    archive.save(update_fields=["problem", "tries", "rows_expected", "state", "size", "sha256", "finished_at"])


def _make_part(read: Snapshot, archive: Archive, table: Table) -> ArchivePart:
    practice_id = tenancy.practice_id()
    path = _parts_of(archive.id) / file_name(table.name)
    written = write_part(read, table, practice_id=practice_id, recipient=archive.recipient, path=path)
    part, _ = ArchivePart.objects.update_or_create(
        archive=archive,
        table=table.name,
        defaults={
            "rows": written.rows,
            "size": written.size,
            "sha256": written.sha256,
            "fingerprint": fingerprint_of(read, table, practice_id),
            "made_at": timezone.now(),
        },
    )
    return part


def _finish(read: Snapshot, archive: Archive, made: dict[str, ArchivePart]) -> None:
    """Bring every part to this moment, and put them into one file."""
    practice_id = tenancy.practice_id()
    for table in tables():
        if fingerprint_of(read, table, practice_id) != made[table.name].fingerprint:
            made[table.name] = _make_part(read, archive, table)
    practice = _practice(read, practice_id)
    become(read, Scope.worker(practice_id=practice_id))
    now = timezone.now()
    pairs = [(table, made[table.name]) for table in tables()]
    content = manifest(archive, pairs, members=members_of(read, practice_id), practice=practice, at=now)
    folder = _parts_of(archive.id)
    write_encrypted([content], recipient=archive.recipient, path=folder / NAME)
    archive.size, archive.sha256 = _pack(folder, [NAME, *(file_name(one.name) for one in tables())], archive.id)
    shutil.rmtree(folder)
    archive.state, archive.finished_at = Archive.State.READY, now
    outbox.post("remove_archive", archive.id, due_at=now + KEPT_FOR)
    audit.record("archive.made", object_id=archive.id, rows=sum(part.rows for part in made.values()))


def _practice(read: Snapshot, practice_id: UUID) -> Json:
    row = read.execute("SELECT slug, name FROM practice_practice WHERE id = %s", [practice_id]).fetchone()
    slug, name = row or ("", "")
    return {"id": str(practice_id), "slug": slug, "name": name}


def _pack(folder: Path, names: list[str], archive_id: UUID) -> tuple[int, str]:
    """The file of all parts; size and digest. Nothing in it says when or by whom it was made."""
    path = file_of(archive_id)
    target = Digested(path.with_suffix(".new"))
    try:
        with tarfile.open(fileobj=target, mode="w|", bufsize=BLOCK) as packed:  # type: ignore[call-overload]
            for name in names:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = (folder / name).stat().st_size, 0o600
                with open(folder / name, "rb") as content:
                    packed.addfile(entry, content)
    finally:
        sha256 = target.close()
    path.with_suffix(".new").rename(path)
    return target.size, sha256


def _note_failure(archive: Archive, error: Exception) -> None:
    now = timezone.now()
    archive.problem, archive.tries = problem_of(error), archive.tries + 1
    given_up = archive.problem == KEY or archive.tries >= MOST_TRIES
    logger.warning("archive_failed", error=type(error).__name__)
    if given_up:
        archive.state = Archive.State.FAILED
        audit.record("archive.failed", object_id=archive.id, problem=archive.problem)
    else:
        outbox.postpone("make_archive", archive.id, due_at=now + timedelta(seconds=15 * 2**archive.tries))
    archive.save(update_fields=["problem", "tries", "state"])


def problem_of(error: Exception) -> str:
    """The code of what went wrong, for words on the page."""
    if isinstance(error, DecryptionError):
        return KEY
    if isinstance(error, OSError):
        return SPACE if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else FOLDER
    return TIME if isinstance(error, psycopg.errors.QueryCanceled) else OTHER
