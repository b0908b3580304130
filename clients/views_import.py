from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clients.couple_import import (
    COLUMNS,
    NEEDED,
    Preview,
    give_up,
    import_couples,
    keep_file,
    preview,
    template,
    text_of,
)
from practice.access import StaffRequest, staff
from practice.errors import DomainError, InvalidInput
from practice.models import TREATING

SHOWN_ROWS, SHOWN_FAULTS = 20, 200


@staff(*TREATING)
def couple_import(request: StaffRequest) -> HttpResponse:
    """Upload, look, then import: a file stays only between the two."""
    if request.method != "POST":
        return shown(request)
    if "give_up" in request.POST:
        give_up(request.membership)
        return redirect("couple-import")
    if "confirmed" in request.POST:
        return imported(request)
    upload = request.FILES.get("file")
    if upload is None:
        return shown(request, fault=_("Choose a file."))
    try:
        text = text_of(upload.read())
    except InvalidInput as error:
        return shown(request, fault=str(error))
    found = preview(text, membership=request.membership)
    if found.faults:
        return shown(request, found)
    keep_file(text, membership=request.membership)
    context = {"rows": found.rows[:SHOWN_ROWS], "number": len(found.rows), "left_out": len(found.rows) - SHOWN_ROWS}
    return render(request, "clients/import_preview.html", context)


def imported(request: StaffRequest) -> HttpResponse:
    try:
        number = import_couples(membership=request.membership)
    except DomainError as error:
        return shown(request, fault=str(error))
    said = ngettext("%(number)s couple is in your list.", "%(number)s couples are in your list.", number)
    messages.success(request, said % {"number": number})
    return redirect("couples")


def shown(request: StaffRequest, found: Preview | None = None, *, fault: str = "") -> HttpResponse:
    faults = found.faults if found else []
    context = {
        "fault": fault,
        "faults": faults[:SHOWN_FAULTS],
        "number": len(faults),
        "left_out": len(faults) - SHOWN_FAULTS,
        "columns": COLUMNS,
        "needed": NEEDED,
    }
    return render(request, "clients/import.html", context, status=422 if faults or fault else 200)


@staff(*TREATING)
@require_safe
def couple_import_template(request: StaffRequest) -> HttpResponse:
    named = {"Content-Disposition": 'attachment; filename="couples.csv"'}
    return HttpResponse(template(), content_type="text/csv; charset=utf-8", headers=named)
