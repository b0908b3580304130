"""The parts of the screen before a session, each made of a couple's record. For the therapist alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from assessments.attainment import attainment_t
from assessments.due import CHECK_IN, Proposal
from assessments.goals import level_texts
from assessments.instruments.definition import Json
from assessments.ledger import LedgerRow, PartnerAdherence, partner_adherence
from assessments.models import Goal, SafetyFlag, SpecificRequest, WeekReport
from assessments.proposals import proposals_from
from assessments.record import CoupleRecord
from assessments.week_values import KEPT, MISSED, SmallWin
from assessments.weeks import wins_of
from clients.models import CounselingSession, Partner

SAFETY_BARRIER = "did_not_feel_safe"


@dataclass(frozen=True)
class SafetyStrip:
    """Open flags by partner, when each was last met alone, and when safety was last asked about."""

    flags: tuple[SafetyFlag, ...]
    talks: tuple[tuple[Partner, datetime | None], ...]
    last_asked: datetime | None
    is_locked: bool


@dataclass(frozen=True)
class Header:
    """`last_form` is when a full form was last given; `due` what is proposed to be given next."""

    session_number: int
    weeks: int
    next_session: CounselingSession | None
    last_form: datetime | None
    due: tuple[Proposal, ...]


@dataclass(frozen=True)
class PlannedActivity:
    """One running activity of a partner, with the newest week that was reported."""

    title: str
    how: str
    times: int | None
    row: LedgerRow
    barrier: str

    @property
    def newest(self) -> Any:
        return next((week for week in reversed(self.row.weeks) if week.done is not None), None)


@dataclass(frozen=True)
class PartnerPlan:
    partner: Partner
    activities: tuple[PlannedActivity, ...]
    adherence: PartnerAdherence
    engagement: int | None


@dataclass(frozen=True)
class RatedGoal:
    """A goal with the newest level of each rater, None where there is none: partner 1, partner 2, the therapist."""

    goal: Goal
    levels: Mapping[int, str]
    ratings: tuple[tuple[str, int | None], ...]

    @property
    def is_shared(self) -> bool:
        return self.goal.owner_id is None


@dataclass(frozen=True)
class GoalSummary:
    """T of one rater over the rated goals (Kiresuk & Sherman 1968); None where that rater rated none."""

    rater: str
    t: float | None


@dataclass(frozen=True)
class AskedRequest:
    """A request with what each partner says, alone: in how many of the weeks they spoke of it was kept."""

    request: SpecificRequest
    said: tuple[tuple[Partner, int, int], ...]


@dataclass(frozen=True)
class Win:
    partner: Partner
    win: SmallWin


def strip_of(record: CoupleRecord) -> SafetyStrip:
    alone = {one.partner_id: one.held_at for one in record.held_sessions if one.partner_id}
    asked = [one.submitted_at for one in record.sheets if one.safety_lines and one.submitted_at is not None]
    reviewed = [one.held_at for one in record.held_sessions if one.safety_reviewed and one.held_at]
    serious = (SafetyFlag.Level.URGENT, SafetyFlag.Level.REVIEW)
    return SafetyStrip(
        flags=record.flags,
        talks=tuple((partner, alone.get(partner.id)) for partner in record.partners),
        last_asked=max([*asked, *reviewed], default=None),
        is_locked=any(flag.level in serious for flag in record.flags),
    )


def to_talk_about(header: Header) -> list[str]:
    """The forms that are due and that a session begins or ends with; a check-in is only to be assigned."""
    return ["The full form" for one in header.due if one.kind != CHECK_IN]


def header_of(record: CoupleRecord, now: datetime) -> Header:
    held = [one for one in record.held_sessions if one.kind == CounselingSession.Kind.COUPLE]
    coming = [one for one in record.sessions if one.held_at is None and one.planned_at and one.planned_at >= now]
    last_form = max((one.opens_at for one in record.sheets_of(record.measured_by)), default=None)
    return Header(
        session_number=len(held) + 1,
        weeks=(now - record.couple.care_since).days // 7,
        next_session=min(coming, key=lambda one: one.planned_at or now, default=None),
        last_form=last_form,
        due=tuple(proposals_from(record, now=now)),
    )


def step_of(record: CoupleRecord) -> Json | None:
    active = record.plan.active_step if record.plan else None
    return next((step for step in record.template.steps if step["id"] == active), None)


def stage_of(record: CoupleRecord) -> str:
    """The newest stage of the active step, in the template's word; "" before it was rated."""
    active = record.plan.active_step if record.plan else ""
    stages = [one.rating["stages"].get(active) for one in record.held_sessions if one.rating]  # type: ignore[attr-defined]
    newest = next((stage for stage in reversed(stages) if stage is not None), None)
    labels = record.template.definition["therapist_rating"]["step_stage"]["labels"]
    return "" if newest is None else str(labels[newest])


