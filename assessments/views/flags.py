from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.flags import (
    BY_LEVEL,
    acknowledge_flag,
    close_flag,
    flags_answered_by,
    flags_visible_to,
    reopen_flag,
    waiting_for,
    with_history,
)
from assessments.forms import CloseFlagForm
from assessments.models import SafetyFlag
from assessments.session_forms import TalksForm
from assessments.views.names import hides_names
from clients.access import treats
from clients.models import Couple, Partner
from practice.access import CLINICIANS, StaffRequest, staff
from practice.content import client_texts
from practice.errors import DomainError
from practice.forms import add_faults
from practice.models import TREATING

ON_A_PAGE = 25


@staff(*CLINICIANS)
def flags(request: StaffRequest) -> HttpResponse:
    state = request.GET.get("state", SafetyFlag.State.OPEN)
    level = request.GET.get("level", "")
    found = with_people(flags_visible_to(request.membership))
    if state not in ("all", *SafetyFlag.State.values) or level not in ("", *SafetyFlag.Level.values):
        raise Http404
    found = found if state == "all" else found.filter(state=state)
    found = found.filter(level=level) if level else found
    page = Paginator(found.order_by(BY_LEVEL, "-raised_at", "id"), ON_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "flags": with_history(page.object_list),
        "answers": request.membership.role in TREATING,
        "names_hidden": hides_names(request),
        "waiting": waiting_for(request.membership),
        "state": state,
        "level": level,
        "states": SafetyFlag.State.choices,
        "levels": SafetyFlag.Level.choices,
    }
    return render(request, "assessments/flags.html", context)


def with_people(flags: QuerySet[SafetyFlag]) -> QuerySet[SafetyFlag]:
    return flags.select_related("couple", "partner", "sheet")


@staff(*CLINICIANS)
def flag(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    found = get_object_or_404(with_people(flags_visible_to(request.membership)), pk=flag_id)
    return flag_page(request, found, CloseFlagForm())


@staff(*TREATING)
@require_POST
def flag_acknowledge(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    return acted(request, flag_id, acknowledge_flag, said=_("Acknowledged. Nobody else is told any more."))


@staff(*TREATING)
@require_POST
def flag_reopen(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    return acted(request, flag_id, reopen_flag, said=_("The flag is open again. Its history and first date stay."))


@staff(*TREATING)
@require_POST
def flag_close(request: StaffRequest, flag_id: UUID) -> HttpResponse:
    form = CloseFlagForm(request.POST)
    if not form.is_valid():
        found = get_object_or_404(with_people(flags_answered_by(request.membership)), pk=flag_id)
        return flag_page(request, found, form, status=422)
    close = partial(close_flag, **form.cleaned_data)
    return acted(request, flag_id, close, said=_("The flag is closed. It stays on record."), form=form)


def acted(
    request: StaffRequest, flag_id: UUID, act: Callable[..., None], *, said: str, form: CloseFlagForm | None = None
) -> HttpResponse:
    found = get_object_or_404(with_people(flags_answered_by(request.membership)), pk=flag_id)
    form = form or CloseFlagForm()
    try:
        act(found, membership=request.membership)
    except DomainError as error:
        if form.is_bound:
            add_faults(form, error)
        found.refresh_from_db(fields=["state"])
        return flag_page(request, found, form, status=error.status, refused=str(error))
    messages.success(request, said)
    return redirect("inbox") if "from_inbox" in request.POST else redirect("flag", found.id)


def talks_form(couple: Couple) -> TalksForm | None:
    """A time for each partner who takes part; the page of talks plans them. None after care has ended."""
    partners = couple.partners.filter(state=Partner.State.ACTIVE).order_by("position")
    return TalksForm(partners=list(partners)) if couple.state != Couple.State.CLOSED else None


def flag_page(
    request: StaffRequest, found: SafetyFlag, form: CloseFlagForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    context = {
        "flag": with_history([found])[0],
        "form": form,
        "answers": request.membership.role in TREATING,
        "names_hidden": hides_names(request),
        "refused": refused,
        "talks": talks_form(found.couple) if treats(request.membership, found.couple) else None,
        "talk_words": client_texts()["one_to_one_talk"]["en"],
    }
    return render(request, "assessments/flag.html", context, status=status)
