from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.ending import close_care, follow_up_at, resume_care
from assessments.forms import CloseForm, ReopenForm
from assessments.proposals import confirm_after_care
from clients.access import couples_treated_by
from clients.models import Couple, Partner
from practice.access import StaffRequest, staff
from practice.errors import DomainError
from practice.forms import add_faults, posted
from practice.models import Role

TREATING = (Role.OWNER, Role.THERAPIST)


@staff(*TREATING)
def couple_close(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    if couple.state == Couple.State.CLOSED:
        return couple_reopen(request, couple)
    stay = list(couple.partners.filter(state=Partner.State.ACTIVE).order_by("position"))
    form = CloseForm(posted(request), stay=stay)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            close_care(
                couple, reason=given["reason"], membership=request.membership, ask_again=bool(given.get("ask_again"))
            )
        except DomainError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("Care is closed. What was answered stays here."))
            return redirect("couple", couple.id)
    context = {"form": form, "couple": couple, "stay": stay, "asked_on": follow_up_at(timezone.now())}
    return render(request, "assessments/couple_close.html", context, status=422 if form.errors else 200)


@staff(*TREATING)
@require_POST
def couple_ask_again(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    try:
        confirm_after_care(couple, membership=request.membership)
    except DomainError as error:
        context = {"couple": couple, "reason": str(error)}
        return render(request, "assessments/refused.html", context, status=409)
    messages.success(request, _("Asked. Links by e-mail go out in the safe hours; others you hand over in person."))
    return redirect("couple", couple.id)


def couple_reopen(request: StaffRequest, couple: Couple) -> HttpResponse:
    form = ReopenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        resume_care(couple, new_episode=form.cleaned_data["new_episode"])
        messages.success(request, _("The couple is active again."))
        return redirect("couple", couple.id)
    return render(request, "assessments/couple_reopen.html", {"form": form, "couple": couple})
