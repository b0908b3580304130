from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments.building import build
from assessments.instruments.definition import DECLINED, NOT_APPLICABLE, Instrument, Json
from assessments.instruments.library import get
from assessments.scoring import (
    Score,
    band,
    gap_band,
    item_score,
    quality,
    score_lines,
    score_sheet,
)
from tests.assessments.sheets import Sheet, asked, care, neglect, same, sheets, twelfths

ENA_C = get("ena-c@0.2.0")
ENA_CK = get("ena-ck@0.2.0")
SHIPPED = [ENA_C, ENA_CK]
DOMAINS = ENA_C.scores["NEGLECT"]["of"]
PAIRED = ("experienced", "enacted")


def all_scores(instrument: Instrument, sheet: Sheet) -> set[Fraction | None]:
    return {score.score for own in score_sheet(instrument, sheet).values() for score in own.values()}


def made(scores: list[Json], *, missing: str = "person_mean", reverse: str = "", low: int = 0, **bands) -> Instrument:
    """An instrument of four lines Q1 to Q4 about oneself, with these scores."""
    options = [{"value": low + step, "label": {"en": str(step)}} for step in range(4)]
    items = [
        {"id": name, "domain": "Q", "reverse": name in reverse, "text": {"self": {"en": name}}}
        for name in ("Q1", "Q2", "Q3", "Q4")
    ]
    return build({
        "id": "made",
        "version": "1.0.0",
        "language": "en",
        "response_scales": {"four": {"type": "ordinal", "options": options}},
        "default_scale": "four",
        "domains": [{"id": "Q", "directions": ["self"], "visibility": "therapist_only"}],
        "items": items,
        "scoring": {"missing": missing, "scores": scores},
        "bands": {"interval": "closed_integer", "cut": [], **bands},
    })  # fmt: skip


def made_score(kind: str, *, min_answered: int = 3, score_range: tuple[int, int] = (0, 12), **more) -> Json:
    items = ["Q1", "Q2", "Q3", "Q4"]
    known = {"id": "Q", "kind": kind, "items": items, "directions": ["self"], "min_answered": min_answered}
    return {**known, "range": list(score_range), "primary": True, **more}


def made_sheet(*values: int | None) -> Sheet:
    return {f"self.Q{number}": value for number, value in enumerate(values, start=1)}


def only(instrument: Instrument, *values: int | None) -> Score:
    return score_sheet(instrument, made_sheet(*values))["self"]["Q"]


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda each: each.ref)
def test_reversing_twice_gives_the_raw_value(instrument):
    for line in asked(instrument):
        for option in line.scale:
            assert item_score(line, item_score(line, option.value)) == option.value


@pytest.mark.parametrize("low", [0, 1])
def test_reversing_turns_the_scale_round(low):
    line = made([], reverse="Q1", low=low).by_id["self.Q1"]
    assert [item_score(line, low + step) for step in range(4)] == [low + 3, low + 2, low + 1, low]


@pytest.mark.parametrize("instrument", SHIPPED, ids=lambda each: each.ref)
def test_all_care_is_zero_and_all_neglect_a_hundred(instrument):
    assert all_scores(instrument, care(instrument)) == {0}
    assert all_scores(instrument, neglect(instrument)) == {100}


@pytest.mark.parametrize("value", range(5))
def test_same_answer_everywhere_is_fifty_on_balanced_domains(value):
    sheet = score_sheet(ENA_C, same(ENA_C, value))
    assert {sheet[direction][domain].score for direction in PAIRED for domain in [*DOMAINS, "NEGLECT"]} == {50}


@given(sheets(ENA_C))
def test_scores_stay_in_range_and_are_missing_for_a_reason(sheet):
    for own in score_sheet(ENA_C, sheet).values():
        for score in own.values():
            assert (score.score is None) == (score.reason is not None)
            assert score.score is None or 0 <= score.score <= 100


@given(sheets(ENA_C))
def test_blank_and_absent_lines_score_alike(sheet):
    answered = {line: value for line, value in sheet.items() if value is not None}
    assert score_sheet(ENA_C, answered) == score_sheet(ENA_C, sheet)


@pytest.mark.parametrize("missing", [None, DECLINED, NOT_APPLICABLE])
@pytest.mark.parametrize("blank", list(combinations(["PR1", "PR2", "PR3", "PR4"], 2)), ids="-".join)
def test_two_of_four_answered_is_null(blank, missing):
    sheet = neglect(ENA_C) | {f"experienced.{item}": missing for item in blank}
    assert score_sheet(ENA_C, sheet)["experienced"]["PR"] == Score(None, 2, 4, "too_few_answers")


