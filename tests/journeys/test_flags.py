"""A therapist names a cover, answers a flag and settles it; an owner sees what waits, at a desk and on a phone."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import FlagEvent
from tests.assessments.flagged import raise_flag
from tests.factories import as_staff
from tests.journeys.conftest import DESK_AT_NIGHT, PHONE
from tests.journeys.test_story import sign_in

pytestmark = pytest.mark.database


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_a_flag_is_answered_and_settled(visit, alice, bob, couple, dana, viewport):
    raise_flag(alice, dana)
    therapist = visit(viewport=viewport)
    sign_in(therapist, alice)
    page = therapist.page
    page.goto("/practice/team/")
    page.get_by_label("Who stands in for you?").select_option(label="Bob")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Your cover is saved.")).to_be_visible()
    therapist.look()
    page.goto("/flags/")
    therapist.look()
    page.get_by_role("button", name="Acknowledge Dana, SR1").click()
    expect(page.get_by_text("Nobody else is told any more.")).to_be_visible()
    page.get_by_label("What was done?").fill("Talked alone; a plan is made.")
    page.get_by_role("button", name="Close the flag").click()
    expect(page.get_by_label("What was done?")).to_have_value("Talked alone; a plan is made.")
    therapist.complaints[:] = [text for text in therapist.complaints if "422 (" not in text]
    therapist.look()
    page.get_by_label("Discussed alone").check()
    page.get_by_role("button", name="Close the flag").click()
    expect(page.get_by_text("The flag is closed.")).to_be_visible()
    page.get_by_role("button", name="Open again Dana, SR1").click()
    therapist.look()
    page.goto(f"/couples/{couple.id}/results/")
    therapist.look()


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_an_owner_sees_what_waits(visit, alice, olive, dana, viewport):
    flag = raise_flag(alice, dana)
    with as_staff(alice):
        FlagEvent.objects.create(flag=flag, partner_id=flag.partner_id, action="owner_told", at=timezone.now())
    owner = visit(viewport=viewport)
    sign_in(owner, olive)
    owner.page.goto("/flags/")
    expect(owner.page.get_by_role("heading", name="Waiting for an answer")).to_be_visible()
    owner.look()
    owner.page.goto("/practice/")
    owner.look()
