from django.contrib import messages
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import library
from assessments.access import IMPORTERS, may_import
from assessments.forms import ImportForm
from assessments.instruments.definition import Instrument
from assessments.models import ImportedInstrument
from practice.access import StaffRequest, staff
from practice.errors import DomainError
from practice.forms import posted

LICENCE_FACTS = ("holder", "reference", "confirmed_by", "expires_on", "allowed_modes")


@staff()
def instruments(request: StaffRequest) -> HttpResponse:
    imported = set(ImportedInstrument.objects.annotate(ref=ref_of_row()).values_list("ref", flat=True))
    context = {
        "instruments": [(one, one.ref in imported) for one in library.available()],
        "imports": may_import(request.membership),
    }
    return render(request, "assessments/instruments.html", context)


def ref_of_row() -> Concat:
    return Concat("identifier", Value("@"), "version")


@staff()
def instrument(request: StaffRequest, ref: str) -> HttpResponse:
    try:
        found = library.resolve(ref)
    except library.UnknownInstrument as error:
        raise Http404 from error
    context = {
        "instrument": found,
        "licence": found.definition["license"],
        "imported": library.licence_of(found),
        "no_print": not library.allows(found, library.PRINT),
        "domains": lines_by_domain(found),
        "rules": found.rules,
    }
    return render(request, "assessments/instrument.html", context)


def lines_by_domain(instrument: Instrument) -> list[tuple[str, list[object]]]:
    checklist = instrument.context_checklist or {}
    labels = {key: instrument.words(domain["label"]) for key, domain in instrument.domains.items()}
    if checklist:
        labels[checklist["id"]] = instrument.words(checklist["prompt"])
    return [(label, [line for line in instrument.lines if line.domain == key]) for key, label in labels.items()]


@staff(*IMPORTERS)
def instrument_import(request: StaffRequest) -> HttpResponse:
    form = ImportForm(posted(request), request.FILES or None)
    faults: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in LICENCE_FACTS}
        try:
            imported = library.import_instrument(form.cleaned_data["source"], **given)
        except DomainError as error:
            faults = refuse(form, error)
        else:
            messages.success(request, _("The instrument is in your list."))
            return redirect("instrument", f"{imported.identifier}@{imported.version}")
    status = 422 if form.errors else 200
    return render(request, "assessments/instrument_import.html", {"form": form, "faults": faults}, status=status)


def refuse(form: ImportForm, error: DomainError) -> list[dict[str, str]]:
    """Put what is wrong with the licence at its fields; gives what is wrong in the file."""
    form.add_error(None, str(error))
    for fault in error.faults:
        if fault["field"].startswith("licence."):
            form.add_error(fault["field"].removeprefix("licence."), fault["detail"])
    return [fault for fault in error.faults if not fault["field"].startswith("licence.")]
