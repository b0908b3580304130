import re
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Assignment, Wave
from assessments.schedules import Schedule
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_staff, client_of, make_couple, make_flagged, sheet_of, submit

pytestmark = pytest.mark.database

FRAME = ("BEGIN", "COMMIT", "SET LOCAL ROLE", "django_session", "practice_user", "practice_membership")


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def statements(browser: Client, address: str) -> int:
    """How many statements a page sends beyond the frame of a request."""
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    sent = [query["sql"] for query in captured.captured_queries]
    return len([sql for sql in sent if not is_frame(sql)])


def is_frame(sql: str) -> bool:
    """Session, member and scope, and the count beside the navigation of pages that are about no couple."""
    if sql.startswith('SELECT "assessments_safetyflag"."id" AS "id" FROM "assessments_safetyflag"'):
        return True
    table = re.match(r'(?:SELECT "\w+"\."\w+".*? FROM|UPDATE) "?(\w+)', sql)
    return sql in ("BEGIN", "COMMIT") or sql.startswith("SET LOCAL") or bool(table and table[1] in FRAME)


def test_an_admin_is_led_to_the_practice_and_sees_no_couple(adam, couple):
    browser = client_of(adam)
    assert browser.get("/")["Location"] == "/practice/"
    for address in (f"/couples/{couple.id}/", f"/couples/{couple.id}/results/", "/flags/"):
        assert browser.get(address).status_code == 404


@pytest.fixture
def open_to_supervisors(practice: Practice) -> None:
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(supervisors_read_couples=True)


@pytest.mark.usefixtures("open_to_supervisors")
def test_a_supervisor_reads_and_finds_no_button_to_change(sue, alice, couple, dana):
    factories.make_sheet(alice, dana)
    browser = client_of(sue)
    assert b"D &amp; E" in browser.get("/").content
    for address in ("/", f"/couples/{couple.id}/"):
        content = browser.get(address).content.decode()
        main = content[content.index("<main") :]
        assert set(re.findall(r'method="post"\s+action="([^"]*)"', main)) <= {"/couples/names/"}
        assert not re.search(r"/(new|edit|close|assign|invite|end)/", main)
    assert browser.get(f"/couples/{couple.id}/assign/").status_code == 404


def test_the_couple_page_says_who_is_reached_how(browser, alice, couple, dana):
    factories.make_sheet(alice, dana)
    content = browser.get(f"/couples/{couple.id}/").content.decode()
    assert content.count("In person only") == 2
    assert content.count("Hand over in person") == 2
    assert "Send a new link" not in content


def test_the_couple_page_is_as_few_statements_for_many_waves(browser, alice, couple, dana):
    factories.make_sheet(alice, dana)
    one = statements(browser, f"/couples/{couple.id}/")
    factories.assign(alice, couple, "ena-ck", schedule=Schedule(every_weeks=1, times=30))
    assert statements(browser, f"/couples/{couple.id}/") == one


def test_a_couple_of_others_is_not_there(browser, bob, couple, other_couple):
    assert browser.get(f"/couples/{other_couple.id}/").status_code == 404
    assert client_of(bob).get(f"/couples/{couple.id}/").status_code == 404


def assign_form(**change) -> dict[str, str]:
    return {"form": "ena-c@0.2.0/one_sitting", "opens_at": "", "days": "4", "every_weeks": "", "times": "1", **change}


def test_assigning_opens_a_window_of_four_days(browser, alice, couple):
    page = browser.get(f"/couples/{couple.id}/assign/")
    assert page.context["form"]["days"].value() == 4
    assert browser.post(f"/couples/{couple.id}/assign/", assign_form())["Location"] == f"/couples/{couple.id}/"
    with as_staff(alice):
        wave = Wave.objects.select_related("assignment").get()
    assert wave.closes_at - wave.opens_at == timedelta(days=4)
    assert (wave.assignment.instrument, wave.assignment.sitting) == ("ena-c@0.2.0", "one_sitting")


def test_a_check_in_comes_every_two_weeks(browser, alice, couple):
    given = assign_form(form="ena-ck@0.2.0/one_sitting", every_weeks="2", times="3")
    browser.post(f"/couples/{couple.id}/assign/", given)
    with as_staff(alice):
        opens = list(Wave.objects.order_by("number").values_list("opens_at", flat=True))
    assert [later - earlier for earlier, later in pairwise(opens)] == [timedelta(weeks=2)] * 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"form": "phq-9@1/one_sitting"}, "form"),
        ({"days": "0"}, "days"),
        ({"opens_at": "2001-01-01T10:00"}, "days"),
        ({"every_weeks": "3"}, "every_weeks"),
    ],
)
def test_what_does_not_fit_stands_at_its_field(browser, alice, couple, change, field):
    response = browser.post(f"/couples/{couple.id}/assign/", assign_form(**change))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    with as_staff(alice):
        assert not Assignment.objects.exists()


