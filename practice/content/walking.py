"""Ways through the data of a content file."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from practice.content.reading import Place, join

# What holds a text in each language: {en: "..."}. Under `text` and `labels` it stands one level deeper.
TEXT_KEYS = frozenset(
    {
        "title",
        "client_title",
        "instructions",
        "label",
        "label_hard",
        "note",
        "prompt",
        "page_line",
        "text",
    }
    | {"how", "done_when", "behaviour", "how_counted"}
)


def repeated(keys: Iterable[Hashable]) -> list[int]:
    """The places that hold a key which already stood before."""
    seen: set[Hashable] = set()
    places = []
    for place, key in enumerate(keys):
        if key in seen:
            places.append(place)
        seen.add(key)
    return places


def strings(data: Any, path: Place = ()) -> Iterator[tuple[str, str]]:
    """Every (path, text) in the values of `data`."""
    if isinstance(data, str):
        yield join(path), data
    elif isinstance(data, dict | list):
        for step, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from strings(inner, (*path, step))


def texts_by_language(data: Any, path: Place = ()) -> Iterator[tuple[str, dict[str, str]]]:
    """Every (path, {language: text}) in `data`."""
    if isinstance(data, dict) and data and all(isinstance(inner, str) for inner in data.values()):
        if {*path[-1:]} & TEXT_KEYS or {*path[-2:-1]} & {"text", "labels"}:
            yield join(path), data
    elif isinstance(data, dict | list):
        for step, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from texts_by_language(inner, (*path, step))
