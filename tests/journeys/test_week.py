"""A partner's week on a phone, with and without scripts: told after the lines, and corrected after sending."""

import re

import pytest
from playwright.sync_api import Page, expect

from assessments import plans
from assessments.models import AnswerSheet, WeekReport
from assessments.specific_requests import answer_request, make_request
from assessments.weeks import open_note, wins_of
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import as_staff
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.test_story import open_form

pytestmark = pytest.mark.database

HOW_OFTEN = "How many times did you do this in the past week?"
NOTE = "Anything you want to add?"
WIN = "One thing that went a bit better"
CHANGE = "Change what you said about this week"


@pytest.fixture
def sheet(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> AnswerSheet:
    """Dana's check-in, with an activity of both, a request and a goal that is due."""
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        plans.assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)
        answer_request(make_request(couple, asked_by=erin, wording="A walk", cadence="weekly"), answer="yes")
        factories.make_goal(couple, review_in=2)
        factories.make_goal(couple, owner=dana, domain="IM", review_in=40)
    return factories.make_sheet(alice, dana, "ena-ck")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_partner_reports_the_week_and_corrects_it(visit, alice, sheet, scripts):
    link = f"/f/{factories.hand_over(alice, sheet).key}/"
    dana = visit(viewport=PHONE, has_touch=True, java_script_enabled=scripts)
    open_form(dana, link)
    dana.page.get_by_role("button", name="Start").click()
    skip_the_lines(dana)
    report_activity(dana, times="3")
    see_nothing_again(dana)
    come_back_to_the_second_page(dana, link)
    report_the_rest(dana)
    send(dana)
    correct(dana, link)
    assert kept(alice, sheet) == ({"done": 5, "helped": 3, "barrier": "forgot"}, "Late train", ["We cooked"])


def kept(alice: Membership, sheet: AnswerSheet) -> tuple[dict, str, list[str]]:
    with as_staff(alice):
        report = WeekReport.objects.get(partner=sheet.partner)
        [(activity, entry)] = report.entries.items()
        without_note = {name: value for name, value in entry.items() if name != "note"}
        assert list(report.requests.values()) == ["kept"]
        assert [one.level for one in report.goal_ratings.all()] == [1]
        return (
            without_note,
            open_note(report, activity),
            [win.text for win in wins_of(report) if win.share_via_therapist],
        )


def go_on(dana: Visitor) -> None:
    dana.page.get_by_role("button", name="Continue").click()


def look(dana: Visitor) -> None:
    """As axe sees it, and as wide as the phone."""
    dana.look()
    if dana.scripts:
        assert dana.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def skip_the_lines(dana: Visitor) -> None:
    while "/p/week/" not in dana.page.url:
        go_on(dana)


def saved(dana: Visitor, page: Page, number: int) -> None:
    """With scripts, what was just said is saved before Continue."""
    if dana.scripts:
        expect(page.get_by_role("status").filter(has_text="Saved")).to_have_count(number)


def report_activity(dana: Visitor, *, times: str) -> None:
    page = dana.page
    expect(page.get_by_role("heading", name="Phone away")).to_be_visible()
    look(dana)
    page.get_by_label(HOW_OFTEN).fill(times)
    page.get_by_label("Quite a bit").check()
    page.get_by_label("I forgot").check()
    page.get_by_label(NOTE).fill("Late train")
    saved(dana, page, 4)
    look(dana)
    go_on(dana)


def see_nothing_again(dana: Visitor) -> None:
    page = dana.page
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_text("Saved. Choose again to change.")).to_have_count(1)
    expect(page.get_by_text("Saved. Write again to change.")).to_have_count(1)
    expect(page.locator("input:checked")).to_have_count(0)
    for label in (HOW_OFTEN, NOTE):
        expect(page.get_by_label(label)).to_have_value("")
    look(dana)
    go_on(dana)


def come_back_to_the_second_page(dana: Visitor, link: str) -> None:
    open_form(dana, link)
    go_on(dana)
    expect(dana.page).to_have_url(re.compile("/p/week/2/$"))


def report_the_rest(dana: Visitor) -> None:
    page = dana.page
    expect(page.get_by_text("Each of you says alone how it went.")).to_be_visible()
    page.get_by_label("Kept").check()
    saved(dana, page, 1)
    look(dana)
    go_on(dana)
    page.get_by_label("5 days", exact=True).check()
    saved(dana, page, 1)
    look(dana)
    go_on(dana)
    page.get_by_label(WIN).fill("We cooked")
    page.get_by_label("My therapist may bring this into a session").first.check()
    saved(dana, page, 1)
    page.get_by_text("What you are working towards").click()
    look(dana)
    go_on(dana)
    expect(page.get_by_text("We show this to everyone.")).to_be_visible()
    look(dana)
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label(WIN)).to_have_value("We cooked")
    look(dana)
    go_on(dana)
    go_on(dana)


def send(dana: Visitor) -> None:
    page = dana.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready to send?")
    look(dana)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name=CHANGE)).to_be_visible()
    look(dana)


def correct(dana: Visitor, link: str) -> None:
    """By the same link in the same browser."""
    page = dana.page
    page.goto(link)
    page.get_by_role("button", name="Open the form").click()
    page.get_by_role("link", name=CHANGE).click()
    look(dana)
    page.get_by_label(HOW_OFTEN).fill("5")
    go_on(dana)
    while re.search("/p/week/", page.url):
        go_on(dana)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
