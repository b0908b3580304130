"""The list of couples: who comes first and why, what a row says, its filters, pages, names and CSV, and the API's."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from assessments import plans
from assessments.caseload import Need
from assessments.caseload_rows import initials
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule
from assessments.waves import drop
from clients.couples import close_couple
from clients.models import CounselingSession, Couple, Partner
from practice.models import Membership
from practice.tables import as_cell
from tests import factories
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


def rows(response: Any) -> list[Any]:
    return [row for row, _ in response.context["rows"]]


def shown(response: Any) -> list[str]:
    return [row.couple.label for row in rows(response)]


def make_overdue(therapist: Membership, label: str) -> Couple:
    """A couple whose window has ended with both forms unopened, before the worker came to close it."""
    couple = make_couple(therapist, label=label)
    factories.assign(therapist, couple, schedule=Schedule(opens_at=in_days(-5), closes_at=in_days(1)))
    with as_staff(therapist):
        for model in (Wave, AnswerSheet):
            model.objects.filter(couple=couple).update(closes_at=in_days(-1))
    return couple


def test_an_empty_list_says_the_next_step(browser):
    content = browser.get("/").content
    assert b"Add your first couple" in content
    assert b'href="/couples/new/"' in content


def make_check_ins(therapist: Membership, partner: Partner, *missing: int) -> None:
    """Check-ins in which everything is missing as often as each says, 0 to 4."""
    for each in missing:
        factories.answer_check_in(therapist, partner, each)


def wave_of(therapist: Membership, assignment: Assignment) -> Wave:
    with as_staff(therapist):
        return Wave.objects.get(assignment=assignment)


def plan_session(therapist: Membership, couple: Couple, at: Any) -> None:
    with as_staff(therapist):
        CounselingSession.objects.create(
            couple=couple, kind="couple", planned_at=at, written_by=therapist.id, created_at=timezone.now()
        )


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
    assert (row.need, row.wave.id == wave_of(alice, assignment).id) == (Need.OVERDUE, False)


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
    [(row, [line])] = page.context["rows"]
    mine, other = row.partners
    assert [one.score for one in mine.check_ins] == [75, 25, 25]
    assert (mine.verdict, other.verdict) == ("reliably_better", "")
    assert mine.last_check_in_at is not None
    assert other.last_check_in_at is None
    assert (row.active_step, row.next_session_at is not None) == ("S3", True)
    assert (line.position, line.words) == (1, "Dana: 75, 25, 25")
    assert b"reliably better" in page.content


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
    assert (row.urgent, row.overdue, row.wave.id) == (2, False, wave_of(alice, assignment).id)


def test_a_wave_to_come_is_shown_only_where_none_has_begun(browser, alice, couple):
    factories.assign(alice, couple, schedule=Schedule(opens_at=in_days(3)))
    [row] = rows(browser.get("/"))
    assert row.wave.opens_at > timezone.now()
    now = factories.assign(alice, couple, "ena-ck")
    assert rows(browser.get("/"))[0].wave.id == wave_of(alice, now).id


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


def test_hidden_names_are_initials_until_they_are_shown_again(browser, couple, dana):
    assert browser.post("/couples/names/").status_code == 302
    page = browser.get("/").content.decode()
    assert "Dana" not in page
    assert "Erin" not in page
    assert "Dana" not in browser.get("/couples.csv").content.decode()
    browser.post("/couples/names/")
    assert "Dana" in browser.get("/").content.decode()


def test_hidden_names_are_hidden_on_the_other_lists_too(browser, alice, couple, dana):
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(label="Danaerin")
    submit_urgent = factories.make_sheet(alice, dana)
    submit(submit_urgent, full_answers(submit_urgent, 4))
    plan_session(alice, couple, timezone.now())
    shown = [browser.get(address).content.decode() for address in ("/flags/", "/calendar/")]
    assert all("Danaerin" in page for page in shown)
    browser.post("/couples/names/")
    hidden = [browser.get(address).content.decode() for address in ("/flags/", "/calendar/")]
    assert ["Danaerin" in page for page in hidden] == [False, False]


@pytest.mark.parametrize(("text", "letters"), [("Maya & Jonas K.", "M & J K"), ("  ", ""), ("Ü", "Ü")])
def test_initials(text, letters):
    assert initials(text) == letters


def test_the_csv_holds_what_the_filter_shows(browser, alice):
    make_flagged(alice, "=cmd()")
    make_couple(alice, label="Other")
    response = browser.get("/couples.csv?need=flag")
    head, *lines = csv.reader(StringIO(response.content.decode("utf-8-sig")))
    assert response["Content-Disposition"] == 'attachment; filename="couples.csv"'
    assert head[0] == "Couple"
    assert [line[0] for line in lines] == ["'=cmd()", "'=cmd()"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text):
    assert as_cell(text) == f"'{text}"
    assert as_cell("a=1") == "a=1"
    assert as_cell(-1) == -1


def test_the_api_says_the_same(browser, alice, couple, dana, erin):
    make_check_ins(alice, dana, 1, 3, 3)
    make_overdue(alice, "Late")
    found = browser.get("/api/v1/caseload/").json()["results"]
    assert [(one["label"], one["need"]) for one in found] == [("D & E", "worse"), ("Late", "overdue")]
    assert found[0]["verdict"] == {str(dana.id): "reliably_worse", str(erin.id): None}
    assert found[0]["plan"] is None
    assert [one["label"] for one in browser.get("/api/v1/caseload/?overdue=true").json()["results"]] == ["Late"]
    assert [one["label"] for one in browser.get("/api/v1/caseload/?flagged=false").json()["results"]] == [
        "D & E",
        "Late",
    ]
    assert browser.get("/api/v1/caseload/?ordering=size").status_code == 422
    assert browser.get("/api/v1/caseload/?cursor=x").status_code == 404


@pytest.mark.parametrize("ordering", ["need", "label"])
def test_the_pages_of_the_api_follow_each_other(browser, alice, ordering):
    for number in range(5):
        make_flagged(alice, f"C {number}") if number % 2 else make_couple(alice, label=f"C {number}")
    found, address = [], f"/api/v1/caseload/?limit=2&ordering={ordering}"
    while address:
        page = browser.get(address).json()
        found += [one["label"] for one in page["results"]]
        address = page["next"]
    wanted = ["C 0", "C 1", "C 2", "C 3", "C 4"] if ordering == "label" else ["C 1", "C 3", "C 0", "C 2", "C 4"]
    assert found == wanted


def test_the_api_asks_as_little_for_thirty_as_for_one(browser, alice):
    make_flagged(alice, "first")
    one = statements(browser, "/api/v1/caseload/")
    for number in range(29):
        factories.assign(alice, make_couple(alice, label=f"C {number}"))
    assert statements(browser, "/api/v1/caseload/") == one
