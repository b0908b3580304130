"""Pages: each line on exactly one, safety lines on their own, and the texts around them (ST11 to ST13)."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.instruments.checks.parts import SENTINEL, Found, Parts
from assessments.instruments.definition import Json
from practice.content import client_text_keys, repeated

Asked = tuple[str, str]


def pages(parts: Parts) -> Iterator[Found]:
    """ST11"""
    if not parts.sections:
        return
    yield from _placements(parts)
    with_recall = {section["id"] for section in parts.sections if "recall_first" in section}
    for index, section in enumerate(parts.sections):
        if section.get("recall_same_as") not in {None, *with_recall}:
            yield f"sections[{index}].recall_same_as", "No section of this name has a recall window of its own."
    known = {section["id"] for section in parts.sections}
    for index, sitting in enumerate(parts.definition.get("sittings", [])):
        yield from ((f"sittings[{index}]", message) for message in _sitting(sitting, known))


def _placements(parts: Parts) -> Iterator[Found]:
    seen: set[Asked] = set()
    for index, section in enumerate(parts.sections):
        for place, name in enumerate(section["items"]):
            own = parts.directions_of(parts.items[name]) if name in parts.items else frozenset()
            asked = {section["direction"]} if "direction" in section else own
            lines = {(direction, name) for direction in asked}
            if own:
                yield from _placement(
                    f"sections[{index}]", place, lines, {(direction, name) for direction in own}, seen
                )
            seen |= lines
    for direction, name in parts.asked():
        if (direction, name) not in seen:
            yield "sections", f"{direction}.{name} is on no page."


def _placement(path: str, place: int, lines: set[Asked], own: set[Asked], seen: set[Asked]) -> Iterator[Found]:
    direction, name = min(lines)
    if not lines <= own:
        yield f"{path}.items[{place}]", f"{name} is not asked in the direction {direction!r}."
    elif len(lines) > 1:
        yield f"{path}.direction", f"This is needed, because {name} is asked in several directions."
    elif lines & seen:
        yield f"{path}.items[{place}]", f"{name} already stands on a page in this direction."


def _sitting(sitting: Json, known: set[str]) -> Iterator[str]:
    in_parts = "parts" in sitting
    if in_parts == ("sections" in sitting) or in_parts != ("max_gap_hours" in sitting):
        yield "A sitting has its sections, or its parts and the hours between them."
    wanted = [name for part in sitting.get("parts", [sitting.get("sections", [])]) for name in part]
    yield from (f"There is no section {name!r}." for name in wanted if name not in known)
    yield from (f"The section {wanted[place]!r} stands twice." for place in repeated(wanted))


def safety_pages(parts: Parts) -> Iterator[Found]:
    """ST12"""
    sentinels = {item["id"] for item in parts.sentinels()}
    for index, section in enumerate(parts.sections):
        if not sentinels & set(section["items"]):
            continue
        if not set(section["items"]) <= sentinels or not section.get("own_page"):
            yield f"sections[{index}]", f"Lines of {SENTINEL} stand on a page of their own (own_page)."
        for key in ("preface", "footer", "after"):
            if key not in section:
                yield f"sections[{index}].{key}", f"A page with lines of {SENTINEL} needs this text."


def text_keys(parts: Parts) -> Iterator[Found]:
    """ST13"""
    known = client_text_keys()
    wanted = [
        (f"sections[{index}].{key}", section[key])
        for index, section in enumerate(parts.sections)
        for key in ("preface", "footer", "after")
        if key in section
    ]
    if "joint_report" in parts.definition:
        wanted.append(("joint_report.missing", parts.definition["joint_report"]["missing"]))
    for path, key in wanted:
        if key not in known:
            yield path, f"There is no client text {key!r}."
