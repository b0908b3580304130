import re

import pytest
from django.test import Client

from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import as_staff, client_of

pytestmark = pytest.mark.database

GIVEN = {
    "label": "M & J",
    "partner1_name": "Maya",
    "partner1_channel": "email",
    "partner1_email": "maya@example.org",
    "partner2_name": "Jonas",
    "partner2_channel": "none",
}


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def labels(member: Membership) -> list[str]:
    with as_staff(member):
        return list(Couple.objects.order_by("label").values_list("label", flat=True))


def partners(member: Membership, couple: Couple) -> list[tuple[str, str, str]]:
    with as_staff(member):
        found = Partner.objects.filter(couple=couple).order_by("position")
        return [(one.name, one.channel, one.email) for one in found]


def test_a_new_couple_is_the_therapists_own(browser, alice):
    response = browser.post("/couples/new/", GIVEN)
    with as_staff(alice):
        couple = Couple.objects.get()
    assert response["Location"] == f"/couples/{couple.id}/"
    assert (couple.label, couple.therapist_id, couple.state) == ("M & J", alice.id, "intake")
    assert partners(alice, couple) == [("Maya", "email", "maya@example.org"), ("Jonas", "none", "")]


def test_what_was_done_is_said_on_the_next_page_once(browser):
    said = b"The couple is in your list."
    assert said in browser.post("/couples/new/", GIVEN, follow=True).content
    assert said not in browser.get("/").content


def test_a_form_that_does_not_fit_keeps_what_was_given(browser, alice):
    response = browser.post("/couples/new/", {**GIVEN, "partner1_email": "", "partner2_name": ""})
    assert response.status_code == 422
    assert b'value="M &amp; J"' in response.content
    assert b'value="Maya"' in response.content
    assert labels(alice) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"label": " "}, "label"),
        ({"partner1_email": ""}, "partner1_email"),
        ({"partner1_email": "nobody"}, "partner1_email"),
        ({"partner2_channel": "sms"}, "partner2_phone"),
        ({"partner2_channel": "pigeon"}, "partner2_channel"),
        ({"partner1_hours_days": ["mon"]}, "partner1_hours_days"),
        ({"partner1_hours_from": "09:00", "partner1_hours_to": "15:00"}, "partner1_hours_days"),
        ({"partner1_neutral_name": "jonas"}, "partner1_neutral_name"),
    ],
)
def test_each_fault_stands_at_its_field(browser, change, field):
    response = browser.post("/couples/new/", {**GIVEN, **change})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_one_address_for_both_is_refused_on_the_form(browser, alice):
    response = browser.post("/couples/new/", {**GIVEN, "partner2_email": "Maya+x@EXAMPLE.org"})
    assert response.status_code == 422
    assert b"Both partners have the same address" in response.content
    assert labels(alice) == []


def test_words_in_place_of_numbers_are_no_shared_address(browser, alice):
    browser.post("/couples/new/", {**GIVEN, "partner1_phone": "unknown", "partner2_phone": "ask"})
    assert labels(alice) == ["M & J"]


@pytest.mark.parametrize(
    ("address", "status"), [("/?search=%00", 200), ("/?state=%00", 200), ("/instruments/a%00b/", 404)]
)
def test_a_character_that_no_text_can_hold_is_answered(browser, address, status):
    assert browser.get(address).status_code == status


def test_a_change_keeps_who_is_who(browser, alice, couple):
    page = browser.get(f"/couples/{couple.id}/edit/")
    assert page.context["form"].initial["partner1_name"] == "Dana"
    browser.post(f"/couples/{couple.id}/edit/", {**GIVEN, "state": "paused"})
    assert partners(alice, couple) == [("Maya", "email", "maya@example.org"), ("Jonas", "none", "")]
    with as_staff(alice):
        assert Couple.objects.get().state == "paused"


def test_a_change_that_does_not_fit_changes_nothing(browser, alice, couple):
    given = {**GIVEN, "state": "paused", "partner2_email": "maya@example.org"}
    assert browser.post(f"/couples/{couple.id}/edit/", given).status_code == 422
    assert partners(alice, couple) == [("Dana", "none", ""), ("Erin", "none", "")]


def hours_of(member: Membership) -> str:
    with as_staff(member):
        return Partner.objects.filter(position=1).values_list("hours", flat=True).get()


def test_safe_hours_are_chosen_kept_and_shown_again(browser, alice):
    hours = {"partner1_hours_days": ["mon", "wed"], "partner1_hours_from": "09:00", "partner1_hours_to": "15:30"}
    place = browser.post("/couples/new/", {**GIVEN, **hours})["Location"]
    assert hours_of(alice) == "mon, wed 09:00-15:30"
    assert b"mon, wed 09:00-15:30" in browser.get(place).content
    shown = browser.get(f"{place}edit/").content.decode()
    assert re.findall(r'name="partner1_hours_days" value="(\w+)"[^>]*checked', shown) == ["mon", "wed"]
    assert 'value="09:00"' in shown
    assert 'value="15:30"' in shown


def test_hours_of_old_that_cannot_be_read_are_asked_for_and_never_lost(browser, alice, couple):
    with as_staff(alice):
        Partner.objects.filter(position=1).update(hours="after six")
    assert b"Cannot be read: no e-mail goes out" in browser.get(f"/couples/{couple.id}/").content
    assert "“after six” cannot be read" in browser.get(f"/couples/{couple.id}/edit/").content.decode()
    assert browser.post(f"/couples/{couple.id}/edit/", {**GIVEN, "state": "intake"}).status_code == 422
    assert hours_of(alice) == "after six"


@pytest.mark.parametrize("page", ["edit", "close"])
def test_nobody_but_the_therapist_changes_a_couple(bob, olive, sue, adam, mallory, alice, couple, page):
    for member in (bob, olive, sue, adam, mallory):
        browser = client_of(member)
        assert browser.get(f"/couples/{couple.id}/{page}/").status_code == 404
        assert browser.post(f"/couples/{couple.id}/{page}/", {**GIVEN, "reason": "other"}).status_code == 404
    assert labels(alice) == ["D & E"]


def test_who_treats_nobody_adds_no_couple(sue, adam, alice):
    for member in (sue, adam):
        assert client_of(member).post("/couples/new/", GIVEN).status_code == 404
    assert labels(alice) == []


def test_somebody_signed_out_is_sent_to_sign_in(client, couple):
    response = client.get(f"/couples/{couple.id}/edit/")
    assert response["Location"].startswith("/accounts/login/")


def test_two_practices_do_not_share_a_list(mallory, browser, couple):
    factories.make_couple(mallory, label="T & W", names=("Trudy", "Walter"))
    assert b"T &amp; W" not in browser.get("/").content
