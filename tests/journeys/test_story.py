"""The main job, from sign-in to reading both results."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from practice.models import Membership
from tests.factories import PASSWORD, with_cover
from tests.journeys.conftest import DESK, PHONE, Visitor

pytestmark = pytest.mark.database

A_FEW_TIMES = 2
CHECK = re.compile(r"/p/check/$")


def test_a_couple_answers_and_the_therapist_reads(visit, alice: Membership):
    therapist = visit(viewport=DESK)
    sign_in(therapist, with_cover(alice))
    add_couple(therapist)
    assign(therapist)
    dana = visit(viewport=PHONE, has_touch=True)
    erin = visit(viewport=PHONE, java_script_enabled=False)
    links = [hand_over(therapist, name) for name in ("Dana", "Erin")]
    answer_and_leave_half_way(dana, links[0])
    come_back_and_send(dana, links[0])
    answer_without_scripts(erin, links[1])
    read_results(therapist)
    open_lines(therapist)


def sign_in(therapist: Visitor, member: Membership) -> None:
    page = therapist.page
    page.goto("/")
    therapist.look()
    page.get_by_label("Email").fill(member.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Couples")
    therapist.look()


def add_couple(therapist: Visitor) -> None:
    page = therapist.page
    page.goto("/couples/new/")
    therapist.look()
    page.get_by_label("Label").fill("D & E")
    page.get_by_label("Name of partner 1").fill("Dana")
    page.get_by_label("Name of partner 2").fill("Erin")
    page.get_by_role("button", name="Add couple").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("D & E")
    therapist.look()


def assign(therapist: Visitor) -> None:
    page = therapist.page
    page.get_by_role("link", name="Assign").first.click()
    therapist.look()
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Assigned.")).to_be_visible()
    therapist.look()


def hand_over(therapist: Visitor, name: str) -> str:
    """The link, as it is shown once."""
    page = therapist.page
    page.get_by_role("button", name=f"Hand over in person {name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"A link for {name}")
    therapist.look()
    link = page.locator(".key-box").inner_text()
    page.get_by_role("link", name="Done").click()
    return link


def open_form(partner: Visitor, link: str) -> None:
    page = partner.page
    page.goto(link)
    partner.look()
    page.get_by_role("button", name="Open the form").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you start")
    partner.look()


def answer_page(page: Page, *, value: int, safety: int) -> None:
    """Choose on every line, and see each saved where scripts save it."""
    about_safety = page.get_by_text("many people live with fear or harm").count()
    for line in page.locator("fieldset.line").all():
        choices = line.locator(".scale input, .list input")
        choices.nth(min(safety if about_safety else value, choices.count() - 1)).check()


def see_saved(lines: Locator) -> None:
    for line in lines.all():
        expect(line.get_by_role("status")).to_have_text("Saved")


def answer_and_leave_half_way(dana: Visitor, link: str) -> None:
    open_form(dana, link)
    page = dana.page
    page.get_by_role("button", name="Start").click()
    for _ in range(5):
        dana.look()
        answer_page(page, value=3, safety=A_FEW_TIMES)
        see_saved(page.locator("fieldset.line"))
        page.get_by_role("button", name="Continue").click()
    see_nothing_again(page)
    page.locator("fieldset.line").first.locator(".scale input").nth(4).check()
    see_saved(page.locator("fieldset.line").first)
    leave(dana)


def see_nothing_again(page: Page) -> None:
    """Going back to a page that only the therapist reads shows that it was saved, and nothing else."""
    page.go_back()
    expect(page.get_by_text("mocked me")).to_be_visible()
    see_saved(page.locator("fieldset.line"))
    expect(page.locator("input:checked")).to_have_count(0)
    page.get_by_role("button", name="Continue").click()


def leave(partner: Visitor) -> None:
    """To an everyday page, here played by the product's own so that the test reaches nobody."""
    everyday = re.compile(r"https://www\.wikipedia\.org/")
    partner.context.route(everyday, lambda route: route.fulfill(body="<title>News</title>", content_type="text/html"))
    partner.page.get_by_role("link", name="Leave this page").click()
    expect(partner.page).to_have_url(everyday)
    partner.page.goto("/p/6/")
    expect(partner.page.get_by_role("heading", level=1)).to_have_text("No form is open here")
    partner.look()
    partner.requested[:] = [url for url in partner.requested if not everyday.match(url)]
    partner.complaints[:] = [text for text in partner.complaints if "410 (Gone)" not in text]


def come_back_and_send(dana: Visitor, link: str) -> None:
    open_form(dana, link)
    page = dana.page
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/p/6/$"))
    expect(page.locator("fieldset.line").first.get_by_role("status")).to_have_text("Saved")
    answer_to_the_end(dana, value=3, safety=A_FEW_TIMES)
    page.get_by_role("link", name="Help lines").click()
    dana.look()
    page.go_back()
    send(dana)


def answer_to_the_end(partner: Visitor, *, value: int, safety: int) -> None:
    page = partner.page
    while not CHECK.search(page.url):
        partner.look()
        answer_page(page, value=value, safety=safety)
        page.get_by_role("button", name="Continue").click()
    partner.look()


def send(partner: Visitor) -> None:
    partner.page.get_by_role("button", name="Send").click()
    expect(partner.page.get_by_role("heading", level=1)).to_have_text("Thank you")
    partner.look()
    partner.page.go_back()
    expect(partner.page.get_by_role("heading", level=1)).to_have_text("Thank you")


def answer_without_scripts(erin: Visitor, link: str) -> None:
    open_form(erin, link)
    erin.page.get_by_role("button", name="Start").click()
    answer_to_the_end(erin, value=1, safety=0)
    send(erin)
    assert not any(url.endswith("/save/") for url in erin.requested)


def read_results(therapist: Visitor) -> None:
    page = therapist.page
    page.get_by_role("link", name=re.compile("Results|Read the results")).first.click()
    for name in ("Dana", "Erin"):
        expect(page.get_by_text(name).first).to_be_visible()
    expect(page.get_by_text("not a diagnosis").first).to_be_visible()
    expect(page.get_by_text("Urgent").first).to_be_visible()
    therapist.look()


def open_lines(therapist: Visitor) -> None:
    page = therapist.page
    page.get_by_role("button", name=re.compile("Open lines Dana, Safety check")).click()
    expect(page.get_by_text("A few times").first).to_be_visible()
    therapist.look()
