from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from clients.access import couples_treated_by, partners_treated_by
from clients.couples import (
    create_couple,
    leave,
    take_part_again,
    update_couple,
    update_partners,
)
from clients.forms import CoupleEditForm, CoupleForm, form_field, initial_of
from clients.models import Couple, Partner
from practice.access import StaffRequest, staff
from practice.errors import InvalidInput
from practice.forms import add_faults, posted
from practice.models import TREATING


@staff(*TREATING)
def couple_new(request: StaffRequest) -> HttpResponse:
    form = CoupleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            couple = create_couple(
                label=form.cleaned_data["label"], partners=form.partners(), therapist=request.membership
            )
        except InvalidInput as error:
            add_faults(form, error, form_field)
        else:
            messages.success(request, _("The couple is in your list. Next, assign a form."))
            return redirect("couple", couple.id)
    return form_page(request, form, couple=None)


@staff(*TREATING)
def couple_edit(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    form = edit_form(request, couple)
    if request.method == "POST" and form.is_valid():
        try:
            update_partners(couple, form.partners())
            update_couple(couple, label=form.cleaned_data["label"], state=form.cleaned_data.get("state"))
        except InvalidInput as error:
            add_faults(form, error, form_field)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("couple", couple.id)
    return form_page(request, form, couple=couple)


def edit_form(request: StaffRequest, couple: Couple) -> CoupleForm:
    # The state of a closed couple changes by opening it again, not here.
    kind = CoupleForm if couple.state == Couple.State.CLOSED else CoupleEditForm
    return kind(posted(request), initial=initial_of(couple))


def form_page(request: StaffRequest, form: CoupleForm, *, couple: Couple | None) -> HttpResponse:
    context = {"form": form, "couple": couple}
    return render(request, "clients/couple_form.html", context, status=422 if form.errors else 200)


@staff(*TREATING)
def partner_leaves(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    return partner_moves(request, partner_id, move=leave, said=_("%(name)s takes no further part."))


@staff(*TREATING)
def partner_returns(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    return partner_moves(request, partner_id, move=take_part_again, said=_("%(name)s takes part again."))


def partner_moves(
    request: StaffRequest, partner_id: UUID, *, move: Callable[[Partner], None], said: str
) -> HttpResponse:
    found = partners_treated_by(request.membership).select_related("couple")
    partner = get_object_or_404(found, pk=partner_id)
    if request.method == "POST":
        move(partner)
        messages.success(request, said % {"name": partner.name})
        return redirect("couple", partner.couple_id)
    context = {"partner": partner, "couple": partner.couple, "leaves": move is leave}
    return render(request, "clients/partner_moves.html", context)
