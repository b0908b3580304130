from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from assessments.instruments.definition import DECLINED, NOT_APPLICABLE, Instrument, Json
from assessments.instruments.library import get
from assessments.rules import RaisedRule, evaluate, evaluate_pair
from assessments.scoring import Score, score_sheet
from tests.assessments.sheets import Sheet, asked, care

ENA_C = get("ena-c@0.2.0")
ENA_CK = get("ena-ck@0.2.0")
HALF: Sheet = {f"experienced.RS{number}": 2 for number in range(1, 7)}
SAFETY = [(ENA_C, f"{each}.SC{number}") for each in ("experienced", "enacted") for number in (1, 2, 3)]
SAFETY += [(ENA_CK, "experienced.CK8")]


def conditions(kind: str) -> list[Any]:
    return [
        pytest.param(instrument, rule, condition, id=f"{rule['id']}-{number}")
        for instrument in (ENA_C, ENA_CK)
        for rule in instrument.rules
        for number, condition in enumerate(rule["any"])
        if kind in condition and "minus_partner" not in condition
    ]


def raised(instrument: Instrument, changes: Sheet, *, submitted: bool = True) -> list[RaisedRule]:
    given = {line.id for line in instrument.lines}
    return evaluate(instrument, care(instrument) | changes, given=given, submitted=submitted)


def names(rules: list[RaisedRule]) -> list[str]:
    return [each.rule for each in rules]


def with_rules(*rules: Json) -> Instrument:
    return replace(ENA_C, definition={**ENA_C.definition, "safety_rules": list(rules)})


@pytest.mark.parametrize(("instrument", "rule", "condition"), conditions("item"))
def test_single_line_raises_its_rule_from_the_threshold_on(instrument, rule, condition):
    line, threshold = f"{condition['direction']}.{condition['item']}", condition["gte"]
    assert rule["id"] in names(raised(instrument, {line: threshold}))
    assert rule["id"] not in names(raised(instrument, {line: threshold - 1}))
    assert not [each for each in raised(instrument, {line: DECLINED}) if each.level != "note"]
    assert not [each for each in raised(instrument, {line: None}) if each.level != "note"]


@pytest.mark.parametrize(("instrument", "rule", "condition"), conditions("count_items"))
def test_counted_lines_raise_their_rule_from_the_threshold_on(instrument, rule, condition):
    for line in (f"{condition['direction']}.{item}" for item in condition["count_items"]):
        assert raised(instrument, {line: condition["item_gte"]}) == [RaisedRule(rule["id"], rule["level"], (line,))]
        assert raised(instrument, {line: condition["item_gte"] - 1}) == []
        assert raised(instrument, {line: DECLINED}) == []
        assert raised(instrument, {line: None}) == []


def test_count_needs_its_number_of_lines():
    count = {"count_items": ["RS1", "RS2", "RS3"], "direction": "experienced", "item_gte": 3, "count_gte": 2}
    instrument = with_rules({"id": "R", "level": "review", "any": [count]})
    assert raised(instrument, {"experienced.RS1": 4}) == []
    both: Sheet = {"experienced.RS1": 4, "experienced.RS3": 3}
    assert raised(instrument, both) == [RaisedRule("R", "review", ("experienced.RS1", "experienced.RS3"))]


@pytest.mark.parametrize(("instrument", "line"), SAFETY)
@pytest.mark.parametrize("state", [DECLINED, None])
def test_unanswered_safety_line_is_noted_at_submit(instrument, line, state):
    (rule,) = raised(instrument, {line: state})
    assert (rule.level, rule.lines) == ("note", (line,))


@pytest.mark.parametrize(("instrument", "line"), SAFETY)
def test_blank_counts_only_at_submit_and_declined_at_once(instrument, line):
    assert raised(instrument, {line: None}, submitted=False) == []
    assert [each.lines for each in raised(instrument, {line: DECLINED}, submitted=False)] == [(line,)]


def test_lines_that_were_not_on_the_form_are_not_blank():
    given = {line.id for line in ENA_C.lines_given(safety_lines=False)}
    sheet = {line: value for line, value in care(ENA_C).items() if line in given}
    assert evaluate(ENA_C, sheet, given=given, submitted=True) == []
    assert evaluate(ENA_C, {}, given=set(), submitted=True) == []


def test_abandoned_form_raises_what_its_saved_page_says():
    page = {"experienced.SC1": 0, "experienced.SC2": 3, "experienced.SC3": None}
    given = {line.id for line in ENA_C.lines}
    assert evaluate(ENA_C, page, given=given, submitted=False) == [RaisedRule("SR1", "urgent", ("experienced.SC2",))]


