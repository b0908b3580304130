"""A partner answers: one small page at a time.

Nothing here depends on the other partner, or on how a line was answered but the own joint_ok values on their page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.answers import AlreadySubmitted, SheetClosed, decline_sheet, refuse_closed, save_answers, submit_sheet
from assessments.models import AnswerSheet
from assessments.own_results import own_results_allowed
from assessments.page_fields import answers_and_gaps, checklist, field_groups, given_answers
from assessments.page_times import seconds_spent, stamp
from assessments.pages import Page
from assessments.partner_steps import place, place_before_check, place_to_resume, steps_of
from assessments.sheets import SheetForm, form_of, own_sheet
from assessments.weeks import WeekClosed, takes_week
from clients.access import PartnerRequest, partner
from clients.partner_pages import ended_page, partner_page, practice_of_partner, see_other
from practice.content import filled_text, text_parts
from practice.errors import InvalidInput
from practice.models import Practice

FINISHED = (AnswerSheet.State.SUBMITTED, AnswerSheet.State.DECLINED)


def answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For partners; hands the form of their sheet to the view, and answers itself when that is not open."""

    @partner
    @wraps(view)
    def answered(request: PartnerRequest, **kwargs: Any) -> HttpResponse:
        sheet = own_sheet(request.partner_session)
        if sheet.state in FINISHED and request.method != "POST":
            return see_other("receipt")
        try:
            refuse_closed(sheet)
            return view(request, form_of(sheet), **kwargs)
        except AlreadySubmitted:
            # Sent twice. The transaction may be lost already, so this asks the database nothing.
            return render(request, "partner/done.html", status=409)
        except (SheetClosed, WeekClosed):
            return ended_page(request)

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@answering
def start(request: PartnerRequest, form: SheetForm) -> HttpResponse:
    if request.method == "POST":
        return see_other(*place_to_resume(form))
    practice = practice_of_partner()
    texts = {
        key: filled_text(key, practice.country) for key in ("privacy_before_start", "limits_of_privacy", "not_watched")
    }
    started = form.sheet.state == AnswerSheet.State.STARTED
    return partner_page(request, "start", practice, texts=texts, started=started)


@require_http_methods(["GET", "HEAD", "POST"])
@answering
def page(request: PartnerRequest, form: SheetForm, number: int) -> HttpResponse:
    found = page_of(form, number)
    if request.method == "POST":
        given = answers_and_gaps(form, found, request.POST)
        seconds = seconds_spent(form, found, given, stamped=request.POST.get("shown", ""))
        try:
            save_answers(form.sheet, given, seconds=seconds)
        except InvalidInput as error:
            return shown_page(request, form, found, faults=error.faults)
        return see_other(*place(form, number + 1))
    return shown_page(request, form, found)


def page_of(form: SheetForm, number: int) -> Page:
    if not 1 <= number <= len(form.pages):
        raise Http404
    return form.pages[number - 1]


def shown_page(
    request: PartnerRequest, form: SheetForm, found: Page, *, faults: list[dict[str, str]] | None = None
) -> HttpResponse:
    practice = practice_of_partner()
    context = {
        "page": found,
        "step": found.number,
        "total": steps_of(form),
        "save_url": reverse("partner-save", args=[found.number]),
        "back_url": reverse("partner-page", args=[found.number - 1]) if found.number > 1 else reverse("partner-start"),
        "faults": [described(form, found, fault) for fault in faults or []],
    }
    status = 422 if faults else 200
    if found.kind == "after":
        parts = text_parts(found.after, practice.country)
        return partner_page(request, "after", practice, status=status, parts=parts, **context)
    context |= page_texts(form, found, practice)
    if found.kind == "context":
        return partner_page(request, "checklist", practice, status=status, field=checklist(form, found), **context)
    # A page that comes back with a fault is no first showing.
    context |= {"groups": field_groups(form, found), "shown": "" if faults else stamp(form, found)}
    return partner_page(request, "page", practice, status=status, **context)


def described(form: SheetForm, found: Page, fault: dict[str, str]) -> dict[str, str]:
    """A fault with the field it is about. The option that stands alone is named, whatever else was chosen."""
    name = fault["field"].removeprefix("answers.")
    if fault["code"] != "exclusive_option":
        return {**fault, "name": name}
    alone = next(choice.label for choice in checklist(form, found).choices if choice.exclusive)
    detail = _("“%(option)s” cannot be chosen together with others. Please choose again.") % {"option": alone}
    return {**fault, "name": name, "detail": detail}


def page_texts(form: SheetForm, found: Page, practice: Practice) -> dict[str, str]:
    instrument = form.instrument
    directions = {line.direction for line in found.lines}
    known = instrument.directions.get(directions.pop()) if len(directions) == 1 else None
    before_footer = next(iter(text_parts(found.footer, practice.country)), "") if found.footer else ""
    return {
        "heading": instrument.client_title,
        "about": instrument.words(known["label"]) if known else "",
        "instructions": instrument.instructions if found.number == 1 else "",
        "preface": filled_text(found.preface, practice.country) if found.preface else "",
        "footer": str(before_footer),
        "recall": found.recall_line(repeat=form.sheet.recall_repeat),
    }


@require_POST
@answering
def save(request: PartnerRequest, form: SheetForm, number: int) -> HttpResponse:
    """Saves what was just answered. Whatever it was, the answer is empty."""
    try:
        save_answers(form.sheet, given_answers(form, page_of(form, number), request.POST))
    except InvalidInput:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@require_safe
@answering
def check(request: PartnerRequest, form: SheetForm) -> HttpResponse:
    progress = form.progress
    back, *number = place_before_check(form)
    context: dict[str, Any] = {
        "left_open": progress.total - progress.answered,
        "open_url": reverse("partner-page", args=[progress.next_page]) if progress.next_page else "",
        "back_url": reverse(back, args=number),
        "has_week": form.sheet.week_of is not None,
    }
    return partner_page(request, "check", practice_of_partner(), **context)


@require_POST
@answering
def submit(request: PartnerRequest, form: SheetForm) -> HttpResponse:
    submit_sheet(form.sheet)
    return see_other("receipt")


@require_http_methods(["GET", "HEAD", "POST"])
@answering
def decline(request: PartnerRequest, form: SheetForm) -> HttpResponse:
    if request.method == "POST":
        decline_sheet(form.sheet)
        return see_other("receipt")
    return partner_page(request, "decline", practice_of_partner())


@partner
@require_safe
def receipt(request: PartnerRequest) -> HttpResponse:
    """The same for a form that was sent and one that was declined."""
    sheet = own_sheet(request.partner_session)
    if sheet.state not in FINISHED:
        return see_other("partner-start")
    practice = practice_of_partner()
    week_until = date_format(timezone.localtime(sheet.closes_at, ZoneInfo(practice.time_zone)), "j F, H:i")
    context: dict[str, Any] = {
        "week_until": week_until if takes_week(sheet) else "",
        "has_results": own_results_allowed(),
    }
    return partner_page(request, "done", practice, **context)
