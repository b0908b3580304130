"""Everything on record about one couple that a page about its progress needs, read in a fixed number of statements.

One statement a kind of row, whatever their number; what is made of it is made in Python (assessments/progress.py).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import JSONBAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, When
from django.db.models.functions import JSONObject

from assessments import library
from assessments.instruments.definition import Instrument, Json
from assessments.measurement import Parameters
from assessments.models import (
    Activity,
    ActivityHolder,
    AnswerSheet,
    Assignment,
    Goal,
    GoalRating,
    RepairPlan,
    SafetyFlag,
    SpecificRequest,
    WeekReport,
)
from assessments.parameters import parameters_used
from assessments.plan_templates import library as templates
from assessments.plan_templates.library import PlanTemplate
from clients.models import Consent, CounselingSession, Couple, Partner
from practice import audit
from practice.database.kept import Kept


@dataclass(frozen=True)
class ScoredSheet:
    """One sheet with the scores it got, None where it was not handed in; `parameters` is the version in force then."""

    partner: UUID
    wave: UUID
    instrument: str
    content_hash: str
    opens_at: datetime
    closes_at: datetime
    # When its wave was opened and ended, None as long as it was not.
    opened_at: datetime | None
    ended_at: datetime | None
    submitted_at: datetime | None
    state: str
    safety_lines: bool | None
    scores: dict[str, Any] | None
    # The Monday of the week that is reported with it.
    monday: date | None
    parameters: str
    # What a check-in said when it was scored; "" where it says nothing.
    verdict: str

    def score(self, direction: str, score_id: str) -> float | None:
        found = (self.scores or {}).get(direction, {}).get(score_id)
        return None if found is None else found["score"]


@dataclass(frozen=True)
class HeldActivity:
    """An activity with the partners who hold it; nobody for one of the therapist's."""

    id: UUID
    template: str
    dose: dict[str, Any]
    started_at: datetime
    ended_at: datetime | None
    partners: tuple[UUID, ...]


@dataclass(frozen=True)
class CoupleRecord:
    """`sheets`, `sessions` and `reports` in the order of time, since the couple came.

    `before_sessions` are the instruments (`id@version`) that are asked before each session.
    """

    couple: Couple
    partners: tuple[Partner, ...]
    before_sessions: frozenset[str]
    sheets: tuple[ScoredSheet, ...]
    flags: tuple[SafetyFlag, ...]
    sessions: tuple[CounselingSession, ...]
    plan: RepairPlan | None
    activities: tuple[HeldActivity, ...]
    reports: tuple[WeekReport, ...]
    goals: tuple[Goal, ...]
    requests: tuple[SpecificRequest, ...]

    @cached_property
    def template(self) -> PlanTemplate:
        return templates.get(self.plan.template) if self.plan else templates.latest()

    @property
    def measured_by(self) -> str:
        """The id of the instrument of the full forms."""
        return self.template.measured_by.partition("@")[0]

    @cached_property
    def instruments(self) -> dict[str, Instrument]:
        """The instruments that were given, by reference."""
        pairs = dict.fromkeys((sheet.instrument, sheet.content_hash) for sheet in self.sheets)
        return {ref: library.resolve(ref, content_hash) for ref, content_hash in pairs}

    @cached_property
    def parameters(self) -> dict[str, dict[str, Parameters]]:
        """What changes are judged by: by instrument id and the version that a sheet names."""
        return parameters_used(self.instruments.values(), {sheet.parameters for sheet in self.sheets})

    @cached_property
    def report_of(self) -> dict[tuple[UUID, date], WeekReport]:
        """By partner and Monday."""
        return {(one.partner_id, one.monday): one for one in self.reports}

    @cached_property
    def _due_mondays(self) -> dict[UUID, dict[date, None]]:
        due: dict[UUID, dict[date, None]] = {}
        for one in self.sheets:
            if one.monday and one.opened_at and one.opens_at >= self.couple.care_since:
                due.setdefault(one.partner, {})[one.monday] = None
        return due

    def due_weeks(self, partner: UUID) -> Collection[date]:
        """The Mondays of the weeks that this partner could report, oldest first."""
        return self._due_mondays.get(partner, {}).keys()

    def sheets_of(self, instrument_id: str, *, since: datetime | None = None) -> list[ScoredSheet]:
        """The opened sheets of one instrument, of any version, of windows that opened from `since` on."""
        own = (one for one in self.sheets if one.opened_at and one.instrument.partition("@")[0] == instrument_id)
        return [sheet for sheet in own if since is None or sheet.opens_at >= since]

    @property
    def held_sessions(self) -> list[CounselingSession]:
        return [session for session in self.sessions if session.held_at]

    def running(self, partner: UUID) -> list[HeldActivity]:
        return [one for one in self.activities if one.ended_at is None and partner in one.partners]


def record_of(couple: Couple) -> CoupleRecord:
    """What is on record about a couple, read by a clinician. Audited."""
    audit.record("progress.read", object_id=couple.id, couple_id=couple.id)
    partners, plan = tuple(PARTNERS(couple.id)), next(iter(PLAN(couple.id)), None)
    return CoupleRecord(
        couple=couple,
        partners=partners,
        before_sessions=frozenset(ref for one in partners for ref in one.before_sessions),  # type: ignore[attr-defined]
        sheets=tuple(_sheet(row) for packed in SHEETS(couple.id) for row in packed),
        flags=tuple(FLAGS(couple.id)),
        sessions=tuple(SESSIONS(couple.id)),
        plan=plan,
        activities=tuple(activities_of(plan)),
        reports=tuple(REPORTS(couple.id)),
        goals=tuple(GOALS(couple.id)),
        requests=tuple(REQUESTS(couple.id)),
    )


