"""Who works in the practice, who stands in for whom, and who is away."""

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice import tenancy
from practice.access import StaffRequest, staff
from practice.cover import (
    call_off_leave,
    members_who_answer,
    name_cover,
    possible_covers,
    take_leave,
    today,
)
from practice.errors import DomainError
from practice.forms import CoverForm, LeaveForm, add_faults, uuid_in
from practice.models import MANAGING, TREATING, Leave, Membership, Role


@staff()
def team(request: StaffRequest) -> HttpResponse:
    return team_page(request)


@staff(*TREATING)
@require_POST
def team_cover(request: StaffRequest) -> HttpResponse:
    form = CoverForm(request.POST, colleagues=possible_covers(request.membership))
    if not form.is_valid():
        return team_page(request, form, status=422)
    try:
        name_cover(request.membership, cover_id=form.cover_id())
    except DomainError as error:
        add_faults(form, error)
        return team_page(request, form, status=error.status)
    messages.success(request, _("Your cover is saved."))
    return redirect("team")


@staff(*TREATING, Role.ADMIN)
@require_POST
def team_leave(request: StaffRequest) -> HttpResponse:
    members = list(may_be_away(request.membership))
    form = LeaveForm(request.POST, members=members)
    if not form.is_valid():
        return team_page(request, leave_form=form, status=422)
    member = next(one for one in members if one.pk == form.member_id())
    given = form.cleaned_data
    try:
        take_leave(member, starts_on=given["starts_on"], ends_on=given["ends_on"], recorded_by=request.membership.id)
    except DomainError as error:
        add_faults(form, error)
        return team_page(request, leave_form=form, status=error.status)
    messages.success(request, _("The leave is saved. On these days the cover is told of what comes in."))
    return redirect("team")


@staff(*TREATING, Role.ADMIN)
@require_POST
def team_leave_end(request: StaffRequest) -> HttpResponse:
    leaves = Leave.objects.filter(member__in=may_be_away(request.membership).values("pk"))
    call_off_leave(get_object_or_404(leaves, pk=uuid_in(request.POST.get("leave", ""))))
    messages.success(request, _("The leave is called off."))
    return redirect("team")


def may_be_away(membership: Membership) -> QuerySet[Membership]:
    """Whose leave this member enters: the own, and a colleague's where they manage the practice."""
    answering = members_who_answer().order_by("name")
    return answering if membership.role in MANAGING else answering.filter(pk=membership.pk)


def team_page(
    request: StaffRequest,
    form: CoverForm | None = None,
    *,
    leave_form: LeaveForm | None = None,
    status: int = 200,
) -> HttpResponse:
    membership = request.membership
    coming = Leave.objects.filter(called_off_at=None, ends_on__gte=today())
    members = Membership.objects.filter(practice_id=tenancy.practice_id()).select_related("cover")
    chosen = {"cover": str(membership.cover_id or CoverForm.NOBODY)}
    context = {
        "members": members.order_by("-is_active", "name").prefetch_related(Prefetch("leaves", coming, "coming")),
        "form": form or CoverForm(initial=chosen, colleagues=possible_covers(membership)),
        "leave_form": leave_form or LeaveForm(members=may_be_away(membership)),
        "treats": membership.role in TREATING,
        "manages": membership.role in MANAGING,
        "today": today(),
    }
    return render(request, "practice/team.html", context, status=status)
