"""The private question at the end of a full form: asked of everyone alike, and never read back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.intentions import intentions_of, record_intention
from assessments.models import AnswerSheet, Intention
from assessments.page_fields import AUDIENCE_LABELS
from clients.models import Partner
from practice.models import Membership
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.assessments.test_partner_views import split
from tests.factories import as_staff, partner_client

pytestmark = pytest.mark.database


@pytest.fixture
def sheet(alice: Membership, dana: Partner) -> AnswerSheet:
    return factories.make_sheet(alice, dana)


@pytest.fixture
def browser(sheet: AnswerSheet):
    return partner_client(sheet)


def wishes(alice: Membership) -> list[str]:
    with as_staff(alice):
        return list(Intention.objects.values_list("wish", flat=True))


def test_question_stands_between_the_lines_and_sending(browser):
    numbers = [int(one) for one in re.findall(r"of (\d+)", browser.get("/p/1/").content.decode())]
    last = numbers[0] - 1
    assert browser.post(f"/p/{last}/")["Location"] == "/p/last/"
    text = browser.get("/p/last/").content.decode()
    assert f"Page {numbers[0]} of {numbers[0]}" in text
    assert f'href="/p/{last}/"' in text
    assert str(AUDIENCE_LABELS["therapist_only"]) in text
    assert browser.post("/p/last/")["Location"] == "/p/check/"
    assert 'href="/p/last/"' in browser.get("/p/check/").content.decode()


@pytest.mark.parametrize("place", ["/p/last/", "/p/last/save/"])
def test_wish_is_kept_and_rather_not_say_takes_it_back(browser, alice, couple, place):
    for given, kept in (("improve", ["improve"]), ("clarify", ["clarify"]), ("", ["clarify"]), ("declined", [])):
        assert browser.post(place, {"wish": given}).status_code < 400
        assert wishes(alice) == kept
    with as_staff(alice):
        assert intentions_of(couple) == {}


def test_page_is_the_same_whatever_was_said(browser):
    def shots(given):
        return [bytes_of(one) for one in (browser.post("/p/last/save/", {"wish": given}), browser.get("/p/last/"))]

    browser.get("/p/last/")
    assert shots("improve") == shots("clarify") == shots("declined")
    assert bytes_of(browser.get("/p/last/")) != bytes_of(browser.get("/p/check/"))


def test_same_statements_run_whatever_was_said(browser):
    def asked(given):
        with CaptureQueriesContext(connection) as captured:
            browser.post("/p/last/save/", {"wish": given})
        frame, own, _ = split([*captured.captured_queries, {"sql": "BEGIN"}])
        return frame, own

    asked("improve")
    assert asked("improve") == asked("declined")
    assert asked("clarify")[1] <= 6


def test_anything_else_is_refused(browser, alice):
    response = browser.post("/p/last/", {"wish": "leave"})
    assert (response.status_code, b'href="#wish"' in response.content) == (422, True)
    assert browser.post("/p/last/save/", {"wish": "leave"}).status_code == 422
    assert wishes(alice) == []


def test_check_in_asks_no_such_question(alice, dana):
    browser = partner_client(factories.make_sheet(alice, dana, "ena-ck"))
    assert browser.get("/p/last/").status_code == 404
    assert browser.post("/p/last/save/", {"wish": "improve"}).status_code == 404
    assert wishes(alice) == []


def test_nothing_is_taken_after_sending(browser, alice):
    browser.post("/p/last/", {"wish": "improve"})
    browser.post("/p/submit/")
    assert browser.get("/p/last/")["Location"] == "/p/done/"
    for given in ("clarify", "declined"):
        assert browser.post("/p/last/save/", {"wish": given}).status_code == 409
    assert wishes(alice) == ["improve"]


def test_what_was_written_down_by_the_therapist_is_never_taken_back(browser, alice, dana):
    with as_staff(alice):
        record_intention(dana, wish="clarify", membership=alice)
    browser.post("/p/last/", {"wish": "improve"})
    browser.post("/p/last/", {"wish": "declined"})
    assert wishes(alice) == ["clarify"]
