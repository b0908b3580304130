"""How long records are kept: the term, and what goes in the coming 90 days."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.caseload_rows import initials
from assessments.retention import FLAG, FORM, HOLD, LOOKS_AHEAD, RECORD, Leaving, couples_leaving, outlook
from assessments.views.names import hides_names
from clients.models import Couple
from practice import tenancy
from practice.access import StaffRequest, staff
from practice.content import legal_minimum
from practice.errors import DomainError
from practice.forms import TermForm, add_faults, posted
from practice.models import MANAGING, TREATING, Practice, Role
from practice.retention import set_term, term_in_force

WORDS = {
    HOLD: gettext_lazy("on hold"),
    FLAG: gettext_lazy("a flag is not closed"),
    FORM: gettext_lazy("a form is open, or still to be asked"),
    RECORD: gettext_lazy("a record was asked for and is not handed over"),
}


@staff(*MANAGING, Role.THERAPIST)
def retention(request: StaffRequest) -> HttpResponse:
    practice = Practice.objects.get(pk=tenancy.practice_id())
    settles = request.membership.role in MANAGING
    if request.method == "POST" and not settles:
        raise Http404
    form = TermForm(posted(request), law_is_known=legal_minimum(practice.country) is not None)
    if request.method == "POST" and form.is_valid():
        try:
            set_term(practice, **form.cleaned_data, membership=request.membership)
        except DomainError as error:
            add_faults(form, error)
        else:
            messages.success(request, _("The term is saved."))
            return redirect("practice-retention")
    return retention_page(request, practice, form if settles else None)


def retention_page(request: StaffRequest, practice: Practice, form: TermForm | None) -> HttpResponse:
    """`form` is for who settles the term; they see numbers, and who treats sees their own couples."""
    now = timezone.now()
    term = term_in_force()
    coming = outlook(now=now) if form else None
    context = {
        "practice": practice,
        "law": legal_minimum(practice.country),
        "form": form,
        "term": term,
        "comes": term if term and term.day(now) < term.takes_effect_on else None,
        "outlook": coming,
        "kept": [(WORDS[reason], number) for reason, number in coming.kept.items()] if coming else [],
        "own": list(own_couples(request, now)) if request.membership.role in TREATING else None,
    }
    return render(request, "assessments/retention.html", context, status=422 if form and form.errors else 200)


def own_couples(request: StaffRequest, now: datetime) -> Iterator[tuple[Couple, str, Leaving, list[str]]]:
    """The member's couples whose term is over by then: the label, or initials while somebody looks on, and why kept."""
    hidden = hides_names(request)
    for couple, one in couples_leaving(request.membership, now=now, within=LOOKS_AHEAD):
        label = initials(couple.label) if hidden else couple.label
        yield couple, label, one, [str(WORDS[reason]) for reason in one.kept_by]
