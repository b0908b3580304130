"""What went out to partners and what did not, for the therapist: who, what kind, when and how. Never the content."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.models import AnswerSheet
from clients.access import couples_stood_in_for_by, couples_treated_by
from clients.models import Couple, Invitation, Partner
from practice import outbox
from practice.database.kept import Kept
from practice.models import Membership

FAILED, GIVEN_UP, NO_SAFE_CHANNEL, NO_LINK = REASONS = ("failed", "given_up", "no_safe_channel", "no_link")
SENDING = ("send_invitation", "remind")
SHOWN = 20


@dataclass(frozen=True)
class Undelivered:
    """A form that waits for a partner whom no message reaches; `reason` is one of REASONS."""

    sheet: AnswerSheet
    reason: str
    since: datetime

    @property
    def partner(self) -> Partner:
        found: Partner = self.sheet.partner
        return found

    @property
    def couple(self) -> Couple:
        found: Couple = self.sheet.couple
        return found


def messages_needing_decision(couples: QuerySet[Couple] | Iterable[Couple]) -> list[Undelivered]:
    """Open forms of these couples that their partner has no way to: failed for good, or nothing safe to send by.

    The oldest first. Two statements, whatever the number of couples.
    """
    links = Invitation.objects.filter(sheet_id=OuterRef("pk"), kind=Invitation.Kind.INVITATION).order_by("-created_at")
    now = timezone.now()
    waiting = AnswerSheet.objects.filter(
        couple__in=couples,
        state__in=AnswerSheet.OPEN_STATES,
        opens_at__lte=now,
        closes_at__gt=now,
        wave__opened_at__isnull=False,
        wave__closed_at=None,
        partner__state=Partner.State.ACTIVE,
    )
    sheets = waiting.select_related("partner", "couple", "wave").annotate(
        link_state=Subquery(links.values("state")[:1]), link_id=Subquery(links.values("id")[:1])
    )
    found = list(sheets.order_by("opens_at", "partner__position"))
    failed = outbox.given_up(SENDING, [key for one in found for key in (one.id, one.link_id) if key])
    reasons = ((one, _reason(one, failed)) for one in found)
    return [Undelivered(one, reason, one.wave.opened_at) for one, reason in reasons if reason]


def sheets_invited_by(membership: Membership) -> QuerySet[AnswerSheet]:
    """The forms to which this member gives links: of couples they treat, and what waits for who they stand in for.

    A colleague's leave lets a cover find a way to a partner who has none, and end no link that a partner holds.
    """
    covered = couples_stood_in_for_by(membership)
    waiting = [one.sheet.pk for one in messages_needing_decision(covered)]
    own = Q(couple__in=couples_treated_by(membership))
    return AnswerSheet.objects.filter(own | Q(pk__in=waiting, couple__in=covered))


def _sent(couple: UUID) -> QuerySet[Invitation]:
    sent = Invitation.objects.filter(partner__couple=couple).select_related("partner")
    return sent.order_by("-created_at", "partner__position")[:SHOWN]


SENT = Kept(_sent)


def message_log(couple: Couple) -> list[Invitation]:
    """The newest messages and links of a couple, each with its partner, newest first."""
    return SENT(couple.id)


def _reason(sheet: AnswerSheet, given_up: dict[UUID, datetime]) -> str:
    state, link = sheet.link_state, sheet.link_id  # type: ignore[attr-defined]
    if sheet.id in given_up or link in given_up:
        return GIVEN_UP
    if state == Invitation.State.FAILED:
        return FAILED
    if state in (None, Invitation.State.ENDED):
        return NO_SAFE_CHANNEL if sheet.partner.channel == Partner.Channel.NONE else NO_LINK
    return ""
