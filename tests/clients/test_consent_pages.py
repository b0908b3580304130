"""What each partner agreed to: in which version and when, withdrawn and never lost; and own results, for both alike."""

import re
from typing import Any

import pytest
from django.test import Client

from clients.consents import current_version, record_consent, standings_of
from clients.models import Consent, Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from tests.assessments.test_therapist_views import statements
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of

pytestmark = pytest.mark.database

CURRENT = "0.2.0"


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def post(browser: Client, partner: Partner, what: str = "", **given: str) -> Any:
    return browser.post(f"/partners/{partner.id}/consents/{what}", given, follow=True)


def kept(alice: Membership) -> list[tuple[str, str, bool]]:
    with as_staff(alice):
        return [(one.kind, one.version, one.withdrawn_at is None) for one in Consent.objects.order_by("given_at")]


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("kind", ["assessment", "joint_report", "statistics"])
def test_consent_is_to_the_text_that_is_given_now(browser, alice, dana, kind):
    page = post(browser, dana, kind=kind, version="7")
    assert kept(alice) == [(kind, current_version(kind), True)]
    assert f"Version {current_version(kind)}, agreed on" in said(page)
    with as_staff(alice):
        assert Consent.objects.get().recorded_by == alice.id


def test_policy_of_the_practice_is_signed_in_the_version_that_was_given(browser, alice, dana):
    post(browser, dana, kind="no_secrets", version=" March 2026 ")
    post(browser, dana, kind="no_secrets", version="March 2026")
    assert kept(alice) == [("no_secrets", "March 2026", True)]
    post(browser, dana, kind="no_secrets", version="May 2026")
    assert kept(alice) == [("no_secrets", "March 2026", False), ("no_secrets", "May 2026", True)]


def test_withdrawn_consent_stays_on_record(browser, alice, dana, erin):
    for partner in (dana, erin):
        post(browser, partner, kind="joint_report")
    page = post(browser, dana, "withdraw/", kind="joint_report")
    assert kept(alice) == [("joint_report", CURRENT, False), ("joint_report", CURRENT, True)]
    assert f"Version {CURRENT}, withdrawn on" in said(page)
    post(browser, dana, kind="joint_report")
    assert kept(alice)[-1] == ("joint_report", CURRENT, True)


def test_older_text_is_pointed_at(browser, alice, dana):
    with as_staff(alice):
        record_consent(dana, kind="assessment", version="0.1.0", recorded_by=alice.id)
    assert f"(the text is now version {CURRENT})" in said(browser.get(f"/couples/{dana.couple_id}/"))
    with as_staff(alice):
        standing = standings_of(Couple.objects.get())[dana][0]
    assert (standing.kind, standing.in_force, standing.is_older) == ("assessment", True, True)


@pytest.mark.parametrize(
    "given", [{}, {"kind": "everything"}, {"kind": "no_secrets"}, {"kind": "no_secrets", "version": "x" * 41}]
)
def test_what_does_not_fit_is_said_and_not_kept(browser, alice, dana, given):
    page = post(browser, dana, **given)
    assert "message-error" in page.content.decode()
    assert kept(alice) == []


def test_nothing_is_withdrawn_that_was_not_given(browser, alice, dana):
    post(browser, dana, "withdraw/", kind="everything")
    assert kept(alice) == []


def test_consents_are_audited_without_words(browser, alice, dana):
    post(browser, dana, kind="assessment")
    post(browser, dana, "withdraw/", kind="assessment")
    rows = as_maintenance("SELECT action, detail FROM practice_auditevent WHERE action LIKE 'consent.%%' ORDER BY at")
    assert rows == [("consent.given", {"kind": "assessment"}), ("consent.withdrawn", {"kind": "assessment"})]


def test_version_has_a_length_the_record_can_hold(alice, dana):
    with as_staff(alice), pytest.raises(InvalidInput):
        record_consent(dana, kind="no_secrets", version="x" * 41)


def test_own_results_are_one_setting_for_both(browser, alice, couple):
    page = browser.post(f"/couples/{couple.id}/own-results/", {"allowed": "yes"}, follow=True)
    assert "On for both" in said(page)
    with as_staff(alice):
        assert Couple.objects.get().own_results_allowed
    words = "each partner may read their own results"
    off = browser.post(f"/couples/{couple.id}/own-results/", {"allowed": "no"}, follow=True)
    assert "Off for both" in said(off)
    assert words in said(page)
    assert words in said(off)


@pytest.mark.parametrize("what", ["", "withdraw/"])
def test_nobody_else_records_or_withdraws(bob, mallory, sue, adam, alice, dana, what):
    with as_staff(alice):
        record_consent(dana, kind="assessment", version="1", recorded_by=alice.id)
    for member in (bob, mallory, sue, adam):
        assert post(client_of(member), dana, what, kind="assessment").status_code == 404
    assert kept(alice) == [("assessment", "1", True)]


def test_couple_page_sends_as_few_statements_with_consents_as_without(browser, alice, dana, erin):
    before = statements(browser, f"/couples/{dana.couple_id}/")
    for partner in (dana, erin):
        for kind in Consent.Kind.values:
            post(browser, partner, kind=kind, version="1")
    assert statements(browser, f"/couples/{dana.couple_id}/") == before
