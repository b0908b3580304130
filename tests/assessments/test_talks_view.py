"""Talks with one partner alone: planned for both alike, and what is kept of them."""

import pytest
from django.test import Client
from django.utils import timezone

from assessments.models import Intention
from assessments.session_ratings import Ratings, save_rated_session
from clients.couples import leave
from clients.models import CounselingSession, Partner
from clients.sessions import SessionDetails
from practice.models import Membership
from tests.assessments.session_pages import HELD, chosen, listed, new, text_of, the_session
from tests.factories import as_staff, client_of, in_days

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def test_talk_alone_keeps_what_was_said_and_rates_who_was_there(browser, alice, couple, dana, erin):
    given = {**HELD, "who": "1", "engagement_1": "3", "engagement_2": "3", "wish": "clarify"}
    browser.post(new(couple), given)
    session, rating = the_session(alice)
    assert (session.kind, session.partner_id) == ("one_to_one", dana.id)
    assert rating.engagement == {str(dana.id): 3}
    with as_staff(alice):
        said = Intention.objects.get()
    assert (said.partner_id, said.wish, said.recorded_by) == (dana.id, "clarify", alice.id)


@pytest.mark.parametrize("change", [{"who": "both"}, {"state": "planned", "at": "2027-03-02T10:15"}, {"wish": ""}])
def test_what_a_partner_wants_is_kept_only_of_a_talk_that_was_held(browser, alice, couple, change):
    browser.post(new(couple), {**HELD, "who": "1", "wish": "improve", **change})
    with as_staff(alice):
        assert CounselingSession.objects.exists()
        assert not Intention.objects.exists()


def test_what_a_partner_wants_stands_on_the_form_alone(browser, alice, couple):
    browser.post(new(couple), {**HELD, "who": "1", "wish": "clarify"})
    session, _ = the_session(alice)
    said = "Find out what I want"
    assert f"Dana on {timezone.localdate():%-d %b %Y}: {said}." in text_of(browser.get(f"/sessions/{session.id}/"))
    assert chosen(browser, f"/sessions/{session.id}/")["wish"] == ""
    for address in (listed(couple), f"/couples/{couple.id}/"):
        assert said not in text_of(browser.get(address))


def test_talks_are_planned_for_both_at_once(browser, alice, couple, dana, erin):
    given = {"at_1": "2027-03-02T10:00", "at_2": "2027-03-03T10:00"}
    assert browser.post(f"{listed(couple)}talks/", given)["Location"] == listed(couple)
    with as_staff(alice):
        talks = list(CounselingSession.objects.order_by("planned_at").values_list("kind", "partner_id", "held_at"))
    assert talks == [("one_to_one", dana.id, None), ("one_to_one", erin.id, None)]
    content = browser.get(listed(couple)).content.decode()
    assert 'data-copy="Your therapist talks with each of you alone."' in content


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"at_1": "2027-03-02T10:00"}, "at_2"),
        ({"at_2": "2027-03-02T10:00"}, "at_1"),
        ({"at_1": "2027-03-02T10:00", "at_2": "2027-03-02T10:00"}, "at_2"),
    ],
)
def test_no_partner_is_called_in_alone(browser, alice, couple, given, field):
    response = browser.post(f"{listed(couple)}talks/", given)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert b'value="2027-03-02T10:00"' in response.content
    with as_staff(alice):
        assert not CounselingSession.objects.exists()


def test_talk_that_is_planned_for_one_only_is_pointed_at(browser, alice, couple, dana, erin):
    with as_staff(alice):
        details = SessionDetails(kind="one_to_one", partner=dana.id, planned_at=in_days(2))
        save_rated_session(couple, details, Ratings(), membership=alice)
    assert "No talk alone is planned with Erin." in text_of(browser.get(listed(couple)))
    with as_staff(alice):
        leave(Partner.objects.get(pk=erin.pk))
    assert "No talk alone is planned" not in text_of(browser.get(listed(couple)))


def test_talks_are_planned_with_the_one_who_goes_on(browser, alice, couple, dana, erin):
    with as_staff(alice):
        leave(Partner.objects.get(pk=dana.pk))
    assert browser.post(f"{listed(couple)}talks/", {"at_2": "2027-03-02T10:00"}).status_code == 302
    with as_staff(alice):
        assert CounselingSession.objects.get().partner_id == erin.id
