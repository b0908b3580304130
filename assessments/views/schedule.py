from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import library
from assessments.cadence import change_cadence, move_session, pause, plan_session, resume
from assessments.calendar import DAYS, coming, span_of
from assessments.models import Assignment
from assessments.schedule_forms import ChangeForm, MoveSessionForm, PlanSessionForm
from assessments.views.names import hides_names
from assessments.views.therapist import refused
from clients.access import couples_treated_by, couples_visible_to, treats
from clients.models import CounselingSession, Couple
from clients.session_feed import session_feed
from practice.access import CLINICIANS, StaffRequest, calendar_program, staff
from practice.calendar_feeds import end_feed, feed_since, make_feed
from practice.errors import DomainError
from practice.forms import add_faults, posted
from practice.models import TREATING

FIELDS = {"closes_at": "days", "days_before": "days", "reminders": "remind_on"}


@staff(*TREATING)
@require_safe
def agenda(request: StaffRequest) -> HttpResponse:
    treated = couples_treated_by(request.membership)
    span = span_of(request.GET.get("view", ""), request.GET.get("on", ""), today=timezone.localdate())
    context = {
        "span": span,
        "views": DAYS,
        "days": coming(treated, span),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "treats": True,
        "names_hidden": hides_names(request),
        "feed_since": feed_since(request.membership),
    }
    return render(request, "assessments/agenda.html", context)


@staff(*CLINICIANS)
@require_safe
def couple_calendar(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_visible_to(request.membership), pk=couple_id)
    view = request.GET.get("view", "") or "weeks"
    span = span_of(view, request.GET.get("on", ""), today=timezone.localdate())
    context = {
        "couple": couple,
        "span": span,
        "views": DAYS,
        "days": coming(Couple.objects.filter(pk=couple.pk), span),
        "now": timezone.now(),
        "today": timezone.localdate(),
        "treats": treats(request.membership, couple),
        "names_hidden": False,
    }
    return render(request, "assessments/couple_calendar.html", context)


@staff(*TREATING)
def session_plan(request: StaffRequest) -> HttpResponse:
    open_ones = couples_treated_by(request.membership).exclude(state=Couple.State.CLOSED).order_by("label")
    form = PlanSessionForm(posted(request), couples=open_ones, initial={"couple": request.GET.get("couple", "")})
    if request.method == "POST" and form.is_valid():
        couple = get_object_or_404(open_ones, pk=form.cleaned_data["couple"])
        try:
            planned = plan_session(couple, at=form.cleaned_data["at"], membership=request.membership)
        except DomainError as error:
            add_faults(form, error, lambda fault: {"planned_at": "at", "held_at": "at"}.get(fault, fault))
        else:
            messages.success(request, _("The session is planned."))
            return on_day(planned)
    return render(request, "assessments/session_plan.html", {"form": form}, status=422 if form.errors else 200)


def on_day(session: CounselingSession) -> HttpResponse:
    day = timezone.localdate(session.planned_at)
    return redirect(f"/calendar/?on={day.isoformat()}")


def own_session(request: StaffRequest, session_id: UUID) -> CounselingSession:
    treated = couples_treated_by(request.membership)
    sessions = CounselingSession.objects.filter(couple__in=treated).select_related("couple")
    return get_object_or_404(sessions, pk=session_id)


@staff(*TREATING)
def session_move(request: StaffRequest, session_id: UUID) -> HttpResponse:
    session = own_session(request, session_id)
    initial = timezone.localtime(session.planned_at) if session.planned_at else None
    form = MoveSessionForm(posted(request), initial={"at": initial})
    if request.method == "POST" and form.is_valid():
        try:
            move_session(session, at=form.cleaned_data["at"], membership=request.membership)
        except DomainError as error:
            add_faults(form, error, lambda fault: {"planned_at": "at", "held_at": "at"}.get(fault, fault))
        else:
            messages.success(request, _("The session is moved. Forms asked before it move along."))
            return on_day(session)
    context = {"form": form, "session": session, "couple": session.couple}
    return render(request, "assessments/session_move.html", context, status=422 if form.errors else 200)


def own_assignment(request: StaffRequest, assignment_id: UUID) -> Assignment:
    treated = couples_treated_by(request.membership)
    found = Assignment.objects.filter(couple__in=treated).select_related("couple")
    return get_object_or_404(found, pk=assignment_id)


@staff(*TREATING)
@require_POST
def assignment_pause(request: StaffRequest, assignment_id: UUID) -> HttpResponse:
    assignment = own_assignment(request, assignment_id)
    try:
        pause(assignment)
    except DomainError as error:
        return refused(request, assignment.couple, str(error))
    messages.success(request, _("Paused. What is open stays open, without reminders."))
    return redirect("couple", assignment.couple_id)


@staff(*TREATING)
@require_POST
def assignment_resume(request: StaffRequest, assignment_id: UUID) -> HttpResponse:
    assignment = own_assignment(request, assignment_id)
    try:
        resume(assignment)
    except DomainError as error:
        return refused(request, assignment.couple, str(error))
    messages.success(request, _("It goes on. Windows that ended in the pause are left out."))
    return redirect("couple", assignment.couple_id)


@staff(*TREATING)
def assignment_change(request: StaffRequest, assignment_id: UUID) -> HttpResponse:
    assignment = own_assignment(request, assignment_id)
    form = ChangeForm(posted(request), assignment=assignment)
    if request.method == "POST" and form.is_valid():
        try:
            change_cadence(assignment, form.schedule())
        except DomainError as error:
            add_faults(form, error, lambda fault: FIELDS.get(fault, fault))
        else:
            messages.success(request, _("What is still to come is planned anew. What is open stays as it is."))
            return redirect("couple", assignment.couple_id)
    context = {
        "form": form,
        "assignment": assignment,
        "couple": assignment.couple,
        "title": library.title_of(assignment.instrument),
    }
    return render(request, "assessments/assignment_change.html", context, status=422 if form.errors else 200)


@staff(*TREATING)
@require_POST
def feed_make(request: StaffRequest) -> HttpResponse:
    return render(request, "assessments/calendar_feed.html", {"address": make_feed(request.membership)})


@staff(*TREATING)
@require_POST
def feed_end(request: StaffRequest) -> HttpResponse:
    end_feed(request.membership)
    messages.success(request, _("The address has ended. Calendars that used it show nothing new."))
    return redirect("agenda")


@calendar_program
@require_safe
def feed(request: StaffRequest, key: str) -> HttpResponse:
    return HttpResponse(session_feed(request.membership), content_type="text/calendar; charset=utf-8")