@given(sheets(ENA_C), st.sets(st.sampled_from(DOMAINS), max_size=3), st.sampled_from(PAIRED))
def test_composite_is_the_mean_of_at_least_five_domains(sheet, emptied, direction):
    lines = [line.id for domain in emptied for line in score_lines(ENA_C, domain, direction)]
    own = score_sheet(ENA_C, sheet | dict.fromkeys(lines))[direction]
    present = [score for domain in DOMAINS if (score := own[domain].score) is not None]
    if len(present) < 5:
        assert own["NEGLECT"] == Score(None, len(present), 6, "too_few_domains")
    else:
        assert own["NEGLECT"] == Score(sum(present, Fraction()) / len(present), len(present), 6)


@pytest.mark.parametrize("direction", PAIRED)
def test_four_domains_are_too_few_and_five_enough(direction):
    first, second = (score_lines(ENA_C, domain, direction)[:2] for domain in DOMAINS[:2])
    five = neglect(ENA_C) | {line.id: None for line in first}
    four = five | {line.id: DECLINED for line in second}
    assert score_sheet(ENA_C, five)[direction]["NEGLECT"] == Score(Fraction(100), 5, 6)
    assert score_sheet(ENA_C, four)[direction]["NEGLECT"] == Score(None, 4, 6, "too_few_domains")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "low"), ("24.999", "low"), ("25", "some"), ("49.999", "some"), ("50", "high"), ("74.999", "high"),
        ("75", "very_high"), ("100", "very_high"), ("100.001", None), ("-0.001", None),
    ],
)  # fmt: skip
def test_band_edges(value, expected):
    assert band(ENA_C, "NEGLECT", Fraction(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", "similar"), ("14.999", "similar"), ("15", "differ"), ("29.999", "differ"), ("30", "far_apart"),
     ("100", "far_apart"), ("100.001", None)],
)  # fmt: skip
def test_gap_word_edges_are_the_same_for_both_signs(value, expected):
    assert gap_band(ENA_C, Fraction(value)) == gap_band(ENA_C, -Fraction(value)) == expected


def test_no_value_has_no_band():
    assert band(ENA_C, "NEGLECT", None) is None
    assert gap_band(ENA_C, None) is None


