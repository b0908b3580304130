"""A couple's sessions as a therapist reads them: what is planned, what was cancelled, and what was held with its
ratings in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max, QuerySet, Window
from django.db.models.functions import RowNumber

from assessments.plan_templates.library import PlanTemplate
from assessments.session_ratings import ratings_of
from clients.models import CounselingSession, Couple, Partner

COUPLE, ONE_TO_ONE = CounselingSession.Kind.COUPLE, CounselingSession.Kind.ONE_TO_ONE


@dataclass(frozen=True)
class HeldSession:
    """`number` counts the sessions with both. `stages` as (step, words), `engagement` as (name, 0 to 4)."""

    session: CounselingSession
    number: int | None
    stages: list[tuple[str, str]]
    engagement: list[tuple[str, int]]


@dataclass(frozen=True)
class Counts:
    """How many sessions were held, of them how many with both, and when each partner was last met alone."""

    held: int
    with_both: int
    met_alone: Mapping[UUID, datetime]


def planned_sessions(couple: Couple) -> list[CounselingSession]:
    """What is planned and was not held yet, the next one first."""
    found = CounselingSession.objects.filter(couple=couple, held_at=None, cancelled_at=None)
    return list(found.select_related("partner").order_by("planned_at"))


def cancelled_sessions(couple: Couple) -> list[CounselingSession]:
    """What was planned and cancelled, the newest first."""
    found = CounselingSession.objects.filter(couple=couple).exclude(cancelled_at=None)
    return list(found.select_related("partner").order_by("-planned_at"))


def held_sessions(couple: Couple) -> QuerySet[CounselingSession]:
    """Newest first, each with its `number` among those of its kind, and its ratings."""
    number = Window(RowNumber(), partition_by=[F("kind")], order_by=[F("held_at").asc(), F("id").asc()])
    held = CounselingSession.objects.filter(couple=couple, held_at__isnull=False).annotate(number=number)
    return held.select_related("partner").prefetch_related("ratings").order_by("-held_at", "id")


def counts_of(couple: Couple) -> Counts:
    held = CounselingSession.objects.filter(couple=couple, held_at__isnull=False)
    rows = held.values_list("kind", "partner").annotate(n=Count("id"), last=Max("held_at")).order_by()
    found = list(rows)
    return Counts(
        held=sum(number for _kind, _partner, number, _last in found),
        with_both=sum(number for kind, _partner, number, _last in found if kind == COUPLE),
        met_alone={partner: last for _kind, partner, _number, last in found if partner},
    )


def in_words(
    sessions: Iterable[CounselingSession], *, template: PlanTemplate, partners: Sequence[Partner]
) -> list[HeldSession]:
    names = {str(one.id): str(one.name) for one in partners}
    titles = {step["id"]: step["title"]["en"] for step in template.steps}
    found = []
    for session in sessions:
        ratings = ratings_of(session)
        stages = sorted(ratings.stages.items())
        found.append(
            HeldSession(
                session=session,
                number=getattr(session, "number", None) if session.kind == COUPLE else None,
                stages=[
                    (f"{step} {titles.get(step, '')}".strip(), template.stage_labels[stage]) for step, stage in stages
                ],
                engagement=[(names[key], ratings.engagement[key]) for key in names if key in ratings.engagement],
            )
        )
    return found


def waits_for_a_talk(planned: Iterable[CounselingSession], partners: Iterable[Partner]) -> Partner | None:
    """The partner without a planned talk while the other has one: they are planned for both alike (design 5.2, 14)."""
    with_talk = {one.partner_id for one in planned if one.kind == ONE_TO_ONE}
    there = [one for one in partners if one.state == Partner.State.ACTIVE]
    without = [one for one in there if one.id not in with_talk]
    return without[0] if with_talk and len(there) == 2 and len(without) == 1 else None
