"""Mistakes put right, each on a page that asks once more."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import library
from assessments.deleting import (
    delete_couple,
    delete_session,
    deleted_couples,
    deleted_sessions,
    is_on_record,
    refuse_planned,
    restore_couple,
    restore_session,
)
from assessments.models import AnswerSheet, Wave
from assessments.moving import move_sheet, places_for, refuse_move
from assessments.schedule_forms import MOMENT
from assessments.views.therapist import refused
from assessments.windows import change_window, may_open_otherwise
from clients.access import couples_treated_by
from clients.models import CounselingSession
from practice.access import StaffRequest, staff
from practice.errors import DomainError, InvalidInput
from practice.forms import add_faults, posted
from practice.models import TREATING


@staff(*TREATING)
def sheet_move(request: StaffRequest, sheet_id: UUID) -> HttpResponse:
    sheets = AnswerSheet.objects.filter(couple__in=couples_treated_by(request.membership))
    sheet = get_object_or_404(sheets.select_related("couple", "partner"), pk=sheet_id)
    places = places_for(sheet, membership=request.membership)
    try:
        refuse_move(sheet)
        if request.method == "POST":
            place = next((one for one in places if str(one.pk) == request.POST.get("place")), None)
            if place is not None:
                move_sheet(sheet, place=place, membership=request.membership)
                messages.success(request, _("The form is moved. Its link has ended: give a new one to go on."))
                return redirect("couple", place.couple_id)
    except DomainError as error:
        return refused(request, sheet.couple, str(error))
    context = {"sheet": sheet, "couple": sheet.couple, "places": places, "title": library.title_of(sheet.instrument)}
    return render(request, "assessments/sheet_move.html", context, status=422 if request.method == "POST" else 200)


class WindowForm(forms.Form):
    """When a window opens, as long as that can be changed, and when it closes."""

    opens_at = forms.DateTimeField(label=gettext_lazy("The window opens"), widget=MOMENT)
    closes_at = forms.DateTimeField(label=gettext_lazy("The window closes"), widget=MOMENT)

    def __init__(self, data: QueryDict | None, *, wave: Wave) -> None:
        shown = {"opens_at": wave.opens_at, "closes_at": wave.closes_at}
        initial = {name: moment.replace(second=0, microsecond=0) for name, moment in shown.items()}
        super().__init__(data, initial=initial)
        if not may_open_otherwise(wave):
            del self.fields["opens_at"]

    def changes(self) -> dict[str, Any]:
        """What was changed: a page shows no seconds, and leaving a field as it is changes nothing."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


@staff(*TREATING)
def wave_window(request: StaffRequest, wave_id: UUID) -> HttpResponse:
    waves = Wave.objects.filter(couple__in=couples_treated_by(request.membership))
    wave = get_object_or_404(waves.select_related("couple", "assignment"), pk=wave_id)
    form = WindowForm(posted(request), wave=wave)
    if request.method == "POST" and form.is_valid():
        try:
            change_window(wave, **form.changes())
        except InvalidInput as error:
            add_faults(form, error)
        except DomainError as error:
            return refused(request, wave.couple, str(error))
        else:
            messages.success(request, _("The window is changed, for both alike."))
            return redirect("couple", wave.couple_id)
    context = {"wave": wave, "couple": wave.couple, "form": form, "title": library.title_of(wave.assignment.instrument)}
    return render(request, "assessments/wave_window.html", context, status=422 if form.errors else 200)


@staff(*TREATING)
def couple_delete(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    if request.method == "POST":
        try:
            delete_couple(couple)
        except DomainError as error:
            return refused(request, couple, str(error))
        messages.success(request, _("The couple is deleted. You can restore it here for 30 days."))
        return redirect("deleted")
    context = {"couple": couple, "on_record": is_on_record(couple)}
    return render(request, "assessments/delete.html", context)


@staff(*TREATING)
def session_delete(request: StaffRequest, session_id: UUID) -> HttpResponse:
    sessions = CounselingSession.objects.filter(couple__in=couples_treated_by(request.membership))
    session = get_object_or_404(sessions.select_related("couple"), pk=session_id)
    try:
        refuse_planned(session)
    except DomainError as error:
        return refused(request, session.couple, str(error))
    if request.method == "POST":
        delete_session(session)
        messages.success(request, _("The session is deleted. You can restore it for 30 days."))
        return redirect("couple-sessions", session.couple_id)
    return render(request, "assessments/delete.html", {"couple": session.couple, "session": session})


@staff(*TREATING)
def deleted(request: StaffRequest) -> HttpResponse:
    """What can still be restored, and restoring it."""
    couples, sessions = deleted_couples(request.membership), deleted_sessions(request.membership)
    if request.method == "POST":
        wanted = request.POST.get("restore", "")
        couple = next((one for one in couples if str(one.pk) == wanted), None)
        session = next((one for one in sessions if str(one.pk) == wanted), None)
        if couple:
            restore_couple(couple)
        if session:
            restore_session(session)
        if couple or session:
            messages.success(request, _("It is restored."))
            return redirect("deleted")
    context = {"deleted_couples": couples, "deleted_sessions": sessions}
    return render(request, "assessments/deleted.html", context, status=404 if request.method == "POST" else 200)
