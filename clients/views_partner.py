"""A partner's way in, and the way out. What is answered before a link is opened is the same for every key."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.access import PARTNER_COOKIE, partner_or_anyone
from clients.invitations import KEY_BYTES, LinkEnded, Opened, end_session, open_link
from clients.models import PartnerSession
from clients.partner_pages import SeeOther, ended_page, practice_of_partner, see_other
from practice.access import public
from practice.content import crisis_resources, filled_text, resolve_resources
from practice.models import Practice

LINK_COOKIE = f"{settings.PREFIX}link"
BROWSER_COOKIE = f"{settings.PREFIX}browser"
LINK_REMEMBERED_FOR = timedelta(minutes=10)
# As long as browsers keep any cookie; what ends a link is its own window.
BROWSER_REMEMBERED_FOR = timedelta(days=400)
LONGEST_KEY = 64
# Without an open form no country is known: only the lines for anywhere.
NO_COUNTRY = ""
TOPICS = {
    "emergency": _("In danger now"),
    "partner_violence": _("Being hurt, controlled or scared"),
    "partner_violence_men": _("Being hurt, controlled or scared: for men"),
    "partner_violence_lgbt": _("Being hurt, controlled or scared: for LGBT+ people"),
    "uses_harm": _("Worried about your own behaviour"),
    "suicide_crisis": _("Thinking about ending your life"),
    "crisis_text": _("Help by text message"),
    "directory": _("Help lines in every country"),
}


@public
@require_safe
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the key out of the address bar and consumes nothing: scanners and previews come here too."""
    response = see_other("link-open")
    response["Referrer-Policy"] = "no-referrer"
    remember(response, LINK_COOKIE, key[:LONGEST_KEY], max_age=LINK_REMEMBERED_FOR)
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
def link_open(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "partner/link.html")
    browser = request.COOKIES.get(BROWSER_COOKIE) or secrets.token_urlsafe(KEY_BYTES)
    try:
        opened = open_link(request.COOKIES.get(LINK_COOKIE, ""), browser=browser)
    except LinkEnded:
        return ended_page(request)
    return opened_form(opened, browser)


def opened_form(opened: Opened, browser: str) -> HttpResponse:
    response = see_other("partner-start")
    remember(response, PARTNER_COOKIE, opened.token)
    remember(response, BROWSER_COOKIE, browser, max_age=BROWSER_REMEMBERED_FOR)
    response.delete_cookie(LINK_COOKIE)
    return response


def remember(response: HttpResponse, name: str, value: str, *, max_age: timedelta | None = None) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=max_age, secure=secure, httponly=True, samesite="Lax")


@partner_or_anyone
@require_safe
def help_lines(request: HttpRequest) -> HttpResponse:
    practice = practice_behind(request)
    country = practice.country if practice else NO_COUNTRY
    context = {
        "not_watched": filled_text("not_watched", country),
        "topics": topics(country),
        "leave_to": practice.exit_url if practice else "",
    }
    return render(request, "partner/help.html", context)


def topics(country: str) -> list[dict[str, Any]]:
    resolved = resolve_resources(country)
    order = crisis_resources()["placeholders"]["resources_link"]["topics"]
    return [{"label": TOPICS[topic], "items": resolved[topic]} for topic in order if topic in resolved]


@partner_or_anyone
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Out, to an everyday page. A plain link forgets the session here; the script also ends it on the server."""
    practice, session = practice_behind(request), session_of(request)
    if request.method == "POST" and session:
        end_session(session)
    response = HttpResponse(status=204) if "beacon" in request.POST else SeeOther(exit_of(practice))
    response.delete_cookie(PARTNER_COOKIE)
    response.delete_cookie(LINK_COOKIE)
    response["Clear-Site-Data"] = '"cache"'
    return response


def session_of(request: HttpRequest) -> PartnerSession | None:
    return getattr(request, "partner_session", None)


def practice_behind(request: HttpRequest) -> Practice | None:
    return practice_of_partner() if session_of(request) else None


def exit_of(practice: Practice | None) -> str:
    return practice.exit_url if practice else str(Practice._meta.get_field("exit_url").get_default())
