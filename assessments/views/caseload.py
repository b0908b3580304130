from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.caseload import NEEDS, Listed, UnknownCursor, caseload, chosen, page_of
from assessments.caseload_rows import CaseloadRow, rows_of
from assessments.caseload_table import drawn
from assessments.reading import whole
from assessments.templatetags.attune import verdict as verdict_words
from assessments.views.bulk import undo_until
from assessments.views.names import hides_names
from clients.models import Couple
from practice import audit
from practice.access import CLINICIANS, StaffRequest, staff
from practice.models import TREATING
from practice.practices import confirm_resources_by
from practice.tables import csv_response

ON_A_PAGE = 20
MOST_ROWS, ROWS_AT_ONCE = 10_000, 500
FILTERS = ("search", "state", "need")


@staff()
def couples(request: StaffRequest) -> HttpResponse:
    if not request.membership.is_clinical:
        return redirect("practice-settings")
    now, asked = timezone.now(), _filters(request)
    every = caseload(request.membership, now=now)
    try:
        page = page_of(chosen(every, **asked), size=ON_A_PAGE, after=request.GET.get("after", ""))
    except UnknownCursor:
        page = page_of(chosen(every, **asked), size=ON_A_PAGE)
    rows = rows_of(page.couples, now=now, names_hidden=hides_names(request))
    context = {
        "rows": rows,
        "drawn": drawn(rows, membership=request.membership, now=now),
        "after": page.after,
        "query": urlencode({name: value for name, value in asked.items() if value}),
        "asked": asked,
        "any_filter": any(asked.values()),
        "total": len(every),
        "numbers": [(need, NEEDS[need], _count(every, need)) for need in ("flag", "worse", "overdue", "today")],
        "states": Couple.State.choices,
        "needs": NEEDS.items(),
        "treats": request.membership.role in TREATING,
        "names_hidden": hides_names(request),
        "all_picked": request.GET.get("pick") == "all",
        "undo_until": undo_until(request, now),
        "now": now,
        "confirm_by": confirm_resources_by(request.membership.practice),
    }
    template = "assessments/_couples_list.html" if "HX-Request" in request.headers else "assessments/couples.html"
    return render(request, template, context)


@staff(*CLINICIANS)
def couples_csv(request: StaffRequest) -> HttpResponse:
    """What is on screen, all pages of it."""
    now = timezone.now()
    found = page_of(chosen(caseload(request.membership, now=now), **_filters(request)), size=MOST_ROWS).couples
    audit.record("caseload.exported", couples=len(found))
    head = (_("Couple"), _("State"), _("Needs"), _("Partner"), _("Last check-in"), _("Verdict"), _("Done last week, %"),
            _("Form open since"), _("Plan step"), _("Next session"))  # fmt: skip
    return csv_response("couples.csv", head, _lines(found, now, names_hidden=hides_names(request)))


def _lines(found: Sequence[Listed], now: datetime, *, names_hidden: bool) -> Iterator[list[object]]:
    for begin in range(0, len(found), ROWS_AT_ONCE):
        for row in rows_of(found[begin : begin + ROWS_AT_ONCE], now=now, names_hidden=names_hidden):
            yield from _lines_of(row)


def _lines_of(row: CaseloadRow) -> Iterator[list[object]]:
    """A line a partner."""
    for one in row.partners:
        yield [
            row.label,
            row.couple.get_state_display(),
            row.need.label,
            one.name,
            _day(one.last_check_in_at),
            verdict_words(one.verdict),
            "" if one.adherence is None else whole(100 * one.adherence),
            _day(one.waiting.opens_at if one.waiting else None),
            row.active_step,
            _day(row.next_session_at),
        ]


def _day(moment: datetime | None) -> str:
    return "" if moment is None else timezone.localtime(moment).date().isoformat()


def _filters(request: StaffRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in FILTERS}


def _count(couples: Iterable[Listed], need: str) -> int:
    return sum(one.has(need) for one in couples)
