"""What an instrument says of its scores where two partners, or two forms, are compared. Plain Python."""

from typing import Any

from assessments.change import Better
from assessments.instruments.definition import Instrument


def gap_of(instrument: Instrument) -> dict[str, Any] | None:
    """The definition of the gap between two partners, where the instrument has one."""
    return next((one for one in instrument.dyadic if one["id"] == "gap"), None)


def better_of(instrument: Instrument, score_id: str) -> Better:
    found: Better = instrument.scores[score_id]["better"]
    return found


def paired_scores(instrument: Instrument) -> list[str]:
    """The scores that two partners can be compared on, the primary one first."""
    gap = gap_of(instrument)
    if gap is None:
        return [instrument.primary_score]
    directions = {gap["left"]["direction"], gap["right"]["direction"]}
    paired = [key for key, one in instrument.scores.items() if directions <= set(one["directions"])]
    return sorted(paired, key=lambda key: key != instrument.primary_score)


def label_of(instrument: Instrument, score_id: str) -> str:
    domain = instrument.domains.get(score_id)
    if domain is not None:
        return instrument.words(domain["label"])
    parts = instrument.scores[score_id].get("of", [])
    return f"Mean of {len(parts)} domains" if parts else score_id


def received_direction(instrument: Instrument) -> str:
    """The direction in which a partner says what they experienced."""
    gap = gap_of(instrument)
    return str(gap["left"]["direction"]) if gap else str(instrument.scores[instrument.primary_score]["directions"][0])
