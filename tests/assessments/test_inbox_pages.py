"""The pages of the inbox: what is set aside and found again, who has which items, and how many statements it takes."""

import re

import pytest
from django.utils import timezone

from assessments.deleting import delete_couple
from assessments.inbox import Kind
from assessments.models import AnswerSheet, InboxMark
from clients.models import Couple, Partner
from practice.models import Membership
from tests.assessments.flagged import cover_by, raise_flag
from tests.assessments.inboxes import end_window, items, kinds, set_aside
from tests.assessments.joint import agree, calm, sheets_of, submit_both
from tests.assessments.test_deleting import age
from tests.assessments.test_flags import acknowledge
from tests.assessments.test_therapist_views import statements
from tests.factories import (
    as_staff,
    client_of,
    do_for_every_practice,
    end_assignments,
    make_couple,
    make_sheet,
    partner_of,
)

pytestmark = pytest.mark.database


def test_what_is_set_aside_is_found_among_what_is_done_with_who_and_when(alice, couple, dana):
    flag = raise_flag(alice, dana)
    acknowledge(alice, flag)
    end_assignments(alice, couple)
    submit_both(sheets_of(alice, couple), [calm(), calm()])
    client_of(alice).get(f"/couples/{couple.id}/results/")
    content = client_of(alice).get("/inbox/?show=done").content.decode()
    assert content.count('<th scope="row">') == 3
    assert content.count("Form to read") == 2
    assert content.count("Alice</td>") == 3
    assert f'href="/flags/{flag.id}/"' in content


def test_a_couple_that_was_entered_by_mistake_takes_its_marks_with_it(alice, couple):
    assert set_aside(alice, items(alice, Kind.DUE)[0]) == 302
    with as_staff(alice):
        delete_couple(couple)
    assert items(alice) == []
    age(Couple, 31)
    do_for_every_practice("erase_deleted")
    with as_staff(alice):
        assert (InboxMark.objects.count(), Couple.with_deleted.count()) == (0, 0)


def test_nothing_but_what_waits_can_be_set_aside(alice, bob, dana):
    raise_flag(alice, dana)
    [flag] = items(alice, Kind.FLAG)
    [first, *_] = items(alice, Kind.MESSAGE)
    assert (set_aside(alice, flag), set_aside(bob, first), set_aside(alice, first)) == (404, 404, 302)
    assert set_aside(alice, first) == 404
    assert client_of(alice).post("/inbox/done/", {"kind": "due", "reference": "x"}).status_code == 404
    with as_staff(alice):
        assert InboxMark.objects.count() == 1


def test_a_cover_has_the_flags_alone_and_a_colleague_nothing(alice, bob, olive, dana):
    raise_flag(alice, dana)
    cover_by(alice, bob)
    assert (kinds(bob), kinds(olive)) == (["flag"], [])
    assert {"flag", "message"} <= set(kinds(alice))


def test_names_are_hidden_while_somebody_looks_on(alice, couple, dana):
    raise_flag(alice, dana)
    browser = client_of(alice)
    assert b"Dana" in browser.get("/inbox/").content
    browser.post("/couples/names/")
    assert b"Dana" not in browser.get("/inbox/").content


def test_filters_show_one_kind_and_unknown_ones_are_not_found(alice, dana):
    raise_flag(alice, dana)
    browser = client_of(alice)
    assert [item.kind for item, *_ in browser.get("/inbox/?show=flag").context["rows"]] == [Kind.FLAG]
    assert browser.get("/inbox/?show=release").context["rows"] == []
    assert browser.get("/inbox/?show=nothing").status_code == 404


def make_everything(alice: Membership, number: int) -> None:
    couple = make_couple(alice, label=f"{number:02}")
    partner = partner_of(alice, couple, 1)
    raise_flag(alice, partner)
    with as_staff(alice):
        Partner.objects.filter(pk=partner.pk).update(reminders_off_at=timezone.now())
    with as_staff(alice):
        sheet = AnswerSheet.objects.get(couple=couple, partner=partner)
    end_window(alice, sheet)
    ready = make_couple(alice, label=f"{number:02} ready")
    submit_both(sheets_of(alice, ready), [calm(), calm()])
    agree(alice, ready)
    make_sheet(alice, partner, "ena-ck")


def test_many_items_need_as_many_statements_as_one_of_each(alice):
    make_everything(alice, 0)
    assert set(kinds(alice)) == {"flag", "message", "partial", "read", "release", "reminders"}
    browser = client_of(alice)
    one, done = (statements(browser, where) for where in ("/inbox/", "/inbox/?show=done"))
    for number in range(1, 5):
        make_everything(alice, number)
    browser = client_of(alice)
    assert len(items(alice)) > 30
    assert (statements(browser, "/inbox/"), statements(browser, "/inbox/?show=done")) == (one, done)
    assert one <= 13


def counted(member: Membership) -> str:
    content = client_of(member).get("/inbox/count/", headers={"hx-request": "true"}).content.decode()
    return re.sub(r"<[^>]+>|\s", "", content)


def test_what_waits_is_counted_beside_the_inbox_and_pages_pay_nothing_for_it(alice, bob, couple, dana):
    browser = client_of(alice)
    before = statements(browser, "/practice/")
    assert counted(alice) == f"{len(items(alice))}waiting"
    raise_flag(alice, dana)
    assert len(items(alice)) > 1
    assert (counted(alice), counted(bob)) == (f"{len(items(alice))}waiting", "")
    assert statements(browser, "/practice/") == before
    assert browser.get("/inbox/count/")["Location"] == "/inbox/"


@pytest.mark.parametrize("page", ["", "room/", "plan/", "calendar/"])
def test_nothing_is_counted_where_somebody_may_look_on(alice, couple, page):
    browser = client_of(alice)
    assert b"/inbox/count/" in browser.get("/flags/").content
    assert b"/inbox/count/" not in browser.get(f"/couples/{couple.id}/{page}").content
