"""A session with its ratings: whole or not at all, beginning from last time."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments import plans
from assessments.models import SessionRating
from assessments.session_ratings import Ratings, last_ratings, save_rated_session
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import SessionDetails
from practice.errors import InvalidInput
from practice.models import Membership
from tests.factories import as_staff

pytestmark = pytest.mark.database


def held(days_ago: float = 0) -> SessionDetails:
    return SessionDetails(held_at=timezone.now() - timedelta(days=days_ago), safety_reviewed=True)


def save(
    alice: Membership, couple: Couple, ratings: Ratings, details: SessionDetails | None = None, **more: Any
) -> Any:
    with as_staff(alice):
        return save_rated_session(couple, details or held(), ratings, membership=alice, **more)


def test_ratings_are_kept_with_their_session(alice: Membership, couple: Couple, dana: Partner) -> None:
    saved = save(alice, couple, Ratings(stages={"S3": 2}, engagement={str(dana.id): 4}))
    with as_staff(alice):
        rating = SessionRating.objects.get(session=saved)
    assert (rating.stages, rating.engagement) == ({"S3": 2}, {str(dana.id): 4})


@pytest.mark.parametrize(
    ("ratings", "field"),
    [
        ({"stages": {"S9": 1}}, "stages.S9"),
        ({"stages": {"S3": 5}}, "stages.S3"),
        ({"stages": {"S3": -1}}, "stages.S3"),
        ({"stages": {"S3": True}}, "stages.S3"),
        ({"stages": {"S3": "2"}}, "stages.S3"),
        ({"engagement": {"nobody": 1}}, "engagement.nobody"),
    ],
)
def test_rating_that_does_not_fit_keeps_no_session_either(
    alice: Membership, couple: Couple, ratings: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(alice, couple, Ratings(**ratings))
    assert [one["field"] for one in refused.value.faults] == [field]
    with as_staff(alice):
        assert not CounselingSession.objects.exists()


def test_session_that_does_not_fit_keeps_no_rating(alice: Membership, couple: Couple) -> None:
    with pytest.raises(InvalidInput):
        save(alice, couple, Ratings(stages={"S3": 1}), SessionDetails())
    with as_staff(alice):
        assert not SessionRating.objects.exists()


def test_partner_of_another_couple_is_not_rated(alice: Membership, couple: Couple, trudy: Partner) -> None:
    with pytest.raises(InvalidInput):
        save(alice, couple, Ratings(engagement={str(trudy.id): 1}))


def test_saving_again_replaces_the_ratings(alice: Membership, couple: Couple) -> None:
    saved = save(alice, couple, Ratings(stages={"S1": 1, "S2": 1}))
    save(alice, couple, Ratings(stages={"S2": 3}), session=saved)
    with as_staff(alice):
        assert [one.stages for one in SessionRating.objects.all()] == [{"S2": 3}]


def test_next_session_begins_from_the_last_that_was_held(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        assert last_ratings(couple) == Ratings()
    save(alice, couple, Ratings(stages={"S1": 4}), held(1))
    save(alice, couple, Ratings(stages={"S1": 2}, engagement={str(dana.id): 1}), held(0.5))
    save(alice, couple, Ratings(stages={"S1": 1}), held(9))
    save(alice, couple, Ratings(stages={"S1": 0}), SessionDetails(planned_at=timezone.now() + timedelta(days=3)))
    with as_staff(alice):
        assert last_ratings(couple) == Ratings(stages={"S1": 2}, engagement={str(dana.id): 1})


def test_steps_are_those_of_the_couples_plan(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
    steps = [step["id"] for step in plans.template_of(plan).steps]
    save(alice, couple, Ratings(stages=dict.fromkeys(steps, 0)))
