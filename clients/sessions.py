"""Counseling sessions: planned, held or cancelled, with the couple or with one partner alone.

A one-to-one talk is recorded for the partner it was held with. That a talk took place never shows the other anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients.couples import CoupleClosed
from clients.models import CounselingSession, Couple, Partner
from practice import audit
from practice.errors import DomainError, InvalidInput, fault
from practice.models import Membership

LONGEST_NOTE = 10_000
CLOCK_SKEW = timedelta(minutes=5)
QUARTER = 15  # minutes
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100


class AlreadyHeld(DomainError):
    """This session was held, so it cannot be cancelled. Change it instead."""

    code = "session_held"


class SessionCancelled(DomainError):
    """This session was cancelled. Plan a new one."""

    code = "session_cancelled"


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
    """Plan or record a session, or change one. Raises InvalidInput with every fault, SessionCancelled.

    A new one raises CoupleClosed too.
    """
    if session is not None and session.cancelled_at:
        raise SessionCancelled
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


def cancel_session(session: CounselingSession) -> None:
    """Call off what was planned; it stays on record. A second time changes nothing. Raises AlreadyHeld."""
    with transaction.atomic():
        locked = CounselingSession.objects.select_for_update().get(pk=session.pk)
        if locked.held_at:
            raise AlreadyHeld
        if locked.cancelled_at is None:
            locked.cancelled_at = timezone.now()
            locked.save(update_fields=["cancelled_at"])
            audit.record("session.cancelled", object_id=locked.id, couple_id=locked.couple_id, kind=locked.kind)
    session.cancelled_at = locked.cancelled_at


def plan_talks(
    couple: Couple, times: Mapping[UUID, datetime | None], *, membership: Membership
) -> list[CounselingSession]:
    """A talk alone with each partner who takes part, all at once or none: nobody is called in alone (design 5.2, 14).

    `times` by partner id. Raises InvalidInput with a fault a partner, as `planned_at.<id>`, and CoupleClosed.
    """
    partners = list(Partner.objects.filter(couple=couple, state=Partner.State.ACTIVE).order_by("position"))
    faults = [
        fault(f"planned_at.{partner.id}", "required", "Give a time: talks alone are planned for both alike.")
        for partner in partners
        if times.get(partner.id) is None
    ]
    given = [times[partner.id] for partner in partners if times.get(partner.id)]
    if len(set(given)) < len(given):
        faults.append(fault(f"planned_at.{partners[-1].id}", "same_time", "Give each a time of their own."))
    if faults or not partners:
        raise InvalidInput("Nothing was planned: each partner who takes part needs a time.", faults=faults)
    with transaction.atomic():
        return [
            save_session(
                couple,
                SessionDetails(
                    kind=CounselingSession.Kind.ONE_TO_ONE, partner=partner.id, planned_at=times[partner.id]
                ),
                membership=membership,
            )
            for partner in partners
        ]


def last_quarter(moment: datetime) -> datetime:
    """The quarter of an hour that has begun, by the clock on the wall."""
    local = timezone.localtime(moment)
    return local.replace(minute=local.minute // QUARTER * QUARTER, second=0, microsecond=0)


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
    # Dates far off are typing errors that the database could not hold in every time zone.
    if any(at and not EARLIEST_YEAR <= at.year <= LATEST_YEAR for at in (details.held_at, details.planned_at)):
        faults.append(fault("held_at", "out_of_range", "Check the year."))
    if details.held_at is None and details.planned_at is None:
        faults.append(fault("held_at", "required", "Give a time: when it was held, or when it is planned."))
    if details.held_at and details.held_at > timezone.now() + CLOCK_SKEW:
        faults.append(fault("held_at", "in_the_future", "A session that is still to come is planned, not held."))
    if details.held_at and details.safety_reviewed is None:
        faults.append(fault("safety_reviewed", "required", "Say whether safety was reviewed."))
    if len(details.note) > LONGEST_NOTE:
        faults.append(fault("note", "max_length", f"Shorten the note to {LONGEST_NOTE} characters."))
    return faults
