"""Whether the practice takes part in statistics across practices: an owner who has just signed in says so."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.pooled.catalogue import pooled_catalogue
from assessments.pooled.drawing import FEWEST_COUPLES, FEWEST_PRACTICES, FLOOR
from assessments.pooled.opting import opt_in, opt_in_of_practice, opt_out
from assessments.pooled.releases import policy
from assessments.statistics.releases import SEES_STATISTICS
from clients.consents import STATISTICS_VERSION
from practice.access import StaffRequest, staff
from practice.accounts import confirm_url, signed_in_recently
from practice.models import Role


@staff(*SEES_STATISTICS)
@require_GET
def across(request: StaffRequest) -> HttpResponse:
    used = pooled_catalogue()
    context = {
        "standing": opt_in_of_practice(),
        "decides": request.membership.role == Role.OWNER,
        "recent": signed_in_recently(request),
        "confirm_url": confirm_url(reverse("statistics-across")),
        "questions": [one.dimension for one in used.questions],
        "policy": policy(),
        "version": STATISTICS_VERSION,
        "floor": FLOOR,
        "fewest_couples": FEWEST_COUPLES,
        "fewest_practices": FEWEST_PRACTICES,
    }
    return render(request, "assessments/across.html", context)


@staff(Role.OWNER)
@require_POST
def across_join(request: StaffRequest) -> HttpResponse:
    if not signed_in_recently(request):
        return redirect(confirm_url(reverse("statistics-across")))
    opt_in(request.membership)
    messages.success(request, _("The practice takes part from the next release on."))
    return redirect("statistics-across")


@staff(Role.OWNER)
@require_POST
def across_leave(request: StaffRequest) -> HttpResponse:
    opt_out(request.membership)
    messages.success(request, _("The practice takes no part in any later release."))
    return redirect("statistics-across")
