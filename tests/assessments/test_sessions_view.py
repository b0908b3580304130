"""The pages of a couple's sessions: what they list, what the form opens with, and what one save keeps."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from assessments import plans
from assessments.models import Intention
from assessments.session_ratings import Ratings, save_rated_session
from clients.couples import close_couple
from clients.models import CounselingSession, Couple
from clients.sessions import SessionDetails, last_quarter
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests.assessments.session_pages import HELD, chosen, hold, listed, new, text_of, the_session
from tests.assessments.test_therapist_views import statements
from tests.factories import as_staff, client_of, in_days

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def test_one_save_keeps_session_stages_engagement_and_note(browser, alice, couple, dana, erin):
    given = {**HELD, "stage_S0": "2", "stage_S3": "0", "engagement_1": "4", "review": "keep", "note": " Went well "}
    assert browser.post(new(couple), given)["Location"] == listed(couple)
    session, rating = the_session(alice)
    assert (session.kind, session.partner_id, session.planned_at, session.safety_reviewed) == (
        "couple",
        None,
        None,
        True,
    )
    assert (session.review, session.note, session.written_by) == ("keep", "Went well", alice.id)
    assert rating.stages == {"S0": 2, "S3": 0}
    assert rating.engagement == {str(dana.id): 4}


def test_times_are_the_practices(browser, alice, couple, practice):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(time_zone="America/New_York")
    browser.post(new(couple), HELD)
    session, _ = the_session(alice)
    assert session.held_at == datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("America/New_York"))
    assert "2 Mar 2026, 10:15" in text_of(browser.get(listed(couple)))
    assert b'value="2026-03-02T10:15"' in browser.get(f"/sessions/{session.id}/").content


def test_quarter_that_has_begun_is_never_in_the_future():
    moment = datetime(2026, 3, 2, 10, 14, 59, tzinfo=ZoneInfo("UTC"))
    assert last_quarter(moment) == datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("UTC"))
    assert last_quarter(moment + timedelta(seconds=1)) == datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("UTC"))


def test_new_session_opens_as_held_this_quarter_with_nothing_said_on_safety(browser, couple):
    before = last_quarter(timezone.now())
    at = browser.get(new(couple)).context["form"]["at"].initial
    opened = chosen(browser, new(couple))
    assert before <= at <= last_quarter(timezone.now())
    assert "safety_reviewed" not in opened
    assert (opened["who"], opened["state"], opened["stage_S0"], opened["review"]) == ("both", "held", "", "")


def test_new_session_starts_from_what_was_rated_last(browser, alice, couple, dana, erin):
    hold(alice, couple, days_ago=9, ratings=Ratings(stages={"S1": 2}, engagement={str(dana.id): 1, str(erin.id): 3}))
    hold(alice, couple, days_ago=2, kind="one_to_one", partner=dana.id, ratings=Ratings(engagement={str(dana.id): 4}))
    opened = chosen(browser, new(couple))
    assert (opened["stage_S1"], opened["engagement_1"], opened["engagement_2"]) == ("2", "4", "3")
    assert "safety_reviewed" not in opened


def test_steps_that_are_worked_on_stand_first(browser, alice, couple, dana):
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice, active_step="S3")
        plans.assign_activity(plan, template="P61", partners=[dana], membership=alice)
    form = browser.get(new(couple)).context["form"]
    assert [field.name for field in form.worked_on] == ["stage_S3", "stage_S6"]
    assert len(form.others) == 6


def test_saving_again_says_nothing_twice(browser, alice, couple):
    browser.post(new(couple), {**HELD, "who": "1", "wish": "clarify"})
    session, _ = the_session(alice)
    browser.post(f"/sessions/{session.id}/", {**HELD, "who": "1", "note": "More"})
    with as_staff(alice):
        assert Intention.objects.count() == 1
        assert CounselingSession.objects.get().note == "More"


def test_planned_session_keeps_no_rating_until_it_is_held(browser, alice, couple):
    planned = {**HELD, "state": "planned", "at": "2027-03-02T10:15", "stage_S1": "2", "engagement_1": "2"}
    browser.post(new(couple), planned)
    session, rating = the_session(alice)
    assert (session.held_at, session.safety_reviewed, rating.stages, rating.engagement) == (None, None, {}, {})
    browser.post(f"/sessions/{session.id}/", {**HELD, "stage_S1": "2"})
    session, rating = the_session(alice)
    assert session.planned_at == datetime(2027, 3, 2, 10, 15, tzinfo=ZoneInfo("UTC"))
    assert session.held_at == datetime(2026, 3, 2, 10, 15, tzinfo=ZoneInfo("UTC"))
    assert rating.stages == {"S1": 2}


def test_planned_session_opens_as_planned_and_as_held_once_its_time_is_there(browser, alice, couple):
    with as_staff(alice):
        soon = save_rated_session(couple, SessionDetails(planned_at=in_days(3)), Ratings(), membership=alice)
        past = save_rated_session(couple, SessionDetails(planned_at=in_days(-0.1)), Ratings(), membership=alice)
    assert chosen(browser, f"/sessions/{soon.id}/")["state"] == "planned"
    assert chosen(browser, f"/sessions/{past.id}/")["state"] == "held"
    assert chosen(browser, f"{new(couple)}?planned")["state"] == "planned"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"safety_reviewed": ""}, "safety_reviewed"),
        ({"at": ""}, "at"),
        ({"at": "2099-01-01T10:00"}, "at"),
        ({"at": "0001-01-01T10:00"}, "at"),
        ({"who": "3"}, "who"),
        ({"stage_S1": "5"}, "stage_S1"),
        ({"engagement_1": "-1"}, "engagement_1"),
        ({"review": "stay"}, "review"),
        ({"who": "1", "wish": "leave"}, "wish"),
        ({"note": "x" * 10_001}, "note"),
    ],
)
def test_what_does_not_fit_stands_at_its_field_and_all_input_is_kept(browser, alice, couple, change, field):
    kept = {"note": "Keep me", "stage_S0": "3", "engagement_2": "1", "review": "pause"}
    response = browser.post(new(couple), {**HELD, **kept, **change})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    content = response.content.decode()
    for name, value in (kept | change).items():
        if name in ("stage_S0", "engagement_2"):
            assert re.search(rf'name="{name}" value="{value}"[^>]* checked', content)
        elif name == "note":
            assert value in content
    with as_staff(alice):
        assert not CounselingSession.objects.exists()


def test_closed_couple_gets_no_new_session_and_its_old_ones_can_be_put_right(browser, alice, couple):
    session = hold(alice, couple)
    with as_staff(alice):
        close_couple(Couple.objects.get(), reason="completed")
    response = browser.post(new(couple), HELD)
    assert response.status_code == 422
    assert b"This couple is closed." in response.content
    assert b"/sessions/new/" not in browser.get(listed(couple)).content
    assert browser.post(f"/sessions/{session.id}/", HELD).status_code == 302


def test_list_says_what_was_held_in_words(browser, alice, couple, dana, erin):
    rated = Ratings(stages={"S3": 2}, engagement={str(dana.id): 3, str(erin.id): 1})
    hold(alice, couple, days_ago=8, ratings=rated, review="change", note="Only in here")
    hold(alice, couple, days_ago=2, safety_reviewed=False)
    hold(alice, couple, days_ago=1, kind="one_to_one", partner=erin.id)
    page = browser.get(listed(couple))
    said = text_of(page)
    assert "2 sessions with both were held." in said
    assert "Dana was not met alone yet." in said
    assert [(row.number, row.session.kind) for row in page.context["held"]] == [
        (None, "one_to_one"), (2, "couple"), (1, "couple"),
    ]  # fmt: skip
    assert "S3 Tune in: practising with help" in said
    assert "Dana 3" in said
    assert "Change the plan" in said
    assert re.search(r"<details[^>]*>\s*<summary>.*?</summary>\s*<p>Only in here</p>", page.content.decode(), re.DOTALL)


def test_sessions_page_sends_as_few_statements_for_thirty_as_for_one(browser, alice, couple, dana):
    def grow(number: int) -> None:
        rated = Ratings(stages={"S1": 1}, engagement={str(dana.id): 2})
        kind: dict[str, Any] = {"kind": "one_to_one", "partner": dana.id} if number % 3 else {}
        hold(alice, couple, days_ago=number + 1, ratings=rated, **kind)
        with as_staff(alice):
            save_rated_session(couple, SessionDetails(planned_at=in_days(number), **kind), Ratings(), membership=alice)

    grow(1)
    one = statements(browser, listed(couple))
    for number in range(2, 31):
        grow(number)
    assert statements(browser, listed(couple)) == one
    assert one <= 12


def test_supervisor_reads_sessions_and_finds_nothing_to_change(sue, alice, couple, practice):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(supervisors_read_couples=True)
    session = hold(alice, couple)
    content = client_of(sue).get(listed(couple)).content.decode()
    assert not re.search(r"/sessions/(new|talks|[0-9a-f-]{36})/", content)
    assert client_of(sue).get(f"/sessions/{session.id}/").status_code == 404


def test_sessions_of_others_are_not_there(bob, mallory, alice, couple):
    session = hold(alice, couple)
    for member in (bob, mallory):
        other = client_of(member)
        for address in (listed(couple), new(couple), f"{listed(couple)}talks/", f"/sessions/{session.id}/"):
            assert other.get(address).status_code == 404
            assert other.post(address, HELD).status_code == 404


def test_planned_session_is_cancelled_from_the_list_and_a_held_one_is_not(browser, alice, couple):
    held = hold(alice, couple)
    planned = hold(alice, couple, held_at=None, safety_reviewed=None, planned_at=in_days(2))
    page = browser.get(listed(couple)).content.decode()
    assert f"/sessions/{planned.id}/cancel/" in page
    assert f"/sessions/{held.id}/cancel/" not in page
    assert "cancelled session" not in page
    assert browser.post(f"/sessions/{planned.id}/cancel/")["Location"] == listed(couple)
    page = text_of(browser.get(listed(couple)))
    assert "1 cancelled session" in page
    assert "Planned" not in page
    assert browser.get(f"/sessions/{planned.id}/").status_code == 404
    browser.post(f"/sessions/{held.id}/cancel/")
    assert "This session was held, so it cannot be cancelled." in text_of(browser.get(listed(couple)))