def _partners(couple: UUID) -> QuerySet[Partner]:
    """With `consents_in_force`: [{"kind", "version", "given_at"}], and what is asked before each session of both."""
    in_force = Consent.objects.filter(partner_id=OuterRef("pk"), withdrawn_at=None).order_by("kind")
    consents = in_force.values(found=JSONObject(kind=F("kind"), version=F("version"), given_at=F("given_at")))
    following = Assignment.objects.filter(couple_id=OuterRef("couple_id"), ended_at=None, before_sessions=True)
    partners = Partner.objects.filter(couple=couple).order_by("position")
    return partners.annotate(
        consents_in_force=ArraySubquery(consents), before_sessions=ArraySubquery(following.values("instrument"))
    )


def _sheets(couple: UUID) -> QuerySet[AnswerSheet, list[Json]]:
    """Packed by PostgreSQL into one value: to read hundreds of times one by one takes longer than all the rest.

    Scores are joined: in a subquery the policies of their table would be asked again for every sheet.
    """
    fields = {
        "partner": "partner_id",
        "wave": "wave_id",
        "opened_at": "wave__opened_at",
        "ended_at": "wave__closed_at",
        "monday": "week_of",
        **{name: name for name in ("instrument", "content_hash", "opens_at", "closes_at", "submitted_at", "state")},
        "safety_lines": "safety_lines",
        "scores": "scores__scores",
        "parameters": "scores__parameters",
        "verdict": "scores__verdict",
    }
    packed = JSONObject(**{name: F(source) for name, source in fields.items()})
    rows = AnswerSheet.objects.filter(couple=couple).order_by().values("couple_id")
    return rows.annotate(sheets=JSONBAgg(packed, order_by=("opens_at", "id"))).values_list("sheets", flat=True)


def _sheet(row: Json) -> ScoredSheet:
    return ScoredSheet(
        partner=UUID(row["partner"]),
        wave=UUID(row["wave"]),
        instrument=row["instrument"],
        content_hash=row["content_hash"],
        opens_at=datetime.fromisoformat(row["opens_at"]),
        closes_at=datetime.fromisoformat(row["closes_at"]),
        opened_at=_moment(row["opened_at"]),
        ended_at=_moment(row["ended_at"]),
        submitted_at=_moment(row["submitted_at"]),
        state=row["state"],
        safety_lines=row["safety_lines"],
        scores=row["scores"],
        monday=date.fromisoformat(row["monday"]) if row["monday"] else None,
        parameters=row["parameters"] or "",
        verdict=row["verdict"] or "",
    )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _flags(couple: UUID) -> QuerySet[SafetyFlag]:
    unclosed = SafetyFlag.objects.filter(couple=couple).exclude(state=SafetyFlag.State.CLOSED)
    return unclosed.select_related("sheet").order_by("raised_at")


def _sessions(couple: UUID) -> QuerySet[CounselingSession]:
    """Those that were not cancelled, with `rating`: {"stages", "engagement"} or None."""
    rated = JSONObject(stages=F("ratings__stages"), engagement=F("ratings__engagement"))
    sessions = CounselingSession.objects.filter(couple=couple, cancelled_at=None).defer("note")
    return sessions.annotate(rating=Case(When(ratings__isnull=False, then=rated))).order_by("held_at", "planned_at")


def _plan(couple: UUID) -> QuerySet[RepairPlan]:
    """With `activity_rows`, each with the ids of its holders; see activities_of."""
    holders = ActivityHolder.objects.filter(activity_id=OuterRef("pk")).order_by("partner__position")
    rows = Activity.objects.filter(plan_id=OuterRef("pk")).order_by("started_at", "template")
    held = rows.annotate(partner_ids=ArraySubquery(holders.values("partner_id")))
    fields = ("id", "template", "dose", "started_at", "ended_at", "partner_ids")
    packed = held.values(found=JSONObject(**{name: F(name) for name in fields}))
    return RepairPlan.objects.filter(couple=couple).annotate(activity_rows=ArraySubquery(packed))


def activities_of(plan: RepairPlan | None) -> Iterable[HeldActivity]:
    for row in plan.activity_rows if plan else []:  # type: ignore[attr-defined]
        yield HeldActivity(
            id=UUID(row["id"]),
            template=row["template"],
            dose=row["dose"],
            started_at=datetime.fromisoformat(row["started_at"]),
            ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
            partners=tuple(UUID(one) for one in row["partner_ids"]),
        )


def _goals(couple: UUID) -> QuerySet[Goal]:
    """With `rating_rows`: [{"partner", "level", "rated_at"}] in the order of time."""
    ratings = GoalRating.objects.filter(goal_id=OuterRef("pk")).order_by("rated_at")
    packed = ratings.values(found=JSONObject(partner=F("partner_id"), level=F("level"), rated_at=F("rated_at")))
    return Goal.objects.filter(couple=couple).annotate(rating_rows=ArraySubquery(packed)).order_by("written_at")


PARTNERS, SHEETS, FLAGS, SESSIONS = Kept(_partners), Kept(_sheets), Kept(_flags), Kept(_sessions)
PLAN, GOALS = Kept(_plan), Kept(_goals)
REPORTS = Kept(lambda couple: WeekReport.objects.filter(couple=couple).order_by("monday"))
REQUESTS = Kept(lambda couple: SpecificRequest.objects.filter(couple=couple).order_by("asked_at"))
