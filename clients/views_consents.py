from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import couples_treated_by, partners_treated_by
from clients.consents import current_version, record_consent, withdraw_consent
from clients.couples import allow_own_results
from clients.models import Partner
from practice.access import StaffRequest, staff
from practice.errors import DomainError
from practice.models import Role

TREATING = (Role.OWNER, Role.THERAPIST)


@staff(*TREATING)
@require_POST
def consent_record(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    partner = get_object_or_404(partners_treated_by(request.membership), pk=partner_id)
    kind = request.POST.get("kind", "")
    version = current_version(kind) or request.POST.get("version", "")
    try:
        record_consent(partner, kind=kind, version=version, recorded_by=request.membership.id)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The consent is recorded."))
    return back_to_consents(partner)


@staff(*TREATING)
@require_POST
def consent_withdraw(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    partner = get_object_or_404(partners_treated_by(request.membership), pk=partner_id)
    withdraw_consent(partner, kind=request.POST.get("kind", ""))
    messages.success(request, _("The consent is withdrawn. That it was given once stays on record."))
    return back_to_consents(partner)


def back_to_consents(partner: Partner) -> HttpResponse:
    """To where the list stands open: several are recorded in a row."""
    return redirect(f"{reverse('couple', args=[partner.couple_id])}?consents#partner-{partner.position}")


@staff(*TREATING)
@require_POST
def own_results(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    allow_own_results(couple, allowed=request.POST.get("allowed") == "yes")
    messages.success(request, _("Saved, for both alike."))
    return redirect("couple", couple.id)
