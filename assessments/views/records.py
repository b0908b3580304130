"""Handing over the record of one partner, or what both share: the request, the passages to decide, the files."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.passages import (
    decide_passages,
    decided_passages,
    passages_of,
    request_record,
    request_shared_record,
    requests_treated_by,
)
from assessments.record_forms import PassagesForm, RecordForm, SharedRecordForm
from clients.access import couples_treated_by, partners_treated_by
from clients.models import RecordRequest
from practice.access import StaffRequest, staff
from practice.downloads import offer_download, offered_downloads
from practice.errors import DomainError
from practice.forms import posted
from practice.models import TREATING

FILES = {"partner_record_pdf": "PDF", "partner_record_json": "JSON"}
SHARED_FILES = {"couple_record_pdf": "PDF", "couple_record_json": "JSON"}


@staff(*TREATING)
def record_request(request: StaffRequest, partner_id: UUID) -> HttpResponse:
    found = partners_treated_by(request.membership).select_related("couple")
    partner = get_object_or_404(found, pk=partner_id)
    form = RecordForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = request_record(partner, purpose=form.cleaned_data["purpose"], membership=request.membership)
        return redirect("record", asked.id)
    context = {"partner": partner, "couple": partner.couple, "form": form}
    return render(request, "assessments/record_request.html", context, status=422 if form.errors else 200)


@staff(*TREATING)
def couple_record_request(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    form = SharedRecordForm(posted(request))
    if request.method == "POST" and form.is_valid():
        asked = request_shared_record(couple, purpose=form.cleaned_data["purpose"], membership=request.membership)
        return redirect("record", asked.id)
    context = {"couple": couple, "form": form}
    return render(request, "assessments/record_request.html", context, status=422 if form.errors else 200)


@staff(*TREATING)
def record(request: StaffRequest, record_id: UUID) -> HttpResponse:
    asked = get_object_or_404(requests_treated_by(request.membership), pk=record_id)
    form = PassagesForm(posted(request), passages=passages_of(asked))
    if request.method == "POST" and form.is_valid():
        decide_passages(asked, form.rulings(), membership=request.membership)
        messages.success(request, _("Your decisions are saved."))
        return redirect("record", asked.id)
    return record_page(request, asked, form, status=422 if form.errors else 200)


@staff(*TREATING)
@require_POST
def record_files(request: StaffRequest, record_id: UUID) -> HttpResponse:
    asked = get_object_or_404(requests_treated_by(request.membership), pk=record_id)
    try:
        decided_passages(asked)
    except DomainError as error:
        form = PassagesForm(passages=passages_of(asked))
        return record_page(request, asked, form, status=error.status, refused=str(error))
    for kind in files_of(asked):
        offer_download(kind, asked.id, purpose=asked.purpose, membership=request.membership)
    return redirect("record", asked.id)


def files_of(asked: RecordRequest) -> dict[str, str]:
    return FILES if asked.partner else SHARED_FILES


def record_page(
    request: StaffRequest, asked: RecordRequest, form: PassagesForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    offered = offered_downloads(request.membership, asked.id)
    context = {
        "asked": asked,
        "partner": asked.partner,
        "couple": asked.about,
        "form": form,
        "undecided": sum(not one.ruling for one in form.passages),
        "downloads": [(one, files_of(asked)[one.kind]) for one in offered],
        "refused": refused,
    }
    return render(request, "assessments/record.html", context, status=status)
