"""Who stands in for whom. Cora is the cover that every therapist with a couple has in these tests."""

import re
import uuid

import pytest
from django.utils import timezone

from assessments.session_ratings import Ratings, save_rated_session
from clients.sessions import SessionDetails
from practice.cover import cover_of, is_covered, name_cover
from practice.errors import InvalidInput
from practice.models import Membership
from practice.practices import as_maintenance
from tests.attacks import as_maintenance as rows_of
from tests.factories import as_staff, client_of, in_days, make_plan, make_sheet, submit

pytestmark = pytest.mark.database
ADDRESS = "/practice/team/cover/"


def cover_named(member: Membership) -> uuid.UUID | None:
    with as_staff(member):
        return Membership.objects.values_list("cover_id", flat=True).get(pk=member.pk)


def end(member: Membership) -> None:
    with as_maintenance():
        Membership.objects.using("owner").filter(pk=member.pk).update(is_active=False)


def test_a_therapist_names_a_colleague_on_the_team_page(alice, bob):
    browser = client_of(alice)
    assert browser.post(ADDRESS, {"cover": str(bob.id)})["Location"] == "/practice/team/"
    assert cover_named(alice) == bob.id
    assert cover_named(bob) is None
    [(actor, about, detail)] = rows_of(
        "SELECT actor_id, object_id, detail FROM practice_auditevent WHERE action = 'cover.named'"
    )
    assert (actor, about, detail) == (alice.id, alice.id, {"cover": str(bob.id)})


def test_the_choices_are_the_active_colleagues_who_treat(alice, bob, olive, sue, adam, mallory):
    content = client_of(alice).get("/practice/team/").context["form"]
    assert [label for _, label in content.fields["cover"].choices] == ["Nobody", "Bob", "Olive"]


def test_nobody_else_can_be_named(alice, bob, sue, adam, mallory):
    end(bob)
    for wrong in (alice.id, bob.id, sue.id, adam.id, mallory.id, uuid.uuid4()):
        assert client_of(alice).post(ADDRESS, {"cover": str(wrong)}).status_code == 422
        with as_staff(alice), pytest.raises(InvalidInput):
            name_cover(alice, cover_id=wrong)
    assert cover_named(alice) is None


def test_the_database_refuses_a_cover_of_another_practice(alice, mallory):
    with pytest.raises(Exception, match="foreign key"), as_staff(alice):
        Membership.objects.filter(practice_id=alice.practice_id, pk=alice.pk).update(cover_id=mallory.id)


def test_an_empty_form_changes_nothing_and_nobody_is_a_choice(alice, bob):
    with as_staff(alice):
        name_cover(alice, cover_id=bob.id)
    assert client_of(alice).post(ADDRESS).status_code == 422
    assert cover_named(alice) == bob.id
    client_of(alice).post(ADDRESS, {"cover": "nobody"})
    assert cover_named(alice) is None


def test_who_treats_nobody_names_nobody(sue, adam, bob):
    for member in (sue, adam):
        assert client_of(member).post(ADDRESS, {"cover": str(bob.id)}).status_code == 404
        with as_staff(member), pytest.raises(InvalidInput):
            name_cover(member, cover_id=bob.id)


def test_a_cover_who_has_ended_answers_for_nobody(alice, bob):
    with as_staff(alice):
        name_cover(alice, cover_id=bob.id)
        assert (cover_of(alice.id), is_covered(alice.id)) == (bob, True)
    end(bob)
    with as_staff(alice):
        assert (cover_of(alice.id), is_covered(alice.id)) == (None, False)
    assert b"Ended" in client_of(alice).get("/practice/team/").content


def test_a_therapist_who_has_ended_still_has_a_cover_to_be_told(alice, bob):
    with as_staff(alice):
        name_cover(alice, cover_id=bob.id)
    end(alice)
    with as_staff(bob):
        assert (cover_of(alice.id), is_covered(alice.id)) == (bob, False)


PAGES = ["", "plan/", "sessions/", "results/", "prepare/", "progress/"]


@pytest.mark.parametrize("name", PAGES)
def test_no_link_and_no_button_that_the_cover_is_shown_leads_nowhere(alice, couple, dana, name):
    submit(make_sheet(alice, dana))
    make_plan(alice, couple, dana)
    held = {"held_at": timezone.now(), "safety_reviewed": True}
    for details in (SessionDetails(planned_at=in_days(1)), SessionDetails(**held)):
        with as_staff(alice):
            save_rated_session(couple, details, Ratings(), membership=alice)
    with as_maintenance():
        cora = Membership.objects.using("owner").select_related("practice", "user").get(pk=alice.cover_id)
    browsers = {who: client_of(who) for who in (alice, cora)}

    def offered(who: Membership) -> list[tuple[str, str]]:
        main = browsers[who].get(f"/couples/{couple.id}/{name}").content.decode().split("<main")[1]
        posted = re.findall(r'method="post"[^>]*?action="(/[^"#]*)|action="(/[^"#]*)"[^>]*?method="post"', main)
        links = set(re.findall(r'href="(/[^"#]*)', main))
        return [("get", one) for one in sorted(links)] + [("post", one or other) for one, other in posted]

    assert offered(cora)
    # Lines are opened by name; without one there is nothing to open for anybody.
    tried = [one for one in offered(cora) if not one[1].endswith("/lines/")]
    assert [one for one in tried if getattr(browsers[cora], one[0])(one[1]).status_code == 404] == []
    assert name in ("prepare/", "progress/", "results/") or len(offered(alice)) > len(offered(cora))


def test_joint_report_is_the_treating_therapists_alone(alice, couple, dana):
    make_sheet(alice, dana)
    with as_maintenance():
        cora = Membership.objects.using("owner").select_related("practice", "user").get(pk=alice.cover_id)
    pages = [client_of(who).get(f"/couples/{couple.id}/results/").content.decode() for who in (alice, cora)]
    assert ['id="joint-report"' in page for page in pages] == [True, False]
