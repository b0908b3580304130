"""What two sheets of a couple say together: gaps, means and differences of scores, in exact fractions.

The rule that must not break: two partners are compared only where both sides have a value and their forms were
submitted close enough in time; there is no filling in of a missing side.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.instruments.definition import Instrument
from assessments.scoring import Score, SheetScores, directions_of, mean

Side = Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class DyadicValue:
    """A value computed from two sides, or the reason for having none."""

    value: Fraction | None
    reason: str | None = None


def dyadic(
    instrument: Instrument, x: SheetScores, y: SheetScores, days_between: float | None
) -> dict[str, dict[str, DyadicValue]]:
    """All values of two sides as {dyadic id: {score id: DyadicValue}}; X is the receiver.

    `x` and `y` are what score_sheet returned, {} for a sheet that was not submitted; then `days_between` is None.
    A composite is the operation on the means over the inputs that both sides have, not on the two composites.
    """
    sheets = {"X": x, "Y": y}
    return {entry["id"]: _values(instrument, entry, sheets, days_between) for entry in instrument.dyadic}


def are_paired(instrument: Instrument, days_between: float | None) -> bool:
    """Whether both forms exist and lie close enough in time to be compared; the last day still counts."""
    pairing = instrument.pairing
    if pairing is None or days_between is None:
        return False
    return bool(abs(days_between) <= pairing["max_days_between"])


def _values(
    instrument: Instrument, entry: Mapping[str, Any], sheets: Mapping[str, SheetScores], days_between: float | None
) -> dict[str, DyadicValue]:
    left, right = entry["left"], entry["right"]
    score_ids = _scores_with(instrument, {left["direction"], right["direction"]})
    between_partners = left["who"] != right["who"]
    if between_partners and days_between is not None and not are_paired(instrument, days_between):
        return dict.fromkeys(score_ids, DyadicValue(None, "not_contemporaneous"))
    sides = [sheets[side["who"]].get(side["direction"], {}) for side in (left, right)]
    return {score_id: _value(instrument, score_id, entry["op"], *sides) for score_id in score_ids}


def _scores_with(instrument: Instrument, directions: set[str]) -> Iterator[str]:
    return (score_id for score_id in instrument.scores if directions <= set(directions_of(instrument, score_id)))


def _value(instrument: Instrument, score_id: str, op: str, left: Side, right: Side) -> DyadicValue:
    if score_id not in left or score_id not in right:
        return DyadicValue(None, "side_missing")
    definition = instrument.scores[score_id]
    composite = definition["kind"] == "mean_of_scores"
    pairs = list(_common(definition["of"] if composite else [score_id], left, right))
    if composite and len(pairs) < _min_inputs(instrument):
        return DyadicValue(None, "too_few_domains")
    if not pairs:
        return DyadicValue(None, "side_missing")
    return DyadicValue(_operate(op, mean([each for each, _ in pairs]), mean([each for _, each in pairs])))


def _common(score_ids: list[str], left: Side, right: Side) -> Iterator[tuple[Fraction, Fraction]]:
    for score_id in score_ids:
        first, second = left[score_id].score, right[score_id].score
        if first is not None and second is not None:
            yield first, second


def _min_inputs(instrument: Instrument) -> int:
    pairing = instrument.pairing
    return int(pairing["min_inputs"]) if pairing else 1


def _operate(op: str, left: Fraction, right: Fraction) -> Fraction:
    if op == "left_minus_right":
        return left - right
    return max(left, right) if op == "max" else (left + right) / 2
