from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import segno
from django.contrib import messages
from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments import library
from assessments.assignments import assign_instrument, end_assignment, invite_to_sheet, was_called_off
from assessments.cadence_words import cadence_words
from assessments.flags import BY_LEVEL
from assessments.forms import AssignForm
from assessments.messages import message_log, messages_needing_decision, sheets_invited_by
from assessments.models import AnswerSheet, Assignment, SafetyFlag, Wave
from assessments.proposals import proposals_of
from assessments.safety import safety_lines_allowed
from clients.access import couples_treated_by, couples_visible_to, treats
from clients.consents import Standing, standings_of
from clients.couples import partners_of
from clients.hand_over import treatments_of
from clients.models import Couple, Invitation, Partner
from practice import text_messages
from practice.access import CLINICIANS, StaffRequest, staff
from practice.database.kept import Kept
from practice.errors import DomainError
from practice.forms import add_faults, posted
from practice.models import TREATING

SHOWN_BEGUN, SHOWN_COMING = 4, 2
ASKED = {"closes_at": "days", "days_before": "days", "reminders": "remind_on"}


@staff(*CLINICIANS)
def couple(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    found = get_object_or_404(couples_visible_to(request.membership).select_related("therapist"), pk=couple_id)
    standings = standings_of(found)
    context = {
        "couple": found,
        "partners": [(one, kinds, agreed_of(kinds)) for one, kinds in standings.items()],
        "alone": alone_of(list(standings)),
        "proposals": [(one, library.title_of(one.instrument)) for one in proposals_of(found)],
        "forms": given_forms(found, every=request.GET.get("windows") == "all"),
        "flags": OPEN_FLAGS(found.id),
        "undelivered": messages_needing_decision([found]),
        "message_log": message_log(found),
        "treatments": treatments_of(found),
        "treats": treats(request.membership, found),
        "now": timezone.now(),
    }
    return render(request, "assessments/couple.html", context)


def agreed_of(standings: list[Standing]) -> int:
    return sum(one.in_force for one in standings)


def alone_of(partners: list[Partner]) -> Partner | None:
    """The one who takes part where the other takes no further part."""
    there = [one for one in partners if one.state == Partner.State.ACTIVE]
    return there[0] if len(there) == 1 else None


@dataclass(frozen=True)
class GivenSheet:
    sheet: AnswerSheet
    invitation: Invitation | None


@dataclass(frozen=True)
class GivenWave:
    wave: Wave
    sheets: list[GivenSheet]
    called_off: bool


@dataclass(frozen=True)
class GivenForm:
    """`cadence` in words; `left_out` counts the windows that are not shown."""

    assignment: Assignment
    title: str
    cadence: str
    waves: list[GivenWave]
    left_out: int


def _waves(couple: UUID) -> QuerySet[Wave]:
    # What was planned otherwise is no news; what could not be opened in time is.
    given_up = Wave.objects.filter(couple=couple).exclude(dropped="").exclude(dropped=Wave.Dropped.MISSED)
    waves = Wave.objects.filter(couple=couple).exclude(pk__in=given_up.filter(opened_at=None).values("pk"))
    return waves.order_by("opens_at", "number")


def _open_flags(couple: UUID) -> QuerySet[SafetyFlag]:
    flags = SafetyFlag.objects.filter(couple=couple, state=SafetyFlag.State.OPEN).select_related("partner", "sheet")
    return flags.order_by(BY_LEVEL, "raised_at")


WAVES, OPEN_FLAGS = Kept(_waves), Kept(_open_flags)
ASSIGNMENTS = Kept(lambda couple: Assignment.objects.filter(couple=couple).order_by("-created_at"))
LINKS = Kept(lambda couple: Invitation.objects.filter(partner__couple=couple).order_by("created_at"))


def given_forms(couple: Couple, *, every: bool) -> list[GivenForm]:
    """The couple's assignments, newest first, with each sheet's newest invitation.

    Every window, or those around now: check-ins of years are not read to show the newest.
    """
    now = timezone.now()
    assignments = {one.id: one for one in ASSIGNMENTS(couple.id)}
    of: dict[UUID, list[Wave]] = {}
    for wave in WAVES(couple.id):
        wave.assignment = assignments[wave.assignment_id]
        of.setdefault(wave.assignment_id, []).append(wave)
    shown = {key: waves if every else around(waves, now) for key, waves in of.items()}
    sheets = AnswerSheet.objects.select_related("partner").order_by("partner__position")
    prefetch_related_objects([wave for waves in shown.values() for wave in waves], Prefetch("sheets", sheets))
    newest = {invitation.sheet_id: invitation for invitation in LINKS(couple.id)}
    return [
        GivenForm(
            assignment=one,
            title=library.title_of(one.instrument),
            cadence=cadence_words(one),
            waves=[given_wave(wave, newest) for wave in shown.get(one.id, [])],
            left_out=len(of.get(one.id, [])) - len(shown.get(one.id, [])),
        )
        for one in assignments.values()
    ]


def around(waves: Sequence[Wave], now: datetime) -> list[Wave]:
    """The newest windows that have begun, and the next to come."""
    begun = [wave for wave in waves if wave.opens_at <= now]
    return [*begun[-SHOWN_BEGUN:], *waves[len(begun) : len(begun) + SHOWN_COMING]]


def given_wave(wave: Wave, newest: Mapping[UUID, Invitation]) -> GivenWave:
    return GivenWave(
        wave, [GivenSheet(sheet, newest.get(sheet.id)) for sheet in wave.sheets.all()], was_called_off(wave)
    )


@staff(*TREATING)
def couple_assign(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    found = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    instruments = [one for one in library.available() if not one.is_stub]
    form = AssignForm(posted(request), instruments=instruments, prefer=request.GET.get("form", ""))
    if request.method == "POST" and form.is_valid():
        try:
            assign_instrument(
                found,
                instrument=form.instrument,
                sitting=form.sitting,
                membership=request.membership,
                schedule=form.schedule(),
            )
        except DomainError as error:
            add_faults(form, error, assign_field)
        else:
            messages.success(request, _("Assigned. Links by e-mail go out when the window opens."))
            return redirect("couple", found.id)
    context = {
        "couple": found,
        "form": form,
        "partners": partners_of(found.id),
        "safety_lines": safety_lines_allowed(found),
        "sends_texts": text_messages.can_be_sent(),
    }
    return render(request, "assessments/assign.html", context, status=422 if form.errors else 200)


def assign_field(fault: str) -> str:
    about_form = ("sitting", "unknown_instrument", "licence_expired", "mode_not_allowed")
    return "form" if fault in about_form else ASKED.get(fault, fault)


@staff(*TREATING)
@require_POST
def sheet_invite(request: StaffRequest, sheet_id: UUID) -> HttpResponse:
    sheets = sheets_invited_by(request.membership).select_related("partner", "couple")
    sheet = get_object_or_404(sheets, pk=sheet_id)
    try:
        issued = invite_to_sheet(sheet, delivery=request.POST.get("delivery", ""))
    except DomainError as error:
        return refused(request, sheet.couple, str(error))
    if issued.url is None:
        messages.success(request, sent_words(issued.due_at))
        return redirect("inbox") if "from_inbox" in request.POST else redirect("couple", sheet.couple_id)
    context = {
        "sheet": sheet,
        "url": issued.url,
        "code": code_of(issued.url),
        "issued": issued.invitation,
        "treats": treats(request.membership, sheet.couple),
    }
    return render(request, "assessments/hand_over.html", context)


def sent_words(due_at: datetime | None) -> str:
    if due_at is None:
        return _("A new link is on its way. Older links of this form have ended.")
    at = date_format(timezone.localtime(due_at), "j M, H:i")
    return _("A new link goes out in the safe hours, %(at)s. Older links of this form have ended.") % {"at": at}


def code_of(url: str) -> str:
    """A QR code as the address of a picture, so that no style stands in the page."""
    return segno.make(url, error="m", micro=False).svg_data_uri(scale=4, border=2)


def refused(request: StaffRequest, couple: Couple, reason: str) -> HttpResponse:
    context = {"couple": couple, "reason": reason}
    return render(request, "assessments/refused.html", context, status=409)


@staff(*TREATING)
@require_POST
def assignment_end(request: StaffRequest, assignment_id: UUID) -> HttpResponse:
    treated = couples_treated_by(request.membership)
    assignment = get_object_or_404(Assignment.objects.filter(couple__in=treated), pk=assignment_id)
    end_assignment(assignment)
    messages.success(request, _("The assignment has ended. What was handed in stays."))
    return redirect("couple", assignment.couple_id)
