"""Exports as programs ask for them: which kinds there are, who may ask for which, and how far each one is.

An export is a download that one member may fetch once, or the archive of a practice. The rule that must not break:
what holds more than released counts is asked for and fetched by a person who has just confirmed that it is they, and
so never with a token alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from assessments.passages import decided_passages, requests_treated_by
from assessments.statistics.forms import PURPOSES
from assessments.statistics.releases import SEES_STATISTICS, stored_release
from practice.archive.asking import archives_of, ask_for_archive, progress_of
from practice.downloads import File, offer_download, take_download
from practice.errors import DomainError, InvalidInput, fault
from practice.models import TREATING, Archive, Download, Membership, Role

STATISTICS, COUPLE_RECORD, PRACTICE_ARCHIVE = "statistics", "couple_record", "practice_archive"


@dataclass(frozen=True)
class Kind:
    """`files` are the kinds of DOWNLOADS by format; `page` is where a person confirms and asks, "" where none must."""

    roles: Collection[str]
    files: Mapping[str, str]
    page: str = ""


KINDS = {
    STATISTICS: Kind(SEES_STATISTICS, {one: f"{STATISTICS}_{one}" for one in ("csv", "xlsx", "parquet", "codebook")}),
    COUPLE_RECORD: Kind(TREATING, {one: f"{COUPLE_RECORD}_{one}" for one in ("json", "pdf")}, page="couples"),
    PRACTICE_ARCHIVE: Kind((Role.OWNER,), {"tar": PRACTICE_ARCHIVE}, page="practice-archives"),
}
OF_DOWNLOAD = {download: (kind, form) for kind, one in KINDS.items() for form, download in one.files.items()}
ASKED_BY = tuple({role: None for one in KINDS.values() for role in one.roles})


class ConfirmationRequired(DomainError):
    """Only a person who has just confirmed that it is they may do this. Do it in a browser, on the page named."""

    code = "confirmation_required"
    status = 403


class NotReady(DomainError):
    """There is no file to fetch. Look at the state of the export."""

    code = "export_not_ready"


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `quarter` is of statistics, the newest where it is empty; `record` of a couple record whose
    passages are decided; `recipient` the public key (age, X25519) of an archive."""

    kind: str
    format: str
    purpose: str = ""
    quarter: str = ""
    record: UUID | None = None
    recipient: str = ""


@dataclass(frozen=True)
class Export:
    """`state` is making, ready, fetched, expired, failed or removed; `progress` in percent.

    `expires_at` is when a file that is ready can be fetched no longer, None where that is not settled.
    """

    id: UUID
    kind: str
    format: str
    state: str
    progress: int
    expires_at: datetime | None


def ask_for_export(wanted: Wanted, *, membership: Membership, confirmed: bool) -> Export:
    """Let this member have the file; `confirmed` says that a person has just confirmed who they are.

    Raises Http404 for a role that may not ask for the kind, and for what is not there, InvalidInput,
    ConfirmationRequired, and what the kind raises: PassagesUndecided, ArchivesUnavailable, AlreadyMaking.
    """
    kind = KINDS[wanted.kind]
    if membership.role not in kind.roles:
        raise Http404
    if wanted.format not in kind.files:
        raise _unfit("format", f"Formats of {wanted.kind}: {', '.join(kind.files)}.")
    _hold_confirmation(kind, confirmed)
    if wanted.kind == PRACTICE_ARCHIVE:
        made = ask_for_archive(recipient=wanted.recipient, purpose=wanted.purpose, membership=membership)
        return _of_archive(made)
    reference, purpose = _about(wanted, membership)
    return _of_download(offer_download(kind.files[wanted.format], reference, purpose=purpose, membership=membership))


def export_of(export_id: UUID, *, membership: Membership) -> Export:
    """One that this member asked for, or an archive of the practice for an owner. Raises Http404."""
    mine = Download.objects.filter(pk=export_id, offered_to=membership.id, kind__in=OF_DOWNLOAD)
    if download := mine.first():
        return _of_download(download)
    archive: Archive | None = archives_of(membership).filter(pk=export_id).first()
    if archive is None:
        raise Http404
    return _of_archive(archive)


def take_export(export_id: UUID, *, membership: Membership, confirmed: bool) -> File:
    """The file, once. Raises Http404, ConfirmationRequired, and NotReady for an archive that is not whole."""
    export = export_of(export_id, membership=membership)
    _hold_confirmation(KINDS[export.kind], confirmed)
    archive = archives_of(membership).filter(pk=export_id).first()
    if archive is None:
        return take_download(export_id, membership=membership)
    if archive.state != Archive.State.READY:
        raise NotReady
    offered = offer_download(PRACTICE_ARCHIVE, archive.id, purpose=archive.purpose, membership=membership)
    return take_download(offered.id, membership=membership)


def _hold_confirmation(kind: Kind, confirmed: bool) -> None:
    if kind.page and not confirmed:
        raise ConfirmationRequired(page=reverse(kind.page))


def _about(wanted: Wanted, membership: Membership) -> tuple[UUID, str]:
    """What the file is made of, and what for: a record keeps the purpose that it was asked for."""
    if wanted.kind == STATISTICS:
        if wanted.purpose not in PURPOSES:
            raise _unfit("purpose", f"Say what the file is for: {', '.join(PURPOSES)}.")
        release = stored_release(wanted.quarter)
        if release is None:
            raise Http404
        return release.id, wanted.purpose
    if wanted.record is None:
        raise _unfit("record", "Name the record that was asked for on its page.")
    asked = requests_treated_by(membership).filter(pk=wanted.record).exclude(couple=None).first()
    if asked is None:
        raise Http404
    decided_passages(asked)
    return asked.id, asked.purpose


def _unfit(field: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, faults=[fault(field, "invalid", detail)])


def _of_download(download: Download) -> Export:
    kind, form = OF_DOWNLOAD[download.kind]
    state = "expired" if download.expires_at <= timezone.now() else "ready"
    return Export(download.id, kind, form, "fetched" if download.used_at else state, 100, download.expires_at)


def _of_archive(archive: Archive) -> Export:
    progress = progress_of(archive)
    stuck = progress.problem and not archive.problem
    state = Archive.State.FAILED.value if stuck else archive.state
    done = 100 if archive.state == Archive.State.READY else progress.percent
    return Export(archive.id, PRACTICE_ARCHIVE, "tar", state, done, None)
