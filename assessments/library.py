"""The instruments a practice can give: those that ship, and those it brought with a licence of its own.

A version is never changed once a sheet refers to it: sheets name the hash of what was asked.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from django.utils import timezone

from assessments.instruments import library as shipped_library
from assessments.instruments.definition import Instrument
from assessments.models import ImportedInstrument
from practice import audit
from practice.content import ContentError
from practice.errors import DomainError, InvalidInput


class UnknownInstrument(InvalidInput):
    """There is no such instrument here. Choose one of the list, or import it first."""

    code = "unknown_instrument"


class InstrumentChanged(DomainError):
    """This version is no longer what was asked. Restore its file, or give the changed one a new version."""

    code = "instrument_changed"


class VersionExists(DomainError):
    """This version is here already and cannot be replaced. Give the changed file a new version."""

    code = "version_exists"


def resolve(ref: str, content_hash: str | None = None) -> Instrument:
    """The instrument of `id@version`, or the newest of `id`. Raises UnknownInstrument, InstrumentChanged."""
    instrument = _shipped(ref) or _imported(ref)
    if content_hash is not None and instrument.content_hash != content_hash:
        raise InstrumentChanged
    return instrument


def available() -> list[Instrument]:
    """Every instrument of this practice, shipped ones first."""
    own = ImportedInstrument.objects.order_by("identifier", "-imported_at")
    return [*shipped_library.shipped().values(), *(_parsed(row.source) for row in own)]


def import_instrument(
    source: str,
    *,
    holder: str,
    reference: str,
    confirmed_by: str,
    expires_on: date | None = None,
    allowed_modes: Sequence[str] = (),
) -> ImportedInstrument:
    """Bring a definition file. Raises InvalidInput with every fault by its path; then nothing of it is kept."""
    licence = {"licence.holder": holder, "licence.reference": reference, "licence.confirmed_by": confirmed_by}
    faults = [
        {"field": field, "code": "required", "detail": "Say this for the licence."}
        for field, value in licence.items()
        if not value.strip()
    ]
    try:
        instrument = _parsed(source)
    except ContentError as error:
        faults += [
            {"field": one.path or "definition", "code": one.check, "detail": one.message} for one in error.faults
        ]
    if faults:
        raise InvalidInput("The file or its licence facts do not fit; nothing was kept.", faults=faults)
    if ImportedInstrument.objects.filter(identifier=instrument.id, version=instrument.version).exists():
        raise VersionExists
    imported = ImportedInstrument.objects.create(
        identifier=instrument.id,
        version=instrument.version,
        content_hash=instrument.content_hash,
        source=source,
        licence_holder=holder,
        licence_reference=reference,
        confirmed_by=confirmed_by,
        expires_on=expires_on,
        allowed_modes=list(allowed_modes),
        imported_at=timezone.now(),
    )
    audit.record("instrument.imported", object_id=imported.id, instrument=instrument.ref)
    return imported


def _shipped(ref: str) -> Instrument | None:
    try:
        return shipped_library.get(ref) if "@" in ref else shipped_library.latest(ref)
    except KeyError:
        return None


def _imported(ref: str) -> Instrument:
    if "\0" in ref:  # no text that PostgreSQL could compare
        raise UnknownInstrument
    identifier, _, version = ref.partition("@")
    rows = ImportedInstrument.objects.filter(identifier=identifier).only("source").order_by("-imported_at")
    row = (rows.filter(version=version) if version else rows).first()
    if row is None:
        raise UnknownInstrument
    return _parsed(row.source)


@lru_cache(maxsize=256)
def _parsed(source: str) -> Instrument:
    return shipped_library.parse(source, bundle="imported")
