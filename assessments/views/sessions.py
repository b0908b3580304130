from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.cadence import call_off_session
from assessments.intentions import intentions_of
from assessments.models import Intention
from assessments.session_forms import SessionForm, TalksForm, initial_of
from assessments.session_list import (
    cancelled_sessions,
    counts_of,
    held_sessions,
    in_words,
    planned_sessions,
    waits_for_a_talk,
)
from assessments.session_ratings import (
    last_ratings,
    ratings_of,
    save_rated_session,
    steps_to_rate,
    template_for,
)
from clients.access import couples_treated_by, couples_visible_to, treats
from clients.couples import partners_of
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import last_quarter, plan_talks
from practice.access import CLINICIANS, StaffRequest, staff
from practice.content import client_texts
from practice.errors import DomainError
from practice.forms import add_faults, posted
from practice.models import Role

ON_A_PAGE = 25
TREATING = (Role.OWNER, Role.THERAPIST)


@staff(*CLINICIANS)
def couple_sessions(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_visible_to(request.membership), pk=couple_id)
    partners = partners_of(couple.id)
    planned = planned_sessions(couple)
    page = Paginator(held_sessions(couple), ON_A_PAGE).get_page(request.GET.get("page"))
    counts = counts_of(couple)
    context = {
        "couple": couple,
        "planned": planned,
        "cancelled": cancelled_sessions(couple),
        "page": page,
        "held": in_words(page.object_list, template=template_for(couple), partners=partners),
        "counts": counts,
        "met_alone": [(one, counts.met_alone.get(one.id)) for one in partners],
        "has_talk": any(one.partner_id for one in planned),
        "without_talk": waits_for_a_talk(planned, partners),
        "talk_words": talk_words(),
        "treats": treats(request.membership, couple) and couple.state != Couple.State.CLOSED,
        "corrects": treats(request.membership, couple),
        "now": timezone.now(),
    }
    return render(request, "assessments/sessions.html", context)


@staff(*TREATING)
def session_new(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    return session_form(request, couple, session=None)


@staff(*TREATING)
def session_edit(request: StaffRequest, session_id: UUID) -> HttpResponse:
    session = get_object_or_404(own_sessions(request).prefetch_related("ratings"), pk=session_id, cancelled_at=None)
    return session_form(request, session.couple, session=session)


@staff(*TREATING)
@require_POST
def session_cancel(request: StaffRequest, session_id: UUID) -> HttpResponse:
    session = get_object_or_404(own_sessions(request), pk=session_id)
    try:
        call_off_session(session)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The session is cancelled. Tell whoever was to come."))
    return redirect("couple-sessions", session.couple_id)


def own_sessions(request: StaffRequest) -> QuerySet[CounselingSession]:
    treated = couples_treated_by(request.membership)
    return CounselingSession.objects.filter(couple__in=treated).select_related("couple")


def session_form(request: StaffRequest, couple: Couple, *, session: CounselingSession | None) -> HttpResponse:
    form = form_for(request, couple, session)
    if request.method == "POST" and form.is_valid():
        try:
            save_rated_session(
                couple,
                form.details(session),
                form.ratings(),
                membership=request.membership,
                session=session,
                wish=form.cleaned_data["wish"],
            )
        except DomainError as error:
            add_faults(form, error, form.field_of)
        else:
            messages.success(request, _("The session is saved."))
            return redirect("couple-sessions", couple.id)
    said = said_before(couple, form.partners)
    context = {"couple": couple, "form": form, "session": session, "said": said}
    return render(request, "assessments/session.html", context, status=422 if form.errors else 200)


def form_for(request: StaffRequest, couple: Couple, session: CounselingSession | None) -> SessionForm:
    """Opens with the session's own values; before it was held with those of last time, as held now."""
    partners = partners_of(couple.id)
    is_held = session is not None and session.held_at is not None
    ratings = ratings_of(session) if session and is_held else last_ratings(couple)
    now = timezone.now()
    known = (session.held_at or session.planned_at) if session else None
    is_planned = known > now if known else "planned" in request.GET
    initial = initial_of(
        session,
        ratings=ratings,
        partners=partners,
        at=timezone.localtime(known) if known else last_quarter(now),
        planned=is_planned and not is_held,
    )
    template, steps = template_for(couple), steps_to_rate(couple, ratings)
    return SessionForm(posted(request), initial=initial, partners=partners, template=template, steps=steps)


def said_before(couple: Couple, partners: Sequence[Partner]) -> list[tuple[Partner, Intention]]:
    """What each partner said last that they want; for the therapist alone."""
    newest = intentions_of(couple)
    return [(one, newest[one.id]) for one in partners if one.id in newest]


@staff(*TREATING)
def talks_plan(request: StaffRequest, couple_id: UUID) -> HttpResponse:
    couple = get_object_or_404(couples_treated_by(request.membership), pk=couple_id)
    partners = [one for one in partners_of(couple.id) if one.state == Partner.State.ACTIVE]
    form = TalksForm(posted(request), partners=partners)
    if request.method == "POST" and form.is_valid():
        try:
            plan_talks(couple, form.times(), membership=request.membership)
        except DomainError as error:
            add_faults(form, error, form.field_of)
        else:
            messages.success(request, _("The talks are planned."))
            return redirect("couple-sessions", couple.id)
    context = {"couple": couple, "form": form, "talk_words": talk_words()}
    return render(request, "assessments/talks.html", context, status=422 if form.errors else 200)


def talk_words() -> str:
    """The only reason that is given for a talk alone; the same for both, always."""
    return str(client_texts()["one_to_one_talk"]["en"])
