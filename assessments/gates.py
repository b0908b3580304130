"""Which gates of a plan template are open for a couple: what must be known before some activities are assigned.

Gates and their predicates are data of the template; only the shapes of predicates are written here. A gate that shuts
withdraws nothing, and no partner can tell an open gate from a shut one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments import library
from assessments.instruments.definition import Json
from assessments.models import AnswerSheet, SafetyFlag, SheetScores
from assessments.plan_templates.library import PlanTemplate
from clients.models import CounselingSession, Couple, Partner


@dataclass(frozen=True)
class Known:
    """What is on record about a couple that a gate may ask for."""

    # Both, also one who takes no further part; `partners` are those who do.
    everybody: tuple[Partner, ...]
    submitted: tuple[AnswerSheet, ...]
    # When each partner was last met alone since the start of care.
    met_alone: Mapping[object, datetime]
    open_levels: frozenset[str]

    @property
    def partners(self) -> tuple[Partner, ...]:
        return tuple(one for one in self.everybody if one.state == Partner.State.ACTIVE)


@dataclass(frozen=True)
class Gate:
    """`missing` names the predicates that do not hold, in the template's order; none where it is open.

    `reasons` says the same in words, with names: for the therapist alone.
    """

    id: str
    label: str
    missing: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return not self.missing


def gates_for(couple: Couple, template: PlanTemplate, *, now: datetime) -> dict[str, Gate]:
    """Every gate of the template, by id. An override is asked for where an activity is assigned, not here."""
    return judge_gates(template, what_is_known(couple), now=now)


def judge_gates(template: PlanTemplate, known: Known, *, now: datetime) -> dict[str, Gate]:
    """As gates_for, from what is known already."""
    return {gate["id"]: _gate(gate, template, known, now) for gate in template.definition["gates"]}


def what_is_known(couple: Couple) -> Known:
    talks = CounselingSession.objects.filter(partner=OuterRef("pk"), kind=CounselingSession.Kind.ONE_TO_ONE)
    talks = talks.filter(held_at__gte=couple.care_since).order_by("-held_at").values("held_at")
    partners = Partner.objects.filter(couple=couple).annotate(met_alone_at=Subquery(talks[:1]))
    everybody = tuple(partners.order_by("position"))
    unclosed = SafetyFlag.objects.filter(couple=couple).exclude(state=SafetyFlag.State.CLOSED)
    scores = SheetScores.objects.exclude(safety_unanswered=None).filter(sheet__couple=couple)
    submitted = [_with_scores(row) for row in scores.select_related("sheet").order_by("sheet__submitted_at")]
    return Known(
        everybody=everybody,
        submitted=tuple(submitted),
        met_alone={one.id: one.met_alone_at for one in everybody if one.met_alone_at},
        open_levels=frozenset(unclosed.values_list("level", flat=True)),
    )


def _with_scores(row: SheetScores) -> AnswerSheet:
    sheet: AnswerSheet = row.sheet
    sheet.safety_unanswered = row.safety_unanswered  # type: ignore[attr-defined]
    return sheet


def _gate(gate: Json, template: PlanTemplate, known: Known, now: datetime) -> Gate:
    # The template's other way through is an override, which names a record that is made on assigning.
    asked = next(way["all"] for way in gate["any"] if not _is_override(way["all"], template))
    found = {name: _reason(template.predicates[name], known, now) for name in asked}
    wanting = {name: reason for name, reason in found.items() if reason}
    return Gate(gate["id"], gate["label"]["en"], tuple(wanting), tuple(wanting.values()))


def _is_override(names: Iterable[str], template: PlanTemplate) -> bool:
    return any(template.predicates[name].get("record") == "gate_override" for name in names)


def _reason(predicate: Json, known: Known, now: datetime) -> str:
    """Why a predicate does not hold; empty where it does."""
    if "levels" in predicate:
        is_open = known.open_levels & set(predicate["levels"])
        return _("A flag that is urgent or to review is not closed yet.") if is_open else ""
    if predicate.get("record") == "one_to_one_talk":
        wanting = [one for one in known.partners if one.id not in known.met_alone]
        said = _("No talk alone is recorded since care began: %(names)s.")
    else:
        wanting = [one for one in known.partners if not _safety_check_answered(predicate, known, one, now)]
        said = _("No safety check answered in full in the last %(days)s days, nor a talk alone since: %(names)s.")
    told = {"names": ", ".join(one.name for one in wanting), "days": predicate.get("within_days")}
    return said % told if wanting else ""


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
