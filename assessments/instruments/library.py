"""The instruments that ship, and the door through which a practice's own file comes in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from assessments.instruments.building import build
from assessments.instruments.definition import Instrument, Json
from practice.content import read_yaml

FOLDER = Path(__file__).parent


@lru_cache
def shipped() -> Mapping[str, Instrument]:
    """The shipped instruments that can be assigned, by reference (`id@version`)."""
    files = [read_yaml(path) for path in sorted(FOLDER.glob("*.yaml"))]
    known = {f"{data['id']}@{data['version']}": data for data in files}
    return {ref: build(_resolved(data, known, ())) for ref, data in known.items()}


def get(ref: str) -> Instrument:
    """The shipped instrument of a reference. Raises KeyError."""
    return shipped()[ref]


def latest(instrument_id: str) -> Instrument:
    """The highest shipped version of an instrument. Raises KeyError."""
    versions = [instrument for instrument in shipped().values() if instrument.id == instrument_id]
    if not versions:
        raise KeyError(instrument_id)
    return max(versions, key=lambda instrument: tuple(int(part) for part in instrument.version.split(".")))


def _resolved(part: Any, known: Mapping[str, Json], path: tuple[str, ...]) -> Any:
    if not isinstance(part, dict):
        return part
    if "same_as" in part:
        for step in path:
            part = known[part["same_as"]][step] if step == path[0] else part[step]
        return part
    return {key: _resolved(value, known, (*path, key)) for key, value in part.items()}
