"""A couple's plan as the therapist reads it: its steps, who does what, and what may be added.

The number of statements does not depend on how much there is. Nothing here is for a partner: that a gate is shut, and
why, is the therapist's alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.gates import Gate, judge_gates, what_is_known
from assessments.instruments.definition import Json
from assessments.models import Activity, ActivityHolder, RepairPlan
from assessments.plan_templates import library as templates
from assessments.plan_templates.library import PlanTemplate
from assessments.plan_words import Evidence, domain_label, dose_words, evidence_of, who_words
from assessments.plans import MOST_COUNTED
from clients.models import Couple, Partner


@dataclass(frozen=True)
class Step:
    id: str
    title: str
    targets: str
    is_active: bool


@dataclass(frozen=True)
class Running:
    """An activity that is asked for now. `holders` is empty where the therapist does it."""

    activity: Activity
    title: str
    dose: str
    most: int | None
    holders: tuple[Partner, ...]
    is_behind_shut_gate: bool

    @property
    def who(self) -> str:
        return _(" and ").join(one.name for one in self.holders) or _("You")


@dataclass(frozen=True)
class Slots:
    """How many counted activities a partner has of those they may have at a time."""

    partner: Partner
    used: int
    most: int


@dataclass(frozen=True)
class Offer:
    """A practice of the template that may be added. `gates` are those of its gates that are shut.

    `who` is each, pair, one or therapist; `free` are the partners who may be given it, `is_free` whether anybody may.
    """

    id: str
    title: str
    how: str
    done_when: str
    dose: str
    most: int | None
    who: str
    who_words: str
    free: tuple[Partner, ...]
    is_free: bool
    evidence: Evidence
    gates: tuple[Gate, ...]


@dataclass(frozen=True)
class OfferGroup:
    step: Step
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class PlanReading:
    """One plan, or what stands for it before one is agreed."""

    plan: RepairPlan | None
    template: PlanTemplate
    gates: Mapping[str, Gate]
    partners: tuple[Partner, ...]
    running: tuple[Running, ...]

    @property
    def steps(self) -> list[Step]:
        active = self.plan.active_step if self.plan else None
        return [
            Step(one["id"], one["title"]["en"], ", ".join(map(self.label, one.get("targets", []))), one["id"] == active)
            for one in self.template.steps
        ]

    @property
    def active_step(self) -> Step | None:
        return next((step for step in self.steps if step.is_active), None)

    @property
    def focus(self) -> list[tuple[str, str]]:
        return [(domain, self.label(domain)) for domain in (self.plan.focus if self.plan else [])]

    @property
    def targets(self) -> list[tuple[str, str]]:
        """The domains that may be the focus."""
        ids = dict.fromkeys(target for step in self.template.steps for target in step.get("targets", []))
        return [(domain, self.label(domain)) for domain in ids]

    @property
    def level_words(self) -> dict[int, str]:
        """What each level of a goal means in general, from -2 to +2."""
        return {int(level): words["en"] for level, words in self.template.definition["goals"]["labels"].items()}

    @property
    def behind_shut_gates(self) -> list[Running]:
        return [one for one in self.running if one.is_behind_shut_gate]

    @property
    def shut_reasons(self) -> list[str]:
        return list(dict.fromkeys(reason for gate in self.gates.values() for reason in gate.reasons))

    def slots(self) -> list[Slots]:
        return [Slots(one, self._used(one), MOST_COUNTED) for one in self.partners if one.state == Partner.State.ACTIVE]

    def offers(self) -> list[OfferGroup]:
        """Every practice by step: those of the active step first."""
        steps = sorted(self.steps, key=lambda step: not step.is_active)
        ids = {one["id"]: one["practices"] for one in self.template.steps}
        return [OfferGroup(step, tuple(self.offer(practice) for practice in ids[step.id])) for step in steps]

    def offer(self, practice_id: str) -> Offer:
        practice = self.template.practices[practice_id]
        free, is_free = self._free_for(practice)
        return Offer(
            id=practice_id,
            title=practice["title"]["en"],
            how=practice.get("how", {}).get("en", ""),
            done_when=practice["done_when"]["en"],
            dose=dose_words(practice["dose"]),
            most=practice["dose"].get("times"),
            who=practice["who"],
            who_words=who_words(practice["who"]),
            free=free,
            is_free=is_free,
            evidence=evidence_of(practice),
            gates=tuple(shut_gates(self.template, self.gates, practice_id)),
        )

    def label(self, domain: str) -> str:
        return domain_label(self.template, domain)

    def _used(self, partner: Partner) -> int:
        held = [one.activity.template for one in self.running if partner in one.holders]
        return len({self.template.slot_of(one) for one in held if self.template.is_counted(one)})

    def _free_for(self, practice: Json) -> tuple[tuple[Partner, ...], bool]:
        running = [one for one in self.running if one.activity.template == practice["id"]]
        if practice["who"] == "therapist":
            return (), not running
        held = {holder.id for one in running for holder in one.holders}
        free = tuple(one for one in self.partners if one.state == Partner.State.ACTIVE and one.id not in held)
        return free, len(free) >= (2 if practice["who"] == "pair" else 1)


def plan_of(couple: Couple) -> PlanReading:
    """The plan of a couple with its running activities and gates as they are now."""
    plan = RepairPlan.objects.filter(couple=couple).first()
    template = templates.get(plan.template) if plan else templates.latest()
    known = what_is_known(couple)
    gates = judge_gates(template, known, now=timezone.now())
    activities = running_with_holders(plan) if plan else []
    running = tuple(_running(one, template, known.everybody, gates) for one in activities)
    return PlanReading(plan, template, gates, known.everybody, running)


def running_with_holders(plan: RepairPlan) -> QuerySet[Activity]:
    return with_holders(Activity.objects.filter(plan=plan, ended_at=None))


def with_holders(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Each with `holder_ids`, the ids of the partners who hold it, in the same statement."""
    holders = ActivityHolder.objects.filter(activity=OuterRef("pk")).order_by().values("partner_id")
    return activities.annotate(holder_ids=ArraySubquery(holders))


def shut_gates(template: PlanTemplate, gates: Mapping[str, Gate], practice: str) -> Iterable[Gate]:
    return (gates[one["id"]] for one in template.gates_of(practice) if not gates[one["id"]].is_open)


def holders_of(activity: Activity, partners: Iterable[Partner]) -> tuple[Partner, ...]:
    ids: list[UUID] = activity.holder_ids  # type: ignore[attr-defined]
    return tuple(one for one in partners if one.id in ids)


def _running(
    activity: Activity, template: PlanTemplate, partners: Sequence[Partner], gates: Mapping[str, Gate]
) -> Running:
    practice = template.practices[activity.template]
    return Running(
        activity=activity,
        title=practice["title"]["en"],
        dose=dose_words(activity.dose),
        most=practice["dose"].get("times"),
        holders=holders_of(activity, partners),
        is_behind_shut_gate=any(shut_gates(template, gates, activity.template)),
    )
