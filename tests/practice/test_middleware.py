"""Each middleware taken away in turn: what it holds off must get through, and does not while it is there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as product
from django.test import Client

from clients.models import Couple
from practice.models import Membership
from tests.attacks import as_maintenance
from tests.factories import PASSWORD, client_of

pytestmark = [pytest.mark.database, pytest.mark.urls("tests.urls")]
Holds = Callable[[Membership, Any], bool]


def anybody(**options: Any) -> Client:
    return Client(raise_request_exception=False, **options)


def member(who: Membership) -> Client:
    return client_of(who, raise_request_exception=False)


def says(header: str, value: str) -> Holds:
    return lambda alice, _: member(alice).get("/lazy/").headers.get(header) == value


def own_rows_are_shown(alice: Membership, _: Any) -> bool:
    return member(alice).get("/lazy/").content == b"D &amp; E\n"


def refused_change_is_undone(alice: Membership, _: Any) -> bool:
    shown, refused = own_rows_are_shown(alice, _), member(alice).get("/refusing/").status_code == 409
    return shown and refused and as_maintenance("SELECT label FROM clients_couple") == [("D & E",)]


def signing_in_leads_on(alice: Membership, _: Any) -> bool:
    given = {"login": alice.user.email, "password": PASSWORD}
    return anybody().post("/accounts/login/", given).status_code == 302


def form_of_another_site_is_refused(alice: Membership, _: Any) -> bool:
    browser = client_of(alice, enforce_csrf_checks=True)
    return browser.post("/choose/", {"practice": str(alice.practice_id)}).status_code == 403


def request_is_logged(alice: Membership, caplog: Any) -> bool:
    caplog.clear()
    anybody().get("/scope/")
    return [one.msg["event"] for one in caplog.records if isinstance(one.msg, dict)] == [
        "request_started",
        "request_finished",
    ]


HOLDS: dict[str, Holds] = {
    "django.middleware.security.SecurityMiddleware": says("X-Content-Type-Options", "nosniff"),
    "whitenoise.middleware.WhiteNoiseMiddleware": lambda *_: (
        anybody().get("/static/practice/attune.css").status_code == 200
    ),
    "practice.middleware.NoStore": says("Cache-Control", "no-store"),
    "practice.middleware.RequestTransaction": refused_change_is_undone,
    "django.contrib.sessions.middleware.SessionMiddleware": own_rows_are_shown,
    "django.middleware.common.CommonMiddleware": lambda *_: (
        anybody(headers={"host": "evil.example"}).get("/scope/").status_code == 400
    ),
    "django.middleware.csrf.CsrfViewMiddleware": form_of_another_site_is_refused,
    "django.contrib.auth.middleware.AuthenticationMiddleware": own_rows_are_shown,
    "django.contrib.messages.middleware.MessageMiddleware": signing_in_leads_on,
    "django.middleware.clickjacking.XFrameOptionsMiddleware": says("X-Frame-Options", "DENY"),
    "allauth.account.middleware.AccountMiddleware": signing_in_leads_on,
    "django_structlog.middlewares.RequestMiddleware": request_is_logged,
    "csp.middleware.CSPMiddleware": lambda alice, _: (
        "default-src 'none'" in member(alice).get("/lazy/").headers.get("Content-Security-Policy", "")
    ),
    "practice.middleware.RequestScope": own_rows_are_shown,
}


def test_every_middleware_has_its_attack() -> None:
    assert list(HOLDS) == product.MIDDLEWARE


@pytest.mark.parametrize("name", HOLDS)
def test_middleware_holds_off_what_gets_through_without_it(
    alice: Membership, couple: Couple, settings: Any, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    assert HOLDS[name](alice, caplog)
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != name]
    assert not HOLDS[name](alice, caplog)
