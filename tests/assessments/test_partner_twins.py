"""Two partners side by side: who answers gets the same bytes, by the same statements, whatever they say."""

import pytest
from django.test import Client

from assessments.models import AnswerSheet, SafetyFlag
from assessments.weeks import own_week
from practice.models import Membership
from tests import factories
from tests.assessments.joint import sheets_of
from tests.assessments.partner_pages import address, bytes_of, pages_of
from tests.factories import as_partner, as_staff, partner_client
from tests.isolation.shots import Shot, differences, take, without_values
from tests.isolation.twins import make_plan

pytestmark = pytest.mark.database


def shots_of(browser: Client, page, given: dict) -> list[Shot]:
    """All that a browser gets when these answers are given on a page, and the statements less their values."""
    asked = [("post", f"{address(page)}save/", given), ("get", address(page), None), ("post", address(page), given)]
    asked += [("get", path, None) for path in (address(page), "/p/", "/p/check/")]
    return [without_values(take(browser, *one)) for one in asked]


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
            assert differences(shots_of(dana, page, first), shots_of(erin, page, second)) == []
        if page.kind == "context":
            first, second = {"context.CX": "none"}, {"context.CX": "breach"}
            assert differences(shots_of(dana, page, first), shots_of(erin, page, second)) == []
    last = [("post", "/p/submit/"), ("post", "/p/1/"), ("get", "/p/done/"), ("get", "/p/summary/")]
    sent = [[without_values(take(browser, *one)) for one in last] for browser in (dana, erin)]
    assert differences(*sent) == []
    with as_staff(alice):
        raised = set(SafetyFlag.objects.filter(level="urgent").values_list("partner__position", flat=True))
    assert 2 in raised


def test_two_people_with_different_weeks_get_the_same_bytes(alice, dana, erin):
    make_plan(alice, dana, erin)
    sheets = sheets_of(alice, dana.couple, "ena-ck")
    calm, alarming = (week_shots(sheets[0], "0", "no_time"), week_shots(sheets[1], "9", "did_not_feel_safe"))
    assert differences(calm, alarming) == []
    with as_staff(alice):
        assert list(SafetyFlag.objects.filter(rule="PB1").values_list("partner__position", flat=True)) == [2]


def week_shots(sheet: AnswerSheet, done: str, barrier: str) -> list[Shot]:
    browser = partner_client(sheet)
    with as_partner(sheet.partner):
        [activity] = own_week(AnswerSheet.objects.get(pk=sheet.pk)).activities
    given = {f"activities.{activity.id}.{name}": value for name, value in (("done", done), ("barrier", barrier))}
    asked = [("post", "/p/week/save/", given), ("get", "/p/week/1/", None), ("post", "/p/week/1/", given)]
    asked += [("post", "/p/submit/", None), ("get", "/p/done/", None), ("get", "/p/week/1/", None)]
    return [without_values(take(browser, *one)) for one in asked]


def test_sent_and_declined_have_the_same_receipt(alice, couple):
    sheets, (sender, refuser) = both_browsers(alice, couple)
    assert refuser.get("/p/decline/").status_code == 200
    assert sender.post("/p/submit/").status_code == refuser.post("/p/decline/").status_code == 303
    assert bytes_of(sender.get("/p/done/")) == bytes_of(refuser.get("/p/done/"))
    with as_staff(alice):
        assert AnswerSheet.objects.get(pk=sheets[1].pk).state == AnswerSheet.State.DECLINED
