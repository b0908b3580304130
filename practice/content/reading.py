"""How a content file is read: a small, strict part of YAML, held against a JSON Schema.

Rule that must not break: what is read is plain JSON data, so that its hash, its storage and its checks agree
on what it says. Files come from practices too; none may cost more than its size.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

MAX_BYTES = 512 * 1024
MAX_DEPTH = 40

FOLDER = Path(__file__).parent
Place = tuple[str | int, ...]

# JSON Schema takes 1.0 for a whole number. Here it would be stored as one and compared as another.
_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a file: where, which check says so, and what to change."""

    path: str
    check: str
    message: str


class ContentError(Exception):
    """A file that was refused, with every fault found in it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message} ({fault.check})" for fault in faults))
        self.faults = tuple(faults)


class _Refused(yaml.YAMLError):
    """A construct that YAML allows and these files do not."""

    def __init__(self, problem: str, mark: Any) -> None:
        super().__init__(problem)
        self.problem = problem
        self.problem_mark = mark


class _StrictLoader(yaml.CSafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise _Refused("a key must be text, put it in quotes", key.start_mark)
            if key.value in seen:
                raise _Refused(f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read_yaml(source: str | Path) -> Any:
    """The data of a YAML file or text: mappings with text keys, lists, text, finite numbers, booleans, null.

    Raises ContentError: one fault with line and column for text that cannot be read, else one for each value
    that is not plain data.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ContentError([Fault("", "yaml", f"The file is larger than {MAX_BYTES // 1024} kB.")])
    try:
        _refuse_depth_and_aliases(text)
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506  a safe loader, made stricter
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError([_reading_fault(error)]) from error
    if faults := list(_not_plain(data, ())):
        raise ContentError(faults)
    return data


def _refuse_depth_and_aliases(text: str) -> None:
    """Walk the events, which needs no recursion, before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _Refused("references inside the file (*name) are not allowed", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _Refused(f"more than {MAX_DEPTH} levels", event.start_mark)


def _reading_fault(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    path = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return Fault(path, "yaml", f"Cannot be read: {getattr(error, 'problem', None) or error}.")


def _not_plain(value: Any, path: Place) -> Iterator[Fault]:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _not_plain(inner, (*path, step))
    elif isinstance(value, str):
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
            yield Fault(join(path), "yaml", "The text holds a character that cannot be stored.")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(join(path), "yaml", "This number is not finite.")
    elif not isinstance(value, bool | int | float | None):
        yield Fault(join(path), "yaml", "This is read as a date or binary value; put text in quotes.")


def join(path: Place) -> str:
    """A path as people write it: items[3].text.experienced.en"""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(parts).lstrip(".")


@lru_cache
def read_schema(path: Path) -> Mapping[str, Any]:
    """A JSON Schema (draft 2020-12) kept as YAML, checked once."""
    schema: dict[str, Any] = _located_refusals(read_yaml(path))
    Draft202012Validator.check_schema(schema)
    return schema


def _located_refusals(schema: Any) -> Any:
    """The same schema with each `false` written out: the library does not say where a bare one was met."""
    if isinstance(schema, dict):
        return {key: _refusals_written_out(key, inner) for key, inner in schema.items()}
    return [_located_refusals(inner) for inner in schema] if isinstance(schema, list) else schema


def _refusals_written_out(key: str, inner: Any) -> Any:
    if key == "properties":
        return {name: {"not": {}} if part is False else _located_refusals(part) for name, part in inner.items()}
    return _located_refusals(inner)


def schema_faults(data: Any, schema: Mapping[str, Any]) -> list[Fault]:
    """Every fault of `data` under a JSON Schema, sorted by path; none twice."""
    errors = _Validator(schema).iter_errors(data)
    return sorted({fault for error in errors for fault in _faults_of(error)})


def _faults_of(error: ValidationError) -> Iterator[Fault]:
    """The faults behind one error: of alternatives, those of the one that comes nearest."""
    if error.validator in ("oneOf", "anyOf") and error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        for inner in min(branches.values(), key=len):
            yield from _faults_of(inner)
        return
    path = tuple(error.absolute_path)
    for step, message in _located(error):
        yield Fault(join((*path, *step)), "schema", message)


def _located(error: ValidationError) -> Iterator[tuple[tuple[str, ...], str]]:
    """The message, and the step below the error's path that it is about."""
    keyword: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    if error.validator == "required":
        yield from (((name,), "This is required.") for name in keyword if name not in instance)
    elif error.validator == "additionalProperties":
        yield from (
            ((name,), "This is not known here.") for name in instance.keys() - schema.get("properties", {}).keys()
        )
    elif error.validator == "dependentRequired":
        missing = {name for key, names in keyword.items() if key in instance for name in names if name not in instance}
        yield from (((name,), "This is required here.") for name in missing)
    elif error.validator == "not":
        yield (), "This is not allowed here."
    else:
        yield (), _short(error.message)


def _short(message: str) -> str:
    return message if len(message) <= 200 else message[:97] + " ... " + message[-97:]
