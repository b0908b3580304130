"""The screen before a session on paper: at most two pages of A4, with a check-in and with years of them."""

import io

import pytest
from pypdf import PdfReader

from practice.models import Membership
from tests.histories import make_old_couple, past_of
from tests.journeys.conftest import DESK, Visitor
from tests.journeys.test_story import sign_in

pytestmark = pytest.mark.database


def printed(therapist: Visitor, address: str) -> PdfReader:
    therapist.page.goto(address)
    return PdfReader(io.BytesIO(therapist.page.pdf(format="A4")))


def test_the_screen_before_a_session_is_two_pages_of_a4(visit, alice: Membership):
    couple = make_old_couple(alice)
    therapist = visit(viewport=DESK, color_scheme="dark")
    sign_in(therapist, alice)
    past_of(alice, couple, ended_weeks_ago=62, check_ins=1, full_waves=1)
    few = printed(therapist, f"/couples/{couple.id}/prepare/")
    past_of(alice, couple, check_ins=60, full_waves=12)
    many = printed(therapist, f"/couples/{couple.id}/prepare/")
    assert len(few.pages) <= 2
    assert len(many.pages) <= 2
    assert "O & P" in many.pages[0].extract_text()
