"""Flags on their pages: what each shows, and what can be done there without JavaScript."""

import re

import pytest
from django.utils import timezone

from assessments.models import AnswerSheet, FlagEvent
from clients.models import CounselingSession, Couple
from practice.models import Practice
from practice.practices import as_maintenance
from tests.assessments.flagged import URGENT, actions, again, cover_by, flag_of, raise_flag
from tests.assessments.partner_pages import bytes_of
from tests.assessments.test_therapist_views import statements
from tests.factories import as_staff, assign, client_of, make_couple, partner_client, partner_of, save, sheet_of

pytestmark = pytest.mark.database
CLOSING = {"reason": "referred", "note": "Sent to the crisis team."}


@pytest.fixture
def flag(alice, dana):
    return raise_flag(alice, dana)


def main_of(response) -> str:
    text = response.content.decode()
    return text[text.index("<main") :]


def do(member, flag, act, **given):
    return client_of(member).post(f"/flags/{flag.id}/{act}/", given)


def test_one_click_acknowledges_from_the_list(alice, flag):
    page = main_of(client_of(alice).get("/flags/"))
    assert f'action="/flags/{flag.id}/acknowledge/"' in page
    assert do(alice, flag, "acknowledge")["Location"] == f"/flags/{flag.id}/"
    assert again(alice, flag).state == "acknowledged"
    shown = main_of(client_of(alice).get(f"/flags/{flag.id}/"))
    assert "Acknowledged" in shown
    assert "Alice" in shown
    assert f'action="/flags/{flag.id}/acknowledge/"' not in shown


