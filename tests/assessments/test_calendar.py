"""The calendar of a caseload and of a couple, and the feed that another calendar reads."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from assessments.models import AnswerSheet, Assignment
from assessments.schedules import Schedule
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import SessionDetails, save_session
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests.assessments.mailed import given, pass_days
from tests.factories import as_staff, assign, client_of, in_days, make_couple, submit

pytestmark = pytest.mark.database


def plan(member: Membership, couple: Couple, at: datetime, **details) -> CounselingSession:
    with as_staff(member):
        return save_session(couple, SessionDetails(planned_at=at, **details), membership=member)


def noon(days: int = 0) -> datetime:
    return timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


def test_calendar_shows_sessions_and_forms_of_the_own_couples_by_day(alice, bob, couple):
    plan(alice, couple, noon(2))
    plan(bob, make_couple(bob, label="Bob's"), noon(2))
    assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=noon(1), closes_at=noon(3)))
    page = client_of(alice).get(f"/calendar/?view=weeks&on={noon(1).date()}").content.decode()
    assert [page.count(one) for one in ("opens", "closes", "Session<", "Move")] == [1, 1, 1, 1]
    assert "D &amp; E" in page
    assert "Bob" not in page


@pytest.mark.parametrize("query", ["", "?view=day", "?view=week&on=2027-02-28", "?view=x&on=x", "?on=0001-01-01"])
def test_calendar_answers_whatever_it_is_asked(alice, couple, query):
    assert client_of(alice).get(f"/calendar/{query}").status_code == 200
    assert client_of(alice).get(f"/couples/{couple.id}/calendar/{query}").status_code == 200


def test_day_is_that_of_the_practice(alice, couple):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone="Pacific/Kiritimati")
    at = datetime(2027, 12, 31, 11, tzinfo=UTC)  # the first of January there
    plan(alice, couple, at)
    pages = [
        client_of(alice).get(f"/calendar/?view=day&on={day}").content.decode() for day in ("2027-12-31", "2028-01-01")
    ]
    assert [one.count("Move") for one in pages] == [0, 1]
    assert "<strong>01:00</strong>" in pages[1]


def reminders(alice: Membership, couple: Couple, at: datetime) -> list[str]:
    """What stands of reminders in the week around a moment, on the couple's calendar and on the caseload's."""
    found = []
    for where in (f"/couples/{couple.id}/calendar/", "/calendar/"):
        content = client_of(alice).get(f"{where}?view=weeks&on={at.date()}").content.decode()
        days = content.split('<h2 id="day-')[1:]
        found.append([(day[:10], word) for day in days for word in re.findall(r"reminder (?:planned|sent)", day)])
    assert found[0] == found[1]
    return [f"{day} {word}" for day, word in found[0]]


def test_reminders_stand_where_they_are_planned_and_where_they_were_sent(clock, alice, mailed, smtp):
    now = timezone.now()
    sheet = given(alice, mailed, schedule=Schedule(remind_on=(1, 3)))
    assert reminders(alice, mailed, now) == ["2027-05-04 reminder planned", "2027-05-06 reminder planned"]
    pass_days(clock, 1.5)
    assert reminders(alice, mailed, now) == ["2027-05-04 reminder sent", "2027-05-06 reminder planned"]
    submit(sheet)
    assert reminders(alice, mailed, now)[-1] == "2027-05-06 reminder planned"
    with as_staff(alice):
        other = AnswerSheet.objects.select_related("partner").exclude(pk=sheet.pk).get(couple=mailed)
    submit(other)
    assert reminders(alice, mailed, now) == ["2027-05-04 reminder sent"]


def stops_reminders(alice: Membership, couple: Couple) -> None:
    Partner.objects.filter(couple=couple).update(reminders_off_at=timezone.now())


def is_unsafe(alice: Membership, couple: Couple) -> None:
    Partner.objects.filter(couple=couple).update(channel="none")


def pauses(alice: Membership, couple: Couple) -> None:
    Assignment.objects.filter(couple=couple).update(paused_at=timezone.now())


@pytest.mark.parametrize("stop", [stops_reminders, is_unsafe, pauses])
def test_reminder_that_would_reach_nobody_is_not_planned(clock, alice, mailed, smtp, stop):
    given(alice, mailed, schedule=Schedule(every_weeks=1, times=2))
    now = timezone.now()
    assert reminders(alice, mailed, now) == ["2027-05-05 reminder planned", "2027-05-12 reminder planned"]
    with as_staff(alice):
        stop(alice, mailed)
    assert reminders(alice, mailed, now) == []


def statements(browser: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(where).status_code == 200
    return len(captured)


def test_statements_do_not_grow_with_couples_and_days(alice):
    browser, counts = client_of(alice), []
    where = f"/calendar/?view=weeks&on={noon().date()}"
    browser.get(where)
    for number in range(4):
        couple = make_couple(alice, label=str(number))
        plan(alice, couple, noon(number))
        assign(alice, couple, "ena-ck", schedule=Schedule(every_weeks=1, times=3))
        counts.append(statements(browser, where))
    assert len(set(counts)) == 1
    frame = statements(browser, "/practice/")
    assert counts[0] - frame <= 4


def test_session_is_planned_moved_and_called_off_from_the_calendar(alice, couple):
    browser = client_of(alice)
    at = f"{noon(3):%Y-%m-%dT%H:%M}"
    answer = browser.post("/calendar/sessions/new/", {"couple": str(couple.id), "at": at})
    assert answer.status_code == 302
    with as_staff(alice):
        session = CounselingSession.objects.get()
    later = f"{noon(5):%Y-%m-%dT%H:%M}"
    assert browser.post(f"/sessions/{session.id}/move/", {"at": later}).status_code == 302
    past = browser.post(f"/sessions/{session.id}/move/", {"at": "2020-01-01T10:00"})
    assert (past.status_code, b"still to come" in past.content) == (422, True)
    assert browser.post(f"/sessions/{session.id}/cancel/").status_code == 302
    with as_staff(alice):
        session = CounselingSession.objects.get()
    assert (session.planned_at, session.cancelled_at is not None) == (noon(5), True)


def test_closed_couple_gets_no_session(alice, couple):
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(state="closed", closed_reason="other")
    at = f"{noon(3):%Y-%m-%dT%H:%M}"
    assert client_of(alice).post("/calendar/sessions/new/", {"couple": str(couple.id), "at": at}).status_code == 422


def address(browser: Client) -> str:
    page = browser.post("/calendar/feed/").content.decode()
    return page.partition("<code>")[2].partition("</code>")[0].partition("/calendar/")[2]


def events(key: str) -> list[dict[str, object]]:
    answer = Client().get(f"/calendar/{key}")
    assert answer["Content-Type"].startswith("text/calendar")
    return [dict(one) for one in Calendar.from_ical(answer.content).walk("VEVENT")]


def test_feed_says_when_and_nothing_of_whom(alice, bob, couple, dana):
    plan(alice, couple, noon(2))
    plan(alice, couple, noon(4), kind="one_to_one", partner=dana.id, note="Between us")
    plan(bob, make_couple(bob), noon(3))
    key = address(client_of(alice))
    assert sorted(str(one["SUMMARY"]) for one in events(key)) == ["Appointment"] * 2
    text = Client().get(f"/calendar/{key}").content.decode()
    assert not any(word in text for word in ("Dana", "Erin", "D &", "couple", "alone", "Between", "Alice"))


def test_feed_is_right_over_a_change_of_clocks(alice, couple):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone="America/New_York")
    browser = client_of(alice)
    for at in ("2027-11-06T10:00", "2027-11-08T10:00"):
        browser.post("/calendar/sessions/new/", {"couple": str(couple.id), "at": at})
    starts = sorted(one["DTSTART"].dt for one in events(address(browser)))  # type: ignore[attr-defined]
    assert starts == [datetime(2027, 11, 6, 14, tzinfo=UTC), datetime(2027, 11, 8, 15, tzinfo=UTC)]


def test_address_ends_with_a_newer_one_when_it_is_ended_and_when_its_member_leaves(alice, couple):
    browser = client_of(alice)
    first = address(browser)
    second = address(browser)
    assert [Client().get(f"/calendar/{key}").status_code for key in (first, second)] == [404, 200]
    browser.post("/calendar/feed/end/")
    assert Client().get(f"/calendar/{second}").status_code == 404
    third = address(browser)
    with as_maintenance():
        Membership.objects.using("owner").filter(pk=alice.pk).update(is_active=False)
    assert Client().get(f"/calendar/{third}").status_code == 404


def test_couple_page_shows_the_cadence_and_changes_it(alice, couple):
    browser = client_of(alice)
    form = {"form": "ena-ck@0.2.0/", "days": "4", "every_weeks": "sessions", "remind_on": "none"}
    page = browser.get(f"/couples/{couple.id}/assign/").content.decode()
    form["form"] = page.partition('value="ena-ck@')[2].partition('"')[0].join(["ena-ck@", ""])
    assert browser.post(f"/couples/{couple.id}/assign/", form).status_code == 302
    page = browser.get(f"/couples/{couple.id}/").content.decode()
    assert "Before each session, for up to 4 days, no reminders" in page
    assignment = page.partition("/assignments/")[2].partition("/")[0]
    browser.post(f"/assignments/{assignment}/pause/")
    assert "Paused" in browser.get(f"/couples/{couple.id}/").content.decode()
    browser.post(f"/assignments/{assignment}/resume/")
    changed = {"days": "3", "every_weeks": "2", "times": "4", "remind_on": "1,3"}
    assert browser.post(f"/assignments/{assignment}/change/", changed).status_code == 422
    assert browser.post(f"/assignments/{assignment}/change/", {**changed, "days": "4"}).status_code == 302
    page = browser.get(f"/couples/{couple.id}/").content.decode()
    assert "Every 2 weeks, 4 times, reminders on days 1 and 3" in page


def test_calendar_leaves_out_what_was_dropped_or_is_paused(alice, couple):
    with time_machine.travel(noon(1), tick=False):
        assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(1), every_weeks=1, times=2))
        where = f"/couples/{couple.id}/calendar/?on={timezone.localdate()}"
        browser = client_of(alice)
        assert browser.get(where).content.count(b"opens") == 2
        page = browser.get(f"/couples/{couple.id}/").content.decode()
        browser.post(f"/assignments/{page.partition('/assignments/')[2].partition('/')[0]}/pause/")
        assert browser.get(where).content.count(b"opens") == 0
