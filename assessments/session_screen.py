"""The one screen before a session (clinical/design.md 2.6), and the same meeting on a shared display.

In the room only what both partners know already is shown: the plan they hold together, their requests, the goals of
the pair, the wins whose writers let the therapist bring them in. Nothing there depends on a score, a flag, or on what
one of them said alone, so it is the same with and without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from assessments.agenda import ActivityFacts, AgendaLine, Facts, PartnerFacts, agenda
from assessments.goals import level_texts
from assessments.instruments.definition import Json
from assessments.ledger import LedgerRow, ledger, title_of
from assessments.models import AnswerSheet, Goal, SafetyFlag, SpecificRequest
from assessments.progress import CheckInSeries, Companion, FullForms, check_ins, companions, full_forms
from assessments.record import CoupleRecord, HeldActivity
from assessments.screen_parts import (
    AskedRequest,
    GoalSummary,
    Header,
    PartnerPlan,
    PlannedActivity,
    RatedGoal,
    SafetyStrip,
    Win,
    asked_request,
    goal_summaries,
    header_of,
    new_wins,
    partner_plan,
    rated_goal,
    stage_of,
    step_of,
    strip_of,
    to_talk_about,
)
from assessments.week_fields import barrier_words
from clients.models import Partner

REVIEW_AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Screen:
    record: CoupleRecord
    strip: SafetyStrip
    header: Header
    check_ins: tuple[CheckInSeries, ...]
    full_forms: FullForms | None
    ledger: tuple[LedgerRow, ...]
    step: Json | None
    stage: str
    plans: tuple[PartnerPlan, ...]
    goals: tuple[RatedGoal, ...]
    goal_summaries: tuple[GoalSummary, ...]
    wins: tuple[Win, ...]
    requests: tuple[AskedRequest, ...]
    companions: tuple[Companion, ...]
    agenda: tuple[AgendaLine, ...]


@dataclass(frozen=True)
class SharedActivity:
    """An activity that both hold, as both know it."""

    title: str
    how: str
    times: int | None


@dataclass(frozen=True)
class RoomScreen:
    """What the shared display shows; made of nothing that only one partner or the therapist knows."""

    partners: tuple[Partner, ...]
    session_number: int
    step: Json | None
    activities: tuple[SharedActivity, ...]
    requests: tuple[SpecificRequest, ...]
    goals: tuple[tuple[Goal, Mapping[int, str]], ...]
    wins: tuple[Win, ...]
    agenda: tuple[AgendaLine, ...]


def session_screen(record: CoupleRecord, *, now: datetime | None = None) -> Screen:
    """Everything for the therapist alone."""
    now = now or timezone.now()
    series, rows, header, strip = check_ins(record), ledger(record), header_of(record, now), strip_of(record)
    goals = [rated_goal(record, goal) for goal in record.goals if goal.ended_at is None]
    plans = [partner_plan(record, partner, rows) for partner in record.partners]
    wins = new_wins(record)
    facts = Facts(
        partners=_partners_facts(record, series),
        activities=_activity_facts(plans),
        goals_due=[one.goal.behaviour for one in goals if _is_due(one.goal, now)],
        open_requests=_open_requests(record),
        shared_wins=sum(one.win.share_via_therapist for one in wins),
        due_forms=to_talk_about(header),
        talks_missing=any(partner.state == Partner.State.ACTIVE and not at for partner, at in strip.talks),
    )
    return Screen(
        record=record,
        strip=strip,
        header=header,
        check_ins=tuple(series),
        full_forms=full_forms(record),
        ledger=tuple(rows),
        step=step_of(record),
        stage=stage_of(record),
        plans=tuple(plans),
        goals=tuple(goals),
        goal_summaries=tuple(goal_summaries(goals)),
        wins=tuple(wins),
        requests=tuple(asked_request(record, one) for one in _running_requests(record)),
        companions=tuple(companions(record)),
        agenda=tuple(agenda(facts)),
    )


def room_screen(record: CoupleRecord, *, now: datetime | None = None) -> RoomScreen:
    """The same meeting for eyes of both."""
    now = now or timezone.now()
    both = {partner.id for partner in record.partners}
    shared = [one for one in record.activities if one.ended_at is None and set(one.partners) == both]
    goals = [goal for goal in record.goals if goal.ended_at is None and goal.owner_id is None]
    wins = [one for one in new_wins(record) if one.win.share_via_therapist]
    facts = Facts(
        goals_due=[goal.behaviour for goal in goals if _is_due(goal, now)],
        open_requests=_open_requests(record),
        shared_wins=len(wins),
    )
    return RoomScreen(
        partners=record.partners,
        session_number=header_of(record, now).session_number,
        step=step_of(record),
        activities=tuple(_shared(record, one) for one in shared),
        requests=tuple(_running_requests(record)),
        goals=tuple((goal, level_texts(goal)) for goal in goals),
        wins=tuple(wins),
        agenda=tuple(agenda(facts, in_room=True)),
    )


def _shared(record: CoupleRecord, activity: HeldActivity) -> SharedActivity:
    practice = record.template.practices[activity.template]
    how = practice.get("how", {}).get("en", "")
    return SharedActivity(title_of(record, activity), how, activity.dose.get("times"))


def _running_requests(record: CoupleRecord) -> list[SpecificRequest]:
    return [one for one in record.requests if one.ended_at is None and one.answer != SpecificRequest.Answer.NO]


def _open_requests(record: CoupleRecord) -> list[str]:
    return [one.wording for one in _running_requests(record) if one.answer == SpecificRequest.Answer.OPEN]


def _is_due(goal: Goal, now: datetime) -> bool:
    return goal.review_on <= timezone.localdate(now + REVIEW_AHEAD)


def _partners_facts(record: CoupleRecord, series: Sequence[CheckInSeries]) -> list[PartnerFacts]:
    by_partner = {one.partner.id: one for one in series}
    return [_partner_facts(record, partner, by_partner.get(partner.id)) for partner in record.partners]


def _partner_facts(record: CoupleRecord, partner: Partner, series: CheckInSeries | None) -> PartnerFacts:
    serious = (SafetyFlag.Level.URGENT, SafetyFlag.Level.REVIEW)
    flags = [one for one in record.flags if one.partner_id == partner.id and one.level in serious]
    takes_part = partner.state == Partner.State.ACTIVE
    closed = [point for point in series.points if point.state not in AnswerSheet.OPEN_STATES] if series else []
    scores = [point.score for point in closed] if takes_part else []
    missing = next((number for number, score in enumerate(reversed(scores)) if score is not None), len(scores))
    return PartnerFacts(
        name=str(partner.name),
        verdict=str(series.verdict or "") if series else "",
        is_worsening=bool(series and series.is_worsening),
        open_flags=len(flags),
        missing=missing,
    )


def _activity_facts(plans: Sequence[PartnerPlan]) -> list[ActivityFacts]:
    grouped: dict[UUID, list[PlannedActivity]] = {}
    for plan in plans:
        for one in plan.activities:
            grouped.setdefault(one.row.activity.id, []).append(one)
    return [
        ActivityFacts(
            title=held[0].title,
            planned=held[0].times,
            done=tuple(one.newest.done if one.newest else None for one in held),
            barriers=tuple(barrier_words(one.barrier) for one in held if one.barrier),
            holders=tuple(str(one.row.partner.name) for one in held),
            noticed=tuple(one.newest.noticed if one.newest else None for one in held),
        )
        for held in grouped.values()
    ]
