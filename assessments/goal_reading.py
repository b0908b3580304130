"""A couple's goals as the therapist reads them: the level each rater saw last, and attainment by rater.

Ratings of the partners and of the therapist stand apart and never go into one number. T is a summary for this couple
and no measure to compare couples, partners or therapists by (clinical/design.md 2.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from assessments.attainment import EXPECTED_CORRELATION, attainment_t
from assessments.goals import goal_domains, level_texts
from assessments.models import Goal, GoalRating
from assessments.plan_words import signed
from clients.models import Couple, Partner


@dataclass(frozen=True)
class RaterLevel:
    """What one rater saw last; without a partner the therapist is the rater. `level` is None before a first rating."""

    partner: Partner | None
    level: int | None
    text: str
    rated_at: datetime | None

    @property
    def signed(self) -> str:
        return "" if self.level is None else signed(self.level)


@dataclass(frozen=True)
class Level:
    """One written level, `signed` as it is shown: +2 to −2."""

    level: int
    signed: str
    text: str
    is_baseline: bool


@dataclass(frozen=True)
class GoalReading:
    """Without an owner the goal is the couple's. `raters` are those who may rate it, the therapist last."""

    goal: Goal
    owner: Partner | None
    domain: str
    levels: tuple[Level, ...]
    raters: tuple[RaterLevel, ...]


@dataclass(frozen=True)
class Attainment:
    """T by one rater over the running goals they rated, `rated` of `goals`; None where they rated none."""

    partner: Partner | None
    t: float | None
    rated: int
    goals: int


@dataclass(frozen=True)
class GoalsReading:
    running: tuple[GoalReading, ...]
    ended: tuple[GoalReading, ...]
    attainment: tuple[Attainment, ...]
    correlation: float = EXPECTED_CORRELATION


def goals_of(couple: Couple) -> QuerySet[Goal]:
    """The goals of a couple, newest first, each with `given_ratings` from the oldest, in one statement."""
    ratings = GoalRating.objects.filter(goal=OuterRef("pk")).order_by("rated_at", "id")
    row = JSONObject(partner=F("partner_id"), level=F("level"), rated_at=F("rated_at"))
    annotated = Goal.objects.filter(couple=couple).annotate(given_ratings=ArraySubquery(ratings.values(row=row)))
    return annotated.order_by("-written_at", "id")


def read_goals(couple: Couple, partners: Sequence[Partner]) -> GoalsReading:
    labels = {domain: label for one in (None, *partners) for domain, label in goal_domains(one).items()}
    found = [read_goal(goal, partners, labels.get(goal.domain, goal.domain)) for goal in goals_of(couple)]
    running = tuple(one for one in found if one.goal.ended_at is None)
    return GoalsReading(
        running=running,
        ended=tuple(one for one in found if one.goal.ended_at is not None),
        attainment=tuple(attainment_of(running, partner) for partner in (*partners, None)),
    )


def read_goal(goal: Goal, partners: Sequence[Partner], label: str) -> GoalReading:
    texts = level_texts(goal)
    newest = {one["partner"]: one for one in goal.given_ratings}  # type: ignore[attr-defined]
    raters = [one for one in partners if goal.owner_id in (None, one.id)]
    owner = next((one for one in partners if one.id == goal.owner_id), None)
    levels = (Level(key, signed(key), text, key == goal.baseline_level) for key, text in reversed(texts.items()))
    seen = tuple(_level(partner, newest, texts) for partner in (*raters, None))
    return GoalReading(goal, owner, label, tuple(levels), seen)


def attainment_of(goals: Sequence[GoalReading], partner: Partner | None) -> Attainment:
    """T of one rater, from what they rated last of the goals they may rate."""
    own = [(one.goal.weight, rater) for one in goals for rater in one.raters if rater.partner == partner]
    rated = [(weight, rater.level) for weight, rater in own if rater.level is not None]
    if not rated:
        return Attainment(partner, None, 0, len(own))
    t = attainment_t([level for _, level in rated], weights=[weight for weight, _ in rated])
    return Attainment(partner, t, len(rated), len(own))


def _level(partner: Partner | None, newest: dict[str | None, dict[str, Any]], texts: dict[int, str]) -> RaterLevel:
    found = newest.get(_key(partner.id if partner else None))
    if found is None:
        return RaterLevel(partner, None, "", None)
    return RaterLevel(partner, found["level"], texts[found["level"]], datetime.fromisoformat(found["rated_at"]))


def _key(partner_id: UUID | None) -> str | None:
    return None if partner_id is None else str(partner_id)
