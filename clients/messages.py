"""What leaves for a partner: a link, by mail or text message, with a key made at that moment and kept as a hash.

A reminder reads exactly as the first message does, so that whoever else reads it learns nothing. The message leaves
before the commit: a crash between the two sends it again under the same id, with another key, and the first is dead.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.utils import timezone

from clients.invitations import make_key, url_of
from clients.models import Invitation, Partner
from clients.reachability import NoSafeChannel, OutsideSafeHours, refuse_unsafe, safe_moment
from practice import audit, mail, outbox, tenancy, text_messages
from practice.content import client_texts, tells_too_much
from practice.models import Practice


def send_invitation(reference: UUID) -> None:
    """The worker's part of a link: now, when the safe hours next begin, or, where no safe way is left, never."""
    partner = locked(Invitation.objects.values_list("partner_id", flat=True).get(pk=reference))
    invitation = Invitation.objects.select_for_update().get(pk=reference)
    now = timezone.now()
    if invitation.state != Invitation.State.QUEUED or invitation.closes_at <= now:
        return
    due_at = moment_for(partner, invitation.delivery, now=now, closes_at=invitation.closes_at)
    if due_at is None:
        invitation.state = Invitation.State.FAILED
        invitation.save(update_fields=["state"])
    elif due_at > now:
        outbox.postpone("send_invitation", invitation.id, due_at=due_at)
    else:
        _send(invitation, partner)
        invitation.state, invitation.sent_at = Invitation.State.SENT, timezone.now()
        invitation.save(update_fields=["state", "sent_at"])


def send_reminder(partner: Partner, *, sheet_id: UUID, kind: str, ordinal: int, closes_at: datetime) -> None:
    """A reminder of a sheet, which leaves older links in force. The partner is locked, and it is the time."""
    reminder = Invitation(
        id=uuid5(sheet_id, f"reminder {ordinal}"),
        partner=partner,
        sheet_id=sheet_id,
        kind=kind,
        ordinal=ordinal,
        delivery=partner.channel,
        state=Invitation.State.SENT,
        closes_at=closes_at,
        created_at=timezone.now(),
        sent_at=timezone.now(),
    )
    # First the row: where the reminder was sent before, this is where it ends.
    reminder.save(force_insert=True)
    _send(reminder, partner)
    audit.record("reminder.sent", object_id=reminder.id, couple_id=partner.couple_id, kind=kind)


def locked(partner_id: UUID) -> Partner:
    """The partner as they are now; what changes them waits until the message has left."""
    return Partner.objects.select_for_update().get(pk=partner_id)


def moment_for(partner: Partner, delivery: str, *, now: datetime, closes_at: datetime) -> datetime | None:
    """When a message may go out by this channel; None where it may not any more."""
    if partner.state != Partner.State.ACTIVE:
        return None
    try:
        refuse_unsafe(partner, delivery)
        return safe_moment(partner, now=now, closes_at=closes_at)
    except (NoSafeChannel, OutsideSafeHours):
        return None


def _send(invitation: Invitation, partner: Partner) -> None:
    body = _body(partner, make_key(invitation, partner.id))
    if invitation.delivery == Invitation.Delivery.SMS:
        text_messages.send(to=partner.phone, body=body, message_id=invitation.id)
        return
    mail.send_plain(
        to=partner.email,
        subject=client_texts()["invitation_subject"]["en"],
        body=body,
        sender_name=Practice.objects.get(pk=tenancy.practice_id()).sender_name,
        message_id=invitation.id,
    )


def _body(partner: Partner, key: str) -> str:
    """The neutral text, under the neutral name where there is one; never under the partner's own."""
    name = " ".join(partner.neutral_name.split())
    greeting = f"{name},\n\n" if name and not tells_too_much(name) else ""
    return f"{greeting}{client_texts()['invitation_body']['en']}\n\n{url_of(key)}\n"
