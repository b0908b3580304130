"""Safety lines are asked only where somebody will read them: decided once a wave, for both partners alike."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import AnswerSheet
from assessments.safety import safety_lines_allowed
from practice.cover import name_cover
from practice.models import Membership, Practice, Role
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_staff, client_of

pytestmark = pytest.mark.database


def allowed(therapist, couple) -> bool:
    with as_staff(therapist):
        return safety_lines_allowed(couple)


def change_member(member, **fields):
    with as_maintenance():
        Membership.objects.using("owner").filter(pk=member).update(**fields)


def confirm(practice, *, days_ago):
    at = None if days_ago is None else timezone.now() - timedelta(days=days_ago)
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(resources_confirmed_at=at)


def without_therapist(alice):
    change_member(alice.pk, is_active=False)


def therapist_treats_no_more(alice):
    change_member(alice.pk, role=Role.SUPERVISOR)


def without_cover(alice):
    with as_staff(alice):
        name_cover(alice, cover_id=None)


def cover_has_ended(alice):
    change_member(alice.cover_id, is_active=False)


def cover_treats_no_more(alice):
    change_member(alice.cover_id, role=Role.ADMIN)


def confirmation_is_old(alice):
    confirm(alice.practice, days_ago=549)


def never_confirmed(alice):
    confirm(alice.practice, days_ago=None)


def help_lines_incomplete(alice):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(country="AQ")


LAPSES = [
    without_therapist, therapist_treats_no_more, without_cover, cover_has_ended, cover_treats_no_more,
    confirmation_is_old, never_confirmed, help_lines_incomplete,
]  # fmt: skip


@pytest.mark.parametrize("lapse", LAPSES)
def test_every_lapse_stops_them(alice, bob, couple, lapse):
    assert allowed(bob, couple)
    lapse(alice)
    assert not allowed(bob, couple)


def test_a_confirmation_counts_for_eighteen_months(alice, couple):
    confirm(alice.practice, days_ago=547)
    assert allowed(alice, couple)


def asked(therapist, assignment) -> list[bool | None]:
    with as_staff(therapist):
        sheets = AnswerSheet.objects.filter(wave__assignment=assignment).order_by("partner__position")
        return list(sheets.values_list("safety_lines", flat=True))


def test_a_lapse_counts_from_the_next_wave_on_and_for_both_alike(alice, couple):
    running = factories.assign(alice, couple)
    without_cover(alice)
    later = factories.assign(alice, couple, "ena-ck")
    assert asked(alice, running) == [True, True]
    assert asked(alice, later) == [False, False]


@pytest.mark.parametrize(
    ("days", "said"), [(364, b""), (366, b"Check and confirm them again"), (549, b"counted until")]
)
def test_an_owner_is_asked_to_confirm_again_after_twelve_months(olive, adam, alice, practice, days, said):
    confirm(practice, days_ago=days)
    warnings = (b"Check and confirm them again", b"counted until")
    for member in (olive, adam):
        content = client_of(member).get("/practice/").content
        assert [one for one in warnings if one in content] == ([said] if said else [])
    assert not any(one in client_of(alice).get("/practice/").content for one in warnings)


def test_confirming_again_takes_the_warning_away(olive, practice):
    confirm(practice, days_ago=500)
    browser = client_of(olive)
    browser.post("/practice/", {"confirm": "1"})
    assert b"Check and confirm them again" not in browser.get("/practice/").content
