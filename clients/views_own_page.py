"""A partner's own page: how and when they are reached, reminders, what they agreed to, and what is kept of them."""

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from clients.access import PartnerRequest, partner
from clients.own_forms import OwnHoursForm
from clients.own_page import (
    OWN_KINDS,
    give_own_consent,
    own_contact,
    own_page,
    save_own_hours,
    set_own_reminders,
    stop_own_channel,
    withdraw_own_consent,
)
from clients.partner_pages import partner_page, practice_of_partner, see_other
from practice.errors import InvalidInput

CHANGES: dict[str, Callable[[str], None]] = {
    "in_person": lambda _: stop_own_channel(),
    "stop_reminders": lambda _: set_own_reminders(wanted=False),
    "allow_reminders": lambda _: set_own_reminders(wanted=True),
    "agree": give_own_consent,
    "withdraw": withdraw_own_consent,
}


@partner
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: PartnerRequest) -> HttpResponse:
    if request.method != "POST":
        return shown(request, OwnHoursForm.of(own_contact()))
    change = CHANGES.get(request.POST.get("change", ""))
    try:
        if change is None:
            return hours_saved(request)
        change(request.POST.get("kind", ""))
    except InvalidInput as error:
        return shown(request, OwnHoursForm.of(own_contact()), fault=str(error))
    return see_other("partner-me")


def hours_saved(request: PartnerRequest) -> HttpResponse:
    form = OwnHoursForm(request.POST)
    if not form.is_valid():
        return shown(request, form, fault="Give times such as 09:00, and a place from the list.")
    try:
        save_own_hours(hours=form.hours, zone=form.cleaned_data["time_zone"])
    except InvalidInput as error:
        return shown(request, form, fault=str(error))
    return see_other("partner-me")


def shown(request: PartnerRequest, form: OwnHoursForm, *, fault: str = "") -> HttpResponse:
    return partner_page(
        request,
        "me",
        practice_of_partner(),
        status=422 if fault else 200,
        own=own_page(),
        own_kinds=OWN_KINDS,
        form=form,
        faults=[{"name": "hours", "detail": fault}] if fault else [],
    )
