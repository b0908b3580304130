from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.models import StatisticsRelease
from assessments.statistics.chart import bar_charts
from assessments.statistics.disclosure import FLOOR
from assessments.statistics.forms import PurposeForm
from assessments.statistics.releases import SEES_STATISTICS, read_release, releases, stored_release
from practice.access import StaffRequest, staff
from practice.downloads import offer_download, offered_downloads

FILES = {"statistics_csv": "CSV", "statistics_xlsx": "XLSX", "statistics_parquet": "Parquet",
         "statistics_codebook": "codebook"}  # fmt: skip


@staff(*SEES_STATISTICS)
@require_GET
def statistics(request: StaffRequest) -> HttpResponse:
    chosen = stored_release(request.GET.get("quarter", "")) or stored_release("")
    if chosen is None:
        return render(request, "assessments/no_statistics.html", {"floor": FLOOR})
    return statistics_page(request, chosen, PurposeForm())


@staff(*SEES_STATISTICS)
@require_POST
def statistics_files(request: StaffRequest) -> HttpResponse:
    form = PurposeForm(request.POST)
    if not form.is_valid():
        newest = stored_release("")
        if newest is None:
            return render(request, "assessments/no_statistics.html", {"floor": FLOOR}, status=422)
        return statistics_page(request, newest, form, status=422)
    release = get_object_or_404(releases(), quarter=form.cleaned_data["quarter"])
    for kind in FILES:
        offer_download(kind, release.id, purpose=form.cleaned_data["purpose"], membership=request.membership)
    messages.success(request, _("The files can be fetched once each, by you, in the next ten minutes."))
    return redirect(f"{reverse('statistics')}?quarter={release.quarter}#files-title")


def statistics_page(
    request: StaffRequest, stored: StatisticsRelease, form: PurposeForm, *, status: int = 200
) -> HttpResponse:
    release = read_release(stored)
    table = next((one for one in release.tables if one.id == request.GET.get("table")), release.tables[0])
    offered = offered_downloads(request.membership, release.id)
    context = {
        "release": release,
        "quarters": [one.quarter for one in releases()],
        "table": table,
        "meanings": list(zip(table.dimensions, table.meanings, strict=True)),
        "charts": bar_charts(table, release),
        "form": form,
        "downloads": [(one, FILES[one.kind]) for one in offered],
    }
    return render(request, "assessments/statistics.html", context, status=status)
