"""Links for partners: one to one sheet, hashed at rest, opened by a person's POST in one atomic statement.

A newer invitation ends the older ones; a reminder brings a further key and ends none. A key that is wrong, used,
ended or expired is answered alike. The browser that opened a link can come back with it until the sheet is finished
or its window closes. Nothing is sent to a partner outside their safe hours, and nothing ever with their own name.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from clients.models import Invitation, LinkKey, Partner, PartnerSession
from clients.reachability import refuse_unsafe, safe_moment
from practice import audit, outbox, tenancy
from practice.errors import DomainError

UNOPENED_FOR = timedelta(days=7)
KEY_BYTES = 32


class LinkEnded(DomainError):
    """This link has ended. Ask your therapist for a new one."""

    code = "link_ended"
    status = 410


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
    _lock(partner)
    if not handed_over:
        refuse_unsafe(partner, delivery)
    now = timezone.now()
    due_at = now if handed_over else safe_moment(partner, now=now, closes_at=closes_at)
    if end_links(sheet_id):
        end_sessions(sheet_id)
    state = Invitation.State.HANDED_OVER if handed_over else Invitation.State.QUEUED
    invitation = _add(partner, sheet_id=sheet_id, delivery=delivery, state=state, closes_at=closes_at)
    audit.record("invitation.issued", object_id=invitation.id, couple_id=partner.couple_id, delivery=delivery)
    if not handed_over:
        waits_until = due_at if due_at > now else None
        outbox.post("send_invitation", invitation.id, due_at=waits_until)
        return Issued(invitation, due_at=waits_until)
    key = make_key(invitation, partner.id)
    return Issued(invitation, key, url_of(key))


def note_unsent(partner: Partner, *, sheet_id: UUID, closes_at: datetime) -> None:
    """Keep, for the therapist to see, that a link could not go out by the partner's channel."""
    _lock(partner)
    _add(partner, sheet_id=sheet_id, delivery=partner.channel, state=Invitation.State.FAILED, closes_at=closes_at)


def _lock(partner: Partner) -> None:
    """Whoever gives a link, sends one or changes where it may go takes the partner first, then the links."""
    Partner.objects.select_for_update().get(pk=partner.pk)


def _add(partner: Partner, *, sheet_id: UUID, delivery: str, state: str, closes_at: datetime) -> Invitation:
    """The next link of a sheet, whose partner is locked."""
    links = Invitation.objects.filter(sheet_id=sheet_id, kind=Invitation.Kind.INVITATION)
    newest = links.aggregate(newest=Max("ordinal"))["newest"]
    return Invitation.objects.create(
        partner=partner,
        sheet_id=sheet_id,
        ordinal=(newest or 0) + 1,
        delivery=delivery,
        state=state,
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


def move_links(sheet_id: UUID, *, closes_at: datetime) -> None:
    """Let the links of a sheet whose window changed end with it."""
    practice = tenancy.practice_id()
    for invitation in Invitation.objects.filter(sheet_id=sheet_id).exclude(state=Invitation.State.ENDED).order_by("id"):
        invitation.closes_at = closes_at
        invitation.save(update_fields=["closes_at"])
        unopened_until = (invitation.sent_at or invitation.created_at) + UNOPENED_FOR
        keys = LinkKey.objects.filter(practice_id=practice, invitation_id=invitation.id, ended_at=None)
        keys.update(expires_at=min(unopened_until, closes_at), reopen_until=closes_at)


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
    for sheet_id in sorted(set(live)):
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


def make_key(invitation: Invitation, partner_id: UUID) -> str:
    """A further key to the sheet of an invitation, in force at once. Only its hash is kept."""
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
