"""The instruments that ship, and the door through which a practice's own file comes in.

Rule that must not break: a file with a fault becomes nothing; it is refused whole, with every fault named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from assessments.instruments.building import build
from assessments.instruments.checks import instrument_faults
from assessments.instruments.definition import Instrument, Json, is_stub
from assessments.instruments.references import resolve
from practice.content import ContentError, Fault, read_schema, read_yaml, schema_faults

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "schemas" / "instrument-1.yaml"

Bundle = Literal["shipped", "imported"]


@lru_cache
def shipped() -> Mapping[str, Instrument]:
    """The shipped instruments that can be assigned, by reference (`id@version`). Read and checked once."""
    return {instrument.ref: instrument for instrument in map(_read, sorted(FOLDER.glob("*.yaml")))}


@lru_cache
def stubs() -> Mapping[str, Instrument]:
    """Keys and cut-offs of instruments whose text a practice has to bring, by id. They cannot be assigned."""
    return {stub.id: stub for stub in map(_read, sorted((FOLDER / "stubs").glob("*.yaml")))}


def get(ref: str) -> Instrument:
    """The shipped instrument of a reference. Raises KeyError."""
    return shipped()[ref]


def latest(instrument_id: str) -> Instrument:
    """The highest shipped version of an instrument. Raises KeyError."""
    versions = [instrument for instrument in shipped().values() if instrument.id == instrument_id]
    if not versions:
        raise KeyError(instrument_id)
    return max(versions, key=lambda instrument: tuple(int(part) for part in instrument.version.split(".")))


def parse(text: str, *, bundle: Bundle = "shipped", taken: Collection[str] | None = None) -> Instrument:
    """The instrument in a definition file.

    `bundle="imported"` is a practice's own file: it must bring its text, and its id must be none of `taken`
    (by default the ids of the shipped instruments). Raises ContentError with every fault.
    """
    definition = _fitting(read_yaml(text))
    faults = instrument_faults(definition)
    if bundle == "imported":
        ids = {instrument.id for instrument in shipped().values()} if taken is None else taken
        faults = sorted([*faults, *_import_faults(definition, ids)])
    if faults:
        raise ContentError(faults)
    return build(definition)


def _read(path: Path) -> Instrument:
    return parse(path.read_text(encoding="utf-8"))


@lru_cache
def _files() -> Mapping[str, Json]:
    """The shipped files as they stand, references unresolved."""
    files = [read_yaml(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return {f"{data['id']}@{data['version']}": data for data in files}


def _fitting(data: Any) -> Json:
    """The definition with its references resolved, if it fits the schema. Raises ContentError."""
    if faults := schema_faults(data, read_schema(SCHEMA)):
        raise ContentError(faults)
    return resolve(data, _files())


def _import_faults(definition: Json, taken: Collection[str]) -> Iterator[Fault]:
    if definition["id"] in taken:
        yield Fault("id", "import", f"{definition['id']!r} is the id of an instrument that comes with the program.")
    if is_stub(definition):
        yield Fault("license.bundle", "import", "A file without its text cannot be given to anyone.")
    stub = stubs().get(definition["id"])
    if stub is not None:
        yield from _lost_keys(definition, stub.definition)


def _lost_keys(definition: Json, stub: Json) -> Iterator[Fault]:
    """What the published keys have and the file does not: without it a rule would silently not run."""
    items = {item["id"]: item for item in definition["items"]}
    for wanted in stub["items"]:
        item = items.get(wanted["id"], {})
        if any(item.get(key, False) != wanted.get(key, False) for key in ("reverse", "safety_relevant")) or not item:
            yield Fault("items", "import", f"{wanted['id']} is missing, or differs from its published key.")
    rules = {rule["id"]: rule for rule in definition["safety_rules"]}
    for wanted in stub["safety_rules"]:
        if rules.get(wanted["id"]) != wanted:
            yield Fault("safety_rules", "import", f"The rule {wanted['id']} is missing or was changed.")
