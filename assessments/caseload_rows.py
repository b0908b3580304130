"""What the list says of each couple on one page of it: five statements, whatever the page holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, JSONField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONArray

from assessments.adherence import partner_week
from assessments.caseload import Listed, Need
from assessments.ledger import activity_weeks, runs_in
from assessments.models import ActivityHolder, AnswerSheet, RepairPlan, SafetyFlag, Wave, WeekReport
from assessments.plan_templates import library as templates
from assessments.plan_words import step_title
from assessments.record import HeldActivity
from clients.models import CounselingSession, Couple, Partner
from practice import tenancy
from practice.database.kept import Ids, Kept, any_of

SHOWN_CHECK_INS = 12


@dataclass(frozen=True)
class CheckInScore:
    """The primary score of one check-in, 0 to 100; None where it was not handed in."""

    at: datetime
    score: float | None


@dataclass(frozen=True)
class PartnerRow:
    """`sheet` is theirs of the current wave. `waiting` is the oldest form that is open and not handed in.

    `adherence` is the share of the week they last reported, None without one.
    """

    partner: Partner
    name: str
    sheet: AnswerSheet | None
    waiting: AnswerSheet | None
    check_ins: tuple[CheckInScore, ...]
    last_check_in_at: datetime | None
    verdict: str
    adherence: float | None


@dataclass(frozen=True)
class CaseloadRow:
    """`wave_id` is the wave that is or was last open, else the next, and `opens_at` when it opens.

    Both are None where nothing was ever assigned.
    """

    couple: Couple
    label: str
    need: Need
    wave_id: UUID | None
    opens_at: datetime | None
    partners: tuple[PartnerRow, ...]
    urgent: int
    review: int
    note: int
    overdue: bool
    next_session_at: datetime | None
    step: str
    active_step: str

    @property
    def flags(self) -> int:
        return self.urgent + self.review + self.note


def rows_of(listed: Sequence[Listed], *, now: datetime, names_hidden: bool = False) -> list[CaseloadRow]:
    """The rows of one page, in its order; `names_hidden` leaves initials for a screen that somebody looks on."""
    if not listed:
        return []
    ids = [one.id for one in listed]
    couples: dict[UUID, Any] = {one.id: one for one in COUPLES(now, ids)}
    plans = {plan.couple_id: plan for plan in PLANS(ids)}
    sheets, partners = defaultdict[UUID, list[AnswerSheet]](list), defaultdict[UUID, list[Any]](list)
    activities = defaultdict[UUID, list[HeldActivity]](list)
    for sheet in SHEETS(now, ids, [one.wave_id for one in couples.values() if one.wave_id]):
        sheets[sheet.couple_id].append(sheet)
    for partner in PARTNERS(now, ids):
        partners[partner.couple_id].append(partner)
    for holder, activity_id, template, dose, began, ended in ACTIVITIES(ids):
        activities[holder].append(HeldActivity(activity_id, template, dose, began, ended, (holder,)))

    def about(partner: Any, couple: Any) -> PartnerRow:
        own = [one for one in sheets[couple.id] if one.partner_id == partner.id]
        done = _adherence(partner, plans.get(couple.id), activities[partner.id])
        return _partner_row(partner, couple, own, done, now=now, hidden=names_hidden)

    rows = []
    for one in listed:
        couple = couples[one.id]
        both = [about(partner, couple) for partner in partners[one.id]]
        rows.append(_row(one, couple, both, sheets[one.id], plans.get(one.id), hidden=names_hidden))
    return rows


def initials(text: str) -> str:
    """The first letter of each word: "Maya & Jonas K." is "M & J K"."""
    return " ".join(word[0] for word in text.split())


def _couples(now: datetime, ids: Ids) -> QuerySet[Couple]:
    """With the levels of its open flags, `next_session_at`, and `wave_id`."""
    coming = CounselingSession.objects.filter(
        couple_id=OuterRef("pk"), held_at=None, cancelled_at=None, planned_at__gte=now
    )
    soonest = coming.order_by().values("couple_id").annotate(at=Min("planned_at")).values("at")
    flags = SafetyFlag.objects.filter(couple_id=OuterRef("pk"), state=SafetyFlag.State.OPEN)
    found = Couple.objects.filter(any_of("pk", ids)).select_related("therapist")
    return found.only("practice", "label", "state", "therapist__practice", "therapist__name").annotate(
        next_session_at=Subquery(soonest),
        wave_id=_current_wave(now),
        flag_levels=ArraySubquery(flags.order_by().values("level")),
    )  # fmt: skip


def _current_wave(now: datetime) -> Coalesce:
    waves = Wave.objects.filter(couple_id=OuterRef("pk"), practice_id=tenancy.practice_id(), dropped="")
    begun = waves.filter(opens_at__lte=now).order_by("-opens_at", "-number")
    coming = waves.filter(opens_at__gt=now).order_by("opens_at", "number")
    return Coalesce(Subquery(begun.values("id")[:1]), Subquery(coming.values("id")[:1]))


def _sheets(now: datetime, ids: Ids, waves: Ids) -> QuerySet[AnswerSheet]:
    """Those of the current waves, and any other that is open and not handed in."""
    waiting = Q(state__in=AnswerSheet.OPEN_STATES, opens_at__lte=now, closes_at__gt=now)
    sheets = AnswerSheet.objects.filter(any_of("couple_id", ids)).filter(any_of("wave_id", waves) | waiting)
    return sheets.only("practice", "couple", "partner", "wave", "state", "opens_at", "closes_at").order_by("opens_at")


def _partners(now: datetime, ids: Ids) -> QuerySet[Partner]:
    """With three JSON lists, the newest first: `check_ins` as [opens_at, submitted_at], `scored` of them as [opens_at,
    primary score, verdict], and `newest_report` as [monday, entries], of one or none.

    A score is no part of its check-in: where one may be missing, the policies of its table are asked for each.
    """
    since = Coalesce("couple__episode_started_at", "couple__created_at")
    opened = AnswerSheet.objects.filter(
        partner_id=OuterRef("pk"), week_of__isnull=False, opens_at__gte=OuterRef("since"), opens_at__lte=now
    ).order_by("-opens_at")
    scored = opened.filter(scores__isnull=False)
    reports = WeekReport.objects.filter(partner_id=OuterRef("pk")).order_by("-monday")
    found = Partner.objects.filter(any_of("couple_id", ids)).annotate(since=since).order_by("position")
    return found.only("practice", "couple", "position", "name").annotate(
        check_ins=_packed(opened[:SHOWN_CHECK_INS], "opens_at", "submitted_at"),
        scored=_packed(scored[:SHOWN_CHECK_INS], "opens_at", "scores__primary_score", "scores__verdict"),
        newest_report=_packed(reports[:1], "monday", "entries"),
    )


def _packed(rows: QuerySet[Any], *fields: str) -> Func:
    """The rows as one JSON value, a list of lists, which is read at once."""
    return Func(ArraySubquery(rows.values(row=JSONArray(*fields))), function="to_jsonb", output_field=JSONField())


def _plans(ids: Ids) -> QuerySet[RepairPlan]:
    return RepairPlan.objects.filter(any_of("couple_id", ids)).only("practice", "couple", "template", "active_step")


def _activities(ids: Ids) -> QuerySet[ActivityHolder, tuple[Any, ...]]:
    """Who holds it, and the fields of HeldActivity: a row a partner, all at once. A list in each plan asks the policies
    of two more tables for every plan.
    """
    fields = ("id", "template", "dose", "started_at", "ended_at")
    held = ActivityHolder.objects.filter(any_of("activity__plan__couple_id", ids))
    return held.values_list("partner_id", *(f"activity__{name}" for name in fields))


COUPLES, PLANS, SHEETS, PARTNERS = Kept(_couples), Kept(_plans), Kept(_sheets), Kept(_partners)
ACTIVITIES = Kept(_activities)


def _partner_row(
    partner: Any,
    couple: Any,
    sheets: Sequence[AnswerSheet],
    adherence: float | None,
    *,
    now: datetime,
    hidden: bool,
) -> PartnerRow:
    """`sheets` are their own."""
    open_now = (one for one in sheets if one.state in AnswerSheet.OPEN_STATES and one.opens_at <= now < one.closes_at)
    scores = {opened_at: score for opened_at, score, _ in partner.scored}
    handed_in = (at for _, at in partner.check_ins if at)
    return PartnerRow(
        partner=partner,
        name=initials(str(partner.name)) if hidden else str(partner.name),
        sheet=next((one for one in sheets if one.wave_id == couple.wave_id), None),
        waiting=next(open_now, None),
        check_ins=tuple(
            CheckInScore(datetime.fromisoformat(at), scores.get(at)) for at, _ in reversed(partner.check_ins)
        ),
        last_check_in_at=max(map(datetime.fromisoformat, handed_in), default=None),
        verdict=next((said for _, _, said in partner.scored if said), ""),
        adherence=adherence,
    )


def _adherence(partner: Any, plan: RepairPlan | None, activities: Sequence[HeldActivity]) -> float | None:
    if plan is None or not partner.newest_report:
        return None
    [(week, entries)] = partner.newest_report
    monday = date.fromisoformat(week)
    held = (one for one in activities if runs_in(one, monday))
    return partner_week(activity_weeks(templates.get(plan.template), held, entries))


def _row(
    listed: Listed,
    couple: Any,
    partners: Sequence[PartnerRow],
    sheets: Sequence[AnswerSheet],
    plan: RepairPlan | None,
    *,
    hidden: bool,
) -> CaseloadRow:
    step = plan.active_step if plan else ""
    return CaseloadRow(
        couple=couple,
        label=initials(couple.label) if hidden else couple.label,
        need=listed.need,
        wave_id=couple.wave_id,
        opens_at=next((one.opens_at for one in sheets if one.wave_id == couple.wave_id), None),
        partners=tuple(partners),
        urgent=couple.flag_levels.count(SafetyFlag.Level.URGENT),
        review=couple.flag_levels.count(SafetyFlag.Level.REVIEW),
        note=couple.flag_levels.count(SafetyFlag.Level.NOTE),
        overdue=listed.overdue,
        next_session_at=couple.next_session_at,
        active_step=step,
        step=step_title(templates.get(plan.template), step) if plan and step else "",
    )
