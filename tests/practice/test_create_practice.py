import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from practice.models import Membership, Practice, Role, User
from practice.practices import OWNER, as_maintenance
from tests.factories import PASSWORD

pytestmark = pytest.mark.database


def create(slug: str = "lakeside", **more: str) -> None:
    said = {"country": "us", "owner_email": "Lea@Lakeside.example", "owner_name": "Lea", "password": PASSWORD}
    call_command("create_practice", slug, "Lakeside", **{**said, **more})


def test_makes_a_practice_with_its_first_owner():
    create(time_zone="America/Chicago")
    with as_maintenance():
        practice = Practice.objects.using(OWNER).get()
        membership = Membership.objects.using(OWNER).select_related("user").get()
    assert (practice.name, practice.slug, practice.country) == ("Lakeside", "lakeside", "US")
    assert practice.time_zone == "America/Chicago"
    assert practice.resources_confirmed_at is None
    assert (membership.practice_id, membership.role, membership.name) == (practice.id, Role.OWNER, "Lea")
    assert membership.user.email == "lea@lakeside.example"


def test_says_who_signs_in(capsys):
    create()
    assert capsys.readouterr().out == "Lakeside is ready; Lea@Lakeside.example signs in as its owner.\n"


def test_owner_signs_in_with_the_password():
    create()
    said = {"email": "lea@lakeside.example", "password": PASSWORD, "name": "script"}
    answer = Client().post("/api/v1/tokens/", said, content_type="application/json")
    assert answer.status_code == 201


def test_short_name_is_taken_once(practice):
    with pytest.raises(CommandError, match="short name"):
        create(practice.slug)
    with as_maintenance():
        assert list(Practice.objects.using(OWNER).values_list("name", flat=True)) == ["Riverside"]
        assert not User.objects.using(OWNER).exists()


def test_a_user_who_is_known_keeps_their_password(mallory):
    create(owner_email=mallory.user.email, password="another password")
    with as_maintenance():
        user = User.objects.using(OWNER).get()
        places = set(Membership.objects.using(OWNER).filter(user=user).values_list("role", flat=True))
        assert EmailAddress.objects.using(OWNER).count() == 1
    assert user.check_password(PASSWORD)
    assert places == {Role.THERAPIST, Role.OWNER}
