"""Work for the worker, written with the change that asks for it. The broker is only a doorbell.

A message is done in the same transaction as its effect. A doorbell that nobody heard is rung again by beat.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from practice import tenancy
from practice.database.context import Scope
from practice.models import OutboxMessage

MOST_TRIES = 20

logger = structlog.get_logger(__name__)


def post(kind: str, reference: UUID, *, due_at: datetime | None = None) -> None:
    """Ask for `kind` of work on `reference`, once, from `due_at` on (now, if left out)."""
    now = timezone.now()
    message = OutboxMessage(
        practice_id=tenancy.practice_id(), kind=kind, reference=reference, created_at=now, due_at=due_at or now
    )
    message.save(force_insert=True)
    if due_at is None:
        transaction.on_commit(lambda: _ring_bell(message.id), robust=True)


def ask_again(kind: str, reference: UUID, *, due_at: datetime) -> None:
    """Ask for `kind` of work on `reference` from `due_at` on, also where it was asked for another time, or done."""
    message = OutboxMessage(
        practice_id=tenancy.practice_id(), kind=kind, reference=reference, created_at=timezone.now(), due_at=due_at
    )
    OutboxMessage.objects.bulk_create(
        [message],
        update_conflicts=True,
        unique_fields=["practice_id", "kind", "reference"],
        update_fields=["due_at", "done_at", "tries"],
    )


def ask_unless_waiting(kind: str, references: Iterable[UUID], *, due_at: datetime) -> None:
    """Ask for `kind` of work on each of these, also where it was done before; what waits keeps its time."""
    asked, practice = list(references), tenancy.practice_id()
    ask_once(kind, asked, due_at=due_at)
    done = OutboxMessage.objects.filter(practice_id=practice, kind=kind, reference__in=asked).exclude(done_at=None)
    done.update(due_at=due_at, done_at=None, tries=0)


def ask_once(kind: str, references: Iterable[UUID], *, due_at: datetime) -> None:
    """Ask for `kind` of work on each of these that was never asked for; what was given up is tried again."""
    now, practice = timezone.now(), tenancy.practice_id()
    asked = list(references)
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(practice_id=practice, kind=kind, reference=one, created_at=now, due_at=due_at) for one in asked],
        ignore_conflicts=True,
    )
    given_up = OutboxMessage.objects.filter(practice_id=practice, kind=kind, reference__in=asked, done_at=None)
    given_up.filter(tries__gte=MOST_TRIES).update(due_at=due_at, tries=0)


def postpone(kind: str, reference: UUID, *, due_at: datetime) -> None:
    """For the handler at work: this is not the time. The message stays, and is due later."""
    OutboxMessage.objects.filter(practice_id=tenancy.practice_id(), kind=kind, reference=reference).update(
        due_at=due_at, tries=0
    )


def go_on(kind: str, reference: UUID) -> None:
    """For the handler at work: there is more to do, as soon as what is done now is committed."""
    messages = OutboxMessage.objects.filter(practice_id=tenancy.practice_id(), kind=kind, reference=reference)
    messages.update(due_at=timezone.now(), tries=0)
    message_id = messages.values_list("id", flat=True).get()
    transaction.on_commit(lambda: _ring_bell(message_id), robust=True)


def _ring_bell(message_id: UUID) -> None:
    from practice.tasks import ring

    ring.delay(str(message_id))


def due_ids(*, limit: int = 200) -> list[UUID]:
    """Messages whose time has come, oldest first. Asked at the gate."""
    due = OutboxMessage.objects.filter(done_at=None, due_at__lte=timezone.now(), tries__lt=MOST_TRIES)
    with transaction.atomic():
        return list(due.order_by("due_at").values_list("id", flat=True)[:limit])


def deliver(message_id: UUID) -> bool:
    """Do the work of one message unless it is done or in other hands. The practice is the row's, whoever rang."""
    try:
        with transaction.atomic(durable=True):
            message = _claim(message_id)
            if message is None:
                return False
            handler = import_string(settings.OUTBOX_HANDLERS[message.kind])
            tenancy.assume(Scope.worker(practice_id=message.practice_id))
            handler(message.reference)
            tenancy.finish()
            tenancy.assume(None)
            OutboxMessage.objects.filter(pk=message_id, due_at=message.due_at).update(done_at=timezone.now())
    except Exception as error:
        _note_failure(message_id, error)
        raise
    return True


def _claim(message_id: UUID) -> OutboxMessage | None:
    waiting = OutboxMessage.objects.select_for_update(skip_locked=True)
    return waiting.filter(pk=message_id, done_at=None, due_at__lte=timezone.now(), tries__lt=MOST_TRIES).first()


def _note_failure(message_id: UUID, error: Exception) -> None:
    with transaction.atomic(durable=True):
        message = OutboxMessage.objects.select_for_update().filter(pk=message_id).first()
        if message:
            message.tries += 1
            message.due_at = timezone.now() + timedelta(seconds=min(2**message.tries * 15, 3600))
            message.last_error = type(error).__name__
            message.save(update_fields=["tries", "due_at", "last_error"])
            if message.tries == MOST_TRIES:
                logger.error("outbox_message_given_up", kind=message.kind, error=message.last_error)


def given_up(kinds: Iterable[str], references: Iterable[UUID]) -> dict[UUID, datetime]:
    """Which of these were tried too often to be tried again, and since when they have waited."""
    messages = OutboxMessage.objects.filter(
        practice_id=tenancy.practice_id(), kind__in=list(kinds), reference__in=list(references)
    )
    failed = messages.filter(done_at=None, tries__gte=MOST_TRIES)
    return dict(failed.values_list("reference", "created_at"))
