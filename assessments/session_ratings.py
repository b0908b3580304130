"""A counseling session with what the therapist rated after it: one save, with the values of last time to start from.

What did not take place is not rated: a planned session keeps no rating, a talk alone none of the partner who was not
there. What a partner said they want is kept of a talk alone only, and for the therapist alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from assessments.cadence import follow_sessions
from assessments.instruments.definition import Json
from assessments.intentions import record_intention
from assessments.models import Activity, RepairPlan, SessionRating
from assessments.plan_templates import library as templates
from assessments.plan_templates.library import PlanTemplate
from clients.models import CounselingSession, Couple, Partner
from clients.sessions import SessionDetails, save_session
from practice.errors import InvalidInput, fault
from practice.models import Membership

SCALE = range(5)
# How many sessions back a default may come from: talks alone rate one partner only.
LOOK_BACK = 10


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """A stage of 0 to 4 by step, engagement of 0 to 4 by partner id; a step or partner left out is not rated."""

    stages: Mapping[str, int] = field(default_factory=dict)
    engagement: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Steps:
    """The steps of a couple's plan: those worked on now or rated last time, and the others, each in their order."""

    worked_on: list[Json]
    others: list[Json]


def save_rated_session(
    couple: Couple,
    details: SessionDetails,
    ratings: Ratings,
    *,
    membership: Membership,
    session: CounselingSession | None = None,
    wish: str = "",
) -> CounselingSession:
    """Plan or record a session with its ratings, whole or not at all. Forms asked before sessions follow.

    Raises InvalidInput, CoupleClosed, SessionCancelled.

    `wish` is what the partner of a talk alone said they want now; empty where they said nothing of it.
    """
    if faults := list(_faults(couple, ratings)):
        raise InvalidInput("Some of what was given does not fit; nothing was saved.", faults=faults)
    with transaction.atomic():
        saved = save_session(couple, details, membership=membership, session=session)
        rating = SessionRating.objects.filter(session=saved).first() or SessionRating(session=saved)
        is_new = rating._state.adding
        kept = _of_what_took_place(saved, ratings)
        rating.stages, rating.engagement = dict(kept.stages), dict(kept.engagement)
        rating.save(force_insert=is_new, force_update=not is_new)
        if wish and saved.held_at and saved.partner_id:
            record_intention(Partner.objects.get(pk=saved.partner_id), wish=wish, membership=membership)
        follow_sessions(couple)
    return saved


def ratings_of(session: CounselingSession) -> Ratings:
    """What was rated after this session."""
    rated = next(iter(session.ratings.all()), None)
    return Ratings(stages=rated.stages, engagement=rated.engagement) if rated else Ratings()


def last_ratings(couple: Couple) -> Ratings:
    """What to start from: the stages that were rated last, and each partner's last engagement. Nothing at first."""
    held = SessionRating.objects.filter(session__couple=couple).exclude(session__held_at=None)
    newest_first = list(held.order_by("-session__held_at")[:LOOK_BACK])
    stages: Mapping[str, int] = next((one.stages for one in newest_first if one.stages), {})
    engagement = {key: value for one in reversed(newest_first) for key, value in one.engagement.items()}
    return Ratings(stages=stages, engagement=engagement)


def template_for(couple: Couple) -> PlanTemplate:
    """The template of the couple's plan; the newest where there is no plan yet."""
    return template_of(RepairPlan.objects.filter(couple=couple).first())


def template_of(plan: RepairPlan | None) -> PlanTemplate:
    return templates.get(plan.template) if plan else templates.latest()


def steps_to_rate(couple: Couple, ratings: Ratings) -> Steps:
    """Which steps to ask about first: the plan's active one, those with a running activity, those in `ratings`."""
    plan = RepairPlan.objects.filter(couple=couple).first()
    template = template_of(plan)
    active = {*ratings.stages, plan.active_step if plan else template.steps[0]["id"]}
    running = Activity.objects.filter(couple=couple, ended_at=None).values_list("template", flat=True)
    active |= {template.practices[one]["step"] for one in running if one in template.practices}
    return Steps(
        worked_on=[step for step in template.steps if step["id"] in active],
        others=[step for step in template.steps if step["id"] not in active],
    )


def _of_what_took_place(session: CounselingSession, ratings: Ratings) -> Ratings:
    if session.held_at is None:
        return Ratings()
    alone_with = str(session.partner_id) if session.partner_id else None
    there = {key: value for key, value in ratings.engagement.items() if alone_with in (None, key)}
    return Ratings(stages=ratings.stages, engagement=there)


def _faults(couple: Couple, ratings: Ratings) -> list[dict[str, str]]:
    steps = {step["id"] for step in template_for(couple).steps}
    partners = {str(key) for key in Partner.objects.filter(couple=couple).values_list("id", flat=True)}
    return [
        fault(f"{name}.{key}", "value_not_allowed", "Rate what belongs to this couple, from 0 to 4.")
        for name, given, known in (("stages", ratings.stages, steps), ("engagement", ratings.engagement, partners))
        for key, value in given.items()
        if key not in known or type(value) is not int or value not in SCALE
    ]
