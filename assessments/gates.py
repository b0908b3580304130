"""Which gates of a plan template are open for a couple: what must be known before some activities are assigned.

Gates and their predicates are data of the template; only the shapes of predicates are written here. A gate that shuts
withdraws nothing, and no partner can tell an open gate from a shut one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments import library
from assessments.instruments.definition import Json
from assessments.models import AnswerSheet, SafetyFlag, SheetScores
from assessments.plan_templates.library import PlanTemplate
from clients.models import CounselingSession, Couple, Partner


@dataclass(frozen=True)
class Known:
    """What is on record about a couple that a gate may ask for."""

    partners: tuple[Partner, ...]
    submitted: tuple[AnswerSheet, ...]
    # When each partner was last met alone since the start of care.
    met_alone: Mapping[object, datetime]
    open_levels: frozenset[str]


@dataclass(frozen=True)
class Gate:
    """`missing` names the predicates that do not hold, in the template's order; none where it is open."""

    id: str
    label: str
    missing: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return not self.missing


def gates_for(couple: Couple, template: PlanTemplate, *, now: datetime) -> dict[str, Gate]:
    """Every gate of the template, by id. An override is asked for where an activity is assigned, not here."""
    known = what_is_known(couple)
    return {gate["id"]: _gate(gate, template, known, now) for gate in template.definition["gates"]}


def what_is_known(couple: Couple) -> Known:
    talks = CounselingSession.objects.filter(couple=couple, kind=CounselingSession.Kind.ONE_TO_ONE)
    talks = talks.filter(held_at__gte=couple.care_since).order_by("held_at")
    unclosed = SafetyFlag.objects.filter(couple=couple).exclude(state=SafetyFlag.State.CLOSED)
    scores = SheetScores.objects.exclude(safety_unanswered=None).filter(sheet__couple=couple)
    submitted = [_with_scores(row) for row in scores.select_related("sheet").order_by("sheet__submitted_at")]
    return Known(
        partners=tuple(Partner.objects.filter(couple=couple, state=Partner.State.ACTIVE)),
        submitted=tuple(submitted),
        met_alone={partner: held_at for partner, held_at in talks.values_list("partner_id", "held_at") if held_at},
        open_levels=frozenset(unclosed.values_list("level", flat=True)),
    )


def _with_scores(row: SheetScores) -> AnswerSheet:
    sheet: AnswerSheet = row.sheet
    sheet.safety_unanswered = row.safety_unanswered  # type: ignore[attr-defined]
    return sheet


def _gate(gate: Json, template: PlanTemplate, known: Known, now: datetime) -> Gate:
    # The template's other way through is an override, which names a record that is made on assigning.
    asked = next(way["all"] for way in gate["any"] if not _is_override(way["all"], template))
    missing = [name for name in asked if not _holds(template.predicates[name], known, now)]
    return Gate(gate["id"], gate["label"]["en"], tuple(missing))


def _is_override(names: Iterable[str], template: PlanTemplate) -> bool:
    return any(template.predicates[name].get("record") == "gate_override" for name in names)


def _holds(predicate: Json, known: Known, now: datetime) -> bool:
    if "levels" in predicate:
        return not known.open_levels & set(predicate["levels"])
    if predicate.get("record") == "one_to_one_talk":
        return all(partner.id in known.met_alone for partner in known.partners)
    return all(_safety_check_answered(predicate, known, partner, now) for partner in known.partners)


def _safety_check_answered(predicate: Json, known: Known, partner: Partner, now: datetime) -> bool:
    """The newest check of this partner is fresh, and answered in full or talked over alone since."""
    lines = {f"{predicate['direction']}.{item}" for item in predicate["items"]}
    checks = [one for one in known.submitted if one.partner_id == partner.id and _asks(one, lines)]
    if not checks or checks[-1].submitted_at is None:
        return False
    newest, talked_at = checks[-1], known.met_alone.get(partner.id)
    if now - checks[-1].submitted_at > timedelta(days=predicate["within_days"]):
        return False
    answered = not lines & set(newest.safety_unanswered)  # type: ignore[attr-defined]
    return answered or (talked_at is not None and talked_at > checks[-1].submitted_at)


def _asks(sheet: AnswerSheet, lines: set[str]) -> bool:
    return lines <= library.resolve(sheet.instrument, sheet.content_hash).by_id.keys()
