"""The pages of a partner's week: what is asked, what is kept, and that nothing said is ever shown again."""

import re

import pytest
from django.test import Client

from assessments import plans
from assessments.models import Activity, AnswerSheet, GoalRating, SafetyFlag, WeekReport
from assessments.page_fields import AUDIENCE_LABELS
from assessments.plan_templates import library as templates
from assessments.week_fields import BARRIERS, dose_words
from assessments.weeks import open_note, own_week, save_week, wins_of
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.assessments.told_weeks import (
    SAFE,
    UNSAFE,
    both_check_ins,
    entry_of,
    names_of,
    report_of,
    said,
    text_of,
    week_of,
)
from tests.factories import as_partner, as_staff, full_answers, partner_client

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


def test_week_follows_the_lines_and_ends_before_sending(browser):
    lines = [f"/p/{number}/" for number in range(1, 5)]
    week = [f"/p/week/{number}/" for number in range(1, 6)]
    places = ["/p/1/"]
    while places[-1] != "/p/check/":
        places.append(browser.post(places[-1], {})["Location"])
    assert places == [*lines, *week, "/p/check/"]
    assert 'href="/p/week/5/"' in text_of(browser.get("/p/check/"))
    assert 'href="/p/4/"' in text_of(browser.get("/p/week/1/"))


def test_activity_is_shown_with_its_dose_in_words(browser):
    text = text_of(browser.get("/p/week/1/"))
    for words in ("Phone away", "One meal or one hour a day", "5 times a week.", "It stayed out of sight."):
        assert words in text
    assert str(AUDIENCE_LABELS["therapist_only"]) in text
    assert all(str(label) in text for label in BARRIERS.values())


def test_every_page_says_who_reads_it(browser):
    for number in range(1, 5):
        assert str(AUDIENCE_LABELS["therapist_only"]) in text_of(browser.get(f"/p/week/{number}/"))


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        ({"times": 1, "minutes": 10}, "1 time a week, about 10 minutes"),
        ({"times": 3, "minutes": 1}, "3 times a week, about 1 minute"),
        ({"once": True, "minutes": 50}, "Once, about 50 minutes"),
        ({"as_needed": True}, "When it comes up"),
        ({"every_sessions": 6}, ""),
    ],
)
def test_dose_in_words(dose, words):
    assert dose_words(dose) == words


def test_every_barrier_of_the_template_has_words():
    assert set(templates.latest().barriers) == set(BARRIERS)


def test_what_is_said_is_kept_for_the_therapist(browser, sheet, alice):
    given = said(sheet, done="3", noticed="0", helped="4", barrier="forgot", note=" Late train ")
    assert browser.post("/p/week/1/", given)["Location"] == "/p/week/2/"
    browser.post("/p/week/2/", said(sheet, request="missed"))
    browser.post("/p/week/3/", said(sheet, goal="-2"))
    report = report_of(alice, sheet)
    [(activity, entry)] = report.entries.items()
    assert {**entry, "note": ""} == {"done": 3, "noticed": 0, "helped": 4, "barrier": "forgot", "note": ""}
    assert list(report.requests.values()) == ["missed"]
    with as_staff(alice):
        assert open_note(report, activity) == "Late train"
        assert GoalRating.objects.get().level == -2


def test_noticed_is_asked_where_both_hold_it_only(alice, couple, dana, sheet, browser):
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        plans.assign_activity(plan, template="P61", partners=[dana], membership=alice)
    assert ".noticed" in text_of(browser.get("/p/week/1/"))
    second = text_of(browser.get("/p/week/2/"))
    assert "One extra support" in second
    assert ".noticed" not in second


def test_one_field_is_saved_on_its_own_with_an_empty_answer(browser, sheet, alice):
    response = browser.post("/p/week/save/", said(sheet, done="3"))
    assert (response.status_code, response.content) == (204, b"")
    assert browser.post("/p/week/save/", said(sheet, helped="9")).status_code == 422
    assert entry_of(alice, sheet) == {"done": 3}


def test_field_emptied_in_place_is_cleared_and_one_left_blank_is_kept(browser, sheet, alice):
    browser.post("/p/week/save/", said(sheet, done="3", note="No"))
    browser.post("/p/week/1/", said(sheet, done="", note="", helped="1"))
    assert set(entry_of(alice, sheet)) == {"done", "note", "helped"}
    browser.post("/p/week/save/", said(sheet, note=""))
    assert entry_of(alice, sheet) == {"done": 3, "helped": 1}


def test_fault_is_named_beside_its_field_and_nothing_is_kept(browser, sheet, alice):
    response = browser.post("/p/week/1/", said(sheet, helped="2", done="many"))
    assert response.status_code == 422
    assert f'href="#{names_of(sheet)["done"]}"' in text_of(response)
    assert "many" not in text_of(response).replace("How many", "")
    assert not week_of(sheet).is_saved


def test_nothing_said_is_shown_again(browser, sheet):
    browser.post("/p/week/1/", said(sheet, done="37", noticed="41", helped="4", barrier=UNSAFE, note="Quarrel"))
    browser.post("/p/week/2/", said(sheet, request="missed"))
    browser.post("/p/week/3/", said(sheet, goal="2"))
    shots = [text_of(browser.get(f"/p/week/{number}/")) for number in range(1, 5)]
    assert not any("checked" in shot or 'value="37"' in shot or ">Quarrel" in shot for shot in shots)
    assert [shot.count("Saved. ") for shot in shots] == [3, 1, 1, 0]


