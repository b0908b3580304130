"""What a file says about itself and to people (ST16, ST22, ST23, ST30)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assessments.instruments.checks.parts import Found, Parts
from practice.content import claims, strings, tells_too_much

ALLOWED_LICENCES = frozenset({"CC-BY-4.0", "CC0-1.0"})
TEXT_OF_A_HOLDER = ("therapist_notes", "context_checklist")


def provisional_mark(parts: Parts) -> Iterator[Found]:
    """ST16"""
    definition = parts.definition
    if definition["status"] != "provisional":
        return
    if not definition["bands"]["provisional"]:
        yield "bands.provisional", "The bands of a provisional file are provisional."
    if not all(text.strip() for text in definition["bands"]["note"].values()):
        yield "bands.note", "A provisional file says beside its bands what they are."
    version = rf"(?<![\w.]){re.escape(definition['version'])}(?![\w]|\.\d)"
    if not re.search(version, definition["citation"]) or "provisional" not in definition["citation"].lower():
        yield "citation", f"The citation of a provisional file says so and names the version {definition['version']}."


def licence(parts: Parts) -> Iterator[Found]:
    """ST22"""
    if parts.is_stub:
        yield from _holders_text(parts)
        return
    terms = parts.definition["license"]
    if terms["text"] not in ALLOWED_LICENCES and terms.get("bundle") != "allowed":
        yield "license", "The licence is not on the allow list, and nothing says that bundling is allowed."


def _holders_text(parts: Parts) -> Iterator[Found]:
    """What of a stub would be the licence holder's words: more than the schema can tell."""
    places = [key for key in TEXT_OF_A_HOLDER if key in parts.definition]
    places += [
        f"sections[{index}].{key}.page_line"
        for index, section in enumerate(parts.sections)
        for key in ("recall_first", "recall_repeat")
        if "page_line" in section.get(key, {})
    ]
    yield from ((place, "A stub carries no text.") for place in places)
    for name, scale in parts.definition["response_scales"].items():
        for place, option in enumerate(scale["options"]):
            if set(option["label"].values()) != {str(option["value"])}:
                yield f"response_scales.{name}.options[{place}].label", "A stub names its answers by number."


def deny_list(parts: Parts) -> Iterator[Found]:
    """ST23. The licence and citation of someone else's instrument are quoted, not said."""
    quoted = ("license", "citation") if "bundle" in parts.definition["license"] else ()
    said = {key: value for key, value in parts.definition.items() if key not in quoted}
    for path, text in strings(said):
        for claim in claims(text):
            yield path, f"{claim!r} is a claim that must not be made."


def neutral_title(parts: Parts) -> Iterator[Found]:
    """ST30"""
    for language, title in parts.definition["client_title"].items():
        for word in tells_too_much(title):
            yield f"client_title.{language}", f"{word!r} tells too much on a shared screen."
