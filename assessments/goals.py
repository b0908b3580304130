"""Goals with five written levels (goal attainment scaling), rated apart by each partner and the therapist.

A goal of the pair is about a joint_ok domain and known to both; any other has one owner, who alone knows it. Ratings
are the therapist's to read, and one rater's is never averaged with another's.
"""

import json
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from assessments.instruments import library as instruments
from assessments.models import Goal, GoalRating
from assessments.plan_templates import library as templates
from clients.couples import CoupleClosed
from clients.models import Couple, Partner
from practice import audit
from practice.errors import DomainError, InvalidInput, fault
from practice.models import Membership

LEVELS = (-2, -1, 0, 1, 2)
MOST_OF_THE_PAIR = 3
MOST_OF_ONE = 1
LONGEST_TEXT = 300


class TooManyGoals(DomainError):
    """One to three goals of the pair and one private goal a partner are enough. End one first."""

    code = "too_many_goals"


def write_goal(
    couple: Couple,
    *,
    owner: Partner | None,
    domain: str,
    behaviour: str,
    how_counted: str,
    levels: Sequence[str],
    review_on: date,
    baseline_level: int = -1,
    weight: int = 1,
) -> Goal:
    """Write a goal before its work starts; `levels` are the texts of -2 to +2.

    Raises InvalidInput, TooManyGoals, CoupleClosed.
    """
    if couple.state == Couple.State.CLOSED:
        raise CoupleClosed
    faults = [
        *_text_faults(behaviour, how_counted, levels),
        *_domain_faults(couple, owner, domain),
        *_number_faults(baseline_level, weight, review_on),
    ]
    if faults:
        raise InvalidInput("Some of what was given does not fit; nothing was saved.", faults=faults)
    with transaction.atomic():
        _refuse_full(couple, owner)
        goal: Goal = Goal.objects.create(
            couple=couple,
            owner=owner,
            domain=domain,
            behaviour=behaviour.strip(),
            how_counted=how_counted.strip(),
            levels=json.dumps([level.strip() for level in levels]),
            baseline_level=baseline_level,
            weight=weight,
            review_on=review_on,
            written_at=timezone.now(),
        )
    audit.record("goal.written", object_id=goal.id, couple_id=couple.id, domain=domain)
    return goal


def level_texts(goal: Goal) -> dict[int, str]:
    return dict(zip(LEVELS, json.loads(goal.levels), strict=True))


def rate_goal(goal: Goal, *, level: int, membership: Membership, partner: Partner | None = None) -> GoalRating:
    """What the therapist saw, or wrote down as `partner` said it. Raises InvalidInput."""
    if level not in LEVELS:
        raise InvalidInput("Choose one of the five levels.", code="level")
    if partner is not None and (partner.couple_id != goal.couple_id or goal.owner_id not in (None, partner.id)):
        raise InvalidInput("This goal is not that partner's.", code="partner")
    rating: GoalRating = GoalRating.objects.create(
        goal=goal, partner=partner, level=level, rated_at=timezone.now(), recorded_by=membership.id
    )
    audit.record("goal.rated", object_id=goal.id, couple_id=goal.couple_id)
    return rating


def end_goal(goal: Goal) -> None:
    if goal.ended_at is None:
        goal.ended_at = timezone.now()
        goal.save(update_fields=["ended_at"])
        audit.record("goal.ended", object_id=goal.id, couple_id=goal.couple_id)


def goal_domains(owner: Partner | None) -> dict[str, str]:
    """The domains a goal may name, with their labels: for the pair those that may be shared."""
    instrument = instruments.get(templates.latest().measured_by)
    return {
        key: instrument.words(domain["label"])
        for key, domain in instrument.domains.items()
        if key in instrument.scores and (owner is not None or domain["visibility"] == "joint_ok")
    }


def _refuse_full(couple: Couple, owner: Partner | None) -> None:
    Couple.objects.select_for_update().get(pk=couple.pk)
    running = Goal.objects.filter(couple=couple, owner=owner, ended_at=None).count()
    if running >= (MOST_OF_ONE if owner else MOST_OF_THE_PAIR):
        raise TooManyGoals


def _text_faults(behaviour: str, how_counted: str, levels: Sequence[str]) -> list[dict[str, str]]:
    faults = []
    for name, text in (("behaviour", behaviour), ("how_counted", how_counted)):
        if not 0 < len(text.strip()) <= LONGEST_TEXT:
            faults.append(fault(name, "required", f"Write this in up to {LONGEST_TEXT} characters."))
    if len(levels) != len(LEVELS) or not all(0 < len(level.strip()) <= LONGEST_TEXT for level in levels):
        faults.append(fault("levels", "required", "Write all five levels before the work starts."))
    return faults


def _domain_faults(couple: Couple, owner: Partner | None, domain: str) -> list[dict[str, str]]:
    if owner is not None and owner.couple_id != couple.id:
        return [fault("owner", "invalid_choice", "Choose a partner of this couple, or the pair.")]
    if domain in goal_domains(owner):
        return []
    words = "Choose a topic that is measured." if owner else "A goal of the pair is about a topic that may be shared."
    return [fault("domain", "invalid_choice", words)]


def _number_faults(baseline_level: int, weight: int, review_on: date) -> list[dict[str, str]]:
    faults = []
    if baseline_level not in LEVELS:
        faults.append(fault("baseline_level", "invalid_choice", "Choose where things are now, -2 to +2."))
    if weight not in (1, 2, 3):
        faults.append(fault("weight", "invalid_choice", "Choose a weight of 1, 2 or 3."))
    if review_on <= timezone.localdate():
        faults.append(fault("review_on", "in_the_past", "The review lies ahead: choose a later day."))
    return faults
