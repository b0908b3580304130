"""The static checks of a plan template, held against the instrument whose domains it works on.

ST24 to ST26 are the plan's own; ST02, ST04, ST13, ST22 and ST23 are those of every file, seen from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assessments.instruments.checks.parts import SENTINEL, Found
from assessments.instruments.checks.wording import ALLOWED_LICENCES
from assessments.instruments.definition import Instrument, Json
from practice.content import Fault, claims, client_text_keys, repeated, strings, texts_by_language

# Time for two without a subject: done together, and still no joint talk, no touch and no reckoning.
PLAIN_TIME_FOR_TWO = frozenset({"P41", "P42"})
LEVELS_ON_THE_SCALE = ("-2", "-1", "0", "1", "2")
SERIOUS = ("review", "urgent")


@dataclass(frozen=True, eq=False)
class Plan:
    """A template that fits its schema, and the instrument it is held against."""

    definition: Json
    instrument: Instrument

    @cached_property
    def practices(self) -> Mapping[str, Json]:
        return {practice["id"]: practice for practice in self.definition["practices"]}

    @cached_property
    def steps(self) -> Mapping[str, Json]:
        return {step["id"]: step for step in self.definition["steps"]}

    @cached_property
    def fields(self) -> Mapping[str, Json]:
        return {field["id"]: field for field in self.definition["practice_defaults"]["fields"]}


def unique_ids(plan: Plan) -> Iterator[Found]:
    """ST02"""
    definition = plan.definition
    defaults = definition["practice_defaults"]
    collections: list[tuple[str, list[Json]]] = [
        ("gates", definition["gates"]),
        ("steps", definition["steps"]),
        ("practices", definition["practices"]),
        ("practice_defaults.fields", defaults["fields"]),
        ("practice_defaults.barrier_rules", defaults["barrier_rules"]),
    ]
    for path, entries in collections:
        for index in repeated(entry["id"] for entry in entries):
            yield f"{path}[{index}].id", f"{entries[index]['id']!r} stands twice."


def languages(plan: Plan) -> Iterator[Found]:
    """ST04. A template has no language of its own: it is given with the instrument's."""
    language = plan.instrument.language
    for path, texts in texts_by_language(plan.definition):
        if language not in texts:
            yield f"{path}.{language}", f"The text in {language!r} is missing."


def text_key(plan: Plan) -> Iterator[Found]:
    """ST13"""
    key = plan.definition["practice_defaults"]["after"]
    if key not in client_text_keys():
        yield "practice_defaults.after", f"There is no client text {key!r}."


def licence(plan: Plan) -> Iterator[Found]:
    """ST22"""
    if plan.definition["license"]["text"] not in ALLOWED_LICENCES:
        yield "license.text", "The licence is not on the allow list."


def deny_list(plan: Plan) -> Iterator[Found]:
    """ST23"""
    for path, text in strings(plan.definition):
        for claim in claims(text):
            yield path, f"{claim!r} is a claim that must not be made."


def steps_and_practices(plan: Plan) -> Iterator[Found]:
    """ST24"""
    orders = [step["order"] for step in plan.definition["steps"]]
    if sorted(orders) != list(range(len(orders))):
        yield "steps", f"The order must run from 0 to {len(orders) - 1}."
    yield from _places(plan)
    yield from _targets(plan)
    yield from _slots_and_shares(plan)
    yield from _barriers(plan)


def _places(plan: Plan) -> Iterator[Found]:
    listed = [(name, step["id"]) for step in plan.definition["steps"] for name in step["practices"]]
    for index in repeated(name for name, _ in listed):
        yield "steps", f"{listed[index][0]} stands in more than one step."
    for name, step in listed:
        if name not in plan.practices:
            yield "steps", f"{step} names {name}, which is not there."
    for index, practice in enumerate(plan.definition["practices"]):
        if (practice["id"], practice["step"]) not in listed:
            yield f"practices[{index}].step", f"{practice['step']} does not list {practice['id']}."


def _targets(plan: Plan) -> Iterator[Found]:
    for index, step in enumerate(plan.definition["steps"]):
        for name in step.get("targets", []):
            if name not in plan.instrument.domains:
                yield f"steps[{index}].targets", f"There is no domain {name!r}."
    for index, practice in enumerate(plan.definition["practices"]):
        within = plan.steps.get(practice["step"], practice).get("targets", [])
        for name in practice.get("targets", []):
            if name not in within:
                yield f"practices[{index}].targets", f"{name!r} is no target of the step {practice['step']}."


def _slots_and_shares(plan: Plan) -> Iterator[Found]:
    shares = plan.definition["practice_defaults"]["share_values"]
    default = plan.definition["practice_defaults"]["share_default"]
    if default not in shares:
        yield "practice_defaults.share_default", f"{default!r} is no share value."
    for index, practice in enumerate(plan.definition["practices"]):
        if practice.get("share", default) not in {*shares, default}:
            yield f"practices[{index}].share", f"{practice['share']!r} is no share value."
        mate = practice.get("may_share_slot_with")
        if mate is not None and (mate not in plan.practices or mate == practice["id"]):
            yield f"practices[{index}].may_share_slot_with", f"There is no other practice {mate}."


