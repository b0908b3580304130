"""What is proposed and when: the rule on plain values, and what it reads of a couple."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from assessments.due import REVIEW_AFTER_DAYS, REVIEW_AFTER_SESSIONS, Known, due
from assessments.ending import ask_after_care, close_care, resume_care
from assessments.models import Assignment, Wave
from assessments.plan_templates import library as templates
from assessments.proposals import proposals_from, proposals_of, what_is_known
from assessments.record import record_of
from assessments.schedules import Schedule
from assessments.screen_parts import header_of
from assessments.session_ratings import Ratings, save_rated_session
from clients.couples import leave, update_couple
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import SessionDetails, cancel_session
from practice.models import Membership
from tests import factories
from tests.assessments.test_therapist_views import statements
from tests.factories import as_staff, client_of, in_days, sheet_of, submit

START = date(2026, 1, 5)


def kinds(today: date, **known: Any) -> list[tuple[str, date]]:
    given = {"care_since": START, "check_in_is_asked": True, **known}
    return [(one.kind, one.due_on) for one in due(Known(**given), today=today)]


def days(*offsets: int) -> tuple[date, ...]:
    return tuple(START + timedelta(days=offset) for offset in offsets)


def test_full_form_is_due_at_intake_when_none_was_given():
    assert kinds(START) == [("intake", START)]
    assert kinds(START, full_is_asked=True) == []
    assert kinds(START, last_full_on=START) == []


@pytest.mark.parametrize(("day", "is_due"), [(55, False), (56, True), (57, True), (400, True)])
def test_full_form_is_due_again_after_eight_weeks(day: int, is_due: bool):
    expected = [("review", START + timedelta(days=56))] if is_due else []
    assert kinds(START + timedelta(days=day), last_full_on=START) == expected


@pytest.mark.parametrize(("held", "is_due"), [(5, False), (6, True), (7, True)])
def test_full_form_is_due_again_after_six_sessions(held: int, is_due: bool):
    found = kinds(START + timedelta(days=20), last_full_on=START, sessions=days(*range(1, held + 1)))
    assert found == ([("review", START + timedelta(days=6))] if is_due else [])


@pytest.mark.parametrize(("sixth", "since"), [(55, 55), (56, 56), (57, 56), (70, 56)])
def test_whichever_comes_first_counts(sixth: int, since: int):
    found = kinds(START + timedelta(days=80), last_full_on=START, sessions=days(1, 2, 3, 4, 5, sixth))
    assert found == [("review", START + timedelta(days=since))]


@pytest.mark.parametrize(
    ("last", "since"),
    [
        (date(2028, 1, 4), date(2028, 2, 29)),  # a leap day
        (date(2028, 1, 5), date(2028, 3, 1)),
        (date(2027, 1, 5), date(2027, 3, 2)),
        (date(2026, 2, 1), date(2026, 3, 29)),  # the clocks go forward in Europe that night
    ],
)
def test_eight_weeks_are_days_of_the_calendar(last: date, since: date):
    assert kinds(since - timedelta(days=1), last_full_on=last) == []
    assert kinds(since, last_full_on=last) == [("review", since)]


def test_check_in_is_due_where_none_runs():
    known = {"last_full_on": START, "check_in_is_asked": False}
    assert kinds(START, **known) == [("check_in", START)]
    ended = START + timedelta(days=3)
    assert kinds(START + timedelta(days=4), **known, last_check_in_ended_on=ended) == [("check_in", ended)]


def test_full_form_stands_before_the_check_in():
    assert [kind for kind, _ in kinds(START, check_in_is_asked=False)] == ["intake", "check_in"]


def test_stop_ends_reviews_and_check_ins_and_asks_for_the_form_at_the_end():
    stopped = START + timedelta(days=60)
    known = {"stopped_on": stopped, "check_in_is_asked": False}
    assert kinds(stopped, last_full_on=START, **known) == [("end", stopped)]
    assert kinds(stopped, last_full_on=stopped, **known) == []
    assert kinds(stopped, last_full_on=START, full_is_asked=True, **known) == []


@pytest.mark.parametrize(("before", "is_due"), [(13, False), (14, False), (15, True)])
def test_full_form_shortly_before_closing_is_the_one_at_the_end(before: int, is_due: bool):
    closed = date(2026, 6, 30)
    found = kinds(closed, state="closed", closed_on=closed, last_full_on=closed - timedelta(days=before))
    assert found == ([("end", closed)] if is_due else [])


@pytest.mark.parametrize(
    ("closed", "again"),
    [
        (date(2026, 6, 30), date(2026, 9, 30)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
    ],
)
def test_full_form_is_due_three_months_after_closing(closed: date, again: date):
    known = {"state": "closed", "closed_on": closed, "last_full_on": closed}
    assert kinds(again - timedelta(days=1), **known) == []
    assert kinds(again, **known) == [("follow_up", again)]
    assert kinds(again, **{**known, "last_full_on": again}) == []
    assert kinds(again, **known, full_is_asked=True) == []


@pytest.mark.parametrize("reason", Couple.ClosedReason.values)
def test_who_withdrew_or_went_elsewhere_is_not_asked_again(reason: str):
    closed = date(2026, 6, 30)
    found = kinds(closed + timedelta(days=200), state="closed", closed_on=closed, closed_reason=reason)
    assert bool(found) == (reason not in ("withdrawn", "transferred"))


def test_paused_couple_and_one_where_nobody_takes_part_get_no_proposal():
    assert kinds(START, state="paused", check_in_is_asked=False) == []
    assert kinds(START, anybody=False, check_in_is_asked=False) == []


def test_reasons_say_why_in_words():
    known = Known(care_since=START, last_full_on=START, sessions=days(*range(1, 8)), next_session_on=date(2026, 2, 1))
    full, check_in = due(known, today=START + timedelta(days=30))
    assert full.reason == "7 sessions with both were held since the last full form, on 5 Jan 2026."
    assert check_in.reason == "No check-in is running, and none opens before the next session, on 1 Feb 2026."
    assert (full.instrument, check_in.instrument) == ("ena-c@0.2.0", "ena-ck@0.2.0")


def test_six_sessions_are_those_of_the_plan_template():
    assert templates.latest().practices["P73"]["dose"] == {"every_sessions": REVIEW_AFTER_SESSIONS}
    assert REVIEW_AFTER_DAYS == 56


def proposed(alice: Membership) -> list[str]:
    with as_staff(alice):
        return [one.kind for one in proposals_of(Couple.objects.get())]


def hold(alice: Membership, couple: Couple, **details: Any) -> None:
    given = {"held_at": in_days(-0.01), "safety_reviewed": True, **details}
    with as_staff(alice):
        save_rated_session(couple, SessionDetails(**given), Ratings(), membership=alice)


@pytest.mark.database
def test_couple_goes_through_intake_check_ins_review_and_end(alice, couple, dana, erin):
    assert proposed(alice) == ["intake", "check_in"]
    full = factories.assign(alice, couple)
    assert proposed(alice) == ["check_in"]
    factories.assign(alice, couple, "ena-ck")
    for partner in (dana, erin):
        submit(sheet_of(alice, full, partner))
    assert proposed(alice) == []
    with as_staff(alice):
        Wave.objects.filter(assignment=full).update(opened_at=in_days(-3))
    for number in range(6):
        hold(alice, couple, held_at=in_days(-2 + number / 10))
        hold(alice, couple, held_at=in_days(-2), kind="one_to_one", partner=dana.id)
    assert proposed(alice) == ["review"]
    hold(alice, couple, review="stop")
    assert proposed(alice) == ["end"]
    hold(alice, couple, review="keep", held_at=in_days(-0.001))
    assert proposed(alice) == ["review"]


@pytest.mark.database
@pytest.mark.parametrize(("opens", "session", "is_asked"), [(2, 3, True), (4, 3, False), (4, None, True), (0, 3, True)])
def test_check_in_that_opens_before_the_next_session_is_enough(alice, couple, opens, session, is_asked):
    factories.assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(opens), closes_at=in_days(opens + 1)))
    if session:
        hold(alice, couple, held_at=None, safety_reviewed=None, planned_at=in_days(session))
    assert ("check_in" not in proposed(alice)) == is_asked


@pytest.mark.database
def test_cancelled_session_brings_no_check_in_forward(alice, couple):
    factories.assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(4), closes_at=in_days(5)))
    hold(alice, couple, held_at=None, safety_reviewed=None, planned_at=in_days(3))
    assert "check_in" in proposed(alice)
    with as_staff(alice):
        cancel_session(CounselingSession.objects.get())
        record = record_of(Couple.objects.get())
        assert header_of(record, timezone.now()).next_session is None
        assert "check_in" not in [one.kind for one in proposals_from(record, now=timezone.now())]
    assert "check_in" not in proposed(alice)


@pytest.mark.database
def test_new_episode_begins_with_a_full_form(alice, couple, dana, erin):
    assignment = factories.assign(alice, couple)
    for partner in (dana, erin):
        submit(sheet_of(alice, assignment, partner))
    for new_episode in (False, True):
        with as_staff(alice):
            close_care(Couple.objects.get(), reason="completed", membership=alice)
            resume_care(Couple.objects.get(), new_episode=new_episode)
        assert ("intake" in proposed(alice)) == new_episode


@pytest.mark.database
def test_days_are_those_of_the_practices_clock(alice, couple):
    factories.assign(alice, couple)
    late = datetime(2026, 1, 6, 3, tzinfo=UTC)
    with as_staff(alice), timezone.override(ZoneInfo("America/New_York")):
        Couple.objects.update(created_at=late)
        Wave.objects.update(opened_at=late)
        known = what_is_known(Couple.objects.get(), now=late)
    assert (known.care_since, known.last_full_on) == (date(2026, 1, 5), date(2026, 1, 5))


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


@pytest.mark.database
def test_button_opens_the_assign_form_with_the_form_chosen(browser, couple):
    content = browser.get(f"/couples/{couple.id}/").content.decode()
    address = f"/couples/{couple.id}/assign/?form=ena-ck%400.2.0"
    assert address in content
    assert browser.get(address).context["form"]["form"].value() == "ena-ck@0.2.0/one_sitting"
    unknown = browser.get(f"/couples/{couple.id}/assign/?form=nothing").context["form"]["form"]
    assert unknown.value() == "ena-c@0.2.0/one_sitting"


@pytest.mark.database
def test_closed_couple_is_asked_by_one_click_and_once(browser, alice, couple, dana, erin):
    with as_staff(alice):
        close_care(Couple.objects.get(), reason="separated", membership=alice)
    assert b"no full form was given at the end" in browser.get(f"/couples/{couple.id}/").content
    where = f"/couples/{couple.id}/ask-again/"
    assert [browser.post(where).status_code for _ in range(2)] == [302, 409]
    with as_staff(alice):
        assignment = Assignment.objects.get()
        assert (assignment.follow_up, Wave.objects.get().opened_at is not None) == (True, True)
    assert proposed(alice) == []


@pytest.mark.database
def test_couple_in_care_is_not_asked_as_after_care(browser, alice, couple):
    assert browser.post(f"/couples/{couple.id}/ask-again/").status_code == 409
    with as_staff(alice):
        assert not Assignment.objects.exists()


@pytest.mark.database
def test_couple_page_sends_as_few_statements_for_many_sessions(browser, alice, couple):
    hold(alice, couple)
    one = statements(browser, f"/couples/{couple.id}/")
    for _ in range(29):
        hold(alice, couple)
    assert statements(browser, f"/couples/{couple.id}/") == one


@pytest.mark.database
def test_reading_changes_nothing_and_a_pause_is_a_pause(browser, alice, couple, erin):
    browser.get(f"/couples/{couple.id}/")
    with as_staff(alice):
        assert not Assignment.objects.exists()
        update_couple(Couple.objects.get(), state="paused")
    assert proposed(alice) == []


@pytest.mark.database
def test_follow_up_that_is_scheduled_is_not_proposed_again(alice, couple, dana):
    with as_staff(alice):
        leave(Partner.objects.get(pk=dana.pk))
        close_care(Couple.objects.get(), reason="completed", membership=alice)
        ask_after_care(Couple.objects.get(), membership=alice)
    assert proposed(alice) == []
