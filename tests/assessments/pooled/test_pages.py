"""The page on which an owner lets the practice take part in statistics across practices, and ends it."""

import pytest
from django.test import Client
from django.urls import reverse

from assessments.pooled.opting import opt_in
from practice.models import Membership
from tests.assessments.pooled.pools import count
from tests.factories import as_staff, client_of
from tests.practice.archives import just_signed_in

pytestmark = pytest.mark.database
JOIN, LEAVE = "/statistics/across/join/", "/statistics/across/leave/"
IN_FORCE = "SELECT count(*) FROM practice_pooledoptin WHERE withdrawn_at IS NULL"


def page(browser: Client) -> str:
    return browser.get(reverse("statistics-across")).content.decode()


def test_who_has_not_just_signed_in_confirms_first(olive: Membership):
    browser = client_of(olive)
    assert 'href="/accounts/reauthenticate/?next=%2Fstatistics%2Facross%2F"' in page(browser)
    assert browser.post(JOIN)["Location"].startswith("/accounts/reauthenticate/")
    assert count(IN_FORCE) == 0


def test_an_owner_joins_and_leaves_at_any_time(olive: Membership):
    browser = just_signed_in(olive)
    assert browser.post(JOIN)["Location"] == "/statistics/across/"
    assert count(IN_FORCE) == 1
    later = client_of(olive)
    assert "It takes part since" in page(later)
    later.post(LEAVE)
    assert count(IN_FORCE) == 0
    assert "nothing of it leaves" in page(later)


def test_an_admin_sees_it_and_decides_nothing(olive: Membership, adam: Membership):
    browser = just_signed_in(adam)
    assert "An owner decides" in page(browser)
    assert [browser.post(one).status_code for one in (JOIN, LEAVE)] == [404, 404]
    with as_staff(olive):
        opt_in(olive)
    assert 'action="/statistics/across/leave/"' not in page(browser)


def test_the_word_of_one_practice_is_none_for_another(olive: Membership, mallory: Membership):
    with as_staff(mallory):
        opt_in(mallory)
    assert "It takes no part" in page(client_of(olive))


def test_the_page_is_found_from_the_statistics(olive: Membership):
    assert 'href="/statistics/across/"' in client_of(olive).get(reverse("statistics")).content.decode()
