"""What a full form suggests for the plan, each with the rule that produced it (clinical/design.md 2.3). Plain Python.

The rules are data beside the plan template. A suggestion is never carried out by the program: the therapist chooses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from practice.content import read_yaml

FOLDER = Path(__file__).parent / "plan_templates" / "suggestions"

Scores = Mapping[str, float | None]


@dataclass(frozen=True)
class Evidence:
    """Scores of one full wave by domain, None where there is none.

    `experienced` and `own` hold one mapping a partner, `gaps` one a receiver.
    """

    experienced: Sequence[Scores]
    gaps: Sequence[Scores]
    own: Sequence[Scores]
    wants_to_clarify: bool = False


@dataclass(frozen=True)
class FocusDomain:
    """`highest` is couple_max, `gap` the larger of the two absolute gaps; None where there is none."""

    domain: str
    highest: float
    gap: float | None


@dataclass(frozen=True)
class StepSuggestion:
    """Steps to start with, the rule behind them in words, and the domains it saw."""

    steps: tuple[str, ...]
    rule: str
    text: str
    domains: tuple[str, ...]


class Suggester:
    """Applies the rules of one template to the evidence of one couple."""

    def __init__(self, rules: Mapping[str, Any], evidence: Evidence) -> None:
        self.rules = rules
        self.evidence = evidence

    def focus(self) -> list[FocusDomain]:
        """The highest couple_max; ties by the larger absolute gap, then the fixed order."""
        order: list[str] = self.rules["focus"]["order"]
        found = [one for one in map(self._focus_domain, order) if one is not None]
        found.sort(key=lambda one: (-round(one.highest, 9), -round(one.gap or 0, 9), order.index(one.domain)))
        return found[: self.rules["focus"]["domains"]]

    def steps(self) -> list[StepSuggestion]:
        """Where to start, most important first."""
        suggestions = []
        for rule in self.rules["rules"]:
            domains = self._conditions[rule["when"]](rule)
            if domains is not None:
                suggestions.append(StepSuggestion(tuple(rule["steps"]), rule["id"], rule["text"]["en"], domains))
        return suggestions

    def direction_of(self, rule: str) -> str:
        """Whether the numbers behind a rule are what was experienced, or of the partners themselves."""
        return str(next(one.get("direction", "experienced") for one in self.rules["rules"] if one["id"] == rule))

    @property
    def _conditions(self) -> Mapping[str, Callable[[Mapping[str, Any]], tuple[str, ...] | None]]:
        return {
            "wants_to_clarify": lambda _: () if self.evidence.wants_to_clarify else None,
            "high_and_apart": lambda _: self._high_focus(lambda one: self._is_apart(one)),
            # A gap that nobody knows is not a small one.
            "high_on_both_sides": lambda _: self._high_focus(
                lambda one: one.gap is not None and not self._is_apart(one) and self._is_high_for_both(one.domain)
            ),
            "any_high": self._any_high,
        }

    def _high_focus(self, fits: Callable[[FocusDomain], bool]) -> tuple[str, ...] | None:
        return tuple(one.domain for one in self.focus() if self._is_high(one.highest) and fits(one)) or None

    def _any_high(self, rule: Mapping[str, Any]) -> tuple[str, ...] | None:
        sides = self.evidence.own if rule["direction"] == "self" else self.evidence.experienced
        return tuple(domain for domain in rule["domains"] if self._is_high(highest(sides, domain))) or None

    def _focus_domain(self, domain: str) -> FocusDomain | None:
        found = highest(self.evidence.experienced, domain)
        gaps = [abs(gap) for one in self.evidence.gaps if (gap := one.get(domain)) is not None]
        return None if found is None else FocusDomain(domain, found, max(gaps, default=None))

    def _is_high(self, score: float | None) -> bool:
        return score is not None and round(score, 9) >= self.rules["high"]

    def _is_apart(self, one: FocusDomain) -> bool:
        return one.gap is not None and round(one.gap, 9) >= self.rules["large_gap"]

    def _is_high_for_both(self, domain: str) -> bool:
        sides = self.evidence.experienced
        return len(sides) == 2 and all(self._is_high(one.get(domain)) for one in sides)


def highest(sides: Sequence[Scores], domain: str) -> float | None:
    return max((score for one in sides if (score := one.get(domain)) is not None), default=None)


def suggester(template: str, evidence: Evidence) -> Suggester:
    """The suggestions of a template (`id@version`). Raises KeyError for one without rules."""
    return Suggester(_rules()[template], evidence)


@lru_cache
def _rules() -> Mapping[str, Mapping[str, Any]]:
    found = (read_yaml(path) for path in sorted(FOLDER.glob("*.yaml")))
    return {rules["template"]: rules for rules in found}
