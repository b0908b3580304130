"""The list of couples: who comes first and why, what a row says, its filters and pages."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from assessments import plans
from assessments.caseload import Need
from assessments.models import Wave
from assessments.schedules import Schedule
from assessments.waves import drop
from clients.couples import close_couple
from practice.models import Membership
from tests import factories
from tests.assessments.caseloads import beside, make_check_ins, make_overdue, plan_session, rows, shown, wave_of
from tests.assessments.test_therapist_views import statements
from tests.factories import (
    as_staff,
    client_of,
    full_answers,
    in_days,
    make_couple,
    make_flagged,
    partner_of,
    sheet_of,
    submit,
)

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def test_an_empty_list_says_the_next_step(browser):
    content = browser.get("/").content
    assert b"Add your first couple" in content
    assert b'href="/couples/new/"' in content


def test_who_needs_the_therapist_first_stands_on_top(browser, alice):
    make_couple(alice, label="A quiet")
    make_overdue(alice, "C overdue")
    make_flagged(alice, "Z urgent")
    worse = make_couple(alice, label="Y worse")
    make_check_ins(alice, partner_of(alice, worse, 2), 1, 3, 3)
    today = make_couple(alice, label="X today")
    plan_session(alice, today, timezone.now())
    factories.assign(alice, make_couple(alice, label="B due"))
    closed = make_flagged(alice, "B closed")
    done = make_overdue(alice, "D done")
    with as_staff(alice):
        close_couple(closed, reason="completed")
        close_couple(done, reason="completed")
    page = browser.get("/")
    # A follow-up may raise a flag after care has ended, and then it is as urgent as any.
    assert [(row.couple.label, row.need) for row in rows(page)] == [
        ("B closed", Need.URGENT),
        ("Z urgent", Need.URGENT),
        ("Y worse", Need.WORSE),
        ("C overdue", Need.OVERDUE),
        ("X today", Need.SESSION),
        ("B due", Need.DUE),
        ("A quiet", Need.QUIET),
        ("D done", Need.CLOSED),
    ]
    assert [(need, number) for need, _, number in page.context["numbers"]] == [
        ("flag", 2), ("worse", 1), ("overdue", 1), ("today", 1),
    ]  # fmt: skip
    for need, _, number in page.context["numbers"]:
        assert len(shown(browser.get(f"/?need={need}"))) == number


def test_a_window_that_was_given_up_hides_nothing_that_is_overdue(browser, alice):
    couple = make_overdue(alice, "Late")
    assignment = factories.assign(alice, couple, "ena-ck")
    assert rows(browser.get("/"))[0].need == Need.DUE
    with as_staff(alice):
        drop(Wave.objects.filter(assignment=assignment), Wave.Dropped.CHANGED)
    [row] = rows(browser.get("/"))
    assert (row.need, row.wave_id == wave_of(alice, assignment).id) == (Need.OVERDUE, False)


def test_whoever_came_back_is_not_worse_any_more(browser, alice, couple, dana):
    make_check_ins(alice, dana, 1, 3, 3)
    assert rows(browser.get("/"))[0].need == Need.WORSE
    make_check_ins(alice, dana, 1)
    assert rows(browser.get("/"))[0].need == Need.QUIET


def test_a_session_is_today_by_the_clock_of_the_practice(browser, alice, couple):
    """23:30 in the practice's zone is today there, whatever the day is in UTC."""
    local = timezone.localtime(timezone.now(), ZoneInfo(alice.practice.time_zone))
    plan_session(alice, couple, local.replace(hour=23, minute=30) + timedelta(days=1))
    assert rows(browser.get("/"))[0].need == Need.QUIET
    plan_session(alice, couple, local.replace(hour=23, minute=30))
    assert rows(browser.get("/"))[0].need == Need.SESSION


def test_a_row_says_what_moved_and_what_was_done(browser, alice, couple, dana, erin):
    make_check_ins(alice, dana, 3, 1, 1)
    with as_staff(alice):
        plans.agree_plan(couple, membership=alice, active_step="S3", focus=["PR", "LV"])
    plan_session(alice, couple, in_days(2))
    page = browser.get("/")
    [row], [drawn] = rows(page), page.context["drawn"]
    [line] = drawn["lines"]
    mine, other = row.partners
    assert [one.score for one in mine.check_ins] == [75, 25, 25]
    assert (mine.verdict, other.verdict) == ("reliably_better", "")
    assert mine.last_check_in_at is not None
    assert other.last_check_in_at is None
    assert (row.active_step, row.next_session_at is not None) == ("S3", True)
    assert (line["position"], line["words"]) == (1, "Dana: 75, 25, 25")
    assert b"reliably better" in page.content


