"""The plan templates that ship.

Rule that must not break: a template works on the domains of a shipped instrument and asks all its safety lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from assessments.instruments import library as instruments
from assessments.instruments.definition import Instrument, Json
from assessments.plan_templates.checks import plan_faults
from practice.content import ContentError, read_schema, read_yaml, schema_faults

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "schemas" / "plan-template-1.yaml"


@dataclass(frozen=True, eq=False)
class PlanTemplate:
    """One version of a plan template. `definition` must not be changed."""

    definition: Json

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


@lru_cache
def shipped() -> Mapping[str, PlanTemplate]:
    """The shipped templates by reference (`id@version`). Read and checked once."""
    templates = [parse(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    return {template.ref: template for template in templates}


def parse(text: str) -> PlanTemplate:
    """The template in a file. Raises ContentError with every fault."""
    data = read_yaml(text)
    faults = schema_faults(data, read_schema(SCHEMA))
    faults = faults or plan_faults(data, _measuring(data, instruments.shipped().values()))
    if faults:
        raise ContentError(faults)
    return PlanTemplate(data)


def _measuring(definition: Json, candidates: Iterable[Instrument]) -> Instrument:
    """The instrument that measures what a template works on: the one that has most of its targets."""
    targets = {target for step in definition["steps"] for target in step.get("targets", [])}
    return max(candidates, key=lambda instrument: (len(targets & instrument.domains.keys()), instrument.version))
