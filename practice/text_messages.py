"""Text messages, by whatever sends them here: the one place that knows how.

A gateway is a class with `send(to, body, message_id)`; TEXT_MESSAGE_SENDER names it. A repeat carries the same id, so
that a gateway can tell.
"""

import json
import os
from pathlib import Path
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string


class Sender(Protocol):
    def send(self, *, to: str, body: str, message_id: UUID) -> None: ...


class FileSender:
    """Writes each message to a file of its own in TEXT_MESSAGE_FOLDER, for a gateway that collects them there."""

    def send(self, *, to: str, body: str, message_id: UUID) -> None:
        folder = Path(settings.TEXT_MESSAGE_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = folder / f".{message_id}"
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"to": to, "body": body, "id": str(message_id)}, file)
            file.flush()
            os.fsync(file.fileno())
        # Whole or not at all: who collects never reads half a message.
        written.rename(folder / f"{message_id}.json")


def can_be_sent() -> bool:
    return bool(settings.TEXT_MESSAGE_SENDER)


def send(*, to: str, body: str, message_id: UUID) -> None:
    sender = cast(Sender, import_string(settings.TEXT_MESSAGE_SENDER)())
    sender.send(to=to, body=body, message_id=message_id)
