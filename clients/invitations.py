"""Links for partners: one to one sheet, hashed at rest, opened by a person's POST in one atomic statement.

A newer invitation ends the older ones. A key that is wrong, used, ended or expired is answered alike. The browser
that opened a link can come back with it until the sheet is finished or its window closes. Nothing is sent to a
partner outside their safe hours, and nothing ever with their own name.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from clients.models import Invitation, LinkKey, Partner, PartnerSession
from clients.safe_hours import UnclearHours, read_hours
from practice import audit, mail, outbox, tenancy
from practice.content import client_texts, tells_too_much
from practice.errors import DomainError
from practice.models import Practice
from practice.practices import time_zone

UNOPENED_FOR = timedelta(days=7)
KEY_BYTES = 32


class LinkEnded(DomainError):
    """This link has ended. Ask your therapist for a new one."""

    code = "link_ended"
    status = 410


class NoSafeChannel(DomainError):
    """No safe way to reach this partner by that channel is recorded. Hand the link over in person."""

    code = "no_safe_channel"


class OutsideSafeHours(DomainError):
    """No safe hour of this partner is left before the form closes. Hand the link over in person."""

    code = "outside_safe_hours"


@dataclass(frozen=True)
class Issued:
    """`key` and `url` only for a link handed over in person, and only now; `due_at` for one that waits."""

    invitation: Invitation
    key: str | None = None
    url: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    token: str
    session: PartnerSession


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def url_of(key: str) -> str:
    return f"{settings.SITE_URL}/f/{key}/"


def invite(partner: Partner, *, sheet_id: UUID, delivery: str, closes_at: datetime) -> Issued:
    """A new link to a sheet; older ones of that sheet end, with the browsers they opened.

    Sent at once, or when the partner's safe hours next begin. Raises NoSafeChannel, OutsideSafeHours.
    """
    handed_over = delivery == Invitation.Delivery.IN_PERSON
    # The channel "none" is no delivery: an address recorded beside it is not safe.
    if not handed_over and (delivery != partner.channel or delivery not in Invitation.Delivery.values):
        raise NoSafeChannel
    if delivery == Invitation.Delivery.SMS:
        raise NoSafeChannel("Text messages cannot be sent yet. Hand the link over in person.")
    now = timezone.now()
    due_at = now if handed_over else _safe_moment(partner, now=now, closes_at=closes_at)
    if end_links(sheet_id):
        end_sessions(sheet_id)
    state = Invitation.State.HANDED_OVER if handed_over else Invitation.State.QUEUED
    invitation = Invitation.objects.create(
        partner=partner, sheet_id=sheet_id, delivery=delivery, state=state, closes_at=closes_at, created_at=now
    )
    audit.record("invitation.issued", object_id=invitation.id, couple_id=partner.couple_id, delivery=delivery)
    if not handed_over:
        waits_until = due_at if due_at > now else None
        outbox.post("send_invitation", invitation.id, due_at=waits_until)
        return Issued(invitation, due_at=waits_until)
    key = _make_key(invitation, partner.id)
    return Issued(invitation, key, url_of(key))


def note_unsent(partner: Partner, *, sheet_id: UUID, closes_at: datetime) -> None:
    """Keep, for the therapist to see, that a link could not go out by e-mail."""
    Invitation.objects.create(
        partner=partner,
        sheet_id=sheet_id,
        delivery=Invitation.Delivery.EMAIL,
        state=Invitation.State.FAILED,
        closes_at=closes_at,
        created_at=timezone.now(),
    )


def end_links(sheet_id: UUID) -> int:
    """End every link of a sheet; how many had a key that was not ended yet."""
    now = timezone.now()
    practice = tenancy.practice_id()
    live = Invitation.objects.filter(sheet_id=sheet_id).exclude(state=Invitation.State.ENDED)
    live.update(state=Invitation.State.ENDED)
    return LinkKey.objects.filter(practice_id=practice, sheet_id=sheet_id, ended_at=None).update(ended_at=now)


def end_sent_links(partner: Partner) -> None:
    """End the links that went to an address of the partner."""
    _end_live(partner.invitations.exclude(delivery=Invitation.Delivery.IN_PERSON))


def end_all_links(partner: Partner) -> None:
    """End every link of a partner with what they opened, also where the link itself had ended before."""
    _end_live(partner.invitations.all())
    opened = PartnerSession.objects.filter(practice_id=tenancy.practice_id(), partner_id=partner.pk, ended_at=None)
    opened.update(ended_at=timezone.now())


def _end_live(links: QuerySet[Invitation]) -> None:
    live = links.exclude(state=Invitation.State.ENDED).values_list("sheet_id", flat=True)
    for sheet_id in set(live):
        end_links(sheet_id)
        end_sessions(sheet_id)


def end_sessions(sheet_id: UUID) -> None:
    """End every open browser and program of a sheet."""
    open_ones = PartnerSession.objects.filter(practice_id=tenancy.practice_id(), sheet_id=sheet_id, ended_at=None)
    open_ones.update(ended_at=timezone.now())


def end_session(session: PartnerSession) -> None:
    """End one browser's session; the link and what was saved stay as they are."""
    own = PartnerSession.objects.filter(practice_id=tenancy.practice_id(), partner_id=session.partner_id)
    own.filter(pk=session.pk).update(ended_at=timezone.now())


