"""A therapist's session day by keyboard: plan both talks, record a session, close with a follow-up, open again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clients.models import Couple
from practice.models import Membership
from tests.journeys.conftest import DESK, PHONE, Visitor
from tests.journeys.test_story import sign_in

pytestmark = pytest.mark.database

MOST_STEPS = 80


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESK}, marks=pytest.mark.nightly, id="desk"),
        pytest.param({"viewport": PHONE}, id="phone"),
        pytest.param({"viewport": DESK, "java_script_enabled": False}, id="no-script"),
    ],
)
def test_session_day_goes_by_keyboard(visit, alice: Membership, couple: Couple, options):
    therapist = visit(**options)
    sign_in(therapist, alice)
    page = therapist.page
    page.goto(f"/couples/{couple.id}/")
    therapist.look()
    follow(page, "Sessions")
    therapist.look()
    plan_both_talks(therapist)
    record_talk(therapist)
    record_session(therapist)
    close_with_follow_up(therapist)
    open_again(therapist)


def focused(page: Page) -> str:
    """What has the focus: its name or its words."""
    script = "() => { const e = document.activeElement; return e.name || e.innerText || e.id || e.tagName }"
    return re.sub(r"\s+", " ", str(page.evaluate(script))).strip()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on it, from where it is now."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"Tab never came to {name!r}")


def skip_to_content(page: Page) -> None:
    tab_to(page, "Skip to content")
    page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    """A link or button, by keyboard from the top of the page."""
    skip_to_content(page)
    submit(page, name)


def type_time(page: Page, days: int) -> None:
    """Into the parts of a date and time, one after the other, as Chromium takes them from the keyboard."""
    at = timezone.localtime() + timedelta(days=days)
    page.keyboard.type(f"{at:%m%d%Y}")
    page.keyboard.press("Tab")
    page.keyboard.type("1000AM")


def choose(page: Page, name: str, value: str) -> None:
    """In a group of radios: Tab into it, then the arrow keys. Space takes the first where none is chosen."""
    tab_to(page, name)
    page.keyboard.press("Space")
    for _ in range(8):
        chosen = page.locator(f"[name={name}]:checked").get_attribute("value")
        if chosen == value:
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"{name} never came to {value!r}")


def submit(page: Page, button: str) -> None:
    """A button or link further on, by keyboard."""
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def plan_both_talks(therapist: Visitor) -> None:
    page = therapist.page
    follow(page, "Plan talks with each alone")
    therapist.look()
    skip_to_content(page)
    for name, days in (("at_1", 3), ("at_2", 4)):
        tab_to(page, name)
        type_time(page, days)
    submit(page, "Plan the talks")
    expect(page.get_by_text("The talks are planned.")).to_be_visible()
    expect(page.get_by_text("Your therapist talks with each of you alone.")).to_be_visible()
    for name in ("Dana", "Erin"):
        expect(page.get_by_text(f"Alone with {name}")).to_be_visible()
    therapist.look()


def record_talk(therapist: Visitor) -> None:
    """What Dana said she wants is on this form, and there only while it is a talk alone."""
    page = therapist.page
    follow(page, "Record a session")
    expect(page.get_by_text("What this partner wants now")).to_be_hidden()
    skip_to_content(page)
    choose(page, "who", "1")
    expect(page.get_by_text("What this partner wants now")).to_be_visible()
    expect(page.get_by_text("How engaged Erin was")).to_be_hidden()
    choose(page, "safety_reviewed", "yes")
    choose(page, "wish", "clarify")
    choose(page, "engagement_1", "3")
    therapist.look()
    submit(page, "Save session")
    expect(page.get_by_text("The session is saved.")).to_be_visible()
    expect(page.get_by_text("Find out what I want")).to_have_count(0)


def record_session(therapist: Visitor) -> None:
    page = therapist.page
    follow(page, "Record a session")
    therapist.look()
    skip_to_content(page)
    choose(page, "stage_S0", "2")
    tab_to(page, "Rate another step")
    page.keyboard.press("Enter")
    choose(page, "stage_S3", "1")
    choose(page, "engagement_1", "4")
    choose(page, "engagement_2", "2")
    choose(page, "review", "stop")
    tab_to(page, "note")
    page.keyboard.type("They laughed.")
    submit(page, "Save session")
    expect(page.get_by_role("link", name="Safety reviewed: Say whether safety was reviewed.")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("They laughed.")
    expect(page.locator("[name=stage_S0][value='2']")).to_be_checked()
    therapist.look()
    # The refusal is meant, and Chromium tells of every one.
    therapist.complaints[:] = [text for text in therapist.complaints if "422 (Unprocessable Entity)" not in text]
    choose(page, "safety_reviewed", "no")
    submit(page, "Save session")
    expect(page.get_by_text("1 session with both was held.")).to_be_visible()
    expect(page.get_by_text("introduced")).to_be_visible()
    tab_to(page, "Note")
    page.keyboard.press("Enter")
    expect(page.get_by_text("They laughed.")).to_be_visible()
    therapist.look()


def close_with_follow_up(therapist: Visitor) -> None:
    page = therapist.page
    follow(page, "Overview")
    expect(page.get_by_text("decided to stop, and no full form was given since.")).to_be_visible()
    therapist.look()
    follow(page, "Close care")
    therapist.look()
    skip_to_content(page)
    choose(page, "reason", "separated")
    tab_to(page, "ask_again")
    page.keyboard.press("Space")
    submit(page, "Close care")
    expect(page.get_by_text("Care is closed.")).to_be_visible()
    expect(page.get_by_text("Asked after care")).to_be_visible()
    therapist.look()


def open_again(therapist: Visitor) -> None:
    page = therapist.page
    follow(page, "Open again")
    therapist.look()
    skip_to_content(page)
    tab_to(page, "new_episode")
    page.keyboard.press("Space")
    submit(page, "Open again")
    expect(page.get_by_text("The couple is active again.")).to_be_visible()
    expect(page.get_by_text("No full form was given since care began.")).to_be_visible()
    therapist.look()
