"""One wording, kept in one place: `same_as` names the same part of another file, by version (ST01)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assessments.instruments.definition import Json
from practice.content import ContentError, Fault, Place, join

# What stands below `codes` is another system's, not ours to follow.
OPAQUE = "codes"


def resolve(definition: Json, known: Mapping[str, Json]) -> Json:
    """The definition with every `same_as` replaced by the part it names.

    `known` holds definitions as they stand in their files, by `id@version`. Raises ContentError with a fault for
    each reference to a file or part that is not there, or to a part that is itself a reference.
    """
    faults = [Fault(join((*path, "same_as")), "ST01", message) for path, message in _dangling(definition, known)]
    if faults:
        raise ContentError(sorted(faults))
    resolved: Json = _resolved(definition, known, ())
    return resolved


def _references(part: Any, path: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(part, dict) and "same_as" in part:
        yield path, part["same_as"]
    elif isinstance(part, dict):
        for key, inner in part.items():
            if (*path, key) != (OPAQUE,):
                yield from _references(inner, (*path, key))


def _dangling(definition: Json, known: Mapping[str, Json]) -> Iterator[tuple[Place, str]]:
    for path, ref in _references(definition, ()):
        if ref not in known:
            yield path, f"There is no {ref}."
        elif (part := _part(known[ref], path)) is None:
            yield path, f"{ref} has no {join(path)}."
        elif next(_references(part, path), None):
            yield path, f"{join(path)} of {ref} is itself a reference."


def _part(definition: Json, path: Place) -> Any:
    part: Any = definition
    for step in path:
        if not isinstance(part, dict) or step not in part:
            return None
        part = part[step]
    return part


def _resolved(part: Any, known: Mapping[str, Json], path: Place) -> Any:
    if not isinstance(part, dict) or path == (OPAQUE,):
        return part
    if "same_as" in part:
        return _part(known[part["same_as"]], path)
    return {key: _resolved(inner, known, (*path, key)) for key, inner in part.items()}
