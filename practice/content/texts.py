"""What every partner reads, whatever they answer: the client texts, and the checks on them (ST23, ST27, ST29, ST30)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
from practice.content.walking import strings
from practice.content.wording import claims, tells_too_much

Json = dict[str, Any]

PLACEHOLDER = re.compile(r"\{(\w+)\}")


@lru_cache
def client_texts() -> Json:
    """The shipped client texts: each key holds a text by language. Checked; must not be changed."""
    texts: Json = read_yaml(FOLDER / "client-texts-0.2.0.yaml")
    if faults := text_faults(texts):
        raise ContentError(faults)
    return texts


@lru_cache
def client_text_keys() -> frozenset[str]:
    """The keys that an instrument or a plan may name: those that hold one text by language."""
    return frozenset(key for key, value in client_texts().items() if _by_language(value))


def text_faults(texts: Json) -> list[Fault]:
    """Every fault of client texts on their own; those that concern help lines are `placeholder_faults`."""
    if faults := schema_faults(texts, read_schema(FOLDER / "schemas" / "client-texts-1.yaml")):
        return faults
    return sorted([*_claims(texts), *_exit_by_its_label(texts), *_neutral_invitation(texts)])


def placeholder_faults(texts: Json, known: Mapping[str, object]) -> list[Fault]:
    """ST27: every placeholder in the texts is known, and each known one is used."""
    used: set[str] = set()
    faults = []
    for path, text in strings(texts):
        for name in PLACEHOLDER.findall(text):
            used.add(name)
            if name not in known:
                faults.append(Fault(path, "ST27", f"The placeholder {{{name}}} has no topics."))
    faults += [Fault(f"placeholders.{name}", "ST27", "No text uses this placeholder.") for name in known.keys() - used]
    return sorted(faults)


def _by_language(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _claims(texts: Json) -> Iterator[Fault]:
    for path, text in strings(texts):
        yield from (Fault(path, "ST23", f"{claim!r} is a claim that must not be made.") for claim in claims(text))


def _exit_by_its_label(texts: Json) -> Iterator[Fault]:
    for language, text in texts["privacy_before_start"].items():
        label = texts["exit_button"]["label"].get(language)
        if label is None or label not in text:
            yield Fault(
                f"privacy_before_start.{language}",
                "ST29",
                "This must name the exit button by its label.",
            )


def _neutral_invitation(texts: Json) -> Iterator[Fault]:
    for key in ("invitation_subject", "invitation_body"):
        for language, text in texts[key].items():
            for word in tells_too_much(text):
                yield Fault(
                    f"{key}.{language}",
                    "ST30",
                    f"{word!r} tells too much in a message.",
                )
