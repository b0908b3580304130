"""Leave: who is told in whose place, and that nobody is away without somebody who reads."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from practice.cover import call_off_leave, name_cover, take_leave, who_answers
from practice.errors import InvalidInput
from practice.models import Leave, Membership
from practice.practices import as_maintenance as on_owner
from tests.assessments.test_therapist_views import statements
from tests.attacks import as_maintenance
from tests.factories import (
    as_staff,
    as_worker,
    client_of,
    deliver_outbox,
    full_answers,
    make_member,
    make_sheet,
    submit,
)

pytestmark = pytest.mark.database
ADDRESS = "/practice/team/leave/"


def days(first: int, last: int) -> dict[str, object]:
    today = timezone.now().date()
    return {"starts_on": today + timedelta(days=first), "ends_on": today + timedelta(days=last)}


@pytest.fixture
def covered(alice, bob) -> Membership:
    with as_staff(alice):
        name_cover(alice, cover_id=bob.id)
    return alice


def away(member: Membership, first: int = 0, last: int = 3) -> Leave:
    with as_staff(member):
        return take_leave(member, **days(first, last), recorded_by=member.id)


def answering(practice, member: Membership) -> str:
    with as_worker(practice):
        found = who_answers(member.id)
        return found.name if found else ""


@pytest.mark.parametrize(("first", "last", "who"), [(0, 0, "Bob"), (-2, 0, "Bob"), (1, 2, "Alice"), (0, 5, "Bob")])
def test_cover_answers_on_the_days_of_the_leave(practice, covered, first, last, who):
    away(covered, first, last)
    assert answering(practice, covered) == who


def test_leave_that_is_called_off_counts_no_more(practice, covered):
    leave = away(covered)
    for _ in range(2):
        with as_staff(covered):
            call_off_leave(leave)
    assert answering(practice, covered) == "Alice"
    assert as_maintenance("SELECT count(*) FROM practice_auditevent WHERE action = 'leave.called_off'") == [(1,)]


def test_therapist_answers_where_the_cover_cannot_any_more(practice, covered, bob):
    away(covered)
    with on_owner():
        Membership.objects.using("owner").filter(pk=bob.pk).update(is_active=False)
    assert answering(practice, covered) == "Alice"


def test_urgent_flag_goes_to_the_cover_alone_during_leave(covered, couple, dana, smtp):
    away(covered)
    sheet = make_sheet(covered, dana)
    submit(sheet, full_answers(sheet, 4))
    for _ in range(3):
        deliver_outbox()
    assert {mail["To"] for mail in smtp.messages} == {"bob@riverside.example"}


def test_urgent_flag_goes_to_both_without_leave(covered, couple, dana, smtp):
    away(covered, 5, 9)
    sheet = make_sheet(covered, dana)
    submit(sheet, full_answers(sheet, 4))
    for _ in range(3):
        deliver_outbox()
    assert {mail["To"] for mail in smtp.messages} == {"alice@riverside.example", "bob@riverside.example"}


def test_nobody_is_away_without_a_cover(alice):
    with as_staff(alice), pytest.raises(InvalidInput, match="Name an active cover"):
        take_leave(alice, **days(0, 1), recorded_by=alice.id)


@pytest.mark.parametrize(("first", "last"), [(3, 1), (-5, -1)])
def test_leave_ends_after_it_begins_and_not_before_today(covered, first, last):
    with as_staff(covered), pytest.raises(InvalidInput):
        take_leave(covered, **days(first, last), recorded_by=covered.id)


def test_two_who_stand_in_for_each_other_are_not_away_at_once(covered, bob):
    with as_staff(bob):
        name_cover(bob, cover_id=covered.id)
    away(covered, 2, 4)
    with as_staff(bob), pytest.raises(InvalidInput, match="Alice is on leave"):
        take_leave(bob, **days(4, 6), recorded_by=bob.id)
    away(bob, 5, 6)


def test_cover_is_not_taken_away_before_or_during_a_leave(covered):
    away(covered, 2, 4)
    with as_staff(covered), pytest.raises(InvalidInput):
        name_cover(covered, cover_id=None)


def test_database_refuses_a_leave_that_ends_before_it_begins(covered):
    with pytest.raises(IntegrityError), as_staff(covered):
        Leave.objects.create(member=covered, **days(3, 1), recorded_by=covered.id, recorded_at="2026-01-01T00:00:00Z")


def test_therapist_enters_and_calls_off_their_own(covered, bob):
    given = {name: str(value) for name, value in days(0, 3).items()}
    page = client_of(covered).post(ADDRESS, given, follow=True)
    assert "Away" in page.content.decode()
    with as_staff(covered):
        [leave] = Leave.objects.all()
    assert (leave.member_id, leave.recorded_by) == (covered.id, covered.id)
    assert client_of(bob).post(f"{ADDRESS}end/", {"leave": str(leave.id)}).status_code == 404
    assert client_of(covered).post(f"{ADDRESS}end/", {"leave": str(leave.id)}).status_code == 302
    with as_staff(covered):
        assert Leave.objects.get().called_off_at is not None


@pytest.mark.parametrize("who", ["olive", "adam"])
def test_owner_and_admin_enter_it_for_a_colleague_who_is_ill(covered, request, who):
    manager = request.getfixturevalue(who)
    given = {name: str(value) for name, value in days(0, 3).items()}
    assert client_of(manager).post(ADDRESS, {**given, "member": str(covered.id)}).status_code == 302
    with as_staff(covered):
        [leave] = Leave.objects.all()
    assert (leave.member_id, leave.recorded_by) == (covered.id, manager.id)


def test_a_therapist_cannot_send_a_colleague_away(covered, bob):
    with as_staff(bob):
        name_cover(bob, cover_id=covered.id)
    given = {name: str(value) for name, value in days(0, 3).items()}
    client_of(bob).post(ADDRESS, {**given, "member": str(covered.id)})
    with as_staff(covered):
        assert [leave.member_id for leave in Leave.objects.all()] == [bob.id]


def test_team_page_asks_the_same_for_many_members_on_leave(practice, covered, olive):
    few = statements(client_of(olive), "/practice/team/")
    for number in range(12):
        member = make_member(practice, f"Member {number}")
        with as_staff(member):
            name_cover(member, cover_id=olive.id)
        away(member)
    assert statements(client_of(olive), "/practice/team/") == few
