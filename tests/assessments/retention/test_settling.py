"""Who settles the term and how, what they see of what goes, and how a couple is put on hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from assessments.inbox import Kind
from assessments.retention import outlook
from clients.holds import place_hold
from practice.errors import InvalidInput
from practice.models import Practice, RetentionTerm
from practice.retention import set_term
from practice.tasks import sweep_outbox
from tests.assessments.inboxes import items, set_aside
from tests.assessments.retention.closed import YEARS, close, keep_for, make_closed, on_record, settle_in, term_of
from tests.assessments.test_therapist_views import statements
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, do_for_every_practice, make_couple

pytestmark = pytest.mark.database
PAGE = "/practice/retention/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def settle(member, years, *, now=NOW, minimum=5, confirmed=True):
    with as_staff(member):
        practice = Practice.objects.get(pk=member.practice_id)
        return set_term(practice, years=years, membership=member, stated_minimum=minimum, confirmed=confirmed, now=now)


def in_force(member):
    term = term_of(member)
    return term.years, term.years_before, term.takes_effect_on


def test_what_shortens_the_time_waits_thirty_days_and_what_lengthens_it_does_not(olive):
    settle(olive, 12)
    assert in_force(olive) == (12, None, date(2026, 3, 31))
    later = NOW + timedelta(days=40)
    settle(olive, 8, now=later)
    assert in_force(olive) == (8, 12, date(2026, 5, 10))
    settle(olive, 9, now=later + timedelta(days=10))
    assert in_force(olive) == (9, 12, date(2026, 5, 20))
    settle(olive, 15, now=later + timedelta(days=20))
    assert in_force(olive) == (15, 12, date(2026, 4, 30))


def test_a_first_term_that_is_changed_before_its_day_waits_anew(olive):
    settle(olive, 10)
    settle(olive, 12, now=NOW + timedelta(days=1))
    assert in_force(olive) == (12, None, date(2026, 4, 1))


def test_the_days_are_those_of_the_clock_of_the_practice(olive):
    settle_in(olive, time_zone="Pacific/Auckland")
    settle(olive, 10)
    assert in_force(olive)[2] == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("country", "given", "fields"),
    [
        ("DE", {"years": 9}, ["years"]),
        ("DE", {"years": 10, "minimum": None, "confirmed": False}, []),
        ("US", {"years": 7, "minimum": None}, ["stated_minimum"]),
        ("US", {"years": 7, "confirmed": False}, ["confirmed"]),
        ("US", {"years": 4, "minimum": 5}, ["years"]),
        ("US", {"years": 101}, ["years"]),
        ("US", {"years": 5, "minimum": 5}, []),
    ],
)
def test_no_term_is_shorter_than_the_law_or_than_what_the_practice_states(olive, country, given, fields):
    settle_in(olive, country=country)
    found = []
    try:
        settle(olive, **given)
    except InvalidInput as error:
        found = [fault["field"] for fault in error.faults]
    assert (found, len(as_maintenance("SELECT 1 FROM practice_retentionterm"))) == (fields, int(not fields))


def test_owner_and_admin_settle_it_on_the_page_and_it_is_on_the_trail(olive, adam):
    form = {"years": "7", "stated_minimum": "7", "confirmed": "on"}
    for member in (olive, adam):
        assert client_of(member).post(PAGE, form).status_code == 302
        assert "kept for 7 years after care ended" in client_of(member).get(PAGE).content.decode()
    rows = as_maintenance("SELECT actor_id, detail FROM practice_auditevent WHERE action = 'retention.set' ORDER BY at")
    assert rows == [(one.id, {"years": 7, "before": None, "minimum": 7}) for one in (olive, adam)]


def test_the_page_asks_for_what_the_law_is_where_it_is_not_known_and_names_it_where_it_is(olive):
    page = client_of(olive).get(PAGE).content.decode()
    assert ("every record is kept without end" in page, 'name="stated_minimum"' in page) == (True, True)
    answer = client_of(olive).post(PAGE, {"years": "3", "stated_minimum": "7", "confirmed": "on"})
    assert (answer.status_code, "Give 7 to 100 years" in answer.content.decode()) == (422, True)
    settle_in(olive, country="DE")
    page = client_of(olive).get(PAGE).content.decode()
    assert ("section 630f(3)" in page, 'name="stated_minimum"' in page) == (True, False)


def goes_in(days):
    return timezone.localdate() + timedelta(days=days)


def ago(days):
    """When it was closed, so that it goes in so many days. Not for a term that ends on a 29 February."""
    day = goes_in(days - 1)
    return datetime(day.year - YEARS, day.month, day.day, 12, tzinfo=UTC)


def test_who_settles_sees_numbers_by_day_and_no_couple(alice, olive, adam, couple):
    keep_for(alice)
    close(alice, couple, at=ago(40))
    make_closed(alice, at=ago(40), label="F & G")
    held = make_closed(alice, at=ago(20), label="H & I")
    make_closed(alice, at=ago(200), label="J & K")
    make_couple(alice, label="In care")
    with as_staff(alice):
        place_hold(held, reason="A court asked", membership=alice)
    for member in (olive, adam):
        with as_staff(member):
            found = outlook(now=timezone.now())
        assert (found.days, found.kept) == ({goes_in(40): 2}, {"hold": 1})
        page = client_of(member).get(PAGE).content.decode()
        assert ("1: on hold" in page, "F &amp; G" in page, "D &amp; E" in page) == (True, False, False)


def test_a_therapist_sees_the_labels_of_their_own_couples_alone(alice, bob, couple):
    keep_for(alice)
    close(alice, couple, at=ago(40))
    make_closed(bob, at=ago(40), label="Of Bob")
    page = client_of(alice).get(PAGE).content.decode()
    assert ("D &amp; E" in page, "Of Bob" in page, 'name="years"' in page) == (True, False, False)
    assert client_of(alice).post(PAGE, {"years": "1"}).status_code == 404


def test_the_preview_is_what_goes(alice, olive, couple):
    """No more and no less than the numbers of today are gone tonight."""
    keep_for(alice)
    close(alice, couple, at=ago(0))
    kept = make_closed(alice, at=ago(1), label="Tomorrow")
    with as_staff(olive):
        assert outlook(now=timezone.now()).days == {goes_in(0): 1, goes_in(1): 1}
    do_for_every_practice("plan_erasing")
    sweep_outbox()
    assert on_record() == {kept.id}


def test_the_inbox_says_so_thirty_days_before_and_a_hold_ends_it(alice, bob, couple):
    keep_for(alice)
    close(alice, couple, at=ago(31))
    assert items(alice, Kind.GOES) == []
    close(alice, couple, at=ago(30))
    [item] = items(alice, Kind.GOES)
    assert (item.couple, item.about.goes_on, items(bob, Kind.GOES)) == (couple, goes_in(30), [])
    assert f"/couples/{couple.id}/hold/" in client_of(alice).get("/inbox/").content.decode()
    with as_staff(alice):
        place_hold(couple, reason="A court asked", membership=alice)
    assert items(alice, Kind.GOES) == []


def test_an_item_that_was_set_aside_comes_back_when_the_day_is_another(alice, couple):
    keep_for(alice)
    close(alice, couple, at=ago(25))
    [item] = items(alice, Kind.GOES)
    assert set_aside(alice, item) == 302
    assert items(alice, Kind.GOES) == []
    close(alice, couple, at=ago(20))
    assert [one.about.goes_on for one in items(alice, Kind.GOES)] == [goes_in(20)]


def test_a_hold_is_placed_and_lifted_on_its_page_with_a_reason(alice, couple):
    browser, page = client_of(alice), f"/couples/{couple.id}/hold/"
    assert browser.post(page, {"reason": " "}).status_code == 422
    assert browser.post(page, {"reason": "A court asked"}).status_code == 302
    assert "A court asked" in browser.get(page).content.decode()
    assert browser.post(page, {"reason": "Again"}).status_code == 409
    assert browser.post(f"{page}lift/").status_code == 302
    assert browser.post(f"{page}lift/").status_code == 409
    assert "Lifted holds" in browser.get(page).content.decode()
    rows = as_maintenance("SELECT action, detail FROM practice_auditevent WHERE action LIKE 'hold.%%' ORDER BY at")
    assert rows == [("hold.placed", {}), ("hold.lifted", {})]


def test_a_couple_with_a_hold_is_not_deleted_as_a_mistake(alice, couple):
    client_of(alice).post(f"/couples/{couple.id}/hold/", {"reason": "A court asked"})
    assert client_of(alice).post(f"/couples/{couple.id}/delete/").status_code == 409


def test_the_page_asks_the_same_for_many(alice, couple):
    keep_for(alice)
    close(alice, couple, at=ago(40))
    few = statements(client_of(alice), PAGE)
    for number in range(10):
        make_closed(alice, at=ago(41 + number), label=f"C {number}")
    assert statements(client_of(alice), PAGE) == few


def test_terms_are_added_and_never_changed(olive):
    settle(olive, 10)
    with pytest.raises(Exception, match="permission denied"), as_staff(olive):
        RetentionTerm.objects.update(years=1)
