"""The therapist's side of a joint report: release, what to say first, the view in the room, the file, withdrawal."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.joint_pdf import report_pdf
from assessments.joint_reading import NotBriefed, ReportPage, joint_view
from assessments.joint_reports import (
    open_brief,
    release_joint_report,
    reports_treated_by,
    shareable_wave,
    withdraw_report,
)
from assessments.models import JointReport
from clients.access import couples_treated_by
from clients.couples import set_individual_mode
from practice.access import StaffRequest, staff
from practice.content import client_texts
from practice.errors import DomainError
from practice.models import Role

TREATING = (Role.OWNER, Role.THERAPIST)
Answer = HttpResponse | FileResponse


def report_of(request: StaffRequest, report_id: UUID) -> JointReport:
    return get_object_or_404(reports_treated_by(request.membership).select_related("couple", "wave"), pk=report_id)


def results_address(couple_id: UUID, wave_id: UUID | None) -> str:
    """The therapist's own page, which says what is missing."""
    address = reverse("couple-results", args=[couple_id])
    return f"{address}?wave={wave_id}#joint-report" if wave_id else address


def closed(request: StaffRequest, couple_id: UUID, wave_id: UUID | None) -> HttpResponse:
    """The same for every reason: on a shared screen, each would tell one of the two something of the other."""
    context = {"back": results_address(couple_id, wave_id)}
    return render(request, "assessments/joint_closed.html", context, status=409)


@staff(*TREATING)
@require_POST
def joint_report_release(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    wave = shareable_wave(couple, request.POST.get("wave"))
    try:
        report = release_joint_report(couple, wave=wave, membership=request.membership)
    except DomainError:
        return closed(request, couple.id, wave.id if wave else None)
    messages.success(request, _("Released. Read what to say first before you open it together."))
    return redirect(results_address(couple.id, report.wave_id))


@staff(*TREATING)
@require_safe
def joint_report_brief(request: StaffRequest, report_id: UUID) -> HttpResponse:
    report = report_of(request, report_id)
    open_brief(report)
    context = {
        "couple": report.couple,
        "report": report,
        "one_to_one_talk": client_texts()["one_to_one_talk"]["en"],
    }
    return render(request, "assessments/joint_brief.html", context)


def opened_together(show: Callable[[StaffRequest, JointReport, ReportPage], Answer]) -> Callable[..., Answer]:
    """A view of the report for both, which sends to the brief before the first time."""

    @staff(*TREATING)
    @require_safe
    def shown(request: StaffRequest, report_id: UUID) -> Answer:
        report = report_of(request, report_id)
        try:
            page = joint_view(report)
        except NotBriefed:
            return redirect("joint-report-brief", report.id)
        except (DomainError, Http404):
            return closed(request, report.couple_id, report.wave_id)
        return show(request, report, page)

    return shown


@opened_together
def joint_report(request: StaffRequest, report: JointReport, page: ReportPage) -> HttpResponse:
    return render(request, "assessments/joint_report.html", {"report": report, "page": page})


@opened_together
def joint_report_pdf(request: StaffRequest, report: JointReport, page: ReportPage) -> FileResponse:
    return FileResponse(BytesIO(report_pdf(page)), filename="summary.pdf", content_type="application/pdf")


@staff(*TREATING)
@require_POST
def joint_report_withdraw(request: StaffRequest, report_id: UUID) -> HttpResponse:
    report = report_of(request, report_id)
    withdraw_report(report)
    messages.success(request, _("Withdrawn. The partners read it no longer."))
    return redirect(results_address(report.couple_id, report.wave_id))


@staff(*TREATING)
@require_POST
def individual_mode(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    set_individual_mode(couple, on=request.POST.get("on") == "1")
    messages.success(request, _("Individual mode is on.") if couple.individual_mode else _("Individual mode is off."))
    return redirect(f"{reverse('couple', args=[couple.id])}#individual-mode")
