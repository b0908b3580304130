from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.access import couples_treated_by
from clients.forms import HoldForm
from clients.holds import hold_in_force, lift_hold, place_hold
from clients.models import Couple, Hold
from practice.access import StaffRequest, staff
from practice.errors import DomainError
from practice.forms import add_faults, posted
from practice.models import TREATING


@staff(*TREATING)
def couple_hold(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    form = HoldForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            place_hold(couple, reason=form.cleaned_data["reason"], membership=request.membership)
        except DomainError as error:
            add_faults(form, error)
            return hold_page(request, couple, form, status=error.status)
        messages.success(request, _("The record is on hold. It stays until somebody lifts the hold."))
        return redirect("couple", couple.id)
    return hold_page(request, couple, form, status=422 if form.errors else 200)


@staff(*TREATING)
@require_POST
def couple_hold_lift(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    try:
        lift_hold(couple, membership=request.membership)
    except DomainError as error:
        form = HoldForm()
        return hold_page(request, couple, form, status=error.status, refused=str(error))
    messages.success(request, _("The hold is lifted. If its term is over, the record goes in 30 days at the earliest."))
    return redirect("couple", couple.id)


def hold_page(
    request: StaffRequest, couple: Couple, form: HoldForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    lifted = Hold.objects.filter(couple=couple, lifted_at__isnull=False)
    context = {"couple": couple, "form": form, "hold": hold_in_force(couple), "lifted": lifted, "refused": refused}
    return render(request, "clients/hold.html", context, status=status)
