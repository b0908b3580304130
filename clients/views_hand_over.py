from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.access import couples_treated_by
from clients.hand_over import caseload_sizes, hand_over, hand_over_caseload, possible_takers
from practice import tenancy
from practice.access import StaffRequest, staff
from practice.errors import DomainError
from practice.forms import uuid_in
from practice.models import MANAGING, TREATING, Membership, Role

ON_A_PAGE = 100


@staff(*TREATING, Role.ADMIN)
def couple_hand_over(request: StaffRequest) -> HttpResponse:
    """Choose, then look once more at who gets what, then hand over."""
    if request.method != "POST":
        return shown(request)
    taker = next((one for one in possible_takers() if str(one.pk) == request.POST.get("to")), None)
    if taker is None:
        return shown(request, fault=_("Choose who takes over."))
    if "giver" in request.POST:
        return caseload_given(request, taker)
    chosen = couples_treated_by(request.membership).filter(
        pk__in=filter(None, map(uuid_in, request.POST.getlist("couple")))
    )
    if "confirmed" not in request.POST:
        found = list(chosen.order_by("label"))
        if not found:
            return shown(request, fault=_("Choose at least one couple."))
        return render(request, "clients/hand_over_confirm.html", {"couples": found, "taker": taker})
    return done(request, taker, lambda: hand_over([one.pk for one in chosen], to=taker, by=request.membership))


def caseload_given(request: StaffRequest, taker: Membership) -> HttpResponse:
    if request.membership.role not in MANAGING:
        return shown(request, fault=_("Choose at least one couple."))
    members = Membership.objects.filter(practice_id=tenancy.practice_id())
    giver = next((one for one in members if str(one.pk) == request.POST["giver"]), None)
    number = caseload_sizes().get(giver.pk, 0) if giver else 0
    if giver is None or number == 0 or giver == taker:
        return shown(request, fault=_("Choose a colleague who has couples, and another who takes them over."))
    if "confirmed" not in request.POST:
        context = {"giver": giver, "number": number, "taker": taker}
        return render(request, "clients/hand_over_confirm.html", context)
    return done(request, taker, lambda: hand_over_caseload(giver, to=taker, by=request.membership))


def done(request: StaffRequest, taker: Membership, move: Any) -> HttpResponse:
    try:
        number = move()
    except DomainError as error:
        return shown(request, fault=str(error), status=error.status)
    said = ngettext(
        "%(name)s treats the couple from now on.", "%(name)s treats the %(number)s couples from now on.", number
    )
    messages.success(request, said % {"name": taker.name, "number": number})
    return redirect("couple-hand-over")


def shown(request: StaffRequest, *, fault: str = "", status: int = 422) -> HttpResponse:
    own = couples_treated_by(request.membership).order_by("label", "pk")
    takers = possible_takers()
    manages = request.membership.role in MANAGING
    sizes = caseload_sizes() if manages else {}
    names = Membership.objects.filter(practice_id=tenancy.practice_id(), pk__in=sizes).order_by("name")
    context = {
        "page": Paginator(own, ON_A_PAGE).get_page(request.GET.get("page")),
        "treats": request.membership.role in TREATING,
        "takers": [one for one in takers if one != request.membership],
        "everybody": takers,
        "manages": manages,
        "givers": [(one, sizes[one.pk]) for one in names] if manages else [],
        "fault": fault,
    }
    return render(request, "clients/hand_over.html", context, status=status if fault else 200)
