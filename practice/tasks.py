from uuid import UUID

import structlog
from celery import shared_task

from practice import outbox

logger = structlog.get_logger(__name__)


@shared_task
def ring(message_id: str) -> None:
    outbox.deliver(UUID(message_id))


@shared_task
def sweep_outbox() -> None:
    """Deliver what is due and was not heard, or is due only now."""
    for message_id in outbox.due_ids():
        try:
            outbox.deliver(message_id)
        except Exception as error:  # one message must not hold up the others; it is counted and tried again
            logger.warning("outbox_message_failed", error=type(error).__name__)
