"""A28: nothing about anybody is kept on the way: not by a browser or proxy, and not in Valkey between two practices."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.api.clients import V1, api_of, sign_in
from tests.canaries import found, valkey
from tests.factories import client_of, make_sheet, partner_client
from tests.test_routes import PATTERNS, arguments

ROOT = Path(__file__).parent.parent.parent
CACHING = re.compile(r"from django\.core\.cache|cache_page|cache_control|\{% cache")


def test_product_keeps_nothing_in_a_cache_of_its_own() -> None:
    sources = [path for app in ("practice", "clients", "assessments", "api") for path in (ROOT / app).rglob("*.py")]
    sources += list((ROOT / "templates").rglob("*.html"))
    assert [path.name for path in sources if CACHING.search(path.read_text())] == []
    assert CACHING.search("from django.core.cache import cache")


@pytest.mark.database
def test_every_answer_forbids_to_keep_it(alice: Any, dana: Any) -> None:
    sheet = make_sheet(alice, dana)
    browsers = [client_of(alice), partner_client(sheet), Client()]
    kept = set()
    for name, pattern in PATTERNS.items():
        where = re.sub(
            r"<(\w+:)?\w+>", lambda found: str(uuid.uuid4()) if "uuid" in found.group() else "1", f"/{pattern}"
        )
        for browser in browsers:
            browser.raise_request_exception = False
            answer = browser.get(re.sub(r"[\^$()?]|\\.", "", where) if "(?P" in where else where)
            if answer.headers.get("Cache-Control") != "no-store":
                kept.add(name)
    assert kept == set()
    assert len(PATTERNS) > 90
    assert any(arguments(pattern) for pattern in PATTERNS.values())


@pytest.mark.database
def test_valkey_holds_limits_and_doorbells_alone(alice: Any, couple: Any, mallory: Any, other_couple: Any) -> None:
    """Pages, calls, sign-in and mail of two practices: what is counted names nobody, and what is queued is an id."""
    for member, own in ((alice, couple), (mallory, other_couple)):
        browser, program = client_of(member), api_of(member)
        sign_in(member)
        Client().post("/accounts/login/", {"login": member.user.email, "password": "wrong"})
        for place in ("/", f"/couples/{own.id}/", f"/couples/{own.id}/results/", "/flags/"):
            assert browser.get(place).status_code == 200
        assert program.get(f"{V1}couples/{own.id}/").status_code == 200
    said = valkey()
    names = {"label": couple.label, "other": other_couple.label, "couple": str(couple.id), "mail": alice.user.email}
    assert found(names, said) == set()
    assert found({"practice": str(alice.practice_id)}, said) == set()
    cache.set("couples", couple.label)
    assert found(names, valkey()) == {"label"}
    assert settings.CACHES["default"]["KEY_PREFIX"] == "cache"
