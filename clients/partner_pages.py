"""What every page of a partner shares: the way out, and one answer for whatever is not open to them."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from practice import tenancy
from practice.models import Practice


class SeeOther(HttpResponseRedirect):
    status_code = 303


def see_other(name: str, *args: Any) -> SeeOther:
    return SeeOther(resolve_url(name, *args))


def practice_of_partner() -> Practice:
    """What a partner's pages need to know of the practice in scope: the country, the way out and the clock."""
    return Practice.objects.only("country", "exit_url", "time_zone").get(pk=tenancy.practice_id())


def partner_page(
    request: HttpRequest, name: str, practice: Practice, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the template partner/`name`.html inside an open form."""
    return render(request, f"partner/{name}.html", {"leave_to": practice.exit_url, **context}, status=status)


def ended_page(request: HttpRequest) -> HttpResponse:
    """The one answer to a link or a form that is not open, whatever the reason. Asks the database nothing."""
    return render(request, "partner/ended.html", status=410)
