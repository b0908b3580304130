from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from practice.access import CLINICIANS, StaffRequest, staff

NAMES_HIDDEN = "names_hidden"


@staff(*CLINICIANS)
@require_POST
def names(request: StaffRequest) -> HttpResponse:
    """Hide the names on the list, or show them again, for as long as this browser is signed in."""
    request.session[NAMES_HIDDEN] = not hides_names(request)
    return redirect("couples")


def hides_names(request: StaffRequest) -> bool:
    """Whether somebody looks on at this member's screen, who asked for initials in place of names."""
    return bool(request.session.get(NAMES_HIDDEN))
