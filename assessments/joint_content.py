"""What a joint report says: per shareable topic a word for what each partner experiences and a word for each gap.

The rule that must not break: this is a function of joint_ok scores and nothing else, and holds no number, no count
and no reason. Whatever the cause of a missing value, the same one sentence stands in its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments import scoring
from assessments.dyad import dyadic
from assessments.instruments.definition import Instrument
from assessments.scoring import SheetScores, directions_of
from practice.content import client_texts


@dataclass(frozen=True)
class Sides:
    """The joint_ok scores of both partners by partner id, and the whole days between their submissions."""

    scores: Mapping[str, SheetScores]
    days_between: float | None

    def pairs(self) -> Iterator[tuple[str, SheetScores, SheetScores]]:
        """Each partner with their own scores and the other's."""
        (first, x), (second, y) = self.scores.items()
        yield from ((first, x, y), (second, y, x))


def joint_content(instrument: Instrument, sides: Sides) -> dict[str, Any]:
    """The words: "language", "header", "basis" and "topics", a list of {"label", "bands", "gaps", "talk"}.

    "bands" are by partner, "gaps" by the partner who receives. Every word is final. The instrument must be
    one that `can_be_shared`.
    """
    return {
        "language": instrument.language,
        "header": _text(instrument, "joint_report_header"),
        "basis": instrument.basis["note"],
        "topics": [_topic(instrument, topic, sides) for topic in shareable_topics(instrument)],
    }


def can_be_shared(instrument: Instrument) -> bool:
    """Whether its definition says what a joint report may show, of some topic: words of one direction and one gap."""
    report = instrument.joint_report or {"band_word_of": (), "gap_word_of": ()}
    one_of_each = len(report["band_word_of"]) == len(report["gap_word_of"]) == 1
    return one_of_each and bool(shareable_topics(instrument))


def shareable_topics(instrument: Instrument) -> list[str]:
    """The domains whose score is joint_ok in every direction that the report names a word of."""
    wanted = set(instrument.definition["joint_report"]["band_word_of"])
    return [
        topic
        for topic, domain in instrument.domains.items()
        if domain["visibility"] == "joint_ok"
        and instrument.scores.get(topic, {}).get("visibility") == "joint_ok"
        and wanted <= set(directions_of(instrument, topic))
    ]


def _topic(instrument: Instrument, topic: str, sides: Sides) -> dict[str, Any]:
    gaps = {partner: _gap(instrument, topic, x, y, sides.days_between) for partner, x, y in sides.pairs()}
    return {
        "label": instrument.words(instrument.domains[topic]["label"]),
        "bands": {partner: _band_word(instrument, topic, own) for partner, own, _ in sides.pairs()},
        "gaps": {partner: _gap_word(instrument, gap) for partner, gap in gaps.items()},
        "talk": _text(instrument, "joint_report_gap")
        if any(_differs(instrument, gap) for gap in gaps.values())
        else "",
    }


def _band_word(instrument: Instrument, topic: str, own: SheetScores) -> str:
    [direction] = instrument.definition["joint_report"]["band_word_of"]
    one = own.get(direction, {}).get(topic)
    found = scoring.band(instrument, topic, one.score if one else None)
    return _word(instrument, instrument.bands, found)


def _gap(instrument: Instrument, topic: str, x: SheetScores, y: SheetScores, days: float | None) -> Fraction | None:
    [name] = instrument.definition["joint_report"]["gap_word_of"]
    one = dyadic(instrument, x, y, days)[name].get(topic)
    return one.value if one else None


def _gap_word(instrument: Instrument, gap: Fraction | None) -> str:
    return _word(instrument, instrument.gap_bands, scoring.gap_band(instrument, gap))


def _differs(instrument: Instrument, gap: Fraction | None) -> bool:
    return scoring.gap_band(instrument, gap) not in (None, instrument.gap_bands[0]["id"])


def _word(instrument: Instrument, bands: list[dict[str, Any]], found: str | None) -> str:
    labels = {band["id"]: instrument.words(band["label"]) for band in bands}
    return labels[found] if found else _text(instrument, instrument.definition["joint_report"]["missing"])


def _text(instrument: Instrument, key: str) -> str:
    return str(instrument.words(client_texts()[key]))