def test_own_bytes_are_the_same_whatever_was_said(browser, sheet):
    first = said(sheet, done="0", noticed="0", helped="0", barrier=SAFE, note="a", request="kept", goal="-2")
    second = said(sheet, done="7", noticed="9", helped="4", barrier=UNSAFE, note="b" * 99, request="missed", goal="2")

    def shots(given):
        posted = [browser.post(place, given) for place in ("/p/week/save/", "/p/week/1/", "/p/")]
        return [bytes_of(one) for one in [*posted, *map(browser.get, addresses())]]

    shots(first)
    assert shots(first) == shots(second)
    assert shots(first) != shots({**first, "small_wins[0].text": "We laughed"})


def test_page_does_not_tell_that_something_got_in_the_way_or_was_written(browser, sheet, alice):
    browser.post("/p/week/1/", said(sheet, done="1"))
    before = [bytes_of(browser.get(one)) for one in addresses()]
    browser.post("/p/week/1/", said(sheet, barrier=UNSAFE, note="Quarrel"))
    assert [bytes_of(browser.get(one)) for one in addresses()] == before
    assert set(entry_of(alice, sheet)) == {"done", "barrier", "note"}
    browser.post("/p/week/1/", said(sheet, helped="1"))
    assert [bytes_of(browser.get(one)) for one in addresses()] != before


def addresses() -> list[str]:
    return ["/p/", *(f"/p/{number}/" for number in range(1, 5)), *(f"/p/week/{n}/" for n in range(1, 6)), "/p/check/"]


def test_nothing_depends_on_the_other_partner(alice, sheets):
    (dana, erin), browser = sheets, partner_client(sheets[0])
    before = [bytes_of(browser.get(one)) for one in addresses()]
    with as_partner(erin.partner):
        week = own_week(AnswerSheet.objects.get(pk=erin.pk))
        save_week(
            AnswerSheet.objects.get(pk=erin.pk),
            {
                "activities": {week.activities[0].id: {"done": 7, "barrier": UNSAFE, "note": "Help"}},
                "requests": {week.requests[0].id: "missed"},
                "small_wins": [{"text": "She left", "share_via_therapist": True}],
            },
        )
    assert [bytes_of(browser.get(one)) for one in addresses()] == before
    factories.submit(erin, full_answers(erin, 4))
    assert [bytes_of(browser.get(one)) for one in addresses()] == before
    with as_staff(alice):
        assert set(SafetyFlag.objects.values_list("rule", flat=True)) >= {"PB1", "CKS1"}
    browser.post("/p/week/save/", said(dana, done="1"))
    assert [bytes_of(browser.get(one)) for one in addresses()] != before


def test_number_of_pages_tells_of_no_activity_that_one_alone_holds(alice, couple, dana, sheets):
    shots = [re.findall(r"Page \d+ of \d+|max=\"\d\"", text_of(partner_client(one).get("/p/1/"))) for one in sheets]
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        plans.assign_activity(plan, template="P61", partners=[dana], membership=alice)
    again = [re.findall(r"Page \d+ of \d+|max=\"\d\"", text_of(partner_client(one).get("/p/1/"))) for one in sheets]
    assert shots == again
    assert shots[0] == shots[1] == ["Page 1 of 5", 'max="5"']


def test_forged_activity_of_the_other_is_refused(alice, couple, erin, sheet, browser):
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        hers = plans.assign_activity(plan, template="P61", partners=[erin], membership=alice)
    for place in ("/p/week/1/", "/p/week/save/"):
        assert browser.post(place, {f"activities.{hers.id}.done": "1"}).status_code == 422
    with as_staff(alice):
        assert not WeekReport.objects.exists()
        mine = Activity.objects.get(template="P33")
    assert browser.post("/p/week/save/", {f"activities.{mine.id}.done": "1"}).status_code == 204


def test_small_wins_come_back_and_are_passed_on_by_a_yes_only(browser, sheet, alice):
    assert "checked" not in text_of(browser.get("/p/week/4/"))
    given = {"small_wins[0].text": "We cooked", "small_wins[1].text": "We sang", "small_wins[1].share": "yes"}
    assert browser.post("/p/week/4/", {**given, "small_wins[2].text": " "})["Location"] == "/p/week/5/"
    again = text_of(browser.get("/p/week/4/"))
    assert re.findall(r'value="(We \w+)"', again) == ["We cooked", "We sang"]
    assert again.count("checked") == 1
    report = report_of(alice, sheet)
    with as_staff(alice):
        assert [win.share_via_therapist for win in wins_of(report)] == [False, True]
    browser.post("/p/week/save/", {"small_wins[0].text": "", "small_wins[1].text": "We sang"})
    assert [win.text for win in week_of(sheet).small_wins] == ["We sang"]


def test_empty_week_offers_the_small_win(alice, dana):
    browser = partner_client(factories.make_sheet(alice, dana, "ena-ck"))
    assert "went a bit better" in text_of(browser.get("/p/week/1/"))
    assert browser.post("/p/week/1/", {"small_wins[0].text": ""})["Location"] == "/p/week/2/"
    assert browser.post("/p/week/2/")["Location"] == "/p/check/"
    with as_staff(alice):
        assert not WeekReport.objects.exists()


def test_goal_that_is_not_due_is_text_behind_a_click(browser):
    text = text_of(browser.get("/p/week/4/"))
    assert "Ten minutes in the evening without screens" in text.partition("<details>")[2]
    assert text.count('type="radio"') == 0


def test_everyone_reads_the_help_lines_after_the_week(browser):
    last = text_of(browser.get("/p/week/5/"))
    assert "We show this to everyone." in last
    assert "1-800-799-7233" in last