def test_a_window_that_has_ended_says_since_when_its_form_is_missing(browser, alice):
    make_overdue(alice, "Late")
    page = browser.get("/")
    closed = date_format(timezone.localtime(in_days(-1), ZoneInfo(alice.practice.time_zone)), "j M")
    assert [(one.waiting, said["beside"]) for one, said in beside(page)] == [(None, f"since {closed}")] * 2


def test_what_is_outstanding_stands_with_its_day(browser, alice, couple):
    factories.assign(alice, couple)
    [row] = rows(browser.get("/"))
    assert [one.waiting.state for one in row.partners] == ["not_opened", "not_opened"]
    assert b"since" in browser.get("/").content


def test_a_row_says_state_forms_flags_and_window(browser, alice, couple, dana, erin):
    assignment = factories.assign(alice, couple)
    submit(sheet_of(alice, assignment, dana), full_answers(sheet_of(alice, assignment, dana), 4))
    [row] = rows(browser.get("/"))
    assert [(one.partner.name, one.sheet.state) for one in row.partners] == [
        ("Dana", "submitted"),
        ("Erin", "not_opened"),
    ]
    assert (row.urgent, row.overdue, row.wave_id) == (2, False, wave_of(alice, assignment).id)


def test_a_wave_to_come_is_shown_only_where_none_has_begun(browser, alice, couple):
    factories.assign(alice, couple, schedule=Schedule(opens_at=in_days(3)))
    page = browser.get("/")
    [row] = rows(page)
    assert row.opens_at > timezone.now()
    # Nobody is waited for yet.
    assert [(one.waiting, said["form"]) for one, said in beside(page)] == [(None, ""), (None, "")]
    assert all(said["beside"].startswith("opens ") for _, said in beside(page))
    now = factories.assign(alice, couple, "ena-ck")
    assert rows(browser.get("/"))[0].wave_id == wave_of(alice, now).id


def test_search_and_filters_stand_in_the_address(browser, alice):
    make_flagged(alice, "Ash")
    make_overdue(alice, "Birch")
    make_couple(alice, label="Ashwood")
    assert shown(browser.get("/?search=ash")) == ["Ash", "Ashwood"]
    assert shown(browser.get("/?need=overdue")) == ["Birch"]
    assert shown(browser.get("/?need=flag")) == ["Ash"]
    assert shown(browser.get("/?state=closed")) == []
    assert b"No couple fits" in browser.get("/?state=closed").content


def test_the_list_is_as_few_statements_for_thirty_as_for_one(browser, alice):
    make_flagged(alice, "first")
    one = statements(browser, "/")
    for number in range(29):
        factories.assign(alice, make_couple(alice, label=f"C {number}"))
    assert statements(browser, "/") == one
    assert one <= 6


def test_pages_follow_each_other_without_gaps(browser, alice):
    for number in range(30):
        make_couple(alice, label=f"C {number:02}")
    first = browser.get("/")
    second = browser.get("/", {"after": first.context["after"]})
    assert [len(shown(first)), len(shown(second)), second.context["after"]] == [20, 10, ""]
    assert [*shown(first), *shown(second)] == [f"C {number:02}" for number in range(30)]


def test_who_moves_up_meanwhile_pushes_nobody_off_the_next_page(browser, alice):
    for number in range(30):
        make_couple(alice, label=f"C {number:02}")
    first = browser.get("/")
    make_flagged(alice, "A new")
    assert shown(browser.get("/", {"after": first.context["after"]})) == [f"C {number}" for number in range(20, 30)]


@pytest.mark.parametrize("after", ["x", "W10", "bnVsbA", "WyJhIiwgImIiLCAiYyJd", "é"])
def test_a_place_nobody_gave_begins_at_the_top(browser, couple, after):
    assert shown(browser.get("/", {"after": after})) == ["D & E"]


def test_each_member_sees_only_what_is_theirs(alice, bob, olive, sue, mallory, couple, other_couple):
    seen = {member.name: shown(client_of(member).get("/")) for member in (alice, bob, olive, sue, mallory)}
    assert seen == {"Alice": ["D & E"], "Bob": [], "Olive": [], "Sue": [], "Mallory": ["T & W"]}


def test_a_changed_filter_gets_the_list_alone(browser, couple):
    page = browser.get("/?search=d", headers={"HX-Request": "true"})
    assert b"D &amp; E" in page.content
    assert b"<html" not in page.content
