from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.caseload_rows import initials
from assessments.digest import want_weekly_mail
from assessments.inbox import Item, Kind, inbox_of, set_aside
from assessments.inbox_done import Done, done_of
from assessments.views.names import hides_names
from assessments.views.results import uuid_or_404
from practice.access import StaffRequest, staff
from practice.models import TREATING

ON_A_PAGE = 25
DONE = "done"


@staff(*TREATING)
def inbox(request: StaffRequest) -> HttpResponse:
    shown = request.GET.get("show", "")
    if shown not in ("", DONE, *Kind.values):
        raise Http404
    if shown == DONE:
        return done(request)
    now = timezone.now()
    every = inbox_of(request.membership, now=now)
    chosen = [item for item in every if shown in ("", item.kind)]
    page = Paginator(chosen, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(item, *named(request, item)) for item in page.object_list],
        "kinds": [(kind, label, sum(item.kind == kind for item in every)) for kind, label in Kind.choices],
        "total": len(every),
        "shown": shown,
    }
    return render(request, "assessments/inbox.html", context)


@staff(*TREATING)
@require_safe
def inbox_count(request: StaffRequest) -> HttpResponse:
    # A piece of a page, for whoever has one.
    if "HX-Request" not in request.headers:
        return redirect("inbox")
    number = len(inbox_of(request.membership, now=timezone.now()))
    return render(request, "assessments/_inbox_count.html", {"number": number})


def done(request: StaffRequest) -> HttpResponse:
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 1
    found, more = done_of(request.membership, first=max(number - 1, 0) * ON_A_PAGE, size=ON_A_PAGE)
    context = {
        "rows": [(one, *named(request, one)) for one in found],
        "earlier": number - 1 if number > 1 else None,
        "later": number + 1 if more else None,
        "shown": DONE,
    }
    return render(request, "assessments/inbox_done.html", context)


@staff(*TREATING)
@require_POST
def inbox_set_aside(request: StaffRequest) -> HttpResponse:
    reference: UUID = uuid_or_404(request.POST.get("reference", ""))
    set_aside(request.membership, kind=request.POST.get("kind", ""), reference=reference, now=timezone.now())
    messages.success(request, _("Done. It stays among what is done."))
    return redirect("inbox")


@staff(*TREATING)
@require_POST
def inbox_mail(request: StaffRequest) -> HttpResponse:
    wanted = request.POST.get("wanted") == "yes"
    want_weekly_mail(request.membership, wanted=wanted)
    messages.success(request, _("You get the mail on Mondays.") if wanted else _("You get no mail on Mondays."))
    return redirect("team")


def named(request: StaffRequest, one: Item | Done) -> tuple[str, str]:
    """The label of the couple and the name of the partner, or their initials while somebody looks on."""
    words = [one.couple.label if one.couple else "", str(one.partner.name) if one.partner else ""]
    label, name = [initials(word) for word in words] if hides_names(request) else words
    return label, name
