import pytest

from assessments.instruments import library as instruments
from assessments.plan_templates import library
from assessments.plan_templates.checks import CHECKS, Plan, goal_faults
from practice.content import ContentError
from tests.assessments.broken.plans import SCHEMA, STATIC
from tests.assessments.variants import FILES, Variant


@pytest.fixture
def plan() -> library.PlanTemplate:
    return library.shipped()["repair-plan@0.2.0"]


def test_shipped_plan_has_eight_steps_and_24_practices(plan):
    assert [step["id"] for step in plan.steps] == [f"S{number}" for number in range(8)]
    assert len(plan.practices) == 24


def test_shipped_plan_is_read_once():
    assert library.shipped() is library.shipped()


def test_evidence_is_labelled_as_the_design_counts_it(plan):
    levels = [practice["evidence"]["level"] for practice in plan.practices.values()]
    assert {level: levels.count(level) for level in levels} == {
        "tested": 2,
        "related": 6,
        "plausible": 13,
        "article_only": 3,
    }


def test_gate_blocks_the_practices_the_design_lists(plan):
    blocked = {tag for gate in plan.definition["gates"] for tag in gate["blocks"]}
    gated = {name for name, practice in plan.practices.items() if blocked & set(practice.get("tags", []))}
    assert gated == {"P11", "P13", "P21", "P22", "P23", "P31", "P32", "P43", "P44", "P45", "P52", "P54"}


@pytest.mark.parametrize("variant", [*SCHEMA, *STATIC], ids=lambda variant: variant.name)
def test_broken_plan_is_refused_at_its_path(variant: Variant):
    with pytest.raises(ContentError) as refused:
        library.parse(variant.text())
    assert (variant.check, variant.path) in {(fault.check, fault.path) for fault in refused.value.faults}
    if variant.alone:
        assert {fault.check for fault in refused.value.faults} == {variant.check}


def test_each_check_has_a_variant_that_it_alone_catches():
    assert {variant.check for variant in STATIC if variant.alone} == set(CHECKS)


def test_plan_with_two_faults_names_both():
    text = (
        FILES["plan"]
        .read_text()
        .replace("order: 7", "order: 9")
        .replace("levels: [urgent, review]", "levels: [urgent]")
    )
    with pytest.raises(ContentError) as refused:
        library.parse(text)
    assert [fault.check for fault in refused.value.faults] == ["ST25", "ST24"]


@pytest.mark.parametrize(
    ("owner", "domain", "visibility", "faults"),
    [
        ("pair", "PR", "both", []),
        ("A", "IM", "assignee", []),
        ("pair", "IM", "both", ["domain"]),
        ("B", "PR", "both", ["visibility"]),
    ],
)
def test_goal_is_seen_by_its_owner_alone_unless_both_may_see_its_domain(plan, owner, domain, visibility, faults):
    goal = {**plan.definition["goals"]["example"], "owner": owner, "domain": domain, "visibility": visibility}
    held_against = Plan(plan.definition, instruments.latest("ena-c"))
    assert [step for step, _ in goal_faults(goal, held_against)] == faults
