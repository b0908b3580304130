"""Counseling sessions: planned or held, with the couple or with one partner alone.

A one-to-one talk is recorded for the partner it was held with. That a talk took place never shows the other anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from clients.couples import CoupleClosed
from clients.models import CounselingSession, Couple, Partner
from practice import audit
from practice.errors import InvalidInput, fault
from practice.models import Membership

LONGEST_NOTE = 10_000
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class SessionDetails:
    """`held_at` once it took place, with whether safety was reviewed; before that `planned_at`."""

    kind: str = CounselingSession.Kind.COUPLE
    partner: UUID | None = None
    planned_at: datetime | None = None
    held_at: datetime | None = None
    safety_reviewed: bool | None = None
    review: str = ""
    note: str = ""


def save_session(
    couple: Couple, details: SessionDetails, *, membership: Membership, session: CounselingSession | None = None
) -> CounselingSession:
    """Plan or record a session, or change one. Raises InvalidInput with every fault, CoupleClosed for a new one."""
    if session is None and couple.state == Couple.State.CLOSED:
        raise CoupleClosed
    if faults := list(_faults(couple, details)):
        raise InvalidInput("Some of what was given does not fit; nothing was saved.", faults=faults)
    found = session or CounselingSession(couple=couple, created_at=timezone.now())
    found.kind, found.partner_id = details.kind, details.partner
    found.planned_at, found.held_at = details.planned_at, details.held_at
    found.safety_reviewed = details.safety_reviewed if details.held_at else None
    found.review, found.note, found.written_by = details.review, details.note.strip(), membership.id
    found.save(force_insert=session is None, force_update=session is not None)
    action = "session.created" if session is None else "session.changed"
    audit.record(action, object_id=found.id, couple_id=couple.id, kind=found.kind)
    return found


def details_of(session: CounselingSession) -> SessionDetails:
    return SessionDetails(
        kind=session.kind,
        partner=session.partner_id,
        planned_at=session.planned_at,
        held_at=session.held_at,
        safety_reviewed=session.safety_reviewed,
        review=session.review,
        note=session.note,
    )


def _faults(couple: Couple, details: SessionDetails) -> list[dict[str, str]]:
    faults = []
    if details.kind not in CounselingSession.Kind.values:
        faults.append(fault("kind", "invalid_choice", "Choose who the session is with."))
    if details.review not in ("", *CounselingSession.Review.values):
        faults.append(fault("review", "invalid_choice", "Choose what the review decided."))
    alone = details.kind == CounselingSession.Kind.ONE_TO_ONE
    own = Partner.objects.filter(couple=couple).values_list("id", flat=True)
    if alone and details.partner not in set(own):
        faults.append(fault("partner", "required", "Say which partner of this couple was there."))
    if not alone and details.partner is not None:
        faults.append(fault("partner", "not_allowed", "A session with both names no partner."))
    if details.held_at is None and details.planned_at is None:
        faults.append(fault("held_at", "required", "Give a time: when it was held, or when it is planned."))
    if details.held_at and details.held_at > timezone.now() + CLOCK_SKEW:
        faults.append(fault("held_at", "in_the_future", "A session that is still to come is planned, not held."))
    if details.held_at and details.safety_reviewed is None:
        faults.append(fault("safety_reviewed", "required", "Say whether safety was reviewed."))
    if len(details.note) > LONGEST_NOTE:
        faults.append(fault("note", "max_length", f"Shorten the note to {LONGEST_NOTE} characters."))
    return faults
