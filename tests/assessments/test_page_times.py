"""How long a page took: from a signed time in the page, and unknown where that cannot be true."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assessments.models import AnswerSheet, SheetScores
from assessments.page_times import seconds_spent, stamp
from assessments.sheets import form_of, values_of
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import as_partner, as_staff, full_answers, partner_client

pytestmark = pytest.mark.database

STAMP = re.compile(r'name="shown" value="([^"]+)"')


@pytest.fixture
def sheet(alice: Membership, dana: Partner) -> AnswerSheet:
    return factories.make_sheet(alice, dana)


@pytest.fixture
def browser(sheet: AnswerSheet) -> Client:
    return partner_client(sheet)


def lines_of(sheet: AnswerSheet, number: int = 1) -> list[str]:
    with as_partner(sheet.partner):
        return [line.id for line in form_of(AnswerSheet.objects.get(pk=sheet.pk)).pages[number - 1].lines]


def stamp_on(browser: Client, number: int = 1) -> str:
    found = STAMP.findall(browser.get(f"/p/{number}/").content.decode())
    return found[0] if found else ""


def seconds_of(sheet: AnswerSheet, therapist: Membership) -> dict[str, int]:
    with as_staff(therapist):
        fresh = AnswerSheet.objects.get(pk=sheet.pk)
        return values_of(fresh, form_of(fresh))[1]


def go_on(browser: Client, given: dict[str, str], *, after: float, shown: str, number: int = 1) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=after), tick=False):
        assert browser.post(f"/p/{number}/", {**given, "shown": shown}).status_code == 303


def test_the_time_of_a_page_is_shared_by_the_lines_answered(browser, sheet, alice):
    answered = lines_of(sheet)[:3]
    with time_machine.travel(timezone.now(), tick=False):
        go_on(browser, dict.fromkeys(answered, "2"), after=30, shown=stamp_on(browser))
    assert seconds_of(sheet, alice) == dict.fromkeys(answered, 10)


def test_lines_saved_by_the_script_get_their_time_with_continue(browser, sheet, alice):
    lines = lines_of(sheet)
    with time_machine.travel(timezone.now(), tick=False):
        shown = stamp_on(browser)
        for line in lines:
            browser.post("/p/1/save/", {line: "2"})
        assert seconds_of(sheet, alice) == {}
        go_on(browser, dict.fromkeys(lines, "2"), after=6 * len(lines), shown=shown)
    assert seconds_of(sheet, alice) == dict.fromkeys(lines, 6)


def test_a_second_look_at_a_page_changes_no_time(browser, sheet, alice):
    given = dict.fromkeys(lines_of(sheet), "2")
    with time_machine.travel(timezone.now(), tick=False):
        go_on(browser, given, after=60, shown=stamp_on(browser))
    before = seconds_of(sheet, alice)
    assert stamp_on(browser) == ""
    browser.post("/p/1/", given)
    assert seconds_of(sheet, alice) == before != {}


@pytest.mark.parametrize(("after", "known"), [(-5, False), (0, True), (1200, True), (1202, False), (90_000, False)])
def test_a_time_that_cannot_be_true_is_unknown(sheet, after, known):
    with as_partner(sheet.partner):
        form = form_of(AnswerSheet.objects.get(pk=sheet.pk))
    page, now = form.pages[0], timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        stamped = stamp(form, page)
    with time_machine.travel(now + timedelta(seconds=after), tick=False):
        spent = seconds_spent(form, page, {page.lines[0].id: 2}, stamped=stamped)
    assert spent == ({page.lines[0].id: after} if known else {})


@pytest.mark.parametrize("change", ["", "x", "1700000000", "1700000000:forged"])
def test_a_time_that_somebody_made_up_is_unknown_and_saves_all_the_same(browser, sheet, alice, change):
    given = dict.fromkeys(lines_of(sheet), "2")
    assert browser.post("/p/1/", {**given, "shown": change}).status_code == 303
    assert seconds_of(sheet, alice) == {}
    with as_staff(alice):
        fresh = AnswerSheet.objects.get(pk=sheet.pk)
        assert {values_of(fresh, form_of(fresh))[0][line] for line in given} == {2}


def test_a_time_belongs_to_one_page_of_one_form(alice: Membership, couple: Couple, dana: Partner, erin: Partner):
    assignment = factories.assign(alice, couple)
    sheets = [factories.sheet_of(alice, assignment, partner) for partner in (dana, erin)]
    first, second = (partner_client(sheet) for sheet in sheets)
    browser_stamps = {"another page": stamp_on(first, 2), "another form": stamp_on(second, 1)}
    for shown in browser_stamps.values():
        assert shown
        go_on(first, dict.fromkeys(lines_of(sheets[0]), "2"), after=30, shown=shown)
        assert seconds_of(sheets[0], alice) == {}


def test_a_form_raced_through_is_hinted_at(browser, sheet, alice):
    with as_partner(sheet.partner):
        pages = [page for page in form_of(AnswerSheet.objects.get(pk=sheet.pk)).pages if page.kind == "lines"]
    with time_machine.travel(timezone.now(), tick=False):
        for page in pages:
            given = {line.id: "2" for line in page.lines}
            go_on(browser, given, after=1, shown=stamp_on(browser, page.number), number=page.number)
    assert set(seconds_of(sheet, alice)) == {line for line in full_answers(sheet) if line != "context.CX"}
    factories.submit(sheet, {})
    with as_staff(alice):
        assert "fast_answers" in SheetScores.objects.get(sheet=sheet).quality
