"""Who may see a couple, and who the partner behind a request is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clients.invitations import digest
from clients.models import Couple, Partner, PartnerSession
from clients.partner_pages import ended_page
from practice import tenancy
from practice.access import InvalidToken, NotSignedIn, audience, bearer_of
from practice.cover import members_on_leave
from practice.database.context import Scope
from practice.database.rows import one_row
from practice.models import TREATING, Leave, Membership, Practice, Role

PARTNER_COOKIE = f"{settings.PREFIX}form"
TOUCH_SESSION = """
UPDATE clients_partnersession SET idle_at = %(idle_at)s
 WHERE token_hash = %(token)s AND ended_at IS NULL AND expires_at > %(now)s AND idle_at > %(now)s
RETURNING id, practice_id, partner_id, sheet_id
"""


def couples_treated_by(membership: Membership) -> QuerySet[Couple]:
    """The couples this member is responsible for, and may change."""
    if membership.role not in TREATING:
        return Couple.objects.none()
    return Couple.objects.filter(therapist=membership)


def treats(membership: Membership, couple: Couple) -> bool:
    """Whether a couple is one of `couples_treated_by`."""
    return membership.role in TREATING and couple.therapist_id == membership.id


def couples_answered_for_by(membership: Membership) -> QuerySet[Couple]:
    """The couples whose flags this member answers: those they treat, and those of whoever named them as cover."""
    return couples_answered_for(membership.pk) if membership.role in TREATING else Couple.objects.none()


def couples_answered_for(membership_id: UUID) -> QuerySet[Couple]:
    """What `couples_answered_for_by` gives a member who treats."""
    return _treated_by_any(Q(pk=membership_id) | Q(cover_id=membership_id))


def couples_stood_in_for_by(membership: Membership) -> QuerySet[Couple]:
    """The couples of whoever is on leave today and named this member as their cover."""
    if membership.role not in TREATING:
        return Couple.objects.none()
    return Couple.objects.filter(therapist__in=_away_covered_by(membership))


def couples_reached_by(membership: Membership) -> QuerySet[Couple]:
    """The couples to whose partners this member finds a way: those they treat, and those they stand in for today."""
    if membership.role not in TREATING:
        return Couple.objects.none()
    return _treated_by_any(Q(pk=membership.pk) | Q(pk__in=_away_covered_by(membership)))


def _treated_by_any(members: Q) -> QuerySet[Couple]:
    # One semi-join on the therapist, so that the index serves all of them.
    return Couple.objects.filter(therapist__in=Membership.objects.filter(members, practice_id=tenancy.practice_id()))


def _away_covered_by(membership: Membership) -> QuerySet[Leave, Any]:
    # Whoever asks for a member has set the practice's clock.
    return members_on_leave(timezone.localdate()).filter(member__cover=membership).values("member_id")


def partners_treated_by(membership: Membership) -> QuerySet[Partner]:
    return Partner.objects.filter(couple__in=couples_treated_by(membership))


def couples_visible_to(membership: Membership) -> QuerySet[Couple]:
    """The couples this member may read: those they answer for; for a supervisor all, where the practice says so."""
    if membership.role != Role.SUPERVISOR:
        return couples_answered_for_by(membership)
    policy = Practice.objects.filter(pk=tenancy.practice_id(), supervisors_read_couples=True)
    return Couple.objects.all() if policy.exists() else Couple.objects.none()


def partner_session_of(token: str) -> PartnerSession | None:
    """The live session of a token, at the gate; asking keeps it alive."""
    if not token:
        return None
    now = timezone.now()
    idle_at = now + settings.PARTNER_SESSION_IDLE
    return one_row(PartnerSession, TOUCH_SESSION, {"token": digest(token), "now": now, "idle_at": idle_at})


class PartnerRequest(HttpRequest):
    """What a view of the audience `partner` is called with."""

    partner_session: PartnerSession


def enter_as_partner(request: HttpRequest, session: PartnerSession) -> None:
    request.partner_session = session  # type: ignore[attr-defined]
    tenancy.assume(Scope.partner(practice_id=session.practice_id, partner_id=session.partner_id))


class PartnerPage:
    """A partner's browser that opened a link."""

    name = "partner"

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        session = partner_session_of(request.COOKIES.get(PARTNER_COOKIE, ""))
        if session is None:
            return ended_page(request)
        enter_as_partner(request, session)
        return None


class PartnerApi:
    """A program that opened a link for a partner, with the token it got. Who is not let in stays at the gate."""

    name = "partner-api"

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        token = bearer_of(request)
        session = partner_session_of(token) if token else None
        if session is None:
            request.refusal = NotSignedIn() if token is None else InvalidToken()  # type: ignore[attr-defined]
        else:
            enter_as_partner(request, session)
        return None


class PartnerOrAnyone(PartnerPage):
    """A page beside the form. It is there without an open form too, and then stays at the gate."""

    name = "partner-or-anyone"

    def enter(self, request: HttpRequest) -> HttpResponse | None:
        session = partner_session_of(request.COOKIES.get(PARTNER_COOKIE, ""))
        if session is not None:
            enter_as_partner(request, session)
        return None


def partner_or_anyone(view: Callable[..., Any]) -> Callable[..., Any]:
    return audience(PartnerOrAnyone())(view)


def partner(view: Callable[..., Any]) -> Callable[..., Any]:
    return audience(PartnerPage())(view)
