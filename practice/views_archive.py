"""The archive of the practice: asked for, watched, fetched and removed by an owner who has just signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from practice.access import StaffRequest, staff
from practice.accounts import confirm_url, signed_in_recently
from practice.archive.asking import archives_of, ask_for_archive, give_up, kept_until, progress_of, try_again
from practice.archive.contents import LEFT_OUT
from practice.archive.making import FOLDER, KEY, OTHER, SPACE, TIME
from practice.downloads import offer_download, offered_downloads
from practice.errors import DomainError
from practice.forms import ArchiveForm, add_faults
from practice.models import Archive, Role

WORDS = {
    FOLDER: gettext_lazy("The folder for archives cannot be written. Ask whoever runs the installation to look at it."),
    SPACE: gettext_lazy(
        "There is no room left on the disk for archives. Ask whoever runs the installation to make room."
    ),
    KEY: gettext_lazy(
        "Something stored cannot be read with the keys of this installation. Ask whoever runs it to add the older "
        "encryption keys."
    ),
    TIME: gettext_lazy("A table takes too long to read. Try again at night, when less is going on."),
    OTHER: gettext_lazy("Something went wrong. Ask whoever runs the installation to look at the worker's log."),
}
Given = ParamSpec("Given")
View = Callable[Concatenate[StaffRequest, Given], HttpResponse]


def just_signed_in(view: View[Given]) -> View[Given]:
    """Ask who does not come from a sign-in of the last minutes to confirm that it is they, and to begin here again."""

    @wraps(view)
    def checked(request: StaffRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        return (
            view(request, *args, **kwargs)
            if signed_in_recently(request)
            else redirect(confirm_url(reverse("practice-archives")))
        )

    return checked


@staff(Role.OWNER)
def archives(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return archive_ask(request)
    return archives_page(request, ArchiveForm())


@just_signed_in
def archive_ask(request: StaffRequest) -> HttpResponse:
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        return archives_page(request, form, status=422)
    try:
        made = ask_for_archive(**form.cleaned_data, membership=request.membership)
    except DomainError as error:
        add_faults(form, error)
        return archives_page(request, form, status=error.status)
    return redirect("practice-archive", made.id)


@staff(Role.OWNER)
def archive(request: StaffRequest, archive_id: UUID) -> HttpResponse:
    found = get_object_or_404(archives_of(request.membership), pk=archive_id)
    return archive_page(request, found)


@staff(Role.OWNER)
@require_POST
def archive_offer(request: StaffRequest, archive_id: UUID) -> HttpResponse:
    ready = archives_of(request.membership).filter(state=Archive.State.READY)
    found = get_object_or_404(ready, pk=archive_id)
    if not signed_in_recently(request):
        return redirect(confirm_url(archive_url(found)))
    offer_download("practice_archive", found.id, purpose=found.purpose, membership=request.membership)
    messages.success(request, _("The file can be fetched once, by you, in the next ten minutes."))
    return redirect(archive_url(found))


@staff(Role.OWNER)
@require_POST
def archive_again(request: StaffRequest, archive_id: UUID) -> HttpResponse:
    found = get_object_or_404(archives_of(request.membership), pk=archive_id)
    try:
        try_again(found)
    except DomainError as error:
        return archive_page(request, found, status=error.status, refused=str(error))
    return redirect(archive_url(found))


@staff(Role.OWNER)
@require_POST
def archive_remove(request: StaffRequest, archive_id: UUID) -> HttpResponse:
    give_up(get_object_or_404(archives_of(request.membership), pk=archive_id))
    messages.success(request, _("The archive is removed."))
    return redirect("practice-archives")


def archive_url(found: Archive) -> str:
    return reverse("practice-archive", args=[found.id])


def archives_page(request: StaffRequest, form: ArchiveForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "recent": signed_in_recently(request),
        "confirm_url": confirm_url(reverse("practice-archives")),
        "archives": archives_of(request.membership)[:20],
        "left_out": LEFT_OUT.values(),
    }
    return render(request, "practice/archives.html", context, status=status)


def archive_page(request: StaffRequest, found: Archive, *, status: int = 200, refused: str = "") -> HttpResponse:
    progress = progress_of(found)
    context = {
        "archive": found,
        "progress": progress,
        "problem": WORDS.get(progress.problem, ""),
        "stuck": found.state == Archive.State.FAILED or (progress.problem and not found.problem),
        "kept_until": kept_until(found),
        "downloads": offered_downloads(request.membership, found.id),
        "recent": signed_in_recently(request),
        "refused": refused,
    }
    page = "practice/_archive_progress.html" if request.headers.get("HX-Request") else "practice/archive.html"
    return render(request, page, context, status=status)
