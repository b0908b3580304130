from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.goal_reading import read_goals
from assessments.goals import end_goal, level_texts, rate_goal, write_goal
from assessments.models import Activity, Goal, PlanChange, SpecificRequest
from assessments.plan_forms import (
    ActivityForm,
    AnswerForm,
    DoseForm,
    EndForm,
    FocusForm,
    Form,
    GoalForm,
    NamedForm,
    RateForm,
    RequestForm,
)
from assessments.plan_history import plan_history
from assessments.plan_reading import PlanReading, plan_of
from assessments.plans import agree_plan, assign_activity, change_dose, end_activity
from assessments.request_reading import read_requests
from assessments.specific_requests import answer_request, end_request, make_request
from assessments.suggested_plan import suggested_plan
from clients.access import couples_treated_by, couples_visible_to, treats
from clients.models import Couple, Partner
from practice import audit
from practice.access import CLINICIANS, StaffRequest, staff
from practice.errors import DomainError
from practice.forms import add_faults, posted
from practice.models import Role

TREATING = (Role.OWNER, Role.THERAPIST)


@staff(*CLINICIANS)
def couple_plan(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_visible_to(request.membership), pk=couple_id)
    return plan_changed(request, couple_id) if request.method == "POST" else plan_page(request, couple)


def plan_changed(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    """Another step or focus, or, with neither, the beginning of a plan."""
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    form = FocusForm(request.POST, reading=plan_of(couple))
    focus = request.POST.getlist("focus") if "change_focus" in request.POST else None

    def change() -> None:
        agree_plan(couple, membership=request.membership, active_step=request.POST.get("active_step"), focus=focus)

    if done(form, change):
        return back(request, couple, _("The plan is changed."), "plan")
    return plan_page(request, couple, refused=form)


def done(form: forms.Form, change: Callable[[], object]) -> bool:
    """Whether the change was made; what is refused stands on the form, beside the field it is about."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            change()
    except DomainError as error:
        add_faults(form, error, lambda field: {"dose": "times", "gated": "override_reason"}.get(field, field))
        return False
    return True


def back(request: StaffRequest, couple: Couple, said: str, part: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{reverse('couple-plan', args=[couple.id])}#{part}")


class PageForms:
    """Makes the forms of the page; one that was sent and refused takes its own place again."""

    def __init__(self, refused: NamedForm | None) -> None:
        self.refused = refused

    def make(self, kind: type[Form], **options: Any) -> Form:
        fresh = kind(**options)
        sent = self.refused
        return sent if isinstance(sent, kind) and sent.auto_id == fresh.auto_id else fresh


def plan_page(request: StaffRequest, couple: Couple, *, refused: NamedForm | None = None) -> HttpResponse:
    reading, page = plan_of(couple), PageForms(refused)
    partners = [one for one in reading.partners if one.state == Partner.State.ACTIVE]
    goals = read_goals(couple, reading.partners)
    context = {
        "couple": couple,
        "reading": reading,
        "changes": treats(request.membership, couple) and couple.state != Couple.State.CLOSED,
        "refused": refused,
        "suggested": suggested_plan(couple, reading.plan),
        "focus_form": page.make(FocusForm, reading=reading),
        "running": running_forms(reading, page),
        "offers": offer_forms(reading, page),
        "requests": [
            (one, page.make(AnswerForm, key=one.request.id)) for one in read_requests(couple, reading.partners)
        ],
        "request_form": page.make(RequestForm, partners=partners),
        "goals": goals,
        "rated_goals": [
            (one, page.make(RateForm, **rating_options(one.goal, reading.partners))) for one in goals.running
        ],
        "history": plan_history(couple, reading.template, before=change_before(request, couple)),
    }
    audit.record("plan.read", object_id=couple.id, couple_id=couple.id)
    return render(request, "assessments/plan.html", context, status=422 if refused else 200)


def change_before(request: StaffRequest, couple: Couple) -> PlanChange | None:
    """The change after which the history goes on, as the address says."""
    if not (given := request.GET.get("before")):
        return None
    try:
        return get_object_or_404(PlanChange, couple=couple, pk=given)
    except ValidationError as error:
        raise Http404 from error


def running_forms(reading: PlanReading, page: PageForms) -> list[Any]:
    return [(row, page.make(DoseForm, row=row), page.make(EndForm, key=row.activity.id)) for row in reading.running]


def offer_forms(reading: PlanReading, page: PageForms) -> list[Any]:
    return [
        (group.step, [(offer, page.make(ActivityForm, offer=offer)) for offer in group.offers])
        for group in reading.offers()
    ]


@staff(*TREATING)
@require_POST
def activity_new(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    reading = plan_of(couple)
    template = request.POST.get("template", "")
    if template not in reading.template.practices:
        raise Http404
    form = ActivityForm(request.POST, offer=reading.offer(template))

    def assign() -> None:
        given = form.cleaned_data
        assign_activity(
            agree_plan(couple, membership=request.membership),
            template=template,
            partners=form.holders() if form.offer.who != "therapist" else [],
            membership=request.membership,
            times=given.get("times"),
            override_reason=given.get("override_reason", ""),
        )

    if done(form, assign):
        return back(request, couple, _("Added: %(title)s.") % {"title": form.offer.title}, "activities")
    return plan_page(request, couple, refused=form)


def activity_treated(request: StaffRequest, activity_id: UUID) -> Activity:
    treated = Activity.objects.filter(couple__in=couples_treated_by(request.membership))
    found: Activity = get_object_or_404(treated.select_related("couple", "plan__couple"), pk=activity_id)
    return found


@staff(*TREATING)
@require_POST
def activity_dose(request: StaffRequest, activity_id: UUID) -> HttpResponse:
    activity = activity_treated(request, activity_id)
    row = next((one for one in plan_of(activity.couple).running if one.activity == activity), None)
    if row is None or row.most is None:
        raise Http404
    form = DoseForm(request.POST, row=row)

    def change() -> None:
        change_dose(activity, membership=request.membership, **form.cleaned_data)

    if done(form, change):
        return back(request, activity.couple, _("The dose is changed."), "activities")
    return plan_page(request, activity.couple, refused=form)


@staff(*TREATING)
@require_POST
def activity_end(request: StaffRequest, activity_id: UUID) -> HttpResponse:
    activity = activity_treated(request, activity_id)
    form = EndForm(request.POST, key=activity.id)

    def end() -> None:
        end_activity(activity, membership=request.membership, reason=form.cleaned_data["reason"])

    if done(form, end):
        return back(request, activity.couple, _("Ended. What was reported stays."), "activities")
    return plan_page(request, activity.couple, refused=form)


@staff(*TREATING)
@require_POST
def request_new(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    form = RequestForm(request.POST, partners=list(couple.partners.filter(state=Partner.State.ACTIVE)))

    def make() -> None:
        given = form.cleaned_data
        make_request(couple, asked_by=form.asker, wording=given["wording"], cadence=given["cadence"])

    if done(form, make):
        return back(request, couple, _("The request is written down."), "requests")
    return plan_page(request, couple, refused=form)


def request_treated(request: StaffRequest, request_id: UUID) -> SpecificRequest:
    treated = SpecificRequest.objects.filter(couple__in=couples_treated_by(request.membership))
    found: SpecificRequest = get_object_or_404(treated.select_related("couple"), pk=request_id)
    return found


@staff(*TREATING)
@require_POST
def request_answer(request: StaffRequest, request_id: UUID) -> HttpResponse:
    asked = request_treated(request, request_id)
    form = AnswerForm(request.POST, key=asked.id)

    if done(form, lambda: answer_request(asked, **form.cleaned_data)):
        return back(request, asked.couple, _("The answer is written down."), "requests")
    return plan_page(request, asked.couple, refused=form)


@staff(*TREATING)
@require_POST
def request_end(request: StaffRequest, request_id: UUID) -> HttpResponse:
    asked = request_treated(request, request_id)
    end_request(asked)
    return back(request, asked.couple, _("The request has ended."), "requests")


@staff(*TREATING)
def goal_new(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    reading = plan_of(couple)
    partners = [one for one in reading.partners if one.state == Partner.State.ACTIVE]
    form = GoalForm(posted(request), partners=partners, words=reading.level_words)
    if request.method == "POST" and done(form, lambda: write_goal(couple, **form.given())):
        return back(request, couple, _("The goal is written."), "goals")
    context = {"couple": couple, "form": form}
    return render(request, "assessments/goal_new.html", context, status=422 if form.errors else 200)


def goal_treated(request: StaffRequest, goal_id: UUID) -> Goal:
    treated = Goal.objects.filter(couple__in=couples_treated_by(request.membership))
    found: Goal = get_object_or_404(treated.select_related("couple"), pk=goal_id)
    return found


def rating_options(goal: Goal, partners: Iterable[Partner]) -> dict[str, Any]:
    raters = [one for one in partners if goal.owner_id in (None, one.id)]
    return {"key": goal.id, "raters": raters, "levels": level_texts(goal)}


@staff(*TREATING)
@require_POST
def goal_rate(request: StaffRequest, goal_id: UUID) -> HttpResponse:
    goal = goal_treated(request, goal_id)
    form = RateForm(request.POST, **rating_options(goal, goal.couple.partners.all()))

    def rate() -> None:
        rate_goal(goal, level=form.cleaned_data["level"], membership=request.membership, partner=form.partner)

    if done(form, rate):
        return back(request, goal.couple, _("The rating is kept."), "goals")
    return plan_page(request, goal.couple, refused=form)


@staff(*TREATING)
@require_POST
def goal_end(request: StaffRequest, goal_id: UUID) -> HttpResponse:
    goal = goal_treated(request, goal_id)
    end_goal(goal)
    return back(request, goal.couple, _("The goal has ended. Its ratings stay."), "goals")
