"""A definition with its parts at hand. Nothing here trusts that one part names another one that exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assessments.instruments.definition import AUDIENCES, STATES, Json, is_stub

# Reserved by the file format: the domain whose lines are asked for safety alone and are never scored.
SENTINEL = "SC"

Found = tuple[str, str]
Check = Callable[["Parts"], Iterator[Found]]


@dataclass(frozen=True, eq=False)
class Parts:
    """Look-ups over a definition that fits the schema and whose references to other files are resolved."""

    definition: Json

    @cached_property
    def items(self) -> Mapping[str, Json]:
        return {item["id"]: item for item in self.definition["items"]}

    @cached_property
    def domains(self) -> Mapping[str, Json]:
        return {domain["id"]: domain for domain in self.definition["domains"]}

    @cached_property
    def scores(self) -> Mapping[str, Json]:
        return {score["id"]: score for score in self.definition["scoring"]["scores"]}

    @cached_property
    def directions(self) -> frozenset[str]:
        """The directions of the file; a stub, which may leave them out, has those of its domains."""
        declared = self.definition.get("directions")
        return frozenset(declared or (name for domain in self.domains.values() for name in domain["directions"]))

    @property
    def is_stub(self) -> bool:
        return is_stub(self.definition)

    @property
    def sections(self) -> list[Json]:
        return list(self.definition.get("sections", []))

    @property
    def rules(self) -> list[Json]:
        return list(self.definition["safety_rules"])

    def directions_of(self, item: Json) -> frozenset[str]:
        """Where an item is asked: in the directions it has a text for, in a stub in those of its domain."""
        return frozenset(item.get("text") or self.domains.get(item["domain"], {}).get("directions", ()))

    def asked(self) -> Iterator[tuple[str, str]]:
        """Every (direction, item) that is asked."""
        for item in self.definition["items"]:
            for direction in sorted(self.directions_of(item)):
                yield direction, item["id"]

    def audience_of(self, item: Json) -> str:
        """Who may see an item. A missing domain is a fault of its own; no other fault is made of it."""
        domain = self.domains.get(item["domain"], {})
        return str(item.get("visibility") or domain.get("visibility", AUDIENCES[0]))

    def scale_of(self, item: Json) -> str:
        return str(item.get("scale", self.definition["default_scale"]))

    def span(self, item: Json) -> tuple[int, int] | None:
        """Lowest and highest raw value of an item, or None where its scale is missing."""
        scale = self.definition["response_scales"].get(self.scale_of(item))
        if scale is None:
            return None
        values = [option["value"] for option in scale["options"]]
        return min(values), max(values)

    def states_of(self, item: Json) -> frozenset[str]:
        """The answers without a number that the scale of an item knows; a missing scale is a fault of its own."""
        scale = self.definition["response_scales"].get(self.scale_of(item))
        return frozenset(STATES if scale is None else (state["code"] for state in scale.get("non_scored", [])))

    def read_by(self, score: Json) -> list[Json]:
        """The items a score rests on, its inputs' items included."""
        inputs = [self.scores[name] for name in score.get("of", []) if name in self.scores]
        names = [*score.get("items", []), *(name for entry in inputs for name in entry.get("items", []))]
        return [self.items[name] for name in names if name in self.items]

    def sentinels(self) -> list[Json]:
        return [item for item in self.definition["items"] if item["domain"] == SENTINEL]

    def conditions(self) -> Iterator[tuple[str, Json, Json]]:
        """Every (path, rule, condition) of the safety rules."""
        for number, rule in enumerate(self.rules):
            for place, condition in enumerate(rule["any"]):
                yield f"safety_rules[{number}].any[{place}]", rule, condition


def strictness(audience: str) -> int:
    """How strict an audience is; higher is stricter."""
    return AUDIENCES.index(audience)
