from datetime import UTC, datetime

import pytest
from django.utils import timezone

from assessments.safety import safety_lines_allowed
from practice.models import Membership, Practice, Role
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_staff, client_of

pytestmark = pytest.mark.database

GIVEN = {
    "name": "Riverside Two",
    "country": "de",
    "sender_name": "Office",
    "exit_url": "https://example.org/",
    "acknowledge_within_hours": "12",
    "supervisors_read_couples": "on",
}


def kept(member: Membership) -> Practice:
    with as_staff(member):
        return Practice.objects.get()


def test_an_owner_changes_the_settings(olive):
    assert client_of(olive).post("/practice/", GIVEN)["Location"] == "/practice/"
    found = kept(olive)
    assert (found.name, found.country, found.sender_name) == ("Riverside Two", "DE", "Office")
    assert (found.exit_url, found.supervisors_read_couples) == ("https://example.org/", True)
    assert found.acknowledge_within_hours == 12


def test_help_lines_confirmed_for_one_country_do_not_count_for_another(olive):
    assert kept(olive).resources_confirmed_at is not None
    client_of(olive).post("/practice/", {**GIVEN, "country": "US"})
    assert kept(olive).resources_confirmed_at is not None
    client_of(olive).post("/practice/", GIVEN)
    assert kept(olive).resources_confirmed_at is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"country": "D1"}, "country"),
        ({"sender_name": "Neglect clinic"}, "sender_name"),
        ({"exit_url": "nowhere"}, "exit_url"),
        ({"acknowledge_within_hours": "0"}, "acknowledge_within_hours"),
        ({"acknowledge_within_hours": "73"}, "acknowledge_within_hours"),
        ({"acknowledge_within_hours": ""}, "acknowledge_within_hours"),
    ],
)
def test_settings_that_do_not_fit_change_nothing(adam, change, field):
    response = client_of(adam).post("/practice/", {**GIVEN, **change})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert kept(adam).name == "Riverside"


def test_confirming_help_lines_keeps_who_and_when(olive):
    practice = factories.make_practice("New", slug="new", confirmed=False)
    admin = factories.make_member(practice, "Ada", role=Role.ADMIN)
    browser = client_of(admin)
    content = browser.get("/practice/").content
    assert b"Not confirmed" in content
    assert b"National Domestic Violence Hotline" in content
    browser.post("/practice/", {"confirm": "1"})
    found = kept(admin)
    assert (found.resources_confirmed_by, found.resources_version) == ("Ada", "0.2.0")
    assert b"Checked by Ada" in browser.get("/practice/").content


def test_a_list_that_changed_since_it_was_confirmed_asks_for_another_look(olive, alice, couple):
    browser = client_of(olive)
    said = b"This list is newer than the one that was checked."
    assert said not in browser.get("/practice/").content
    with as_maintenance():
        Practice.objects.using("owner").update(resources_version="0.1.0")
    content = browser.get("/practice/").content
    assert said in content
    assert b"Changed since" in content
    with as_staff(alice):
        assert safety_lines_allowed(couple)
    browser.post("/practice/", {"confirm": "1"})
    assert said not in browser.get("/practice/").content
    assert kept(olive).resources_version == "0.2.0"


def test_a_list_that_was_never_confirmed_has_not_changed():
    practice = factories.make_practice("New", slug="new", confirmed=False)
    owner = factories.make_member(practice, "Olga", role=Role.OWNER)
    assert b"This list is newer" not in client_of(owner).get("/practice/").content


def test_a_country_without_complete_lines_cannot_be_confirmed():
    practice = factories.make_practice("Far", slug="far", country="AQ", confirmed=False)
    owner = factories.make_member(practice, "Olga", role=Role.OWNER)
    response = client_of(owner).post("/practice/", {"confirm": "1"})
    assert response.status_code == 409
    assert b"there is no line for" in response.content
    assert kept(owner).resources_confirmed_at is None


def test_who_settles_nothing_reads_and_changes_nothing(alice, sue):
    for member in (alice, sue):
        browser = client_of(member)
        content = browser.get("/practice/").content.decode()
        assert 'method="post"' not in content[content.index("<main") :]
        assert browser.post("/practice/", GIVEN).status_code == 404
        assert browser.post("/practice/", {"confirm": "1"}).status_code == 404
    assert kept(alice).name == "Riverside"


def test_the_team_is_of_this_practice_alone(alice, bob, mallory):
    found = client_of(alice).get("/practice/team/").context["members"]
    assert [member.name for member in found] == ["Alice", "Bob"]


def test_who_belongs_to_two_practices_chooses_one(alice, mallory, other_practice):
    factories.make_member(other_practice, "Alice", email=alice.user.email)
    browser = client_of(alice)
    assert browser.get("/practice/team/")["Location"] == "/choose/"
    assert b"Hillcrest" in browser.get("/choose/").content
    browser.post("/choose/", {"practice": str(other_practice.id)})
    assert sorted(member.name for member in browser.get("/practice/team/").context["members"]) == ["Alice", "Mallory"]


def test_pages_show_the_time_of_the_practice():
    practice = factories.make_practice("East", slug="east")
    therapist = factories.make_member(practice, "Emi")
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(
            time_zone="Asia/Tokyo", resources_confirmed_at=datetime(2026, 3, 1, 20, tzinfo=UTC)
        )
    assert b"on 2 Mar 2026" in client_of(therapist).get("/practice/").content
    assert timezone.get_current_timezone_name() == "UTC"
