"""Ids, scales and texts: what names what, and whether it is there (ST02 to ST04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assessments.instruments.checks.parts import Found, Parts
from assessments.instruments.definition import Json
from practice.content import repeated, texts_by_language

MAX_VALUE = 999


def unique_ids(parts: Parts) -> Iterator[Found]:
    """ST02"""
    definition = parts.definition
    checklist = definition.get("context_checklist", {})
    collections: list[tuple[str, str, list[Json]]] = [
        *((name, "id", definition.get(name, [])) for name in ("domains", "items", "sections", "sittings")),
        *((name, "id", definition.get(name, [])) for name in ("therapist_notes", "safety_rules")),
        *((f"scoring.{name}", "id", definition["scoring"].get(name, [])) for name in ("scores", "dyadic")),
        *((f"bands.{name}", "id", definition["bands"].get(name, [])) for name in ("cut", "gap_abs")),
        ("context_checklist.options", "code", checklist.get("options", [])),
        ("translations", "language", definition.get("translations", [])),
    ]
    collections += [
        (f"response_scales.{name}.non_scored", "code", scale.get("non_scored", []))
        for name, scale in definition["response_scales"].items()
    ]
    for path, key, entries in collections:
        for index in repeated(entry[key] for entry in entries):
            yield f"{path}[{index}].{key}", f"{entries[index][key]!r} stands twice."


def scales(parts: Parts) -> Iterator[Found]:
    """ST03. Raw values start at 0 or above: below it are the stored codes for answers that are no number."""
    known = parts.definition["response_scales"]
    for name, scale in known.items():
        values = [option["value"] for option in scale["options"]]
        if values != list(range(values[0], values[0] + len(values))):
            yield f"response_scales.{name}.options", "The values must be consecutive whole numbers, lowest first."
        if min(values) < 0 or max(values) > MAX_VALUE:
            yield f"response_scales.{name}.options", f"A value must lie between 0 and {MAX_VALUE}."
    if parts.definition["default_scale"] not in known:
        yield "default_scale", f"There is no scale {parts.definition['default_scale']!r}."
    for index, item in enumerate(parts.definition["items"]):
        if item.get("scale", next(iter(known))) not in known:
            yield f"items[{index}].scale", f"There is no scale {item['scale']!r}."
        if item.get("na_allowed") and "not_applicable" not in parts.states_of(item):
            yield f"items[{index}].na_allowed", "The scale of this item has no not_applicable to offer."


def names(parts: Parts) -> Iterator[Found]:
    """ST04"""
    yield from _unknown_names(parts)
    yield from _item_directions(parts)
    yield from _languages(parts)


def _unknown_names(parts: Parts) -> Iterator[Found]:
    definition = parts.definition
    named: list[tuple[str, list[str], Mapping[str, Json] | frozenset[str]]] = []
    for index, item in enumerate(definition["items"]):
        named.append((f"items[{index}].domain", [item["domain"]], parts.domains))
    for index, domain in enumerate(definition["domains"]):
        named.append((f"domains[{index}].directions", domain["directions"], parts.directions))
    for index, score in enumerate(definition["scoring"]["scores"]):
        named.append((f"scoring.scores[{index}].items", score.get("items", []), parts.items))
        named.append((f"scoring.scores[{index}].of", score.get("of", []), parts.scores))
    for index, section in enumerate(parts.sections):
        named.append((f"sections[{index}].items", section["items"], parts.items))
    for index, note in enumerate(definition.get("therapist_notes", [])):
        named.append((f"therapist_notes[{index}].items", note["items"], parts.items))
        named.append((f"therapist_notes[{index}].directions", note["directions"], parts.directions))
    for path, wanted, known in named:
        yield from ((path, f"There is no {name!r}.") for name in wanted if name not in known)


def _item_directions(parts: Parts) -> Iterator[Found]:
    for index, item in enumerate(parts.definition["items"]):
        allowed = set(parts.domains.get(item["domain"], {}).get("directions", parts.directions))
        texts = item.get("text")
        if texts is None:
            continue
        for direction in texts.keys() - allowed:
            yield f"items[{index}].text.{direction}", "The domain of this item has no such direction."
        if allowed >= {"experienced", "enacted"}:
            for direction in {"experienced", "enacted"} - texts.keys():
                yield f"items[{index}].text.{direction}", "A paired domain needs the text in both directions."
        languages = {frozenset(text) for text in texts.values()}
        if len(languages) > 1:
            yield f"items[{index}].text", "Each direction must have the same languages."


def _languages(parts: Parts) -> Iterator[Found]:
    language = parts.definition["language"]
    for path, texts in texts_by_language(parts.definition):
        if language not in texts:
            yield f"{path}.{language}", f"The text in the file's own language, {language!r}, is missing."
