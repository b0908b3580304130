from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assessments import library
from assessments.bulk import MOST_COUPLES, UNDO_FOR, Outlook, assign_in_bulk, outlook, take_back
from assessments.forms import AssignForm
from assessments.views.names import hides_names
from assessments.views.therapist import assign_field
from clients.access import couples_treated_by
from clients.models import Couple
from practice import text_messages
from practice.access import StaffRequest, staff
from practice.errors import DomainError
from practice.forms import add_faults, posted, uuid_in
from practice.models import TREATING

UNDO = "just_assigned"


@staff(*TREATING)
def couples_assign(request: StaffRequest) -> HttpResponse:
    """Nothing is assigned but what this page has shown: another form is looked at first."""
    couples = picked_couples(request)
    if not couples:
        messages.error(request, _("Tick the couples that are to get a form first."))
        return redirect("couples")
    instruments = [one for one in library.available() if not one.is_stub]
    form = AssignForm(posted(request), instruments=instruments, prefer=request.GET.get("form", ""))
    if request.method == "POST" and form.is_valid() and was_looked_at(request, form):
        begun_at = timezone.now()
        try:
            made, skipped = assign_in_bulk(
                couples,
                instrument=form.instrument,
                sitting=form.sitting,
                membership=request.membership,
                schedule=form.schedule(),
            )
        except DomainError as error:
            add_faults(form, error, assign_field)
        else:
            return assigned(request, [one.id for one in made], len(skipped), begun_at)
    return bulk_page(request, form, couples)


def was_looked_at(request: StaffRequest, form: AssignForm) -> bool:
    return "preview" not in request.POST and request.POST.get("looked_at") == form.cleaned_data["form"]


def bulk_page(request: StaffRequest, form: AssignForm, couples: Sequence[Couple]) -> HttpResponse:
    chosen = str(form["form"].value() or "")
    known = chosen in [value for value, _label in form.fields["form"].choices]  # type: ignore[attr-defined]
    found = outlook(couples, library.resolve(chosen.partition("/")[0])) if known else []
    context = {
        "names_hidden": hides_names(request),
        "form": form,
        "chosen": chosen,
        "couples": couples,
        "getting": [one for one in found if one.skipped is None],
        "skipped": by_reason(found),
        "sends_texts": text_messages.can_be_sent(),
    }
    if "HX-Request" in request.headers:
        return render(request, "assessments/_bulk_outlook.html", context)
    return render(request, "assessments/bulk.html", context, status=422 if form.errors else 200)


def by_reason(found: Sequence[Outlook]) -> list[tuple[str, list[Couple]]]:
    """The couples that are skipped, by why."""
    reasons: dict[str, list[Couple]] = {}
    for one in found:
        if one.skipped is not None:
            reasons.setdefault(str(one.skipped), []).append(one.couple)
    return list(reasons.items())


def assigned(request: StaffRequest, made: Sequence[UUID], skipped: int, begun_at: datetime) -> HttpResponse:
    request.session.pop(UNDO, None)
    said = ngettext("%(number)s couple gets the form.", "%(number)s couples get the form.", len(made))
    parts = [said % {"number": len(made)}]
    if skipped:
        parts.append(ngettext("%(number)s was skipped.", "%(number)s were skipped.", skipped) % {"number": skipped})
    if made:
        request.session[UNDO] = {"ids": [str(one) for one in made], "until": (begun_at + UNDO_FOR).isoformat()}
        parts.append(_("Nothing opens and nothing is sent for a minute."))
    messages.success(request, " ".join(parts))
    return redirect("couples")


@staff(*TREATING)
@require_POST
def couples_assign_undo(request: StaffRequest) -> HttpResponse:
    given = request.session.pop(UNDO, {"ids": []})
    try:
        take_back([UUID(one) for one in given["ids"]], membership=request.membership)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. It is as if it had not been assigned."))
    return redirect("couples")


def undo_until(request: StaffRequest, now: datetime) -> datetime | None:
    """Until when what was just assigned can be taken back from this browser."""
    given: dict[str, Any] | None = request.session.get(UNDO)
    until = datetime.fromisoformat(given["until"]) if given else None
    return until if until and until > now else None


def picked_couples(request: StaffRequest) -> list[Couple]:
    """The couples that are named and theirs; what is no id of one of them is left out."""
    named = (request.POST if request.method == "POST" else request.GET).getlist("couple")
    ids = [found for found in map(uuid_in, named[:MOST_COUPLES]) if found]
    return list(couples_treated_by(request.membership).filter(pk__in=ids).order_by("label", "id")) if ids else []
