"""Couples change hands: who treats them, who treated them when, and who may see what of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.couples import close_couple
from clients.hand_over import NothingToHandOver, caseload_sizes, hand_over, hand_over_caseload, treatments_of
from clients.models import Couple, Treatment
from practice.errors import InvalidInput
from practice.models import Membership
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.assessments.test_therapist_views import statements
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, make_couple

pytestmark = pytest.mark.database
ADDRESS = "/couples/hand-over/"


def therapists(member: Membership) -> dict[str, str]:
    with as_staff(member):
        return {one.label: str(one.therapist) for one in Couple.objects.select_related("therapist")}


def history(member: Membership, couple: Couple) -> list[tuple[str, bool]]:
    with as_staff(member):
        found = treatments_of(Couple.objects.select_related("therapist").get(pk=couple.pk))
        assert [one.ended_at for one in found[1:]] == [one.started_at for one in found[:-1]]
        return [(one.name, one.ended_at is None) for one in found]


def test_who_takes_over_reads_and_who_hands_over_does_not(alice, bob, couple):
    where = f"/couples/{couple.id}/"
    assert [client_of(one).get(where).status_code for one in (alice, bob)] == [200, 404]
    with as_staff(alice):
        assert hand_over([couple.id], to=bob, by=alice) == 1
    assert [client_of(one).get(where).status_code for one in (alice, bob)] == [404, 200]


def test_history_says_who_treated_when(alice, bob, couple):
    assert history(alice, couple) == [("Alice", True)]
    with as_staff(alice):
        hand_over([couple.id], to=bob, by=alice)
    with as_staff(bob):
        hand_over([couple.id], to=alice, by=bob)
    assert history(alice, couple) == [("Alice", True), ("Bob", False), ("Alice", False)]
    with as_staff(alice):
        first = Treatment.objects.order_by("ended_at")[0]
        assert first.started_at == couple.created_at
    page = client_of(alice).get(f"/couples/{couple.id}/").content.decode()
    assert page.count("Bob") == 1


def test_history_begins_when_the_couple_came(alice, couple):
    with as_staff(alice):
        [only] = treatments_of(couple)
    assert (only.started_at, only.ended_at) == (couple.created_at, None)


def test_only_own_couples_are_handed_over(alice, bob, couple, other_couple):
    bobs = make_couple(bob, label="F & G", names=("Finn", "Gil"))
    with as_staff(alice):
        assert hand_over([couple.id, bobs.id, other_couple.id], to=bob, by=alice) == 1
    with as_staff(alice), pytest.raises(NothingToHandOver):
        hand_over([bobs.id], to=alice, by=alice)
    assert as_maintenance("SELECT count(*) FROM clients_treatment") == [(1,)]


@pytest.mark.parametrize("wrong", ["sue", "adam", "mallory"])
def test_who_takes_over_treats_couples_of_this_practice(alice, couple, request, wrong):
    taker = request.getfixturevalue(wrong)
    with as_staff(alice), pytest.raises(InvalidInput):
        hand_over([couple.id], to=taker, by=alice)
    response = client_of(alice).post(ADDRESS, {"couple": str(couple.id), "to": str(taker.id), "confirmed": "yes"})
    assert response.status_code == 422
    assert therapists(alice) == {"D & E": "Alice"}


def test_several_are_chosen_looked_at_and_handed_over(alice, bob, couple):
    second = make_couple(alice, label="F & G", names=("Finn", "Gil"))
    make_couple(alice, label="H & I", names=("Hal", "Ida"))
    given = {"couple": [str(couple.id), str(second.id)], "to": str(bob.id)}
    browser = client_of(alice)
    looked = browser.post(ADDRESS, given).content.decode()
    assert ["D &amp; E" in looked, "F &amp; G" in looked, "H &amp; I" in looked] == [True, True, False]
    assert set(therapists(alice).values()) == {"Alice"}
    assert browser.post(ADDRESS, {**given, "confirmed": "yes"}).status_code == 302
    assert therapists(alice) == {"D & E": "Bob", "F & G": "Bob", "H & I": "Alice"}
    events = as_maintenance(
        "SELECT actor_id, couple_id, detail FROM practice_auditevent WHERE action = 'couple.handed_over'"
    )
    assert sorted((actor, about) for actor, about, _ in events) == sorted(
        (alice.id, one.id) for one in (couple, second)
    )
    assert [detail for *_, detail in events] == [{"giver": str(alice.id), "taker": str(bob.id)}] * 2


@pytest.mark.parametrize("who", ["olive", "adam"])
def test_managers_hand_over_a_caseload_without_reading_of_it(alice, bob, couple, request, who):
    manager = request.getfixturevalue(who)
    with as_staff(alice):
        close_couple(couple, reason="completed")
    make_couple(alice, label="F & G", names=("Finn", "Gil"))
    browser = client_of(manager)
    given = {"giver": str(alice.id), "to": str(bob.id)}
    for page in (browser.get(ADDRESS), browser.post(ADDRESS, given)):
        content = page.content.decode()
        assert [one for one in ("D &amp; E", "F &amp; G", "Dana", "Finn", str(couple.id)) if one in content] == []
        assert "2" in content
    assert browser.post(ADDRESS, {**given, "confirmed": "yes"}).status_code == 302
    assert therapists(alice) == {"D & E": "Bob", "F & G": "Bob"}
    with as_staff(bob):
        assert {one.handed_over_by for one in Treatment.objects.all()} == {manager.id}
    assert as_maintenance(
        "SELECT count(DISTINCT couple_id) FROM practice_auditevent WHERE actor_id = %s AND action = %s",
        manager.id,
        "couple.handed_over",
    ) == [(2,)]


def test_a_therapist_hands_over_no_caseload(alice, bob, couple):
    given = {"giver": str(alice.id), "to": str(bob.id), "confirmed": "yes"}
    assert client_of(bob).post(ADDRESS, given).status_code == 422
    with as_staff(bob), pytest.raises(InvalidInput):
        hand_over_caseload(alice, to=bob, by=bob)
    assert therapists(alice) == {"D & E": "Alice"}


def test_sizes_count_couples_of_this_practice(alice, olive, couple, other_couple):
    with as_staff(olive):
        assert caseload_sizes() == {alice.id: 1}
        assert Couple.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"couple": "x"}, {"to": "x"}])
def test_nothing_chosen_hands_over_nothing(alice, bob, couple, given):
    response = client_of(alice).post(ADDRESS, {"to": str(bob.id), "confirmed": "yes", **given})
    assert response.status_code in (409, 422)
    assert "alert" in response.content.decode()


def test_handing_over_sends_as_many_statements_for_many_couples(alice, bob):
    def sent(number: int) -> int:
        ids = [make_couple(alice, label=f"C {at}", names=(f"A{at}", f"B{at}")).id for at in range(number)]
        with as_staff(alice), CaptureQueriesContext(connection) as captured:
            assert hand_over(ids, to=bob, by=alice) == number
            return len(captured.captured_queries)

    assert sent(1) == sent(15)


def test_page_asks_the_same_for_many_couples(alice, bob, couple):
    few = statements(client_of(alice), ADDRESS)
    for number in range(12):
        make_couple(alice, label=f"C {number}", names=(f"A{number}", f"B{number}"))
    assert statements(client_of(alice), ADDRESS) == few


def test_partner_notices_nothing(alice, bob, couple, dana):
    browser = factories.partner_client(factories.make_sheet(alice, dana))
    before = [bytes_of(browser.get(one)) for one in ("/p/", "/p/1/", "/p/me/")]
    with as_staff(alice):
        hand_over([couple.id], to=bob, by=alice)
    assert [bytes_of(browser.get(one)) for one in ("/p/", "/p/1/", "/p/me/")] == before
