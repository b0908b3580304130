"""A counseling session with what the therapist rated after it: one save, with the values of last time to start from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from assessments.models import RepairPlan, SessionRating
from assessments.plan_templates import library as templates
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import SessionDetails, save_session
from practice.errors import InvalidInput, fault
from practice.models import Membership

SCALE = range(5)


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """A stage of 0 to 4 by step, engagement of 0 to 4 by partner id; a step or partner left out is not rated."""

    stages: Mapping[str, int] = field(default_factory=dict)
    engagement: Mapping[str, int] = field(default_factory=dict)


def save_rated_session(
    couple: Couple,
    details: SessionDetails,
    ratings: Ratings,
    *,
    membership: Membership,
    session: CounselingSession | None = None,
) -> CounselingSession:
    """Plan or record a session with its ratings, whole or not at all. Raises InvalidInput, CoupleClosed."""
    if faults := list(_faults(couple, ratings)):
        raise InvalidInput("Some of what was given does not fit; nothing was saved.", faults=faults)
    with transaction.atomic():
        saved = save_session(couple, details, membership=membership, session=session)
        rating = SessionRating.objects.filter(session=saved).first() or SessionRating(session=saved)
        is_new = rating._state.adding
        rating.stages, rating.engagement = dict(ratings.stages), dict(ratings.engagement)
        rating.save(force_insert=is_new, force_update=not is_new)
    return saved


def last_ratings(couple: Couple) -> Ratings:
    """What was rated at the last session that was held; nothing before the first."""
    held = SessionRating.objects.filter(session__couple=couple).exclude(session__held_at=None)
    last = held.order_by("-session__held_at").first()
    return Ratings(stages=last.stages, engagement=last.engagement) if last else Ratings()


def _faults(couple: Couple, ratings: Ratings) -> list[dict[str, str]]:
    plan = RepairPlan.objects.filter(couple=couple).first()
    template = templates.get(plan.template) if plan else templates.latest()
    steps = {step["id"] for step in template.steps}
    partners = {str(key) for key in Partner.objects.filter(couple=couple).values_list("id", flat=True)}
    return [
        fault(f"{name}.{key}", "value_not_allowed", "Rate what belongs to this couple, from 0 to 4.")
        for name, given, known in (("stages", ratings.stages, steps), ("engagement", ratings.engagement, partners))
        for key, value in given.items()
        if key not in known or type(value) is not int or value not in SCALE
    ]
