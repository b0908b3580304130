"""What a couple's newest full form suggests for the plan, with the rule and the numbers behind each suggestion.

For the therapist alone, and never carried out by the program: one button each, and the therapist chooses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Subquery

from assessments import library
from assessments.dyad import dyadic
from assessments.instruments import library as instruments
from assessments.instruments.definition import Instrument
from assessments.intentions import intentions_of
from assessments.models import AnswerSheet, Intention, RepairPlan, SheetScores, Wave
from assessments.plan_templates import library as templates
from assessments.plan_templates.library import PlanTemplate
from assessments.plan_words import step_title
from assessments.results import days_between, stored_scores
from assessments.suggestions import Evidence, FocusDomain, Scores, StepSuggestion, Suggester, suggester
from clients.models import Couple, Partner


@dataclass(frozen=True)
class Behind:
    """The numbers of one domain: each partner's score (0 to 100), and the larger absolute gap; None where unknown.

    `about_self` is whether the scores are about the partners themselves; else they are what each experienced.
    """

    domain: str
    label: str
    about_self: bool
    scores: tuple[tuple[Partner, float | None], ...]
    gap: float | None


@dataclass(frozen=True)
class SuggestedFocus:
    domain: str
    label: str
    highest: float
    gap: float | None
    is_chosen: bool


@dataclass(frozen=True)
class StepChoice:
    id: str
    title: str
    is_active: bool


@dataclass(frozen=True)
class SuggestedStep:
    """The steps to choose from; `text` is the rule in words, `rule` its id."""

    choices: tuple[StepChoice, ...]
    rule: str
    text: str
    behind: tuple[Behind, ...]


@dataclass(frozen=True)
class SuggestedPlan:
    """`wave` is the newest with scores; without one only what the partners want can suggest anything.

    A score of `high` or more is high, a gap of `large_gap` or more large.
    """

    instrument: Instrument
    wave: Wave | None
    high: int
    large_gap: int
    focus: tuple[SuggestedFocus, ...]
    steps: tuple[SuggestedStep, ...]

    @property
    def basis(self) -> dict[str, Any]:
        return {**self.instrument.basis, "measurement": (self.instrument.measurement or {}).get("version")}


def suggested_plan(couple: Couple, plan: RepairPlan | None) -> SuggestedPlan:
    """The suggestions for a couple by its plan's template, or by the newest where there is no plan yet."""
    template = templates.get(plan.template) if plan else templates.latest()
    sheets = newest_scored_sheets(couple, template)
    instrument = instruments.get(template.measured_by)
    if sheets:
        instrument = library.resolve(sheets[0].instrument, sheets[0].content_hash)
    wishes = [one.wish for one in intentions_of(couple).values()]
    numbers = Numbers(instrument, sheets)
    found = suggester(template.ref, numbers.evidence(wants_to_clarify=Intention.Wish.CLARIFY in wishes))
    return SuggestedPlan(
        instrument=instrument,
        wave=sheets[0].wave if sheets else None,
        high=found.rules["high"],
        large_gap=found.rules["large_gap"],
        focus=tuple(numbers.focus(one, plan) for one in found.focus()),
        steps=tuple(
            SuggestedStep(choices_of(one, template, plan), one.rule, one.text, numbers.behind(one, found))
            for one in found.steps()
        ),
    )


def choices_of(one: StepSuggestion, template: PlanTemplate, plan: RepairPlan | None) -> tuple[StepChoice, ...]:
    active = plan.active_step if plan else None
    return tuple(StepChoice(step, step_title(template, step), step == active) for step in one.steps)


def newest_scored_sheets(couple: Couple, template: PlanTemplate) -> list[AnswerSheet]:
    """The submitted sheets of the newest wave with scores of the instrument that measures what the plan works on."""
    identifier = template.measured_by.partition("@")[0]
    scored = SheetScores.objects.filter(sheet__couple=couple, instrument__startswith=f"{identifier}@")
    newest = scored.order_by("-sheet__opens_at", "-scored_at").values("sheet__wave")[:1]
    rows = scored.filter(sheet__wave=Subquery(newest)).select_related("sheet__partner", "sheet__wave")
    sheets = []
    for row in rows.order_by("sheet__partner__position"):
        vars(row.sheet)["_prefetched_objects_cache"] = {"scores": [row]}
        sheets.append(row.sheet)
    return sheets


class Numbers:
    """The scores of one wave's sheets, as the suggestions want them and as they are shown behind each."""

    def __init__(self, instrument: Instrument, sheets: Sequence[AnswerSheet]) -> None:
        self.instrument = instrument
        self.sheets = sheets
        self.scores = [stored_scores(sheet) for sheet in sheets]
        self.experienced = [self._of(scores, "experienced") for scores in self.scores]
        self.own = [self._of(scores, "self") for scores in self.scores]
        self.gaps = list(self._gaps())

    def evidence(self, *, wants_to_clarify: bool) -> Evidence:
        return Evidence(self.experienced, self.gaps, self.own, wants_to_clarify)

    def focus(self, one: FocusDomain, plan: RepairPlan | None) -> SuggestedFocus:
        chosen = plan is not None and one.domain in plan.focus
        return SuggestedFocus(one.domain, self.label(one.domain), one.highest, one.gap, chosen)

    def behind(self, one: StepSuggestion, suggester: Suggester) -> tuple[Behind, ...]:
        own = suggester.direction_of(one.rule) == "self"
        return tuple(self._behind(domain, own) for domain in one.domains)

    def label(self, domain: str) -> str:
        return self.instrument.words(self.instrument.domains[domain]["label"])

    def _behind(self, domain: str, about_self: bool) -> Behind:
        sides = self.own if about_self else self.experienced
        scores = [(sheet.partner, side.get(domain)) for sheet, side in zip(self.sheets, sides, strict=True)]
        gaps = [abs(gap) for one in self.gaps if (gap := one.get(domain)) is not None]
        return Behind(domain, self.label(domain), about_self, tuple(scores), max(gaps, default=None))

    def _of(self, scores: Mapping[str, Mapping[str, Any]], direction: str) -> Scores:
        of_direction = scores.get(direction, {})
        return {key: None if one.score is None else float(one.score) for key, one in of_direction.items()}

    def _gaps(self) -> list[Scores]:
        """One mapping a receiver; none where one partner alone has scores."""
        if len(self.sheets) != 2:
            return []
        days = days_between(*self.sheets)
        x, y = self.scores
        both = [dyadic(self.instrument, *sides, days).get("gap", {}) for sides in ((x, y), (y, x))]
        return [{key: None if one.value is None else float(one.value) for key, one in gaps.items()} for gaps in both]
