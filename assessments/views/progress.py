from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from assessments.check_in_reading import check_in_rows
from assessments.gap_reading import gap_rows
from assessments.ledger_reading import ledger_tables
from assessments.progress_charts import LAST_POINTS, check_in_charts
from assessments.record import record_of
from assessments.session_screen import room_screen, session_screen
from clients.access import couples_visible_to
from clients.models import Couple
from practice.access import CLINICIANS, StaffRequest, staff


def couple_of(request: StaffRequest, couple_id: UUID) -> Couple:
    return get_object_or_404(couples_visible_to(request.membership).select_related("therapist"), pk=couple_id)


def screen_page(request: StaffRequest, couple_id: UUID, template: str, *, last: int | None) -> HttpResponse:
    couple = couple_of(request, couple_id)
    screen = session_screen(record_of(couple), now=timezone.now())
    context: dict[str, Any] = {
        "couple": couple,
        "screen": screen,
        "charts": check_in_charts(screen.check_ins, screen.ledger, last=last),
        "rows": check_in_rows(screen.check_ins, last=last),
        "domains": gap_rows(screen.full_forms),
        "tables": partial(ledger_tables, screen.ledger),
    }
    return render(request, f"assessments/{template}.html", context)


@staff(*CLINICIANS)
def couple_prepare(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    """The one screen before a session."""
    return screen_page(request, couple_id, "prepare", last=LAST_POINTS)


@staff(*CLINICIANS)
def couple_progress(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    """Everything since the episode began: all check-ins, gaps over time, the ledger."""
    return screen_page(request, couple_id, "progress", last=None)


@staff(*CLINICIANS)
def couple_room(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    """For a shared display."""
    couple = couple_of(request, couple_id)
    return render(request, "assessments/room.html", {"couple": couple, "screen": room_screen(record_of(couple))})
