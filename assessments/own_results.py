"""What partners may see of their own last full form, where their therapist allows it to both: words, never a number.

Rule that must not break: it is read from the joint_ok part of their own scores and from nothing else, and every
missing value has the same words, whatever its cause.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from assessments import library, scoring
from assessments.instruments.definition import Instrument, Json
from assessments.plan_templates import library as templates
from assessments.results import as_fraction
from practice import audit
from practice.content import client_texts


@dataclass(frozen=True)
class Topic:
    domain: str
    label: str
    words: str


@dataclass(frozen=True)
class OwnResults:
    """`status` and `note` are the basis that the words stand on."""

    status: str
    note: str
    topics: tuple[Topic, ...]


def own_results_allowed() -> bool:
    """Whether the partner in scope may see their own results; so may the other."""
    return _find() is not None


def own_results() -> OwnResults | None:
    """The own results of the partner in scope; None where they are not allowed. Audited as a reading."""
    found = _find()
    if found is None:
        return None
    instrument = library.resolve(found["instrument"] or templates.latest().measured_by, found["content_hash"])
    audit.record("own_results.read", object_id=found["sheet"], couple_id=found["couple"])
    note = _("This form is new, and its words may change as more is known about it.")
    return OwnResults(
        status=instrument.status,
        note=f"{instrument.basis['note']} {note}" if instrument.status == "provisional" else instrument.basis["note"],
        topics=tuple(_topics(instrument, found["scores"] or {})),
    )


def _find() -> Json | None:
    identifier = templates.latest().measured_by.partition("@")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.own_results(%s)", [identifier])
        row = cursor.fetchone()
    return json.loads(row[0]) if row and row[0] else None


def _topics(instrument: Instrument, scores: Mapping[str, Mapping[str, Any]]) -> Iterator[Topic]:
    """The domains that may be shared, in the direction that may be put into words."""
    report = instrument.joint_report or {"band_word_of": [], "missing": "joint_report_missing"}
    bands = {band["id"]: instrument.words(band["label"]) for band in instrument.bands}
    missing = instrument.words(client_texts()[report["missing"]])
    for direction in report["band_word_of"]:
        for key, domain in instrument.domains.items():
            if domain["visibility"] == "joint_ok" and key in instrument.scores:
                value = as_fraction(scores.get(direction, {}).get(key))
                words = bands.get(scoring.band(instrument, key, value) or "", missing)
                yield Topic(key, instrument.words(domain["label"]), words)
