"""From a checked, resolved definition to an `Instrument`: its lines in the order they are asked, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from assessments.instruments.definition import (
    AUDIENCES,
    CONTEXT,
    Instrument,
    Json,
    Line,
    Option,
    sections_of,
)


def build(definition: Json) -> Instrument:
    """The instrument of a checked, resolved definition."""
    lines = tuple(_with_positions(_lines(definition)))
    return Instrument(
        definition=definition,
        lines=lines,
        by_id={line.id: line for line in lines},
        content_hash=content_hash(definition),
    )


def content_hash(definition: Json) -> str:
    """SHA-256, in hex, of the definition as canonical JSON (sorted keys, no spaces, UTF-8)."""
    canonical = json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def item_directions(definition: Json, item: Json) -> list[str]:
    """The directions an item is asked in: those it has a text for, or its domain's where there are no texts."""
    if "text" in item:
        return list(item["text"])
    return next(list(domain["directions"]) for domain in definition["domains"] if domain["id"] == item["domain"])


def _lines(definition: Json) -> Iterator[Line]:
    items = {item["id"]: item for item in definition["items"]}
    sections = sections_of(definition)
    host = _checklist_host(definition, sections, items)
    for section in sections:
        for item_id in section["items"]:
            item = items[item_id]
            directions = [section["direction"]] if "direction" in section else item_directions(definition, item)
            for direction in directions:
                yield _item_line(definition, section["id"], item, direction)
        if section["id"] == host:
            yield from _option_lines(definition, section["id"])


def _item_line(definition: Json, section: str, item: Json, direction: str) -> Line:
    scale = definition["response_scales"][item.get("scale", definition["default_scale"])]
    domain = next(domain for domain in definition["domains"] if domain["id"] == item["domain"])
    language = definition["language"]
    return Line(
        id=f"{direction}.{item['id']}",
        direction=direction,
        item=item["id"],
        domain=item["domain"],
        section=section,
        text=item["text"][direction][language] if "text" in item else "",
        audience=item.get("visibility", domain["visibility"]),
        scale=tuple(Option(option["value"], option["label"][language]) for option in scale["options"]),
        codes=frozenset(
            state["code"]
            for state in scale.get("non_scored", [])
            if "only_if" not in state or item.get(state["only_if"], False)
        ),
        reverse=item["reverse"],
        safety_relevant=item.get("safety_relevant", False),
        index=0,
        position=0,
    )


def _checklist_host(definition: Json, sections: list[Json], items: Mapping[str, Json]) -> str | None:
    """The section that the checklist closes: the last ordinary one about oneself, else the last ordinary one."""
    if "context_checklist" not in definition:
        return None
    ordinary = [section for section in sections if not section.get("own_page")] or sections
    about_self = [
        section
        for section in ordinary
        if section.get("direction") == "self"
        or all(item_directions(definition, items[item]) == ["self"] for item in section["items"])
    ]
    return str((about_self or ordinary)[-1]["id"])


def _option_lines(definition: Json, section: str) -> Iterator[Line]:
    checklist, language = definition["context_checklist"], definition["language"]
    for option in checklist["options"]:
        item = f"{checklist['id']}.{option['code']}"
        yield Line(
            id=f"{CONTEXT}.{item}",
            direction=CONTEXT,
            item=item,
            domain=checklist["id"],
            section=section,
            text=option["label"][language],
            audience=option.get("visibility", "therapist_only"),
            scale=(Option(0, ""), Option(1, "")),
            codes=frozenset(),
            reverse=False,
            safety_relevant=False,
            index=0,
            position=0,
        )


def _with_positions(lines: Iterable[Line]) -> Iterator[Line]:
    seen = dict.fromkeys(AUDIENCES, 0)
    for index, line in enumerate(lines):
        yield replace(line, index=index, position=seen[line.audience])
        seen[line.audience] += 1
