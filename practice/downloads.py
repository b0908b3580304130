"""Files for one member: fetched once, within minutes, by whoever they were offered to.

The rule that must not break: an address that was guessed, shared, used or has expired is answered like any other that
does not exist. A file is made when it is fetched, as the member who fetches it, so that nothing waits on a disk; an
archive alone does, encrypted to a key that is not here.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from practice import audit
from practice.models import Download, Membership

OFFERED_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class File:
    """`name` is what a browser saves it as: it says nothing of whom the file is about.

    Its content, or the path of a file that is whole already.
    """

    name: str
    content_type: str
    content: bytes = b""
    path: Path | None = None


def offer_download(kind: str, reference: UUID, *, purpose: str, membership: Membership) -> Download:
    """Let this member fetch a file of a kind in DOWNLOADS, once, in the next ten minutes."""
    now = timezone.now()
    download: Download = Download.objects.create(
        offered_to=membership.id,
        kind=kind,
        reference=reference,
        purpose=purpose,
        created_at=now,
        expires_at=now + OFFERED_FOR,
    )
    audit.record("download.offered", object_id=download.id, kind=kind, reference=reference, purpose=purpose)
    return download


def offered_downloads(membership: Membership, reference: UUID) -> QuerySet[Download]:
    """What this member can still fetch, the newest first."""
    mine = Download.objects.filter(offered_to=membership.id, reference=reference)
    return mine.filter(used_at=None, expires_at__gt=timezone.now()).order_by("-created_at", "kind")


def take_download(download_id: UUID, *, membership: Membership) -> File:
    """The file. One conditional UPDATE uses the offer up, whoever else asks at the same time. Raises Http404."""
    now = timezone.now()
    mine = Download.objects.filter(pk=download_id, offered_to=membership.id)
    if not mine.filter(used_at=None, expires_at__gt=now).update(used_at=now):
        audit.record("download.refused", object_id=download_id)
        raise Http404
    download = mine.get()
    file: File = import_string(settings.DOWNLOADS[download.kind])(download.reference, membership=membership)
    audit.record("download.taken", object_id=download.id, kind=download.kind, purpose=download.purpose)
    return file


def file_response(file: File) -> HttpResponse | FileResponse:
    """A file that is whole on the disk is sent from there; nothing of it is read into memory at once."""
    if file.path:
        content = open(file.path, "rb")  # noqa: SIM115 - the response closes it
        return FileResponse(content, content_type=file.content_type, as_attachment=True, filename=file.name)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)
