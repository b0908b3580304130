"""How care ends and goes on: reasons, forms that stop, the follow-up, new episodes, and one partner going on alone."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from assessments.assignments import assign_instrument, end_assignment, invite_to_sheet, open_wave
from assessments.ending import ask_after_care, close_care, follow_up_at, months_later, resume_care
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule
from clients.couples import CoupleClosed, leave
from clients.models import Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_staff, as_worker, client_of, in_days, partner_client, sheet_of, submit

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def close(alice: Membership, couple: Couple, **options: Any) -> None:
    with as_staff(alice):
        close_care(Couple.objects.get(pk=couple.pk), reason="separated", membership=alice, **options)


def follow_up(alice: Membership) -> Wave:
    with as_staff(alice):
        return Wave.objects.select_related("assignment", "couple").get(assignment__follow_up=True)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 1, 15), date(2026, 4, 15)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 5, 29)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_three_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, later: date) -> None:
    assert months_later(day, 3) == later


def test_follow_up_opens_at_nine_by_the_practices_clock_over_a_change_of_the_clocks(alice, practice):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(time_zone="America/New_York")
    with as_staff(alice):
        # The evening before, in UTC already the next day; summer time has begun when it opens.
        assert follow_up_at(datetime(2026, 1, 16, 2, tzinfo=UTC)) == datetime(2026, 4, 15, 13, tzinfo=UTC)


@pytest.mark.parametrize("reason", Couple.ClosedReason.values)
def test_closing_ends_what_is_asked_for_both_alike(browser, alice, couple, dana, erin, reason):
    assignment = factories.assign(alice, couple)
    later = factories.assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(5)))
    submit(sheet_of(alice, assignment, dana))
    partner = partner_client(sheet_of(alice, assignment, erin))
    assert browser.post(f"/couples/{couple.id}/close/", {"reason": reason})["Location"] == f"/couples/{couple.id}/"
    states = [sheet_of(alice, one, who).state for one in (assignment, later) for who in (dana, erin)]
    assert states == ["submitted", "withdrawn", "withdrawn", "withdrawn"]
    assert partner.get("/p/1/").status_code == 410
    with as_staff(alice):
        assert Couple.objects.get().closed_reason == reason
        assert not Assignment.objects.filter(ended_at=None).exists()


def test_closing_needs_a_reason_and_keeps_the_wish_to_ask_again(browser, alice, couple):
    for given in ({}, {"reason": "boredom", "ask_again": "on"}):
        response = browser.post(f"/couples/{couple.id}/close/", given)
        assert response.status_code == 422
    assert re.search(r'name="ask_again"[^>]* checked', response.content.decode())
    with as_staff(alice):
        assert Couple.objects.get().state == "intake"


def test_page_says_separation_is_an_outcome_and_no_word_of_defeat(browser, couple):
    content = browser.get(f"/couples/{couple.id}/close/").content.decode()
    assert "A separation is an outcome like any other." in content
    assert not re.search(r"fail|drop.?out|unsuccessful|neglectful", content, re.IGNORECASE)


def test_both_are_asked_again_after_three_months(browser, alice, couple, dana, erin):
    browser.post(f"/couples/{couple.id}/close/", {"reason": "completed", "ask_again": "on"})
    wave = follow_up(alice)
    with as_staff(alice):
        closed_at = Couple.objects.get().closed_at
        assert wave.opens_at == follow_up_at(closed_at)
        assert set(AnswerSheet.objects.values_list("partner_id", flat=True)) == {dana.id, erin.id}
    assert (wave.assignment.instrument, (wave.closes_at - wave.opens_at).days) == ("ena-c@0.2.0", 14)


def test_follow_up_of_a_closed_couple_opens_is_sent_and_answered(alice, practice, smtp):
    couple = factories.make_couple(alice, email=True)
    close(alice, couple)
    with as_staff(alice):
        assignment = ask_after_care(Couple.objects.get(), membership=alice, at=in_days(-1))
    factories.deliver_outbox()
    assert sorted(message["To"] for message in smtp.messages) == ["dana@example.org", "erin@example.org"]
    sheet = sheet_of(alice, assignment, factories.partner_of(alice, couple, 1))
    submit(sheet)
    assert sheet_of(alice, assignment, sheet.partner).state == "submitted"


def test_closed_couple_gets_nothing_but_the_follow_up(alice, practice, couple, dana):
    assignment = factories.assign(alice, couple, schedule=Schedule(opens_at=in_days(1)))
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(state="closed", closed_reason="other")
    with as_staff(alice):
        wave_id = Wave.objects.get(assignment=assignment).id
        Wave.objects.update(opens_at=in_days(-1))
        AnswerSheet.objects.update(opens_at=in_days(-1))
    with as_worker(practice):
        open_wave(wave_id)
    with as_staff(alice):
        assert Wave.objects.get().opened_at is None
        for refused in (
            lambda: invite_to_sheet(AnswerSheet.objects.filter(partner=dana).get(), delivery="in_person"),
            lambda: assign_instrument(Couple.objects.get(), instrument="ena-c", membership=alice),
        ):
            with pytest.raises(CoupleClosed):
                refused()


def test_link_to_a_follow_up_is_handed_over_in_person(browser, alice, couple, dana):
    close(alice, couple)
    with as_staff(alice):
        assignment = ask_after_care(Couple.objects.get(), membership=alice, at=in_days(-1))
    sheet = sheet_of(alice, assignment, dana)
    assert browser.post(f"/sheets/{sheet.id}/invite/", {"delivery": "in_person"}).status_code == 200


def test_nobody_is_asked_again_where_both_have_left(browser, alice, couple, dana, erin):
    with as_staff(alice):
        for partner in (dana, erin):
            leave(Partner.objects.get(pk=partner.pk))
    assert b"ask_again" not in browser.get(f"/couples/{couple.id}/close/").content
    with as_staff(alice), pytest.raises(InvalidInput):
        close_care(Couple.objects.get(), reason="other", membership=alice, ask_again=True)


def test_the_one_who_goes_on_is_asked_alone_and_by_name(browser, alice, couple, dana, erin):
    with as_staff(alice):
        leave(Partner.objects.get(pk=erin.pk))
    assert b"Ask Dana again in three months" in browser.get(f"/couples/{couple.id}/close/").content
    browser.post(f"/couples/{couple.id}/close/", {"reason": "separated", "ask_again": "on"})
    with as_staff(alice):
        assert [one.partner_id for one in AnswerSheet.objects.all()] == [dana.id]


@pytest.mark.parametrize(("given", "is_new"), [({}, False), ({"new_episode": "on"}, True)])
def test_opening_again_says_since_when_change_is_measured(browser, alice, couple, given, is_new):
    close(alice, couple)
    assert (
        b"Begin a new episode (change is measured from now on)" in browser.get(f"/couples/{couple.id}/close/").content
    )
    browser.post(f"/couples/{couple.id}/close/", given)
    with as_staff(alice):
        again = Couple.objects.get()
    assert (again.state, again.closed_reason, again.closed_at) == ("active", "", None)
    assert (again.episode_started_at is not None) == is_new
    assert (again.care_since > couple.created_at) == is_new


def test_opening_again_calls_off_a_follow_up_that_was_not_asked_yet(alice, couple):
    close(alice, couple, ask_again=True)
    with as_staff(alice):
        resume_care(Couple.objects.get())
        assert Assignment.objects.get().ended_at is not None
        assert set(AnswerSheet.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_opening_again_leaves_a_follow_up_that_is_being_answered(alice, couple, dana):
    close(alice, couple)
    with as_staff(alice):
        assignment = ask_after_care(Couple.objects.get(), membership=alice, at=in_days(-1))
        resume_care(Couple.objects.get())
    assert sheet_of(alice, assignment, dana).state == "not_opened"


def test_follow_up_can_be_ended_by_hand(browser, alice, couple):
    close(alice, couple, ask_again=True)
    assert b"Asked after care" in browser.get(f"/couples/{couple.id}/").content
    with as_staff(alice):
        end_assignment(Assignment.objects.get())
        assert Wave.objects.get().closed_at is not None


def test_forms_go_on_for_the_one_who_stays_and_the_page_says_it(browser, alice, couple, dana, erin):
    running = factories.assign(alice, couple, "ena-ck", schedule=Schedule(every_weeks=1, times=2))
    browser.post(f"/partners/{erin.id}/leaves/")
    page = browser.get(f"/couples/{couple.id}/").content.decode()
    assert "Dana goes on alone." in page
    with as_staff(alice):
        second = Wave.objects.get(assignment=running, number=2)
        Wave.objects.filter(pk=second.pk).update(opens_at=in_days(0))
        open_wave(second.id)
        assert Wave.objects.get(pk=second.pk).opened_at is not None
    newer = factories.assign(alice, couple)
    with as_staff(alice):
        assert list(AnswerSheet.objects.filter(wave__assignment=newer).values_list("partner_id", flat=True)) == [
            dana.id
        ]
