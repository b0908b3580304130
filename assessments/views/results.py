from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from assessments import library
from assessments.charts import result_charts
from assessments.instruments.definition import CONTEXT, Instrument, Line
from assessments.models import AnswerSheet
from assessments.reading import chosen_wave, opened_waves, read_wave
from assessments.results import opened_lines
from assessments.sheets import form_of
from clients.access import couples_visible_to
from practice.access import CLINICIANS, StaffRequest, staff


@staff(*CLINICIANS)
def couple_results(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_visible_to(request.membership), pk=couple_id)
    waves = opened_waves(couple)
    if not waves:
        return render(request, "assessments/no_results.html", {"couple": couple})
    reading = read_wave(couple, chosen_wave(waves, request.GET.get("wave")))
    primary = [row for row in reading.pairs if row.score == reading.instrument.primary_score]
    domains = [row for row in reading.pairs if row.score != reading.instrument.primary_score]
    context = {
        "couple": couple,
        "waves": waves,
        "reading": reading,
        "primary": primary,
        "domains": domains,
        "charts": result_charts([*primary, *domains], reading.own),
        "no_print": not library.allows(reading.instrument, library.PRINT),
        "openable": [(sheet, openable(sheet)) for sheet in reading.sheets],
    }
    return render(request, "assessments/results.html", context)


def openable(sheet: AnswerSheet) -> list[tuple[str, str, int]]:
    """The domains of a sheet that has been begun, as (id, label, number of lines)."""
    if sheet.state == AnswerSheet.State.NOT_OPENED:
        return []
    form = form_of(sheet)
    domains = dict.fromkeys(line.domain for line in form.lines)
    counts = {domain: sum(line.domain == domain for line in form.lines) for domain in domains}
    return [(domain, domain_label(form.instrument, domain), count) for domain, count in counts.items()]


def domain_label(instrument: Instrument, domain: str) -> str:
    found: dict[str, Any] = instrument.domains.get(domain) or {}
    checklist = instrument.context_checklist or {}
    return instrument.words(found["label"] if found else checklist["prompt"])


@staff(*CLINICIANS)
@require_POST
def couple_lines(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_visible_to(request.membership), pk=couple_id)
    sheets = AnswerSheet.objects.select_related("partner").filter(couple=couple)
    sheet = get_object_or_404(sheets, pk=uuid_or_404(request.POST.get("sheet", "")))
    form = form_of(sheet)
    if domain := request.POST.get("domain"):
        lines = [line for line in form.lines if line.domain == domain]
    else:
        lines = [line for line in form.lines if line.id in request.POST.getlist("line")]
    if not lines:
        raise Http404
    alone = "domain" not in request.POST and len(lines) == 1
    context = {
        "couple": couple,
        "sheet": sheet,
        "title": domain_label(form.instrument, lines[0].domain),
        "directions": by_direction(form.instrument, opened(sheet, lines, alone=alone)),
        "one": alone,
        "no_print": not library.allows(form.instrument, library.PRINT),
    }
    return render(request, "assessments/lines.html", context)


def uuid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def opened(sheet: AnswerSheet, lines: list[Line], *, alone: bool) -> list[tuple[Line, dict[str, Any]]]:
    """Each line with its answer, or masked: a confidential one is opened only by asking for it alone."""
    asked = [line.id for line in lines if alone or line.audience != "confidential"]
    found = {entry["line"]: entry for entry in opened_lines(sheet, lines=asked)} if asked else {}
    return [(line, found.get(line.id, {"answer": None, "masked": True, "notes": []})) for line in lines]


def by_direction(
    instrument: Instrument, lines: list[tuple[Line, dict[str, Any]]]
) -> list[tuple[str, list[tuple[Line, dict[str, Any]]]]]:
    labels = {key: instrument.words(direction["label"]) for key, direction in instrument.directions.items()}
    labels[CONTEXT] = ""
    order = dict.fromkeys(line.direction for line, _ in lines)
    return [(labels[key], [pair for pair in lines if pair[0].direction == key]) for key in order]
