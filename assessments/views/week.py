"""A partner's week, on the link of their check-in: before it is sent, and as a correction until the week closes.

Nothing here depends on the other partner, or on what was said, but the own small wins on their page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.models import AnswerSheet
from assessments.page_fields import THERAPIST_ONLY
from assessments.partner_steps import place_after_week, place_before_week, steps_of
from assessments.plan_templates import library as templates
from assessments.sheets import form_of, own_sheet
from assessments.week_fields import activity_fields, dose_words, given_week, goal_fields, request_fields, win_rows
from assessments.week_pages import WeekPage, week_pages
from assessments.week_values import Week
from assessments.weeks import WeekClosed, own_week, save_week
from clients.access import PartnerRequest, partner
from clients.partner_pages import ended_page, partner_page, practice_of_partner, see_other
from practice.content import text_parts
from practice.errors import InvalidInput


def reporting(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For partners; hands their sheet and its week to the view, and answers itself when the week is not open."""

    @partner
    @wraps(view)
    def reported(request: PartnerRequest, **kwargs: Any) -> HttpResponse:
        sheet = own_sheet(request.partner_session)
        try:
            return view(request, sheet, own_week(sheet), **kwargs)
        except WeekClosed:
            return ended_page(request)

    return reported


@require_http_methods(["GET", "HEAD", "POST"])
@reporting
def week_page(request: PartnerRequest, sheet: AnswerSheet, week: Week, number: int) -> HttpResponse:
    pages = week_pages(week)
    if not 1 <= number <= len(pages):
        raise Http404
    found = pages[number - 1]
    if request.method == "POST":
        try:
            keep(request, sheet, week, blank_clears=False)
        except InvalidInput as error:
            return shown_week_page(request, sheet, week, found, faults=error.faults)
        return see_other(*place_after_week(sheet, week, found))
    return shown_week_page(request, sheet, week, found)


@require_POST
@reporting
def week_save(request: PartnerRequest, sheet: AnswerSheet, week: Week) -> HttpResponse:
    """Saves what was just said. Whatever it was, the answer is empty."""
    try:
        keep(request, sheet, week, blank_clears=True)
    except InvalidInput:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


def keep(request: PartnerRequest, sheet: AnswerSheet, week: Week, *, blank_clears: bool) -> None:
    given = given_week(week, request.POST, blank_clears=blank_clears)
    if given:
        save_week(sheet, given)


def shown_week_page(
    request: PartnerRequest,
    sheet: AnswerSheet,
    week: Week,
    found: WeekPage,
    *,
    faults: list[dict[str, str]] | None = None,
) -> HttpResponse:
    practice = practice_of_partner()
    form = form_of(sheet)
    still_open = sheet.state in AnswerSheet.OPEN_STATES
    back, *back_number = place_before_week(form, found)
    context: dict[str, Any] = {
        "page": found,
        "part": _("Last part: this week"),
        "step": steps_of(form),
        "total": steps_of(form) if still_open else 0,
        "back_url": reverse(back, args=back_number),
        "faults": [{**fault, "name": fault["field"]} for fault in faults or []],
    }
    if found.kind == "after":
        parts = text_parts(templates.latest().after_report, practice.country)
        return partner_page(request, "after", practice, parts=parts, **context)
    context |= {"save_url": reverse("partner-week-save"), "audience": THERAPIST_ONLY, **asked_on(week, found)}
    return partner_page(request, "week", practice, status=422 if faults else 200, **context)


def asked_on(week: Week, found: WeekPage) -> dict[str, Any]:
    """What a page of each kind asks."""
    if found.activity:
        return {"fields": activity_fields(week, found.activity), "dose": dose_words(found.activity.dose)}
    if found.kind == "requests":
        return {"fields": request_fields(found.requests)}
    if found.kind == "goals":
        return {"fields": goal_fields(found.goals)}
    later = [goal for goal in week.goals if not goal.is_due]
    return {"wins": win_rows(week.small_wins), "win_status": {"saved": bool(week.small_wins)}, "later": later}
