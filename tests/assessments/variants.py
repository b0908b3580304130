"""Small changes to a shipped file. A path names list entries by id or code, or by number."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from practice.content import read_yaml

Change = Callable[[Any], None]

ROOT = Path(__file__).parents[2]
FILES = {
    "ena-c": ROOT / "assessments/instruments/ena-c-0.2.0.yaml",
    "ena-ck": ROOT / "assessments/instruments/ena-ck-0.2.0.yaml",
    "plan": ROOT / "assessments/plan_templates/repair-plan-0.2.0.yaml",
    "texts": ROOT / "practice/content/client-texts-0.2.0.yaml",
    "resources": ROOT / "practice/content/crisis-resources-0.2.0.yaml",
}
ORIGINALS = {name: read_yaml(path) for name, path in FILES.items()}


@dataclass(frozen=True)
class Variant:
    """A file broken in one way, the check that must say so, and where. `alone`: no other check says anything."""

    name: str
    file: str
    check: str
    path: str
    change: Change
    alone: bool = True

    def data(self) -> Any:
        data = deepcopy(ORIGINALS[self.file])
        self.change(data)
        return data

    def text(self) -> str:
        return as_text(self.data())


def as_text(data: Any) -> str:
    """JSON is YAML; written this way nothing is shared between two places."""
    return json.dumps(data, ensure_ascii=False)


def _find(container: Any, step: str) -> Any:
    if isinstance(container, dict):
        return step
    for place, entry in enumerate(container):
        if isinstance(entry, dict) and step in (entry.get("id"), entry.get("code")):
            return place
    return int(step)


def _enter(data: Any, path: str) -> tuple[Any, Any]:
    *way, last = path.split("/")
    for step in way:
        data = data[_find(data, step)]
    return data, _find(data, last)


def put(path: str, value: Any) -> Change:
    def change(data: Any) -> None:
        container, key = _enter(data, path)
        container[key] = deepcopy(value)

    return change


def drop(path: str) -> Change:
    def change(data: Any) -> None:
        container, key = _enter(data, path)
        del container[key]

    return change


def add(path: str, value: Any) -> Change:
    def change(data: Any) -> None:
        container, key = _enter(data, path)
        container[key].append(deepcopy(value))

    return change


def double(path: str, **changes: Any) -> Change:
    """Append a copy of a list entry to its list, with some keys changed."""

    def change(data: Any) -> None:
        container, key = _enter(data, path)
        container.append({**deepcopy(container[key]), **changes})

    return change


def both(*changes: Change) -> Change:
    def change(data: Any) -> None:
        for one in changes:
            one(data)

    return change
