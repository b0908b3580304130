import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from assessments.dyad import DyadicValue, dyadic
from assessments.instruments.definition import Json
from assessments.instruments.library import get
from assessments.rules import evaluate, evaluate_pair
from assessments.scoring import Score, band, gap_band, score_sheet
from tests.assessments.sheets import Sheet, answers, care

ENA_C = get("ena-c@0.2.0")
FIXTURE = json.loads((Path(__file__).parent / "fixture_scoring.json").read_text())
COUPLE = FIXTURE["fixture_3"]
CASES = COUPLE["rule_cases"]["cases"]
SYMMETRIC = {"couple_mean", "couple_max"}


def rounded(value: Fraction | None) -> float | None:
    return None if value is None else round(float(value), 4)


def shown_score(score_id: str, score: Score) -> Json:
    count = "domains" if ENA_C.scores[score_id]["kind"] == "mean_of_scores" else "answered"
    because = {"reason": score.reason} if score.score is None else {"band": band(ENA_C, score_id, score.score)}
    return {"score": rounded(score.score), count: score.answered, **because}


def shown_scores(sheet: Sheet) -> Json:
    scores = score_sheet(ENA_C, sheet)
    return {each: {key: shown_score(key, score) for key, score in own.items()} for each, own in scores.items()}


def shown_value(dyadic_id: str, value: DyadicValue) -> Json:
    if value.value is None:
        return {"value": None, "reason": value.reason}
    word = {"word": gap_band(ENA_C, value.value)} if dyadic_id == "gap" else {}
    return {"value": rounded(value.value), **word}


def shown_dyadic(couple: dict[str, Sheet], days: int) -> Json:
    sheets = {partner: score_sheet(ENA_C, sheet) for partner, sheet in couple.items()}
    by_receiver = {x: dyadic(ENA_C, sheets[x], sheets[y], days) for x, y in (("A", "B"), ("B", "A"))}
    shown = {
        x: {key: {each: shown_value(key, value) for each, value in own.items()} for key, own in values.items()}
        for x, values in by_receiver.items()
    }
    assert all(shown["A"][key] == shown["B"][key] for key in SYMMETRIC)
    return {key: shown["A"][key] if key in SYMMETRIC else {x: shown[x][key] for x in "AB"} for key in shown["A"]}


def raised_flags(couple: dict[str, Sheet], days: int) -> list[tuple[str, str, str]]:
    given = {line.id for line in ENA_C.lines}
    own = [
        (raised.rule, partner, raised.level)
        for partner, sheet in couple.items()
        for raised in evaluate(ENA_C, sheet, given=given, submitted=True)
    ]
    a, b = (score_sheet(ENA_C, sheet) for sheet in couple.values())
    return own + [(raised.rule, "couple", raised.level) for raised in evaluate_pair(ENA_C, a, b, days)]


def dropped_lines(partner: str, sheet: Sheet) -> list[tuple[str, str, str]]:
    given = {line.id for line in ENA_C.lines}
    together = {each.rule: each.lines for each in evaluate(ENA_C, sheet, given=given, submitted=True)}
    dropped = []
    for rule in ENA_C.rules:
        alone = replace(ENA_C, definition={**ENA_C.definition, "safety_rules": [rule]})
        for raised in evaluate(alone, sheet, given=given, submitted=True):
            kept = together.get(raised.rule, ())
            dropped += [(raised.rule, partner, line) for line in raised.lines if line not in kept]
    return dropped


def the_couple(changes: Json | None = None) -> dict[str, Sheet]:
    given = {
        partner: {f"{each}.{item}": value for each, own in sides.items() for item, value in own.items()}
        for partner, sides in COUPLE["answers"].items()
    }
    return changed({partner: answers(ENA_C, own) for partner, own in given.items()}, changes or {})


def changed(couple: dict[str, Sheet], changes: Json) -> dict[str, Sheet]:
    for key, value in changes.items():
        partner, _, line = key.partition(".")
        couple[partner] |= answers(ENA_C, {line: value})
    return couple


@pytest.fixture(params=["base", "variant"])
def wave(request):
    if request.param == "base":
        return the_couple(), COUPLE["days_between"], COUPLE["expected"]
    variant = COUPLE["variant"]
    return the_couple(variant["set"]), variant["days_between"], variant["expected"]