def partner_plan(record: CoupleRecord, partner: Partner, rows: Sequence[LedgerRow]) -> PartnerPlan:
    own = [row for row in rows if row.partner.id == partner.id and row.activity.ended_at is None]
    rated = [one.rating["engagement"].get(str(partner.id)) for one in record.held_sessions if one.rating]  # type: ignore[attr-defined]
    return PartnerPlan(
        partner=partner,
        activities=tuple(_planned(record, row) for row in own),
        adherence=partner_adherence(record, partner),
        engagement=next((one for one in reversed(rated) if one is not None), None),
    )


def _planned(record: CoupleRecord, row: LedgerRow) -> PlannedActivity:
    how = record.template.practices[row.activity.template].get("how", {}).get("en", "")
    newest = next((week for week in reversed(row.weeks) if week.done is not None or week.barrier), None)
    # What says unsafe stands in the strip, as a flag, and not here.
    barrier = newest.barrier if newest and newest.barrier != SAFETY_BARRIER else ""
    return PlannedActivity(row.title, how, row.activity.dose.get("times"), row, barrier)


def rated_goal(record: CoupleRecord, goal: Goal) -> RatedGoal:
    newest: dict[str | None, int] = {}
    for rating in goal.rating_rows:  # type: ignore[attr-defined]
        newest[rating["partner"]] = rating["level"]
    raters = [partner for partner in record.partners if goal.owner_id in (None, partner.id)]
    ratings = [(str(partner.name), newest.get(str(partner.id))) for partner in raters]
    return RatedGoal(goal, level_texts(goal), (*ratings, ("", newest.get(None))))


def goal_summaries(goals: Sequence[RatedGoal]) -> list[GoalSummary]:
    raters = dict.fromkeys(name for goal in goals for name, _ in goal.ratings)
    summaries = []
    for rater in raters:
        rated = [(goal.goal, level) for goal in goals for name, level in goal.ratings if name == rater]
        pairs = [(level, goal.weight) for goal, level in rated if level is not None]
        levels, weights = [level for level, _ in pairs], [weight for _, weight in pairs]
        summaries.append(GoalSummary(rater, attainment_t(levels, weights=weights) if pairs else None))
    return summaries


def asked_request(record: CoupleRecord, request: SpecificRequest) -> AskedRequest:
    words = {
        partner: [one.requests.get(str(request.id)) for one in record.reports if one.partner_id == partner.id]
        for partner in record.partners
    }
    said = [(partner, of.count(KEPT), of.count(KEPT) + of.count(MISSED)) for partner, of in words.items()]
    return AskedRequest(request, tuple(one for one in said if one[2]))


def new_wins(record: CoupleRecord) -> list[Win]:
    """Wins of the reports saved since the last session with both, the newest first."""
    held = [one.held_at for one in record.held_sessions if one.kind == CounselingSession.Kind.COUPLE and one.held_at]
    since = max(held, default=record.couple.care_since)
    by_id: dict[UUID, Partner] = {partner.id: partner for partner in record.partners}
    fresh: list[WeekReport] = [one for one in record.reports if one.saved_at > since]
    return [Win(by_id[report.partner_id], win) for report in reversed(fresh) for win in wins_of(report)]
