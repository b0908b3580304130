"""Every rule of the suggestions, on its threshold and beside it."""

from typing import Any

import pytest

from assessments.plan_templates import library as templates
from assessments.suggestions import Evidence, Suggester, suggester

DOMAINS = ("PR", "LV", "AA", "RF", "RP", "CR")


def suggest(
    *experienced: dict[str, Any],
    gaps: tuple[dict[str, Any], ...] = (),
    own: tuple[dict[str, Any], ...] = (),
    **more: Any,
) -> Suggester:
    """Domains left out are low: 10 for each partner, with a gap of 0 where two partners have scores."""
    low = dict.fromkeys(DOMAINS, 10.0)
    known = dict.fromkeys(DOMAINS, 0.0)
    both = [{**known, **one} for one in gaps] or ([known, known] if len(experienced) == 2 else [])
    sides = [{**low, **one} for one in experienced]
    return suggester(templates.latest().ref, Evidence(sides, both, own, **more))


def rules(found: Suggester) -> list[str]:
    return [one.rule for one in found.steps()]


def focus(found: Suggester) -> list[str]:
    return [one.domain for one in found.focus()]


def test_focus_is_the_two_highest_of_either_partner() -> None:
    found = suggest({"RF": 60.0}, {"CR": 70.0, "RF": 20.0})
    assert [(one.domain, one.highest) for one in found.focus()] == [("CR", 70.0), ("RF", 60.0)]


def test_larger_gap_breaks_a_tie_whatever_its_sign() -> None:
    found = suggest({"PR": 60.0, "AA": 60.0, "CR": 60.0}, {}, gaps=({"AA": 5.0}, {"CR": -40.0}))
    assert focus(found) == ["CR", "AA"]
    assert found.focus()[0].gap == 40.0


def test_fixed_order_breaks_what_is_left() -> None:
    assert focus(suggest({}, {})) == ["PR", "LV"]
    assert focus(suggest({"CR": 60.0, "RP": 60.0, "RF": 60.0}, {})) == ["RF", "RP"]


def test_scores_that_differ_by_less_than_arithmetic_are_a_tie() -> None:
    assert focus(suggest({"PR": 60.0, "LV": 60.0 + 1e-12, "AA": 60.0}, {}))[0] == "PR"


def test_domain_without_a_score_is_left_out() -> None:
    nothing: dict[str, Any] = dict.fromkeys(DOMAINS)
    assert focus(suggest({**nothing, "AA": 5.0}, nothing)) == ["AA"]
    assert suggest(nothing, nothing).focus() == []
    assert rules(suggest(nothing, nothing)) == []


def test_gap_that_is_unknown_stays_unknown() -> None:
    assert suggest({"PR": 60.0}).focus()[0].gap is None


@pytest.mark.parametrize(("score", "is_high"), [(49.999999999, False), (49.9999999999, True), (50.0, True)])
def test_high_begins_at_fifty(score: float, is_high: bool) -> None:
    found = suggest({"PR": score}, {}, gaps=({"PR": 40.0}, {}))
    assert rules(found) == (["high_and_apart"] if is_high else [])


@pytest.mark.parametrize(
    ("gap", "rule"), [(29.99, "high_on_both_sides"), (30.0, "high_and_apart"), (-30.0, "high_and_apart")]
)
def test_large_gap_begins_at_thirty(gap: float, rule: str) -> None:
    found = suggest({"PR": 60.0}, {"PR": 60.0}, gaps=({"PR": gap}, {"PR": 0.0}))
    assert [(one.rule, one.domains) for one in found.steps()] == [(rule, ("PR",))]


def test_high_for_one_and_seen_alike_begins_with_nothing() -> None:
    assert rules(suggest({"PR": 60.0}, {})) == []


def test_high_for_both_whose_gap_nobody_knows_is_not_called_alike() -> None:
    unknown: dict[str, Any] = {"PR": None}
    assert rules(suggest({"PR": 60.0}, {"PR": 60.0}, gaps=(unknown, unknown))) == []


def test_only_domains_of_the_focus_decide_between_saying_and_doing() -> None:
    found = suggest({"PR": 90.0, "LV": 80.0, "AA": 60.0}, {}, gaps=({"AA": 50.0}, {}))
    assert rules(found) == []


@pytest.mark.parametrize("domain", ["RF", "CR"])
@pytest.mark.parametrize(("score", "rule"), [(50.0, ["trust_early"]), (49.999999999, [])])
def test_reliability_or_repair_is_early_also_outside_the_focus(domain: str, score: float, rule: list[str]) -> None:
    found = suggest({"PR": 55.0, "LV": 55.0}, {domain: score})
    assert rules(found) == rule


@pytest.mark.parametrize("domain", ["CP", "IM"])
@pytest.mark.parametrize(("score", "rule"), [(50.0, ["support_in_parallel"]), (49.999999999, [])])
def test_support_goes_alongside_what_one_carries(domain: str, score: float, rule: list[str]) -> None:
    assert rules(suggest({}, {}, own=({domain: 10.0}, {domain: score}))) == rule
    assert rules(suggest({}, {}, own=({domain: None}, {domain: score}))) == rule


def test_finding_out_comes_first_and_takes_nothing_away() -> None:
    found = suggest(
        {"PR": 60.0, "RF": 60.0}, {}, gaps=({"PR": 40.0}, {}), own=({"IM": 70.0}, {}), wants_to_clarify=True
    )
    assert rules(found) == ["clarify_first", "high_and_apart", "trust_early", "support_in_parallel"]
    assert found.steps()[0].steps == ("S0", "S7")


def test_finding_out_needs_no_score() -> None:
    found = suggester(templates.latest().ref, Evidence((), (), (), wants_to_clarify=True))
    assert (rules(found), found.focus()) == (["clarify_first"], [])


def test_one_partner_alone_is_never_both_sides() -> None:
    found = suggest({"PR": 90.0, "CR": 60.0}, own=({"CP": 90.0},))
    assert focus(found) == ["PR", "CR"]
    assert rules(found) == ["trust_early", "support_in_parallel"]


def test_every_suggestion_names_steps_of_the_template_and_says_why() -> None:
    found = suggest(
        {"PR": 60.0, "RF": 60.0}, {"PR": 60.0}, gaps=({"RF": 40.0}, {}), own=({"CP": 50.0}, {}), wants_to_clarify=True
    )
    ids = {step["id"] for step in templates.latest().steps}
    assert len(rules(found)) == 5
    for one in found.steps():
        assert set(one.steps) <= ids
        assert one.text
        assert found.direction_of(one.rule) == ("self" if one.rule == "support_in_parallel" else "experienced")


def test_template_without_rules_is_a_loud_error() -> None:
    with pytest.raises(KeyError):
        suggester("repair-plan@9.9.9", Evidence((), (), ()))
