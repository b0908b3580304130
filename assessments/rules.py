"""Which of an instrument's safety rules a sheet, or the two sheets of a couple, raise.

Rules read raw answers. The rule that must not break: a lower rule gives way to a higher one only for the very lines
the higher one used; whatever else it matched is raised, and rules of one level never silence each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from assessments.dyad import are_paired
from assessments.instruments.definition import DECLINED, Instrument
from assessments.scoring import SheetScores, Values, exact, score, score_lines

LEVELS = ("urgent", "review", "note")

Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RaisedRule:
    """A rule that applies, with the lines that made it apply, less those a higher rule had used."""

    rule: str
    level: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    instrument: Instrument
    values: Values
    given: AbstractSet[str]
    submitted: bool


def evaluate(instrument: Instrument, values: Values, *, given: AbstractSet[str], submitted: bool) -> list[RaisedRule]:
    """The rules one respondent's sheet raises, in the order of the definition.

    `values` maps line ids to stored answers, a missing line being blank. Blank counts only once `submitted`, and only
    for the lines that were on the form `given`. A score without a value makes its condition false.
    """
    sheet = _Sheet(instrument, values, given, submitted)
    rules = [rule for rule in instrument.rules if not _is_two_sided(rule)]
    raised: dict[str, RaisedRule] = {}
    used: frozenset[str] = frozenset()
    for level in LEVELS:
        matched = [(rule["id"], *_matches(sheet, rule)) for rule in rules if rule["level"] == level]
        for rule_id, lines, by_score in matched:
            if by_score or not lines <= used:
                raised[rule_id] = RaisedRule(rule_id, level, _in_order(instrument, (lines - used) | by_score))
        used = used.union(*(lines for _, lines, _ in matched))
    return [raised[rule["id"]] for rule in rules if rule["id"] in raised]


def evaluate_pair(
    instrument: Instrument, x_scores: SheetScores, y_scores: SheetScores, days_between: float | None
) -> list[RaisedRule]:
    """The rules that compare two partners, whichever of them takes which side; they belong to the couple.

    The sheets are what score_sheet returned. Nothing is raised unless both forms are paired.
    """
    if not are_paired(instrument, days_between):
        return []
    orders = ((x_scores, y_scores), (y_scores, x_scores))
    return [
        RaisedRule(rule["id"], rule["level"], ())
        for rule in instrument.rules
        if _is_two_sided(rule)
        and any(_difference_reaches(condition, *order) for condition in rule["any"] for order in orders)
    ]


def evaluate_week(
    barrier_rules: Sequence[Mapping[str, Any]], entries: Mapping[str, Mapping[str, Any]]
) -> list[RaisedRule]:
    """The rules of a plan template that one partner's week raises; a line is `activity id.field`."""
    raised = []
    for rule in barrier_rules:
        reached = [key for key, entry in sorted(entries.items()) if entry.get(rule["field"]) == rule["equals"]]
        if reached:
            raised.append(RaisedRule(rule["id"], rule["level"], tuple(f"{key}.{rule['field']}" for key in reached)))
    return raised


def _is_two_sided(rule: Mapping[str, Any]) -> bool:
    return bool(rule.get("stored_on") == "couple")


def _in_order(instrument: Instrument, lines: AbstractSet[str]) -> tuple[str, ...]:
    return tuple(sorted(lines, key=lambda line_id: instrument.by_id[line_id].index))


def _matches(sheet: _Sheet, rule: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    # Lines matched by themselves, and lines behind a score. A score uses up no line: it says nothing about any one.
    by_line: set[str] = set()
    by_score: set[str] = set()
    for condition in rule["any"]:
        if "score" in condition:
            by_score.update(_score_reaches(sheet, condition))
        else:
            by_line.update(_lines_reaching(sheet, condition))
    return frozenset(by_line), frozenset(by_score)


def _lines_reaching(sheet: _Sheet, condition: Condition) -> list[str]:
    if "state_in" in condition:
        return [line for line in _ids(condition, "items") if _state(sheet, line) in condition["state_in"]]
    if "count_items" in condition:
        lines = [line for line in _ids(condition, "count_items") if _reaches(sheet, line, condition["item_gte"])]
        return lines if len(lines) >= condition["count_gte"] else []
    line = f"{condition['direction']}.{condition['item']}"
    return [line] if _reaches(sheet, line, condition["gte"]) else []


def _ids(condition: Condition, key: str) -> Iterator[str]:
    return (f"{condition['direction']}.{item}" for item in condition[key])


def _reaches(sheet: _Sheet, line: str, threshold: int) -> bool:
    raw = sheet.values.get(line)
    return raw is not None and raw >= threshold


def _state(sheet: _Sheet, line: str) -> str | None:
    raw = sheet.values.get(line)
    if raw == DECLINED:
        return "declined"
    return "blank_at_submit" if raw is None and sheet.submitted and line in sheet.given else None


def _score_reaches(sheet: _Sheet, condition: Condition) -> list[str]:
    score_id, direction = condition["score"], condition["direction"]
    value = score(sheet.instrument, score_id, direction, sheet.values).score
    if value is None or value < exact(condition["gte"]):
        return []
    lines = score_lines(sheet.instrument, score_id, direction)
    return [line.id for line in lines if _reaches(sheet, line.id, 0)]


def _difference_reaches(condition: Condition, own: SheetScores, partner: SheetScores) -> bool:
    other = condition["minus_partner"]
    left = own.get(condition["direction"], {}).get(condition["score"])
    right = partner.get(other["direction"], {}).get(other["score"])
    if left is None or right is None or left.score is None or right.score is None:
        return False
    return left.score - right.score >= exact(condition["gte"])
