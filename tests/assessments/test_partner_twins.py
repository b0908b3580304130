"""Two partners side by side: what one answers changes no byte of what the other gets."""

import pytest
from django.test import Client

from assessments.models import AnswerSheet, SafetyFlag
from practice.models import Membership
from tests import factories
from tests.assessments.partner_pages import address, bytes_of, pages_of
from tests.factories import as_staff, full_answers, partner_client

pytestmark = pytest.mark.database


def shots_of(browser: Client, page, given: dict) -> str:
    """All that a browser gets when these answers are given on a page."""
    shots = [
        browser.post(f"{address(page)}save/", given),
        browser.get(address(page)),
        browser.post(address(page), given),
        browser.get(address(page)),
        browser.get("/p/"),
        browser.get("/p/check/"),
    ]
    return repr([bytes_of(shot) for shot in shots])


def both_browsers(alice: Membership, couple) -> tuple[list[AnswerSheet], list[Client]]:
    assignment = factories.assign(alice, couple)
    sheets = [factories.sheet_of(alice, assignment, factories.partner_of(alice, couple, n)) for n in (1, 2)]
    return sheets, [partner_client(sheet) for sheet in sheets]


def test_two_people_who_answer_differently_get_the_same_bytes(alice, couple):
    sheets, (dana, erin) = both_browsers(alice, couple)
    for page in pages_of(sheets[0]):
        private = [line.id for line in page.lines if line.audience != "joint_ok"]
        for calm, alarming in (("0", "4"), ("1", "declined")):
            first, second = dict.fromkeys(private, calm), dict.fromkeys(private, alarming)
            assert shots_of(dana, page, first) == shots_of(erin, page, second)
        if page.kind == "context":
            first, second = {"context.CX": "none"}, {"context.CX": "breach"}
            assert shots_of(dana, page, first) == shots_of(erin, page, second)
    for last in ("/p/submit/", "/p/1/"):
        assert bytes_of(dana.post(last)) == bytes_of(erin.post(last))
    assert bytes_of(dana.get("/p/done/")) == bytes_of(erin.get("/p/done/"))
    with as_staff(alice):
        raised = set(SafetyFlag.objects.filter(level="urgent").values_list("partner__position", flat=True))
    assert 2 in raised


def test_nothing_on_a_page_depends_on_the_other_partner(alice, couple):
    (dana, erin), (browser, _) = both_browsers(alice, couple)
    addresses = ["/p/", "/p/check/", "/p/help/", *(address(page) for page in pages_of(dana))]
    before = [bytes_of(browser.get(one)) for one in addresses]
    factories.submit(erin, full_answers(erin, 4))
    assert [bytes_of(browser.get(one)) for one in addresses] == before


def test_sent_and_declined_have_the_same_receipt(alice, couple):
    sheets, (sender, refuser) = both_browsers(alice, couple)
    assert refuser.get("/p/decline/").status_code == 200
    assert sender.post("/p/submit/").status_code == refuser.post("/p/decline/").status_code == 303
    assert bytes_of(sender.get("/p/done/")) == bytes_of(refuser.get("/p/done/"))
    with as_staff(alice):
        assert AnswerSheet.objects.get(pk=sheets[1].pk).state == AnswerSheet.State.DECLINED
