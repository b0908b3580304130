"""One partner leaves and comes back. That the other gets nothing of it is held in tests/isolation."""

import pytest

from assessments.models import AnswerSheet
from clients.models import Invitation, Partner
from practice.models import Membership
from tests import factories
from tests.attacks import as_maintenance
from tests.factories import as_staff, assign, client_of, partner_client, sheet_of

pytestmark = pytest.mark.database


def state_of(alice: Membership, partner: Partner) -> str:
    with as_staff(alice):
        return str(Partner.objects.get(pk=partner.pk).state)


def actions() -> list[str]:
    rows = as_maintenance("SELECT action FROM practice_auditevent WHERE action LIKE 'partner.%%' ORDER BY at")
    return [action for (action,) in rows]


def test_a_partner_leaves_after_a_confirmation_that_says_who_is_told(alice, couple, dana):
    browser = client_of(alice)
    place = f"/partners/{dana.id}/leaves/"
    assert place in browser.get(f"/couples/{couple.id}/").content.decode()
    assert "The other is not told." in browser.get(place).content.decode()
    assert state_of(alice, dana) == "active"
    page = browser.post(place, follow=True)
    assert "Dana takes no further part." in page.content.decode()
    assert state_of(alice, dana) == "left"


def test_a_partner_takes_part_again(alice, couple, dana):
    browser = client_of(alice)
    browser.post(f"/partners/{dana.id}/leaves/")
    place = f"/partners/{dana.id}/returns/"
    assert place in browser.get(f"/couples/{couple.id}/").content.decode()
    assert "The other is not told." in browser.get(place).content.decode()
    assert "Dana takes part again." in browser.post(place, follow=True).content.decode()
    assert state_of(alice, dana) == "active"
    assignment = assign(alice, couple)
    assert sheet_of(alice, assignment, dana).state == "not_opened"


def test_saying_it_twice_is_saying_it_once(alice, dana):
    browser = client_of(alice)
    for move in ("leaves", "leaves", "returns", "returns"):
        browser.post(f"/partners/{dana.id}/{move}/")
    assert actions() == ["partner.left", "partner.returned"]


def test_links_end_and_stay_ended(alice, couple, dana):
    assignment = assign(alice, couple)
    sheet = sheet_of(alice, assignment, dana)
    own = partner_client(sheet)
    assert own.get("/p/").status_code == 200
    browser = client_of(alice)
    browser.post(f"/partners/{dana.id}/leaves/")
    assert own.get("/p/").status_code == 410
    browser.post(f"/partners/{dana.id}/returns/")
    assert own.get("/p/").status_code == 410
    with as_staff(alice):
        assert set(Invitation.objects.values_list("state", flat=True)) == {"ended"}
    assert factories.hand_over(alice, fresh(alice, sheet)).key


def fresh(alice: Membership, sheet: AnswerSheet) -> AnswerSheet:
    with as_staff(alice):
        return AnswerSheet.objects.select_related("partner", "couple").get(pk=sheet.pk)
