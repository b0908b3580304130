from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments import library
from assessments.charts import result_charts
from assessments.inbox import note_read
from assessments.instruments.definition import Instrument
from assessments.joint_reports import joint_card
from assessments.models import AnswerSheet
from assessments.opening import OPENED, OpenedLine, couple_to_open, opened_lines
from assessments.reading import chosen_wave, opened_waves, read_wave
from assessments.sheets import form_of
from clients.access import couples_visible_to, treats
from practice.access import CLINICIANS, Guarded, StaffRequest, audience, staff
from practice.forms import uuid_in
from practice.models import TREATING


@staff(*CLINICIANS)
def couple_results(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_visible_to(request.membership), pk=couple_id)
    waves = opened_waves(couple)
    if not waves:
        return render(request, "assessments/no_results.html", {"couple": couple})
    reading = read_wave(couple, chosen_wave(waves, request.GET.get("wave")))
    primary = [row for row in reading.pairs if row.score == reading.instrument.primary_score]
    domains = [row for row in reading.pairs if row.score != reading.instrument.primary_score]
    treated = treats(request.membership, couple)
    if treated:
        note_read(couple, reading.sheets, membership=request.membership)
    context = {
        "couple": couple,
        "waves": waves,
        "reading": reading,
        "answers": request.membership.role in TREATING,
        "primary": primary,
        "domains": domains,
        "charts": result_charts([*primary, *domains], reading.own),
        "no_print": not library.allows(reading.instrument, library.PRINT),
        "joint": joint_card(couple, reading) if treated else None,
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


@audience(Guarded(OPENED, *CLINICIANS))
@require_POST
def couple_lines(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = couple_to_open(request.membership, couple_id)
    sheets = AnswerSheet.objects.select_related("partner").filter(couple=couple)
    sheet = get_object_or_404(sheets, pk=uuid_or_404(request.POST.get("sheet", "")))
    topic, named = request.POST.get("domain", ""), request.POST.getlist("line")
    opened = opened_lines(sheet, topic=topic, lines=[] if topic else named)
    instrument = form_of(sheet).instrument
    context = {
        "couple": couple,
        "sheet": sheet,
        "title": domain_label(instrument, opened[0].domain) if opened[0].domain else _("Weekly report"),
        "directions": by_direction(instrument, opened),
        "no_print": not library.allows(instrument, library.PRINT),
    }
    return render(request, "assessments/lines.html", context)


def uuid_or_404(text: str) -> UUID:
    found = uuid_in(text)
    if found is None:
        raise Http404
    return found


def by_direction(instrument: Instrument, opened: list[OpenedLine]) -> list[tuple[str, list[OpenedLine]]]:
    labels = {key: instrument.words(direction["label"]) for key, direction in instrument.directions.items()}
    order = dict.fromkeys(one.direction for one in opened)
    return [(labels.get(key, ""), [one for one in opened if one.direction == key]) for key in order]
