"""How the endpoints of a plan load what they are about: through the permission, and foreign is unknown."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from api.endpoint import member
from api.v1.couples import THERAPISTS
from clients.access import couples_treated_by, couples_visible_to
from clients.models import Couple, Partner
from practice.access import CLINICIANS, ByMethod, StaffApi

READ_BY_CLINICIANS = ByMethod(
    StaffApi(*CLINICIANS), **{verb: StaffApi(*THERAPISTS) for verb in ("PUT", "POST", "PATCH", "DELETE")}
)


def visible(request: Request, couple_id: UUID) -> Couple:
    found: Couple = get_object_or_404(couples_visible_to(member(request)), pk=couple_id)
    return found


def treated(request: Request, couple_id: UUID) -> Couple:
    found: Couple = get_object_or_404(couples_treated_by(member(request)), pk=couple_id)
    return found


def partner_of(couple: Couple, partner_id: UUID) -> Partner:
    """A partner of this couple; any other is unknown."""
    found: Partner = get_object_or_404(couple.partners, pk=partner_id)
    return found