def test_lower_rule_survives_for_its_own_line_alone():
    assert raised(ENA_C, {"experienced.SC1": 2, "experienced.SC2": 1}) == [
        RaisedRule("SR1", "urgent", ("experienced.SC1",)),
        RaisedRule("SR2", "review", ("experienced.SC2",)),
    ]
    assert names(raised(ENA_C, {"experienced.SC1": 2})) == ["SR1"]


def test_line_of_the_other_direction_is_another_line():
    rules = raised(ENA_C, {"experienced.SC1": 2, "enacted.SC1": 1})
    assert rules == [RaisedRule("SR1", "urgent", ("experienced.SC1",)), RaisedRule("SR4", "review", ("enacted.SC1",))]


def test_rules_of_one_level_do_not_drop_each_other():
    rule = {"level": "review", "any": [{"item": "SC1", "direction": "experienced", "gte": 1}]}
    instrument = with_rules({"id": "R1", **rule}, {"id": "R2", **rule}, {"id": "R3", **rule, "level": "note"})
    assert names(raised(instrument, {"experienced.SC1": 1})) == ["R1", "R2"]


def test_rules_stand_in_the_order_of_the_definition():
    changes: Sheet = {"self.IM5": 3, "self.IM3": 3, "enacted.SC3": 1, "experienced.SC1": 1}
    assert names(raised(ENA_C, changes)) == ["SR2", "SR3", "SR6", "SR7"]


def test_score_reaches_its_threshold_exactly():
    (rule,) = raised(ENA_C, HALF)
    assert rule == RaisedRule("SR5", "review", tuple(HALF))
    assert raised(ENA_C, HALF | {"experienced.RS6": 3}) == []


def test_null_score_raises_nothing():
    missing: Sheet = {"experienced.RS1": DECLINED, "experienced.RS2": None}
    assert raised(ENA_C, HALF | missing) == []


def test_score_uses_up_no_line():
    score = {"id": "HIGH", "level": "urgent", "any": [{"score": "RS", "direction": "experienced", "gte": 50}]}
    line = {"id": "LOW", "level": "note", "any": [{"item": "RS1", "direction": "experienced", "gte": 2}]}
    assert names(raised(with_rules(score, line), HALF)) == ["HIGH", "LOW"]


def test_not_applicable_is_neither_declined_nor_blank():
    assert raised(ENA_C, {"experienced.SC1": NOT_APPLICABLE}) == []


def test_confidential_lines_raise_nothing():
    assert raised(ENA_C, {"self.IM11": 4, "self.RC4": 4}) == []


def respect(points: str | None, direction: str) -> dict[str, dict[str, Score]]:
    value = None if points is None else Fraction(points)
    return {direction: {"RS": Score(value, 6, 6)}}


@pytest.mark.parametrize(("own", "partner", "flags"), [("30", "0", 1), ("29.999", "0", 0), ("80", "50", 1)])
def test_two_sided_rule_starts_at_its_threshold_whoever_comes_first(own, partner, flags):
    x, y = respect(own, "experienced"), respect(partner, "enacted")
    expected = [RaisedRule("SR9", "note", ())] * flags
    assert evaluate_pair(ENA_C, x, y, 0) == evaluate_pair(ENA_C, y, x, 0) == expected


@pytest.mark.parametrize(("days", "flags"), [(14, ["SR9"]), (15, []), (None, [])])
def test_two_sided_rule_needs_paired_forms(days, flags):
    sheets = respect("100", "experienced"), respect("0", "enacted")
    assert names(evaluate_pair(ENA_C, *sheets, days)) == flags


@pytest.mark.parametrize(("own", "partner"), [(None, "0"), ("100", None)])
def test_two_sided_rule_needs_both_scores(own, partner):
    assert evaluate_pair(ENA_C, respect(own, "experienced"), respect(partner, "enacted"), 0) == []
    assert evaluate_pair(ENA_C, respect(own, "experienced"), {}, 0) == []


def test_two_sided_rule_is_raised_once_and_on_no_partner():
    worst: Sheet = {line.id: 4 for line in asked(ENA_C) if line.direction == "experienced" and line.item != "RS6"}
    scores = score_sheet(ENA_C, care(ENA_C) | worst)
    assert names(evaluate_pair(ENA_C, scores, scores, 0)) == ["SR9"]
    assert "SR9" not in names(raised(ENA_C, worst))


def test_instrument_without_two_sided_rules_says_nothing_of_the_couple():
    scores = score_sheet(ENA_CK, care(ENA_CK))
    assert evaluate_pair(ENA_CK, scores, scores, 0) == []
