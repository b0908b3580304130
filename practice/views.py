from uuid import UUID

from django.contrib import messages
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from practice import tenancy
from practice.access import PRACTICE_IN_SESSION, StaffRequest, memberships_of, public, sign_in, staff
from practice.content import crisis_resources, missing_topics, resolve_resources
from practice.downloads import file_response, take_download
from practice.errors import DomainError
from practice.forms import PracticeForm
from practice.models import Practice, Role
from practice.practices import (
    confirm_resources,
    confirm_resources_by,
    resources_changed,
    resources_in_force,
    update_practice,
)

SETTLES = (Role.OWNER, Role.ADMIN)


@public
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@public
def ready(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM practice_practice LIMIT 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


@sign_in
def choose_practice(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("account_login")
    memberships = memberships_of(request.user)
    if request.method == "POST":
        chosen = request.POST.get("practice", "")
        if any(str(one.practice_id) == chosen for one in memberships):
            request.session[PRACTICE_IN_SESSION] = chosen
            return redirect("couples")
    return render(request, "practice/choose.html", {"memberships": memberships})


@staff()
def practice_settings(request: StaffRequest) -> HttpResponse:
    practice = Practice.objects.get(pk=tenancy.practice_id())
    if request.method != "POST":
        return settings_page(request, practice, PracticeForm(instance=practice))
    if request.membership.role not in SETTLES:
        raise Http404
    if "confirm" in request.POST:
        return confirm_help_lines(request, practice)
    form = PracticeForm(request.POST, instance=Practice.objects.get(pk=practice.pk))
    if not form.is_valid():
        return settings_page(request, practice, form, status=422)
    update_practice(practice, **form.cleaned_data)
    messages.success(request, _("The settings are saved."))
    return redirect("practice-settings")


def confirm_help_lines(request: StaffRequest, practice: Practice) -> HttpResponse:
    try:
        confirm_resources(practice, by=request.membership)
    except DomainError as error:
        form = PracticeForm(instance=practice)
        return settings_page(request, practice, form, confirm_error=str(error), status=error.status)
    messages.success(request, _("The help lines are confirmed. Safety lines are asked from the next form on."))
    return redirect("practice-settings")


def settings_page(
    request: StaffRequest, practice: Practice, form: PracticeForm, *, status: int = 200, confirm_error: str = ""
) -> HttpResponse:
    resolved = resolve_resources(practice.country)
    order = crisis_resources()["placeholders"]["resources_link"]["topics"]
    context = {
        "practice": practice,
        "form": form,
        "settles": request.membership.role in SETTLES,
        "resources": [described(line) for topic in order for line in resolved.get(topic, [])],
        "missing": [topic.replace("_", " ") for topic in missing_topics(practice.country)],
        "changed": resources_changed(practice),
        "confirm_by": confirm_resources_by(practice),
        "in_force": resources_in_force(practice),
        "confirm_error": confirm_error,
    }
    return render(request, "practice/settings.html", context, status=status)


def described(line: dict[str, str]) -> dict[str, str]:
    ways = {"phone": "", "sms": _("text") + " ", "tty": "TTY ", "url": ""}
    return {
        "name": line["name"],
        "label": line["topic"].replace("_", " "),
        "reached_by": ", ".join(f"{prefix}{line[way]}" for way, prefix in ways.items() if way in line),
        "origin": line.get("source_ref") or crisis_resources()["source_key"][line["source"]],
    }


@staff()
@require_POST
def download(request: StaffRequest, download_id: UUID) -> HttpResponse | FileResponse:
    return file_response(take_download(download_id, membership=request.membership))
