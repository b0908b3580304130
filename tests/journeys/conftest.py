"""A real browser on the product, run by the test process. Whoever visits is watched: what they request, what the
console says, and what axe finds on each page they look at.
"""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
# The same steps on a desk, where a journey is walked on a phone too: each takes a browser ten seconds and more.
DESK_AT_NIGHT = pytest.param(DESK, marks=pytest.mark.nightly, id="desk")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
AXE = Axe()
# What passes is not listed node by node, which takes longer than to find what does not.
VIOLATIONS = {"resultTypes": ["violations"]}


class Visitor:
    """One person in a browser of their own."""

    def __init__(self, browser: Browser, site: str, **options: Any) -> None:
        self.site = site
        self.scripts = options.get("java_script_enabled", True)
        self.requested: list[str] = []
        self.complaints: list[str] = []
        self.findings: dict[str, list[str]] = {}
        self.context = browser.new_context(base_url=site, **options)
        self.context.set_default_timeout(10_000)
        self.context.on("request", lambda request: self.requested.append(request.url))
        self.context.on("console", lambda message: self._hear(message.type, message.text))
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def look(self) -> None:
        """Have axe look at the page as it stands. It needs scripts, so elsewhere nothing is looked at."""
        self.page.wait_for_load_state()
        if self.scripts:
            said = AXE.run(self.page, options=VIOLATIONS).response
            found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in said["violations"]]
            if found:
                self.findings[urlsplit(self.page.url).path] = found

    @property
    def strangers(self) -> set[str]:
        """The hosts asked for that are not the product's."""
        return {url for url in self.requested if not url.startswith((f"{self.site}/", "data:"))}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any, settings: Any) -> Iterator[Any]:
    """Makes visitors; at the end each must have met no complaint, no finding of axe and nobody's else server."""
    settings.SITE_URL = live_server.url
    visitors: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        visitors.append(Visitor(chromium, live_server.url, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [(visitor.complaints, visitor.findings, visitor.strangers) for visitor in visitors] == [
        ([], {}, set()) for _ in visitors
    ]