def test_closing_shows_reason_and_note_in_the_history(alice, flag):
    assert do(alice, flag, "close", **CLOSING).status_code == 302
    shown = main_of(client_of(alice).get(f"/flags/{flag.id}/"))
    assert "Sent to the crisis team." in shown
    assert "(referred)" in shown
    assert f'action="/flags/{flag.id}/close/"' not in shown
    assert f'action="/flags/{flag.id}/reopen/"' in shown
    do(alice, flag, "reopen")
    assert [action for action, _ in actions(alice, flag)] == ["closed", "reopened"]
    assert "Sent to the crisis team." in main_of(client_of(alice).get("/flags/"))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"note": "Kept text"}, "reason"),
        ({"reason": "other"}, "note"),
        ({"reason": "x", "note": "Kept text"}, "reason"),
    ],
)
def test_what_was_typed_stays_when_something_is_missing(alice, flag, given, wrong):
    response = do(alice, flag, "close", **given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [wrong]
    assert ("Kept text" in main_of(response)) == ("note" in given)
    assert again(alice, flag).state == "open"


def test_an_act_that_came_too_late_says_so_and_keeps_the_note(alice, bob, flag):
    cover_by(alice, bob)
    do(bob, flag, "close", **CLOSING)
    late = do(alice, flag, "close", reason="other", note="Mine")
    assert late.status_code == 409
    assert "This flag is closed." in main_of(late)
    assert do(alice, flag, "acknowledge").status_code == 409
    assert len(actions(alice, flag)) == 1


def test_the_results_show_acts_and_the_way_to_the_history_for_each_flag_alone(alice, couple, dana, erin):
    assignment = assign(alice, couple)
    sheets = [sheet_of(alice, assignment, partner) for partner in (dana, erin)]
    for sheet in sheets:
        save(sheet, URGENT)
    mine, other = (flag_of(alice, sheet) for sheet in sheets)
    do(alice, mine, "acknowledge")
    page = main_of(client_of(alice).get(f"/couples/{couple.id}/results/"))
    assert f"/flags/{mine.id}/acknowledge/" not in page
    assert f'action="/flags/{other.id}/acknowledge/"' in page
    for one in (mine, other):
        assert f'href="/flags/{one.id}/#close"' in page
        assert f'href="/flags/{one.id}/"' in page
    assert "acknowledged" in page


def test_there_is_no_way_to_close_several(alice, flag):
    for address in ("/flags/", "/flags/close/", "/flags/acknowledge/"):
        client_of(alice).post(address, {"flag": str(flag.id), **CLOSING})
    assert (again(alice, flag).state, actions(alice, flag)) == ("open", [])
    assert 'type="checkbox"' not in main_of(client_of(alice).get("/flags/"))


def test_the_cover_answers_and_reads_but_changes_nothing_else(alice, bob, couple, dana, flag):
    cover_by(alice, bob)
    browser = client_of(bob)
    for address in (f"/flags/{flag.id}/", f"/couples/{couple.id}/", f"/couples/{couple.id}/results/"):
        assert browser.get(address).status_code == 200
    for address in ("assign", "edit", "close"):
        assert browser.get(f"/couples/{couple.id}/{address}/").status_code == 404
    overview = main_of(browser.get(f"/couples/{couple.id}/"))
    assert [word for word in ("Assign a form", "Close care", "Takes no further part") if word in overview] == []
    assert "Assign a form" in main_of(client_of(alice).get(f"/couples/{couple.id}/"))
    assert do(bob, flag, "acknowledge").status_code == 302


def test_a_supervisor_reads_and_does_not_act(alice, sue, practice, flag):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(supervisors_read_couples=True)
    browser = client_of(sue)
    for address in ("/flags/", f"/flags/{flag.id}/", f"/couples/{flag.couple_id}/results/"):
        assert not re.search(r'action="/flags/[0-9a-f-]+/(acknowledge|close|reopen)/', main_of(browser.get(address)))
    for act in ("acknowledge", "close", "reopen"):
        assert do(sue, flag, act, **CLOSING).status_code == 404
    assert actions(alice, flag) == []


def test_nobody_else_gets_at_a_flag(alice, bob, olive, sue, adam, mallory, flag):
    for member in (bob, olive, sue, adam, mallory):
        assert client_of(member).get(f"/flags/{flag.id}/").status_code == 404
        for act in ("acknowledge", "close", "reopen"):
            assert do(member, flag, act, **CLOSING).status_code == 404
    assert actions(alice, flag) == []


def test_who_is_cover_no_more_is_turned_away(alice, bob, flag):
    cover_by(alice, bob)
    assert client_of(bob).get(f"/flags/{flag.id}/").status_code == 200
    cover_by(alice, None)
    assert client_of(bob).get(f"/flags/{flag.id}/").status_code == 404
    assert do(bob, flag, "acknowledge").status_code == 404


def test_an_owner_sees_level_and_date_of_what_waited_too_long(alice, olive, flag):
    browser = client_of(olive)
    assert "Waiting for an answer" not in main_of(browser.get("/flags/"))
    with as_staff(alice):
        FlagEvent.objects.create(flag=flag, partner_id=flag.partner_id, action="owner_told", at=timezone.now())
    page = main_of(browser.get("/flags/"))
    assert "Waiting for an answer" in page
    assert "Urgent" in page
    private = ("D &amp; E", "D & E", "Dana", "Erin", "SR1", "Alice", str(flag.id), str(flag.couple_id))
    assert [word for word in private if word in page] == []
    assert "Waiting for an answer" not in main_of(client_of(alice).get("/flags/"))


def alert_of(member) -> list[str]:
    """The number beside Flags in the navigation."""
    page = client_of(member).get("/practice/team/").content.decode()
    return re.findall(r'href="/flags/"[^>]*>\s*Flags\s*<span class="badge tone-urgent">\s*(\d+)', page)


def test_the_navigation_counts_open_urgent_flags_of_who_answers_them(alice, bob, olive, sue, adam, flag):
    cover_by(alice, bob)
    raised = [alert_of(member) for member in (alice, bob, olive, sue, adam)]
    assert raised == [["1"], ["1"], [], [], []]
    do(bob, flag, "acknowledge")
    assert (alert_of(alice), alert_of(bob)) == ([], [])


def test_the_list_is_as_few_statements_for_thirty_as_for_one(alice, flag):
    browser = client_of(alice)
    do(alice, flag, "close", **CLOSING)
    one = statements(browser, "/flags/?state=all")
    for number in range(29):
        couple: Couple = make_couple(alice, label=f"C {number}")
        do(alice, raise_flag(alice, partner_of(alice, couple, 1)), "acknowledge")
    assert statements(browser, "/flags/?state=all") == one
    assert one <= 4


def test_talks_are_planned_from_the_flag_for_both_and_neither_partner_is_shown_it(alice, couple, dana, erin):
    flag = raise_flag(alice, dana)
    with as_staff(alice):
        sheets = list(AnswerSheet.objects.select_related("partner", "couple").order_by("partner__position"))
    browsers, places = [partner_client(sheet) for sheet in sheets], ("/p/", "/p/1/", "/p/help/", "/p/check/")
    for browser in browsers:
        browser.get("/p/")
    before = [[bytes_of(browser.get(place)) for place in places] for browser in browsers]
    page = client_of(alice).get(f"/flags/{flag.id}/")
    assert list(page.context["talks"].fields) == ["at_1", "at_2"]
    where = f"/couples/{couple.id}/sessions/talks/"
    assert f'action="{where}"'.encode() in page.content
    assert client_of(alice).post(where, {"at_1": "2030-01-07T09:00"}).status_code == 422
    planned = {"at_1": "2030-01-07T09:00", "at_2": "2030-01-07T10:00"}
    assert client_of(alice).post(where, planned).status_code == 302
    with as_staff(alice):
        talks = CounselingSession.objects.order_by("planned_at").values_list("kind", "partner", "note")
        assert list(talks) == [("one_to_one", dana.id, ""), ("one_to_one", erin.id, "")]
    assert [[bytes_of(browser.get(place)) for place in places] for browser in browsers] == before


def test_the_cover_reads_what_to_say_and_plans_nothing(alice, bob, dana):
    flag = raise_flag(alice, dana)
    cover_by(alice, bob)
    page = client_of(bob).get(f"/flags/{flag.id}/")
    assert page.context["talks"] is None
    assert b"talks with each of you alone" in page.content
