"""What stands at the end of a full form: one private question, and later the own results where they are allowed.

The question's page is the same before and after it is answered, whatever was said.
"""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.intentions import asks_intention, save_intention
from assessments.intentions import choices as intention_choices
from assessments.own_results import own_results
from assessments.page_fields import THERAPIST_ONLY, Choice
from assessments.partner_steps import CHECK, steps_of
from assessments.sheets import SheetForm
from assessments.views.partner import answering
from clients.access import PartnerRequest, partner
from clients.partner_pages import ended_page, partner_page, practice_of_partner, see_other
from practice.errors import InvalidInput

RATHER_NOT = "declined"


@require_http_methods(["GET", "HEAD", "POST"])
@answering
def intention(request: PartnerRequest, form: SheetForm) -> HttpResponse:
    if not asks_intention(form.sheet):
        raise Http404
    if request.method == "POST":
        try:
            keep(request, form)
        except InvalidInput as error:
            return shown_intention(request, form, status=422, faults=[{"name": "wish", "detail": str(error)}])
        return see_other(*CHECK)
    return shown_intention(request, form)


@require_POST
@answering
def intention_save(request: PartnerRequest, form: SheetForm) -> HttpResponse:
    """Saves what was just chosen. Whatever it was, the answer is empty."""
    try:
        keep(request, form)
    except InvalidInput:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


def keep(request: PartnerRequest, form: SheetForm) -> None:
    if wish := request.POST.get("wish"):
        save_intention(form.sheet, wish=None if wish == RATHER_NOT else wish)


def shown_intention(request: PartnerRequest, form: SheetForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "step": steps_of(form),
        "total": steps_of(form),
        "back_url": reverse("partner-page", args=[len(form.pages)]),
        "save_url": reverse("partner-intention-save"),
        "audience": THERAPIST_ONLY,
        "field": {"name": "wish"},
        "wishes": [Choice(*one) for one in intention_choices()],
        "rather_not": RATHER_NOT,
    }
    return partner_page(request, "last", practice_of_partner(), status=status, **context, **more)


@partner
@require_safe
def results(request: PartnerRequest) -> HttpResponse:
    found = own_results()
    if found is None:
        return ended_page(request)
    return partner_page(request, "results", practice_of_partner(), results=found)