def test_the_same_form_twice_is_refused_with_what_to_do(browser, alice, couple):
    factories.assign(alice, couple)
    response = browser.post(f"/couples/{couple.id}/assign/", assign_form())
    assert response.status_code == 422
    assert b"End it first, or wait until it closes." in response.content


def test_the_assign_page_says_who_has_no_safe_channel(browser, alice):
    couple = make_couple(alice, email=True)
    assert b"No safe channel" not in browser.get(f"/couples/{couple.id}/assign/").content
    lonely = make_couple(alice, label="L")
    assert browser.get(f"/couples/{lonely.id}/assign/").content.count(b"No safe channel") == 2


def test_a_link_is_handed_over_once_with_its_code(browser, alice, couple, dana):
    sheet = factories.make_sheet(alice, dana)
    response = browser.post(f"/sheets/{sheet.id}/invite/", {"delivery": "in_person"})
    address = response.context["url"]
    assert address.encode() in response.content
    assert b'<img src="data:image/svg+xml' in response.content
    assert response["Cache-Control"] == "no-store"
    assert Client().post("/f/", {"key": address.rsplit("/", 2)[-2]}).status_code < 500
    assert address.encode() not in browser.get(f"/couples/{couple.id}/").content


def test_a_link_by_mail_needs_a_safe_channel(browser, alice, couple, dana):
    sheet = factories.make_sheet(alice, dana)
    response = browser.post(f"/sheets/{sheet.id}/invite/", {"delivery": "email"})
    assert response.status_code == 409
    assert b"Hand the link over in person." in response.content


def test_a_mail_goes_out_again(browser, alice, smtp):
    couple = make_couple(alice, email=True)
    sheet = factories.make_sheet(alice, factories.partner_of(alice, couple, 1))
    factories.deliver_outbox()
    browser.post(f"/sheets/{sheet.id}/invite/", {"delivery": "email"})
    factories.deliver_outbox()
    assert sorted(message["To"] for message in smtp.messages) == ["dana@example.org"] * 2 + ["erin@example.org"]


def test_nobody_else_invites_or_ends(bob, sue, mallory, alice, couple, dana):
    sheet = factories.make_sheet(alice, dana)
    with as_staff(alice):
        assignment = Assignment.objects.get()
    for member in (bob, sue, mallory):
        other = client_of(member)
        assert other.post(f"/sheets/{sheet.id}/invite/", {"delivery": "in_person"}).status_code == 404
        assert other.post(f"/assignments/{assignment.id}/end/").status_code == 404


def test_ending_withdraws_what_is_open_and_keeps_what_was_handed_in(browser, alice, couple, dana, erin):
    assignment = factories.assign(alice, couple)
    submit(sheet_of(alice, assignment, dana))
    browser.post(f"/assignments/{assignment.id}/end/")
    assert sheet_of(alice, assignment, dana).state == "submitted"
    assert sheet_of(alice, assignment, erin).state == "withdrawn"


def test_a_get_changes_nothing(browser, alice, couple, dana):
    sheet = factories.make_sheet(alice, dana)
    with as_staff(alice):
        assignment = Assignment.objects.get()
    assert browser.get(f"/assignments/{assignment.id}/end/").status_code == 405
    assert browser.get(f"/sheets/{sheet.id}/invite/").status_code == 405


def test_flags_are_listed_by_level_and_only_ones_own(browser, alice, bob, mallory):
    make_flagged(alice, "mine")
    make_flagged(mallory, "theirs")
    page = browser.get("/flags/").context["page"]
    assert [flag.level for flag in page] == sorted(
        (flag.level for flag in page), key=["urgent", "review", "note"].index
    )
    assert {flag.couple.label for flag in page} == {"mine"}
    assert list(client_of(bob).get("/flags/").context["page"]) == []
    assert {flag.level for flag in browser.get("/flags/?level=urgent").context["page"]} == {"urgent"}
    assert browser.get("/flags/?state=nonsense").status_code == 404


def test_a_therapist_reads_on_the_first_page_when_the_help_lines_lapse(alice, couple):
    """From the twelfth month on, six months before nobody is asked about safety any more."""
    for days, is_told in ((360, False), (370, True), (560, True)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert (b"help lines were checked more than a year ago" in client_of(alice).get("/").content) is is_told
