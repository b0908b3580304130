"""Holds: the record of a couple is kept beyond its term, for a court, a complaint or a claim, until one lifts it.

Rule that must not break: a hold and the erasing of the same couple never both succeed. Both lock the couple first.
"""

from django.http import Http404
from django.utils import timezone

from clients.models import Couple, Hold
from practice import audit
from practice.errors import DomainError, InvalidInput
from practice.models import Membership


class AlreadyHeld(DomainError):
    """A hold is in force for this couple. Lift it first to write another reason."""

    code = "already_held"


class NotHeld(DomainError):
    """No hold is in force for this couple, so there is nothing to lift."""

    code = "not_held"


def hold_in_force(couple: Couple) -> Hold | None:
    found: Hold | None = Hold.objects.filter(couple=couple, lifted_at=None).first()
    return found


def place_hold(couple: Couple, *, reason: str, membership: Membership) -> Hold:
    """Keep the record until somebody lifts the hold. Raises InvalidInput, AlreadyHeld, and Http404 where it is gone."""
    if not reason.strip():
        raise InvalidInput("Say why the record must be kept.", code="reason")
    _lock(couple)
    if hold_in_force(couple):
        raise AlreadyHeld
    hold: Hold = Hold.objects.create(
        couple=couple, reason=reason.strip(), placed_at=timezone.now(), placed_by=membership.id
    )
    audit.record("hold.placed", object_id=hold.id, couple_id=couple.id)
    return hold


def lift_hold(couple: Couple, *, membership: Membership) -> Hold:
    """Let the term count again; a record whose term is over goes 30 days later. Raises NotHeld."""
    _lock(couple)
    hold = hold_in_force(couple)
    if hold is None:
        raise NotHeld
    hold.lifted_at, hold.lifted_by = timezone.now(), membership.id
    hold.save(update_fields=["lifted_at", "lifted_by"])
    audit.record("hold.lifted", object_id=hold.id, couple_id=couple.id)
    return hold


def _lock(couple: Couple) -> None:
    if Couple.objects.select_for_update().filter(pk=couple.pk).first() is None:
        raise Http404