def send_invitation(reference: UUID) -> None:
    """The worker's part: make the key now, keep only its hash, send the neutral mail.

    The mail leaves before the commit: a crash between the two sends it again, with another key, and the first is dead.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("partner").get(pk=reference)
    partner = invitation.partner
    now = timezone.now()
    if invitation.state != Invitation.State.QUEUED or invitation.closes_at <= now:
        return
    due_at = _due_at(invitation, now)
    if due_at is None:
        invitation.state = Invitation.State.FAILED
        invitation.save(update_fields=["state"])
        return
    if due_at > now:
        outbox.postpone("send_invitation", invitation.id, due_at=due_at)
        return
    mail.send_plain(
        to=partner.email,
        subject=client_texts()["invitation_subject"]["en"],
        body=_body(partner, _make_key(invitation, partner.id)),
        sender_name=Practice.objects.get(pk=tenancy.practice_id()).sender_name,
        message_id=invitation.id,
    )
    invitation.state, invitation.sent_at = Invitation.State.SENT, timezone.now()
    invitation.save(update_fields=["state", "sent_at"])


def _due_at(invitation: Invitation, now: datetime) -> datetime | None:
    """When a queued link may go out; None where it may not any more."""
    partner = invitation.partner
    if partner.channel != invitation.delivery or partner.state != Partner.State.ACTIVE:
        return None
    try:
        return _safe_moment(partner, now=now, closes_at=invitation.closes_at)
    except OutsideSafeHours:
        return None


def _safe_moment(partner: Partner, *, now: datetime, closes_at: datetime) -> datetime:
    """The first moment from now on when a message may reach the partner. Raises OutsideSafeHours."""
    try:
        hours = read_hours(partner.hours)
    except UnclearHours as error:
        raise OutsideSafeHours("The safe hours of this partner cannot be read. Enter them again.") from error
    if hours is None:
        return now
    opening = hours.next_opening(now, time_zone())
    if opening >= closes_at:
        raise OutsideSafeHours
    return opening


def _body(partner: Partner, key: str) -> str:
    """The neutral text, under the neutral name where there is one; never under the partner's own."""
    name = " ".join(partner.neutral_name.split())
    greeting = f"{name},\n\n" if name and not tells_too_much(name) else ""
    return f"{greeting}{client_texts()['invitation_body']['en']}\n\n{url_of(key)}\n"


def open_link(key: str, *, browser: str | None) -> Opened:
    """Open a link at the gate, once, or again from the browser that did. Raises LinkEnded."""
    now = timezone.now()
    browser_hash = digest(browser or secrets.token_urlsafe(KEY_BYTES))
    fresh = Q(opened_at=None, expires_at__gt=now)
    again = Q(browser_hash=browser_hash, reopen_until__gt=now)
    links = LinkKey.objects.filter(pk=digest(key))
    if not links.filter(fresh | again, ended_at=None).update(
        opened_at=Coalesce(F("opened_at"), now), browser_hash=Coalesce(F("browser_hash"), browser_hash)
    ):
        raise LinkEnded
    link = links.get()
    token = secrets.token_urlsafe(KEY_BYTES)
    session = PartnerSession.objects.create(
        token_hash=digest(token),
        practice_id=link.practice_id,
        partner_id=link.partner_id,
        sheet_id=link.sheet_id,
        expires_at=min(now + settings.PARTNER_SESSION_LONGEST, link.reopen_until),
        idle_at=now + settings.PARTNER_SESSION_IDLE,
    )
    return Opened(token, session)


def _make_key(invitation: Invitation, partner_id: UUID) -> str:
    key = secrets.token_urlsafe(KEY_BYTES)
    LinkKey(
        key_hash=digest(key),
        practice_id=tenancy.practice_id(),
        partner_id=partner_id,
        sheet_id=invitation.sheet_id,
        invitation_id=invitation.id,
        expires_at=min(timezone.now() + UNOPENED_FOR, invitation.closes_at),
        reopen_until=invitation.closes_at,
    ).save(force_insert=True)
    return key
