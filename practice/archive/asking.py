"""The owner's part of an archive: to ask for it, to see how far it is, to fetch it once it is whole, to remove it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyrage
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from practice import audit, outbox
from practice.archive.contents import tables
from practice.archive.making import KEPT_FOR, OTHER, file_of
from practice.downloads import File
from practice.errors import DomainError, InvalidInput
from practice.models import Archive, Membership, Role


class ArchivesUnavailable(DomainError):
    """No folder is set for archives. Ask whoever runs this installation to set ARCHIVE_FOLDER."""

    code = "archives_unavailable"


class AlreadyMaking(DomainError):
    """An archive is being made already. Wait for it, or remove it first."""

    code = "already_making"


class NotFailed(DomainError):
    """This archive did not fail. Ask for a new one instead."""

    code = "not_failed"


@dataclass(frozen=True)
class Progress:
    """Tables and rows done of those there are; `problem` is why it does not go on, "" where it does."""

    tables_done: int
    tables: int
    rows_done: int
    rows: int | None
    problem: str

    @property
    def percent(self) -> int:
        if not self.rows:
            return 0
        return min(99, 100 * self.rows_done // self.rows)


def archives_of(membership: Membership) -> QuerySet[Archive]:
    """Those of the practice, the newest first, for an owner; none for anybody else."""
    return Archive.objects.all() if membership.role == Role.OWNER else Archive.objects.none()


def ask_for_archive(*, recipient: str, purpose: str, membership: Membership) -> Archive:
    """Ask the worker for everything of the practice, encrypted to the public key `recipient` (age, X25519).

    Raises InvalidInput, ArchivesUnavailable, AlreadyMaking.
    """
    if purpose not in Archive.Purpose.values:
        raise InvalidInput("Say what the archive is for.", code="purpose")
    if not settings.ARCHIVE_FOLDER:
        raise ArchivesUnavailable
    archive = Archive(
        asked_by=membership.id, asked_at=timezone.now(), purpose=purpose, recipient=checked_recipient(recipient)
    )
    try:
        with transaction.atomic():
            archive.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyMaking from error
    outbox.post("make_archive", archive.id)
    audit.record("archive.asked", object_id=archive.id, purpose=purpose)
    return archive


def checked_recipient(text: str) -> str:
    """A public key of age, without what surrounds it. Raises InvalidInput, also for a private key."""
    key = text.strip()
    if key.upper().startswith("AGE-SECRET-KEY"):
        told = "This is the private key: whoever has it opens the archive. Make a new pair, and give the part age1…"
        raise InvalidInput(told, code="recipient")
    try:
        return str(pyrage.x25519.Recipient.from_str(key))
    except pyrage.RecipientError as error:
        told = "This is no public key of age. age-keygen prints it as “Public key: age1…”."
        raise InvalidInput(told, code="recipient") from error


def progress_of(archive: Archive) -> Progress:
    done = archive.parts.aggregate(rows=Sum("rows"))["rows"] or 0
    given_up = archive.state == Archive.State.MAKING and outbox.given_up(["make_archive"], [archive.id])
    return Progress(
        tables_done=archive.parts.count(),
        tables=len(tables()),
        rows_done=done,
        rows=archive.rows_expected,
        problem=archive.problem or (OTHER if given_up else ""),
    )


def try_again(archive: Archive) -> None:
    """Go on with what failed; parts that are done stay. Raises NotFailed, AlreadyMaking."""
    stuck = outbox.given_up(["make_archive"], [archive.id])
    if archive.state != Archive.State.FAILED and not stuck:
        raise NotFailed
    archive.state, archive.problem, archive.tries = Archive.State.MAKING, "", 0
    try:
        with transaction.atomic():
            archive.save(update_fields=["state", "problem", "tries"])
    except IntegrityError as error:
        raise AlreadyMaking from error
    outbox.ask_again("make_archive", archive.id, due_at=timezone.now())
    audit.record("archive.tried_again", object_id=archive.id)


def give_up(archive: Archive) -> None:
    """Stop making it, or take the file away before its week is over; the worker removes what there is on the disk."""
    archive.state = Archive.State.REMOVED
    archive.save(update_fields=["state"])
    outbox.ask_again("remove_archive", archive.id, due_at=timezone.now())
    audit.record("archive.given_up", object_id=archive.id)


def kept_until(archive: Archive) -> datetime | None:
    return archive.finished_at + KEPT_FOR if archive.finished_at else None


def archive_file(archive_id: UUID, *, membership: Membership) -> File:
    """The file of a download. Raises Http404 for whoever is no owner, or no longer, and where it is gone."""
    archive: Archive | None = archives_of(membership).filter(pk=archive_id, state=Archive.State.READY).first()
    if archive is None or not file_of(archive_id).is_file():
        raise Http404
    made = timezone.localdate(archive.finished_at)
    return File(f"archive-{made:%Y-%m-%d}.tar", "application/x-tar", path=file_of(archive_id))