def _barriers(plan: Plan) -> Iterator[Found]:
    for index, rule in enumerate(plan.definition["practice_defaults"]["barrier_rules"]):
        options = plan.fields.get(rule["field"], {}).get("options")
        if options is None:
            yield f"practice_defaults.barrier_rules[{index}].field", f"{rule['field']!r} is no field with options."
        elif rule["equals"] not in options:
            yield f"practice_defaults.barrier_rules[{index}].equals", f"{rule['equals']!r} is no option of that field."


def gates(plan: Plan) -> Iterator[Found]:
    """ST25"""
    blocked = {tag for gate in plan.definition["gates"] for tag in gate["blocks"]}
    used = {tag for practice in plan.definition["practices"] for tag in practice.get("tags", [])}
    for tag in sorted(blocked - used):
        yield "gates", f"No practice has the tag {tag!r}."
    for index, practice in enumerate(plan.definition["practices"]):
        for tag in practice.get("tags", []):
            if tag not in blocked:
                yield f"practices[{index}].tags", f"No gate blocks {tag!r}."
        if practice["who"] == "pair" and "tags" not in practice and practice["id"] not in PLAIN_TIME_FOR_TWO:
            yield f"practices[{index}].tags", "A practice done together needs a tag."
    yield from _predicates(plan)
    rules = plan.definition["practice_defaults"]["barrier_rules"]
    if not any(rule["equals"] == "did_not_feel_safe" and rule["level"] in SERIOUS for rule in rules):
        yield "practice_defaults.barrier_rules", "did_not_feel_safe must raise at least a review."


def _predicates(plan: Plan) -> Iterator[Found]:
    predicates = plan.definition["predicates"]
    for number, gate in enumerate(plan.definition["gates"]):
        for place, way in enumerate(gate["any"]):
            path = f"gates[{number}].any[{place}].all"
            unknown = [name for name in way["all"] if name not in predicates]
            yield from ((path, f"There is no predicate {name!r}.") for name in unknown)
            known = [predicates[name] for name in way["all"] if name in predicates]
            if not unknown and not any(predicate.get("reason") == "required" for predicate in known):
                yield from _safe_way(path, known)
    for name, predicate in predicates.items():
        yield from _predicate(f"predicates.{name}", predicate, plan)


def _safe_way(path: str, predicates: list[Json]) -> Iterator[Found]:
    """A way through a gate that is no override asks for the safety check and for open flags."""
    if not any("items" in predicate for predicate in predicates):
        yield path, "The safety check is missing."
    if not any("levels" in predicate for predicate in predicates):
        yield path, "The question for open flags is missing."


def _predicate(path: str, predicate: Json, plan: Plan) -> Iterator[Found]:
    if "items" in predicate:
        lines = {line.item for line in plan.instrument.lines if line.domain == SENTINEL}
        if set(predicate["items"]) != lines or predicate.get("direction") != "experienced":
            yield f"{path}.items", f"The safety check names all lines of {SENTINEL}, as experienced."
    if "levels" in predicate and not set(SERIOUS) <= set(predicate["levels"]):
        yield f"{path}.levels", "Urgent and review must both be named."


def goals(plan: Plan) -> Iterator[Found]:
    """ST26"""
    goal = plan.definition["goals"].get("example")
    if goal is not None:
        yield from ((f"goals.example.{step}", message) for step, message in goal_faults(goal, plan))


def goal_faults(goal: Json, plan: Plan) -> Iterator[Found]:
    """What is wrong with one goal: whose it is, who sees it, and whether its five levels are filled."""
    domain = plan.instrument.domains.get(str(goal["domain"]), {})
    if not domain:
        yield "domain", f"There is no domain {goal['domain']!r}."
    elif goal["owner"] == "pair" and domain["visibility"] != plan.definition["goals"]["owner_pair_domains"]:
        yield "domain", "A goal of the pair is on a domain that both may see."
    if goal["visibility"] != plan.definition["goals"]["visibility_by_owner"].get(str(goal["owner"])):
        yield "visibility", "The visibility of a goal follows its owner."
    texts = goal["text_per_level"]
    for level in LEVELS_ON_THE_SCALE:
        if not isinstance(texts, dict) or not str(texts.get(level, "")).strip():
            yield f"text_per_level.{level}", "Each of the five levels must be filled."


CHECKS: Mapping[str, Callable[[Plan], Iterator[Found]]] = {
    "ST02": unique_ids,
    "ST04": languages,
    "ST13": text_key,
    "ST22": licence,
    "ST23": deny_list,
    "ST24": steps_and_practices,
    "ST25": gates,
    "ST26": goals,
}


def plan_faults(definition: Json, instrument: Instrument) -> list[Fault]:
    """Every fault of a template that fits its schema, sorted by path."""
    plan = Plan(definition, instrument)
    return sorted({Fault(path, name, message) for name, check in CHECKS.items() for path, message in check(plan)})
