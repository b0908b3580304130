"""Plain mail that says nothing: no names, no topic, no tracking, one link at most."""

from email.utils import formataddr, parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage


def send_plain(*, to: str, subject: str, body: str, sender_name: str, message_id: UUID) -> None:
    """One message over SMTP. A repeat carries the same Message-ID, so that a mailbox can tell."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = address.rpartition("@")[2]
    EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((sender_name, address)),
        to=[to],
        headers={
            "Message-ID": f"<{message_id}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    ).send()
