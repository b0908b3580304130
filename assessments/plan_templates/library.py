"""The plan templates that ship.

Rule that must not break: a template works on the domains of a shipped instrument and asks all its safety lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from assessments.instruments import library as instruments
from assessments.instruments.building import content_hash
from assessments.instruments.definition import Instrument, Json
from assessments.plan_templates.checks import plan_faults
from practice.content import ContentError, read_schema, read_yaml, schema_faults

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "schemas" / "plan-template-1.yaml"


@dataclass(frozen=True, eq=False)
class PlanTemplate:
    """One version of a plan template. `definition` must not be changed."""

    definition: Json
    # The instrument that measures what it works on (`id@version`).
    measured_by: str
    content_hash: str

    @property
    def id(self) -> str:
        return str(self.definition["id"])

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.definition['version']}"

    @cached_property
    def steps(self) -> list[Json]:
        """The steps in their order."""
        return sorted(self.definition["steps"], key=lambda step: int(step["order"]))

    @cached_property
    def practices(self) -> Mapping[str, Json]:
        return {practice["id"]: practice for practice in self.definition["practices"]}

    @cached_property
    def barriers(self) -> tuple[str, ...]:
        fields = self.definition["practice_defaults"]["fields"]
        return tuple(next(field["options"] for field in fields if field["id"] == "barrier"))

    @cached_property
    def field_labels(self) -> Mapping[str, str]:
        """The questions about an activity that have words of their own, by field."""
        fields = self.definition["practice_defaults"]["fields"]
        return {field["id"]: field["label"]["en"] for field in fields if "label" in field}

    @property
    def after_report(self) -> str:
        """The key of the client text that everybody reads after a week."""
        return str(self.definition["practice_defaults"]["after"])

    @property
    def barrier_rules(self) -> list[Json]:
        return list(self.definition["practice_defaults"]["barrier_rules"])

    @property
    def predicates(self) -> Mapping[str, Json]:
        found: Json = self.definition["predicates"]
        return found

    def gates_of(self, practice: str) -> list[Json]:
        """The gates that must be open before a practice is assigned."""
        tags = set(self.practices[practice].get("tags", []))
        return [gate for gate in self.definition["gates"] if tags & set(gate["blocks"])]

    def is_counted(self, practice: str) -> bool:
        """Whether it is done so many times a week: those are limited in number and counted as adherence."""
        return "times" in self.practices[practice]["dose"]

    def slot_of(self, practice: str) -> str:
        """Practices that may share a slot (P41 and P42) count as one."""
        return str(self.practices[practice].get("may_share_slot_with", practice))


@lru_cache
def shipped() -> Mapping[str, PlanTemplate]:
    """The shipped templates by reference (`id@version`). Read and checked once."""
    templates = [parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return {template.ref: template for template in templates}


def latest() -> PlanTemplate:
    """The template that a new plan is made from."""
    return max(shipped().values(), key=lambda one: tuple(int(part) for part in one.definition["version"].split(".")))


def get(ref: str) -> PlanTemplate:
    """The template of a reference. Raises KeyError."""
    return shipped()[ref]


def parse(text: str) -> PlanTemplate:
    """The template in a file. Raises ContentError with every fault."""
    data = read_yaml(text)
    if faults := schema_faults(data, read_schema(SCHEMA)):
        raise ContentError(faults)
    instrument = _measuring(data, instruments.shipped().values())
    if faults := plan_faults(data, instrument):
        raise ContentError(faults)
    return PlanTemplate(data, instrument.ref, content_hash(data))


def _measuring(definition: Json, candidates: Iterable[Instrument]) -> Instrument:
    """The instrument that measures what a template works on: the one that has most of its targets."""
    targets = {target for step in definition["steps"] for target in step.get("targets", [])}
    return max(candidates, key=lambda instrument: (len(targets & instrument.domains.keys()), instrument.version))
