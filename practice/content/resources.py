"""Help lines by country, and what of them the client texts show. The list is the same for everyone (ST02, ST27, ST28).

Rule that must not break: nothing here takes an answer, a flag or a gender.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from practice.content.reading import (
    FOLDER,
    ContentError,
    Fault,
    read_schema,
    read_yaml,
    schema_faults,
)
from practice.content.texts import client_texts, placeholder_faults
from practice.content.walking import repeated, strings
from practice.content.wording import claims

Json = dict[str, Any]

EU = "EU"
ANYWHERE = "*"
EU_MEMBERS = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())  # noqa: SIM905


@lru_cache
def crisis_resources() -> Json:
    """The shipped help lines. Checked, together with the client texts that name them; must not be changed."""
    data: Json = read_yaml(FOLDER / "crisis-resources-0.2.0.yaml")
    if faults := resource_faults(data, client_texts()):
        raise ContentError(faults)
    return data


def resolve_resources(country: str, *, data: Json | None = None) -> dict[str, list[Json]]:
    """Topic to lines: a country's own, else those of the EU for a member state, else those for anywhere.

    A topic without lines is absent. `country` is an ISO 3166 code of two letters.
    """
    resources = (data or crisis_resources())["resources"]
    scopes = [country, *([EU] if country in EU_MEMBERS else []), ANYWHERE]
    resolved: dict[str, list[Json]] = {}
    for scope in scopes:
        own = [line for line in resources if line["country"] == scope]
        for topic in {line["topic"] for line in own} - resolved.keys():
            resolved[topic] = [line for line in own if line["topic"] == topic]
    return resolved


def missing_topics(country: str, *, data: Json | None = None) -> list[str]:
    """The topics that keep safety lines from being asked in a country, in the order of the file."""
    data = data or crisis_resources()
    resolved = resolve_resources(country, data=data)
    present = set(resolved)
    if not any("phone" in line for line in resolved.get("emergency", [])):
        present.discard("emergency")
    if "directory" in resolved:
        present.update(data["activation"]["directory_may_stand_for"])
    return [topic for topic in data["activation"]["required_topics"] if topic not in present]


def placeholders(country: str) -> dict[str, list[Json] | str]:
    """What stands for each placeholder of the client texts: lines, or one phone number ("" where there is none)."""
    resolved = resolve_resources(country)
    filled: dict[str, list[Json] | str] = {}
    for name, entry in crisis_resources()["placeholders"].items():
        lines = [line for topic in entry["topics"] for line in resolved.get(topic, [])]
        phones = [line["phone"] for line in lines if "phone" in line]
        filled[name] = next(iter(phones), "") if entry["form"] == "phone_only" else lines
    return filled


def resource_faults(data: Json, texts: Json) -> list[Fault]:
    """Every fault of help lines, held against the texts that show them."""
    if faults := schema_faults(data, read_schema(FOLDER / "schemas" / "crisis-resources-1.yaml")):
        return faults
    unfit = placeholder_faults(texts, data["placeholders"])
    return sorted([*_listed_twice(data), *_claims(data), *_unresolved(data), *unfit])


def _listed_twice(data: Json) -> Iterator[Fault]:
    keys = [(line["country"], line["topic"], line["name"]) for line in data["resources"]]
    for index in repeated(keys):
        yield Fault(f"resources[{index}]", "ST02", f"{keys[index][2]!r} is listed twice.")


def _claims(data: Json) -> Iterator[Fault]:
    for path, text in strings(data):
        yield from (Fault(path, "ST23", f"{claim!r} is a claim that must not be made.") for claim in claims(text))


def _unresolved(data: Json) -> Iterator[Fault]:
    for country in sorted({line["country"] for line in data["resources"]} - {EU, ANYWHERE}):
        for topic in missing_topics(country, data=data):
            yield Fault("resources", "ST28", f"{country} has no line for {topic}.")