@given(sheets(ENA_C))
def test_composite_bands_agree_with_whole_number_arithmetic(sheet):
    composite = score_sheet(ENA_C, sheet)["experienced"]["NEGLECT"].score
    sums = twelfths(ENA_C, sheet, "experienced")
    if composite is not None:
        expected = ["low", "some", "high", "very_high"][min(3, sum(sums.values()) // (12 * len(sums)))]
        assert band(ENA_C, "NEGLECT", composite) == expected


@pytest.mark.parametrize(("edge", "expected"), [(1, "some"), (2, "high"), (3, "very_high")])
@given(data=st.data())
def test_composites_on_an_edge_by_sums_of_thirds_fall_into_the_upper_band(data, edge, expected):
    # Three answers a domain: its score is 25/3 times their sum; the sums of all domains add up to the edge.
    total = 3 * edge * len(DOMAINS)
    sheet = care(ENA_C)
    for left, domain in zip(range(len(DOMAINS) - 1, -1, -1), DOMAINS, strict=True):
        points = data.draw(st.integers(max(0, total - 12 * left), min(12, total)))
        total -= points
        *lines, skipped = score_lines(ENA_C, domain, "experienced")
        spread = [min(4, max(0, points - 4 * each)) for each in range(3)]
        sheet |= {line.id: item_score(line, value) for line, value in zip(lines, spread, strict=True)}
        sheet[skipped.id] = None
    composite = score_sheet(ENA_C, sheet)["experienced"]["NEGLECT"].score
    assert composite == 25 * edge
    assert band(ENA_C, "NEGLECT", composite) == expected


@pytest.mark.parametrize(
    ("kind", "missing", "values", "expected"),
    [
        ("sum", "person_mean", (3, 2, 1, None), 8),
        ("sum", "sum_of_answered", (3, 2, 1, None), 6),
        ("sum", "complete_only", (3, 2, 1, None), None),
        ("sum", "complete_only", (3, 2, 1, 0), 6),
        ("mean", "person_mean", (3, 2, 0, None), Fraction(5, 3)),
        ("mean", "complete_only", (3, 2, 0, 0), Fraction(5, 4)),
        ("mean100", "person_mean", (3, 2, 0, None), Fraction(500, 9)),
        ("mean100", "sum_of_answered", (1, 1, 1, 1), Fraction(100, 3)),
        ("count", "sum_of_answered", (3, 1, 0, None), 2),
        ("count", "person_mean", (3, 1, 0, None), Fraction(8, 3)),
        ("count", "complete_only", (1, 1, 0, 0), 2),
    ],
)
def test_kinds_and_rules_for_missing_answers(kind, missing, values, expected):
    score = only(made([made_score(kind)], missing=missing), *values)
    answered = sum(value is not None for value in values)
    assert score == Score(expected, answered, 4, "too_few_answers" if expected is None else None)


def test_count_starts_at_the_stated_item_score():
    instrument = made([made_score("count", positive_at=2)], reverse="Q1")
    assert only(instrument, 0, 1, 2, 3) == Score(Fraction(3), 4, 4)


def test_pooled_score_reads_both_directions_and_stands_under_the_first():
    sheet = care(ENA_CK) | {"self.CK7": 4}
    scores = score_sheet(ENA_CK, sheet)
    assert scores == {"experienced": {"CK": Score(Fraction(100, 7), 7, 7), "CKJ": Score(Fraction(0), 6, 6)}}


def test_whole_number_bands_start_at_their_minimum():
    cut = [{"id": "few", "min": 0, "max": 4}, {"id": "more", "min": 5, "max": 9}, {"id": "most", "min": 10, "max": 12}]
    instrument = made([made_score("sum")], cut=cut)
    values = [Fraction(0), Fraction(4), Fraction("4.5"), Fraction(5), Fraction(10), Fraction(12)]
    assert [band(instrument, "Q", value) for value in values] == ["few", "few", "few", "more", "most", "most"]


def test_bands_of_one_range_say_nothing_about_another():
    part = {**made_score("sum", score_range=(0, 6)), "id": "PART", "items": ["Q1", "Q2"], "primary": False}
    instrument = made([made_score("sum"), part], cut=[{"id": "any", "min": 0, "max": 12}])
    assert band(instrument, "Q", Fraction(3)) == "any"
    assert band(instrument, "PART", Fraction(3)) is None


def test_quality_of_an_ordinary_sheet_has_no_hints():
    assert quality(ENA_C, care(ENA_C), {"experienced.PR1": 1.5}) == []


def test_quality_hints_at_a_fast_median():
    seconds = {"experienced.PR1": 1.4, "experienced.PR2": 0.5, "experienced.PR3": 60.0}
    assert quality(ENA_C, care(ENA_C), seconds) == ["fast_answers"]


@pytest.mark.parametrize(("run", "hints"), [(14, []), (15, ["same_answer"])])
@pytest.mark.parametrize("direction", PAIRED)
def test_quality_hints_at_fifteen_same_answers_in_a_row(direction, run, hints):
    lines = [line.id for line in ENA_C.lines if line.direction == direction][:30]
    changing: Sheet = {line: index % 3 for index, line in enumerate(lines)}
    assert quality(ENA_C, care(ENA_C) | changing | dict.fromkeys(lines[2 : 2 + run], 3), {}) == hints


def test_quality_looks_for_runs_only_where_the_primary_score_has_lines_of_both_kinds():
    lines = [line.id for line in ENA_C.lines if line.direction == "self"]
    assert quality(ENA_C, care(ENA_C) | dict.fromkeys(lines, 0), {}) == []


def test_quality_counts_no_run_of_missing_answers():
    sheet = care(ENA_C) | {line.id: None for line in ENA_C.lines}
    assert quality(ENA_C, sheet, {}) == []


@pytest.mark.parametrize(("declined", "hints"), [(21, []), (22, ["many_declined"])])
def test_quality_hints_at_more_than_a_quarter_declined(declined, hints):
    lines = [line.id for line in asked(ENA_C)][:declined]
    assert quality(ENA_C, care(ENA_C) | dict.fromkeys(lines, DECLINED), {}) == hints


def test_quality_takes_a_quarter_declined_for_ordinary():
    lines = [line.id for line in asked(ENA_C)][:4]
    assert quality(ENA_C, dict.fromkeys(lines, 1) | {lines[0]: DECLINED}, {}) == []