def test_fixture_1_prorates_three_of_four():
    sheet = answers(
        ENA_C, {"experienced.PR1": 3, "experienced.PR2": 2, "experienced.PR3": "not_applicable", "experienced.PR4": 1}
    )
    assert score_sheet(ENA_C, sheet)["experienced"]["PR"] == Score(Fraction(100, 3), 3, 4)
    sheet |= answers(ENA_C, {"experienced.PR2": "declined"})
    assert score_sheet(ENA_C, sheet)["experienced"]["PR"] == Score(None, 2, 4, "too_few_answers")


def fixture_2(partner: str) -> Sheet:
    sides = {"experienced": FIXTURE[f"{partner}_exp"], "enacted": FIXTURE[f"{partner}_en"]}
    return {f"{each}.{item}": raw for each, own in sides.items() for item, raw in own["raw"].items()}


@pytest.mark.parametrize("side", ["A_exp", "A_en", "B_exp", "B_en"])
def test_fixture_2_scores(side):
    direction = "experienced" if side.endswith("exp") else "enacted"
    scores = score_sheet(ENA_C, fixture_2(side[0]))[direction]
    expected = {**FIXTURE[side]["domains"], "NEGLECT": FIXTURE[side]["composite"]}
    assert {key: rounded(score.score) for key, score in scores.items()} == expected


def test_fixture_2_gaps_mean_and_difference():
    a, b = (score_sheet(ENA_C, fixture_2(partner)) for partner in "AB")
    for_a, for_b = dyadic(ENA_C, a, b, 0), dyadic(ENA_C, b, a, 0)
    assert [rounded(each.value) for key, each in for_a["gap"].items() if key != "RS"] == [
        43.75, 31.25, 31.25, 37.5, 18.75, 29.1667, 31.9444,
    ]  # fmt: skip
    assert [rounded(each.value) for key, each in for_b["gap"].items() if key != "RS"] == [
        6.25, 12.5, 12.5, 6.25, 6.25, 18.75, 10.4167,
    ]  # fmt: skip
    assert rounded(for_a["couple_mean"]["NEGLECT"].value) == 55.5556
    assert rounded(for_a["couple_diff"]["NEGLECT"].value) == 31.9444


def test_fixture_2_words():
    a, b = (score_sheet(ENA_C, fixture_2(partner)) for partner in "AB")
    scores = [sheet["experienced"]["NEGLECT"].score for sheet in (a, b)]
    gaps = [dyadic(ENA_C, *pair, 0)["gap"]["NEGLECT"].value for pair in ((a, b), (b, a))]
    assert [band(ENA_C, "NEGLECT", score) for score in scores] == ["high", "some"]
    assert [gap_band(ENA_C, gap) for gap in gaps] == ["far_apart", "similar"]


def test_fixture_2_raises_nothing_unless_safety_lines_are_blank():
    never: Sheet = {f"{each}.SC{number}": 0 for each in ("experienced", "enacted") for number in (1, 2, 3)}
    calm: Sheet = {line.id: 0 for line in ENA_C.lines if line.direction == "self"}
    couple = {partner: fixture_2(partner) | never | calm for partner in "AB"}
    assert raised_flags(couple, 0) == []
    couple["A"]["experienced.SC2"] = None
    assert raised_flags(couple, 0) == [("SR8", "A", "note")]


def test_fixture_3_scores_counts_bands_and_reasons(wave):
    couple, _, expected = wave
    assert {partner: shown_scores(sheet) for partner, sheet in couple.items()} == expected["scores"]


def test_fixture_3_dyadic_values(wave):
    couple, days, expected = wave
    assert shown_dyadic(couple, days) == expected["dyadic"]


def test_fixture_3_flags(wave):
    couple, days, expected = wave
    assert raised_flags(couple, days) == [(flag["rule"], flag["on"], flag["level"]) for flag in expected["flags"]]


def test_fixture_3_lines_a_higher_rule_took(wave):
    couple, _, expected = wave
    dropped = [each for partner, sheet in couple.items() for each in dropped_lines(partner, sheet)]
    assert dropped == [(each["rule"], each["on"], each["line"]) for each in expected["dropped_lines"]]


@pytest.mark.parametrize("case", CASES, ids=[str(number) for number in range(len(CASES))])
def test_rule_case(case):
    couple = changed({partner: care(ENA_C) for partner in "AB"}, case["set"])
    assert raised_flags(couple, 0) == [tuple(flag) for flag in case["flags"]]
    if "reason" in case:
        composite = score_sheet(ENA_C, couple["A"])["experienced"]["NEGLECT"]
        assert (rounded(composite.score), composite.reason) == (case["composite_A_experienced"], case["reason"])
