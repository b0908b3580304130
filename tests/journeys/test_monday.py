"""A Monday morning: what waits, two couples and one session in at most ten clicks; and a form for many couples."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assessments.models import Assignment
from clients.models import CounselingSession, Couple, Partner
from practice.models import Membership
from tests.assessments.flagged import raise_flag
from tests.factories import PASSWORD, as_staff, assign, make_couple
from tests.journeys.conftest import DESK, DESK_AT_NIGHT, PHONE, Visitor
from tests.journeys.test_story import sign_in

pytestmark = pytest.mark.database
MOST_CLICKS = 10


class Clicks:
    """Clicks like a person, and counts."""

    def __init__(self, therapist: Visitor) -> None:
        self.therapist, self.page, self.number = therapist, therapist.page, 0

    def on(self, role: Any, name: str | re.Pattern[str]) -> None:
        self.number += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()
        self.therapist.look()


@pytest.fixture
def morning(alice: Membership, couple: Couple, dana: Partner) -> None:
    raise_flag(alice, dana)
    for label in ("G & H", "I & J", "K & L"):
        make_couple(alice, label=label)
    with as_staff(alice):
        CounselingSession.objects.create(
            couple=couple,
            kind="couple",
            planned_at=timezone.now() + timedelta(hours=1),
            written_by=alice.id,
            created_at=timezone.now(),
        )


def forms_of(alice: Membership) -> list[str]:
    with as_staff(alice):
        return sorted(Assignment.objects.values_list("couple__label", flat=True))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_monday_morning_takes_ten_clicks(visit, alice: Membership, morning: None, scripts: bool):
    therapist = visit(viewport=DESK, java_script_enabled=scripts)
    page, clicks = therapist.page, Clicks(therapist)
    page.goto("/")
    page.get_by_label("Email").fill(alice.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    clicks.on("button", "Sign in")
    clicks.on("link", re.compile("^Inbox"))  # its count follows when the page is there
    clicks.on("link", re.compile("^SR1"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("SR1")
    clicks.on("link", "Couples")
    clicks.on("checkbox", "Pick G & H")
    clicks.on("checkbox", "Pick I & J")
    clicks.on("button", "Assign a form to the ticked")
    expect(page.get_by_role("heading", name="2 couples get it")).to_be_visible()
    clicks.on("button", "Assign")
    expect(page.get_by_text("2 couples get the form.")).to_be_visible()
    clicks.on("link", "D & E")
    clicks.on("link", "Next session")
    expect(page.get_by_role("link", name="Next session")).to_have_attribute("aria-current", "page")
    assert clicks.number <= MOST_CLICKS
    assert forms_of(alice) == ["D & E", "G & H", "I & J"]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": DESK}, marks=pytest.mark.nightly, id="desk"),
        pytest.param({"viewport": PHONE}, id="phone"),
        pytest.param({"viewport": DESK, "java_script_enabled": False}, id="desk-no-scripts"),
        pytest.param(
            {"viewport": PHONE, "java_script_enabled": False}, marks=pytest.mark.nightly, id="phone-no-scripts"
        ),
    ],
)
def test_a_form_is_given_to_many_and_taken_back(visit, alice: Membership, options: dict[str, Any]):
    couples = [make_couple(alice, label=label) for label in ("G & H", "I & J", "K & L")]
    assign(alice, couples[2], "ena-ck")
    therapist = visit(**options)
    sign_in(therapist, alice)
    page = therapist.page
    page.get_by_role("link", name="Tick all on this page").click()
    expect(page.get_by_role("checkbox", name="Pick K & L")).to_be_checked()
    therapist.look()
    page.get_by_role("button", name="Assign a form to the ticked").click()
    expect(page.get_by_role("heading", name="3 couples get it")).to_be_visible()
    choose_check_in(therapist)
    expect(page.get_by_role("heading", name="2 couples get it")).to_be_visible()
    expect(page.get_by_text("This couple has this form already")).to_be_visible()
    assert no_wider_than_the_window(page)
    therapist.look()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("2 couples get the form. 1 was skipped.")).to_be_visible()
    therapist.look()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    therapist.look()
    assert forms_of(alice) == ["K & L"]


def choose_check_in(therapist: Visitor) -> None:
    therapist.page.get_by_role("radio", name="ENA-CK").check()
    if not therapist.scripts:
        therapist.page.get_by_role("button", name="Show who gets it").click()


def no_wider_than_the_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_the_inbox_is_worked_off_where_it_stands(visit, alice: Membership, morning: None, viewport: Any):
    therapist = visit(viewport=viewport)
    sign_in(therapist, alice)
    page = therapist.page
    page.goto("/inbox/")
    therapist.look()
    page.get_by_role("button", name="Acknowledge D & E, Dana").click()
    expect(page.get_by_text("Nobody else is told any more.")).to_be_visible()
    page.get_by_role("button", name="Done Form due, G & H").click()
    expect(page.get_by_text("It stays among what is done.")).to_be_visible()
    assert no_wider_than_the_window(page)
    page.get_by_role("link", name="What is done").click()
    expect(page.get_by_role("rowheader", name="G & H")).to_be_visible()
    therapist.look()
    page.goto("/practice/team/")
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_text("You get no mail on Mondays.")).to_be_visible()
    therapist.look()
