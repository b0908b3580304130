"""B23 and B24: what both look at shows nothing of a flag, and what is sensitive comes after what makes it safer."""

import re

import pytest
from playwright.sync_api import Page, expect

from assessments.models import JointReport, SafetyFlag
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.assessments.joint import calm, released
from tests.assessments.test_results_view import answers_of
from tests.factories import as_staff
from tests.journeys.conftest import DESK_AT_NIGHT, PHONE, Visitor
from tests.journeys.test_story import sign_in

pytestmark = pytest.mark.database

ALARMING = {"experienced.SC1": 4, "experienced.RS1": 4, "self.IM4": 4}
# Two frames after a change of the medium everything is laid out and painted anew.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def settled(page: Page) -> bytes:
    """The whole page, once two pictures of it are the same: a picture of all of it lays it out anew."""
    taken = b""
    for _ in range(10):
        page.evaluate(DRAWN)
        before, taken = taken, page.screenshot(full_page=True, animations="disabled")
        if taken == before:
            return taken
    raise AssertionError("The page does not come to rest.")


def pictures(therapist: Visitor, report: JointReport) -> list[bytes]:
    """What stands on the screen, and on paper, while both look on."""
    page, taken = therapist.page, []
    page.goto(f"/joint-reports/{report.id}/before/")
    for path in (f"/joint-reports/{report.id}/", f"/couples/{report.couple_id}/room/"):
        page.goto(path)
        therapist.look()
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            page.wait_for_load_state("networkidle")
            taken.append(settled(page))
        page.emulate_media(media="screen")
    return taken


def report_of(alice: Membership, couple: Couple, **more: int) -> JointReport:
    return released(alice, couple, [{**answers_of("A"), **more}, answers_of("B")])


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_what_both_look_at_is_the_same_picture_with_flags_and_without(visit, alice, viewport):
    """Twin couples: of the other one partner says more, before the release, and has an urgent flag after it."""
    plain, other, differing = (factories.make_couple(alice) for _ in range(3))
    reports = [report_of(alice, plain), report_of(alice, other, **ALARMING)]
    reports.append(released(alice, differing, [calm(), calm()]))
    therapist = visit(viewport=viewport)
    sign_in(therapist, alice)
    before = pictures(therapist, reports[0])
    factories.save(factories.make_sheet(alice, factories.partner_of(alice, other, 1), "ena-ck"), {"experienced.CK8": 4})
    with as_staff(alice):
        assert SafetyFlag.objects.filter(couple=other, state="open", level="urgent").exists()
    assert pictures(therapist, reports[1]) == before
    assert pictures(therapist, reports[2])[:2] != before[:2]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_what_makes_it_safer_comes_before_the_first_line(visit, alice: Membership, dana: Partner, scripts):
    link = f"/f/{factories.hand_over(alice, factories.make_sheet(alice, dana)).key}/"
    partner = visit(viewport=PHONE, java_script_enabled=scripts)
    page = partner.page
    page.goto("/p/1/")
    see(partner, "No form is open here")
    partner.complaints.clear()
    page.goto(link)
    see(partner, "Open your form", "This link is only for you.", "stay in the history of this device")
    page.get_by_role("button", name="Open the form").click()
    see(partner, "Before you start", "Who sees your answers", "Not an emergency service", "call 911")
    page.get_by_role("link", name="Help lines").click()
    see(partner, "Help lines", "These are the same for everyone.", "can show on this device")
    page.get_by_role("link", name="Back to the form").click()
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile("/p/1/$"))
    expect(page.locator("fieldset.line").first).to_be_visible()


def see(partner: Visitor, heading: str, *texts: str) -> None:
    """A page without a line of the form on it; the way out is the first thing that Tab comes to, and in view."""
    page = partner.page
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for text in texts:
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.locator("fieldset.line")).to_have_count(0)
    page.keyboard.press("Tab")
    out = page.get_by_role("link", name="Leave this page")
    expect(out).to_be_focused()
    expect(out).to_be_in_viewport()
    partner.look()
