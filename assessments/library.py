"""The instruments a practice can give: those that ship, and those it brought with a licence of its own.

A version is never changed once a sheet refers to it: sheets name the hash of what was asked. What a licence forbids is
not begun; a form that is open stays answerable, whatever became of its licence.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from django.utils import timezone

from assessments.instruments import library as shipped_library
from assessments.instruments.definition import Instrument
from assessments.models import ImportedInstrument
from practice import audit
from practice.content import ContentError
from practice.errors import DomainError, InvalidInput
from practice.practices import time_zone


class UnknownInstrument(InvalidInput):
    """There is no such instrument here. Choose one of the list, or import it first."""

    code = "unknown_instrument"


class InstrumentChanged(DomainError):
    """This version is no longer what was asked. Restore its file, or give the changed one a new version."""

    code = "instrument_changed"


class VersionExists(DomainError):
    """This version is here already and cannot be replaced. Give the changed file a new version."""

    code = "version_exists"


class LicenceExpired(DomainError):
    """The licence of this form has ended. Choose another form, or import its next version with the renewed licence."""

    code = "licence_expired"


class ModeNotAllowed(DomainError):
    """The licence of this form does not allow that."""

    code = "mode_not_allowed"


SCREEN, PRINT, EMAIL = MODES = ("screen", "print", "e-mail")
REFUSALS = {
    SCREEN: "The licence of this form does not allow answering it on a screen. Choose another form.",
    PRINT: "The licence of this form does not allow printing it.",
    EMAIL: "The licence of this form does not allow a link by e-mail. Hand the link over in person.",
}


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


def licence_of(instrument: Instrument) -> ImportedInstrument | None:
    """The licence facts of an instrument that was brought; None for one that ships."""
    if _shipped(instrument.ref):
        return None
    return ImportedInstrument.objects.filter(identifier=instrument.id, version=instrument.version).first()


def refuse_expired(instrument: Instrument) -> None:
    """Nothing is begun after the last day of a licence, in the time of the practice. Raises LicenceExpired."""
    licence = licence_of(instrument)
    if licence and licence.expires_on and timezone.localdate(timezone=time_zone()) > licence.expires_on:
        raise LicenceExpired


def allows(instrument: Instrument, mode: str) -> bool:
    """Whether the licence allows one of MODES. One that was brought before modes had to be said allows all."""
    licence = licence_of(instrument)
    return licence is None or not licence.allowed_modes or mode in licence.allowed_modes


def refuse_mode(instrument: Instrument, mode: str) -> None:
    """Raises ModeNotAllowed."""
    if not allows(instrument, mode):
        raise ModeNotAllowed(REFUSALS[mode])


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
    faults = _licence_faults(
        {"holder": holder, "reference": reference, "confirmed_by": confirmed_by, "allowed_modes": allowed_modes}
    )
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


def _licence_faults(said: Mapping[str, str | Sequence[str]]) -> list[dict[str, str]]:
    faults = [
        {"field": f"licence.{name}", "code": "required", "detail": "Say this for the licence."}
        for name, value in said.items()
        if not (value.strip() if isinstance(value, str) else value)
    ]
    if set(said["allowed_modes"]) - set(MODES):
        told = f"Choose from {', '.join(MODES)}."
        faults.append({"field": "licence.allowed_modes", "code": "invalid_choice", "detail": told})
    return faults


def _shipped(ref: str) -> Instrument | None:
    try:
        return shipped_library.get(ref) if "@" in ref else shipped_library.latest(ref)
    except KeyError:
        return None


def _imported(ref: str) -> Instrument:
    if "\0" in ref:  # no text that PostgreSQL could compare
        raise UnknownInstrument
    identifier, _, version = ref.partition("@")
    rows = ImportedInstrument.objects.filter(identifier=identifier).only("source")
    # A partner, who always asks for one version, may not read when it was imported.
    row = (rows.filter(version=version) if version else rows.order_by("-imported_at")).first()
    if row is None:
        raise UnknownInstrument
    return _parsed(row.source)


@lru_cache(maxsize=256)
def _parsed(source: str) -> Instrument:
    return shipped_library.parse(source, bundle="imported")


def title_of(ref: str) -> str:
    """What an instrument is called; its reference where it is not here any more."""
    try:
        return resolve(ref).title
    except DomainError:
        return ref
