"""Around the pages of a partner's week: where the link leads, before and after sending, and what a page costs."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import plans
from assessments.models import AnswerSheet
from clients.models import Couple, Partner
from practice.models import Membership, Practice
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.assessments.test_partner_views import split
from tests.assessments.told_weeks import UNSAFE, both_check_ins, entry_of, said, text_of
from tests.factories import as_staff, partner_client

pytestmark = pytest.mark.database


@pytest.fixture
def sheets(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> list[AnswerSheet]:
    return both_check_ins(alice, couple, dana, erin)


@pytest.fixture
def sheet(sheets: list[AnswerSheet]) -> AnswerSheet:
    return sheets[0]


@pytest.fixture
def browser(sheet: AnswerSheet) -> Client:
    return partner_client(sheet)


def test_link_opens_where_they_stopped_in_the_week(browser, sheet):
    for number in (1, 2, 3):
        browser.post(f"/p/{number}/", {})
    assert browser.post("/p/")["Location"] == "/p/4/"
    for page, given in ((1, said(sheet, done="1")), (2, said(sheet, request="kept"))):
        browser.post(f"/p/week/{page}/", given)
        assert browser.post("/p/")["Location"] == f"/p/week/{page + 1}/"
    browser.post("/p/week/4/", {"small_wins[0].text": "We cooked"})
    assert browser.post("/p/")["Location"] == "/p/week/5/"


def test_week_is_corrected_after_sending_and_the_form_is_not(browser, sheet, alice):
    browser.post("/p/week/1/", said(sheet, done="1"))
    browser.post("/p/submit/")
    receipt = text_of(browser.get("/p/done/"))
    assert 'href="/p/week/1/"' in receipt
    page = text_of(browser.get("/p/week/1/"))
    assert "progress" not in page
    assert 'href="/p/done/"' in page
    assert browser.post("/p/week/1/", said(sheet, done="4"))["Location"] == "/p/week/2/"
    assert browser.post("/p/week/5/")["Location"] == "/p/done/"
    assert entry_of(alice, sheet) == {"done": 4}
    assert browser.post("/p/1/", {"experienced.CK1": "1"}).status_code == 409


def test_same_link_opens_the_receipt_after_sending(alice, sheet):
    browser, key = Client(), factories.hand_over(alice, sheet).key
    for _ in range(2):
        browser.get(f"/f/{key}/")
        assert browser.post("/f/")["Location"] == "/p/"
        browser.post("/p/submit/")
    assert browser.get("/p/")["Location"] == "/p/done/"
    assert "Change what you said about this week" in text_of(browser.get("/p/done/"))


def test_declined_and_sent_lead_to_the_same_receipt_and_week(sheets):
    sent, declined = (partner_client(one) for one in sheets)
    assert sent.post("/p/submit/").status_code == declined.post("/p/decline/").status_code == 303
    assert bytes_of(sent.get("/p/done/")) == bytes_of(declined.get("/p/done/"))
    assert declined.get("/p/week/1/").status_code == sent.get("/p/week/1/").status_code == 200


def test_week_that_closed_is_answered_like_a_dead_link(alice, browser, sheet):
    dead = Client().get("/p/week/1/")
    factories.submit(sheet)
    assert browser.get("/p/week/1/").status_code == 200
    with as_staff(alice):
        AnswerSheet.objects.filter(pk=sheet.pk).update(closes_at=timezone.now())
    for answer in (browser.get("/p/week/1/"), browser.post("/p/week/1/"), browser.post("/p/week/save/")):
        assert bytes_of(answer) == bytes_of(dead)
    assert "Change what you said" not in text_of(browser.get("/p/done/"))


def test_form_without_a_week_has_no_such_page(alice, dana):
    browser = partner_client(factories.make_sheet(alice, dana))
    assert browser.get("/p/week/1/").status_code == 410


def test_page_that_is_not_there_is_neutral(browser):
    for missing in ("/p/week/0/", "/p/week/6/"):
        response = browser.get(missing)
        assert response.status_code == 404
        assert b"<title>Form</title>" in response.content


def test_statements_of_the_week_are_few(browser, sheet):
    browser.get("/p/week/1/")
    given = said(sheet, done="1", barrier=UNSAFE, note="x")
    calls = [
        lambda: browser.get("/p/week/1/"),
        lambda: browser.post("/p/week/1/", given),
        lambda: browser.post("/p/week/save/", given),
    ]
    for call in calls:
        with CaptureQueriesContext(connection) as captured:
            assert call().status_code < 400
        frame, own, _ = split([*captured.captured_queries, {"sql": "BEGIN"}])
        assert frame <= 10
        assert own <= 6


def test_no_statement_is_added_by_more_to_report(alice, couple, dana, erin, sheet, browser):
    def own_statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get("/p/week/1/")
        return len(captured.captured_queries)

    own_statements()
    few = own_statements()
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        for template in ("P12", "P53"):
            plans.assign_activity(plan, template=template, partners=[dana, erin], membership=alice)
    assert own_statements() == few


def test_every_page_with_all_it_loads_is_light(browser):
    sizes = []
    for number in range(1, 6):
        html = browser.get(f"/p/week/{number}/").content
        loaded = re.findall(rb'(?:href|src)="/static/([^"]+)"', html)
        parts = [html, *(Path(str(finders.find(path.decode()))).read_bytes() for path in loaded)]
        sizes.append(sum(len(brotli.compress(part)) for part in parts))
    assert max(sizes) <= 30_000


def test_receipt_names_the_end_of_the_week_by_the_clock_of_the_practice(browser, sheet):
    factories.submit(sheet)
    with factories.as_maintenance():
        Practice.objects.using("owner").update(time_zone="Asia/Tokyo")
    there = sheet.closes_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"until {there.day} {there:%B}, {there:%H:%M}." in text_of(browser.get("/p/done/"))
