"""A therapist's calendar: a session is planned, a form asked before it, the session moved, and the form follows."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Wave
from clients.models import Couple
from practice.models import Membership
from tests.factories import as_staff
from tests.journeys.conftest import DESK, PHONE, Visitor
from tests.journeys.test_story import sign_in

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESK}, marks=pytest.mark.nightly, id="desk"),
        pytest.param({"viewport": PHONE}, id="phone"),
        pytest.param({"viewport": PHONE, "java_script_enabled": False}, id="no-script"),
    ],
)
def test_a_form_follows_its_session(visit, alice: Membership, couple: Couple, options):
    therapist = visit(**options)
    sign_in(therapist, alice)
    first, second = at_ten(days=9), at_ten(days=11)
    plan_session(therapist, couple, first)
    ask_before_each_session(therapist, couple)
    assert closings(alice, couple) == [first]
    see_it_coming(therapist, couple, first)
    move_session(therapist, first, second)
    assert closings(alice, couple) == [second]
    see_it_on(therapist, second, "Day")
    change_how_often(therapist, couple)
    cancel_session(therapist, second)
    assert closings(alice, couple) == []
    read_in_own_calendar(therapist)


def at_ten(*, days: int) -> datetime:
    """By the clock of the practice in tests."""
    return timezone.localtime(timezone.now() + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)


def closings(alice: Membership, couple: Couple) -> list[datetime]:
    with as_staff(alice):
        return list(Wave.objects.filter(couple=couple, dropped="").values_list("closes_at", flat=True))


def look(therapist: Visitor) -> None:
    """As axe sees it, and no wider than the screen."""
    therapist.look()
    if therapist.scripts:
        width = therapist.page.viewport_size["width"]
        assert therapist.page.evaluate("document.documentElement.scrollWidth") <= width, therapist.page.url


def enter(therapist: Visitor, at: datetime) -> None:
    therapist.page.get_by_label("When").fill(f"{at:%Y-%m-%dT%H:%M}")


def plan_session(therapist: Visitor, couple: Couple, at: datetime) -> None:
    page = therapist.page
    page.get_by_role("link", name="Calendar").first.click()
    expect(page.get_by_text("Nothing in these days")).to_be_visible()
    look(therapist)
    page.get_by_role("link", name="Plan a session").click()
    look(therapist)
    page.get_by_label("Couple", exact=True).select_option(label=couple.label)
    enter(therapist, at)
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_text("The session is planned.")).to_be_visible()
    look(therapist)


def ask_before_each_session(therapist: Visitor, couple: Couple) -> None:
    page = therapist.page
    page.goto(f"/couples/{couple.id}/assign/")
    look(therapist)
    page.get_by_label("ENA-C session check-in").check()
    page.get_by_label("How often").select_option(label="Before each session")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("link", name="Change how often")).to_be_visible()
    look(therapist)


def see_it_coming(therapist: Visitor, couple: Couple, at: datetime) -> None:
    for view in ("Day", "Week", "Four weeks"):
        see_it_on(therapist, at, view)
        look(therapist)
    therapist.page.goto(f"/couples/{couple.id}/calendar/")
    expect(therapist.page.get_by_role("link", name="Move")).to_be_visible()
    look(therapist)


def see_it_on(therapist: Visitor, at: datetime, view: str) -> None:
    """Wherever one was before, each length shows the day that was asked for."""
    page = therapist.page
    page.goto(f"/calendar/?on={at:%Y-%m-%d}")
    page.get_by_role("link", name=view, exact=True).click()
    day = page.get_by_role("region", name=f"{at:%A}, {at.day} {at:%B %Y}")
    expect(day.get_by_text("ENA-C session check-in (ENA-CK) closes")).to_be_visible()


def move_session(therapist: Visitor, at: datetime, to: datetime) -> None:
    page = therapist.page
    page.goto(f"/calendar/?view=day&on={at:%Y-%m-%d}")
    page.get_by_role("link", name="Move").click()
    look(therapist)
    enter(therapist, to)
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("The session is moved.")).to_be_visible()


def change_how_often(therapist: Visitor, couple: Couple) -> None:
    page = therapist.page
    page.goto(f"/couples/{couple.id}/")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    look(therapist)
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("link", name="Change how often").click()
    look(therapist)
    page.get_by_label("Reminders").select_option(label="None")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_role("link", name="Change how often")).to_be_visible()


def cancel_session(therapist: Visitor, at: datetime) -> None:
    page = therapist.page
    page.goto(f"/calendar/?view=day&on={at:%Y-%m-%d}")
    page.get_by_role("link", name="Move").click()
    page.get_by_role("button", name="Cancel the session").click()
    page.wait_for_load_state()
    look(therapist)


def read_in_own_calendar(therapist: Visitor) -> None:
    page = therapist.page
    page.goto("/calendar/")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("code").inner_text()
    look(therapist)
    assert page.request.get(address).status == 200
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="End the address").click()
    assert page.request.get(address).status == 404
