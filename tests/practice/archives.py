"""Archives for tests: a key pair of an owner, an archive made from beginning to end, and what is inside a file."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyrage

from practice import outbox
from practice.archive.asking import ask_for_archive
from practice.models import Archive, Membership
from tests.factories import as_staff, client_of

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())


def ask(owner: Membership, *, recipient: str = RECIPIENT) -> Archive:
    with as_staff(owner):
        return ask_for_archive(recipient=recipient, purpose="move", membership=owner)


def deliver_all() -> int:
    """Everything the worker would do of it, message after message."""
    number = 0
    while due := outbox.due_ids():
        number += sum(outbox.deliver(one) for one in due)
    return number


def made(owner: Membership) -> Archive:
    archive = ask(owner)
    deliver_all()
    return again(owner, archive)


def again(owner: Membership, archive: Archive) -> Archive:
    with as_staff(owner):
        return Archive.objects.get(pk=archive.pk)


def opened(path: Path, identity: Any = IDENTITY) -> dict[str, bytes]:
    """Every part of a file by its name, decrypted."""
    with tarfile.open(path) as packed:
        return {one.name.removesuffix(".age"): decrypted(content_of(packed, one), identity) for one in packed}


def content_of(packed: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    found = packed.extractfile(entry)
    assert found is not None
    return found.read()


def decrypted(content: bytes, identity: Any = IDENTITY) -> bytes:
    plain = io.BytesIO()
    pyrage.decrypt_io(io.BytesIO(content), plain, [identity])
    return plain.getvalue()


def manifest_of(path: Path) -> dict[str, Any]:
    return json.loads(opened(path)["manifest.json"])


def just_signed_in(member: Membership) -> Any:
    """A browser in which this member has just given the password."""
    from tests.factories import PASSWORD

    browser = client_of(member)
    answer = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302
    return browser
