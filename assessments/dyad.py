"""What two sheets of a couple say together: gaps, means and differences of scores, in exact fractions; the error of
these in floats, how alike two profiles are, and how alike partners are over many couples.

The rule that must not break: two partners are compared only where both sides have a value and their forms were
submitted close enough in time; there is no filling in of a missing side. What is computed over many couples is never
shown for one. Formulas: clinical/design.md 1.5 and 3.4.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import hypot, sqrt
from statistics import correlation, fmean, variance
from typing import Any

from assessments.instruments.definition import Instrument
from assessments.measurement import COMPARED_DECIMALS
from assessments.scoring import Score, SheetScores, directions_of, mean

Side = Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class DyadicValue:
    """A value computed from two sides, or the reason for having none."""

    value: Fraction | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Similarity:
    """How alike two profiles are. `level` is first - second and `distance` the root mean square difference, in points.

    `shape` is Pearson's r, None where a profile is flat; `agreement` the double-entry intraclass correlation, which
    counts shape and level in one, None where both profiles are one and the same flat line.
    """

    shape: float | None
    level: float
    distance: float
    agreement: float | None


@dataclass(frozen=True, slots=True)
class CoupleCorrelation:
    """Non-independence of interchangeable partners: grand mean, mean squares between and within couples, their ICC."""

    mean: float
    between: float
    within: float
    icc: float


@dataclass(frozen=True, slots=True)
class Effect:
    """A regression weight and its standard error."""

    weight: float
    error: float


@dataclass(frozen=True, slots=True)
class TruthAndBias:
    """Agreement with the partner's own report over many couples: there is no truth here (West & Kenny 2011).

    `bias` is the mean direction of disagreement (points), `agreement` the weight of the partner's own report,
    `assumed_similarity` that of the judge's own.
    """

    bias: Effect
    agreement: Effect
    assumed_similarity: Effect
    explained: float


def dyadic(
    instrument: Instrument,
    x: SheetScores,
    y: SheetScores,
    days_between: float | None,
    *,
    only: Collection[str] | None = None,
) -> dict[str, dict[str, DyadicValue]]:
    """The values of two sides as {dyadic id: {score id: DyadicValue}}, all or only some; X is the receiver.

    `x` and `y` are what score_sheet returned, {} for a sheet that was not submitted; then `days_between` is None.
    A composite is the operation on the means over the inputs that both sides have, not on the two composites.
    """
    sheets = {"X": x, "Y": y}
    asked = (entry for entry in instrument.dyadic if only is None or entry["id"] in only)
    return {entry["id"]: _values(instrument, entry, sheets, days_between) for entry in asked}


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


def gap_error(experienced: float, *, enacted: float) -> float:
    """Standard error of a gap from the SEMs of its sides, sqrt(SEM^2 + SEM^2): their errors are independent."""
    return hypot(experienced, enacted)


def couple_mean_error(errors: tuple[float, float]) -> float:
    """SEM of the mean of both partners' scores from the SEM of each: .5 * sqrt(SEM_A^2 + SEM_B^2)."""
    return hypot(*errors) / 2


def profile_similarity(first: Sequence[float], *, second: Sequence[float]) -> Similarity:
    """How alike two profiles over the same scores are, the scores in the same order; at least two.

    A description of one couple: with six points no p-value belongs to it, and part of any likeness is that of the
    typical profile. Raises ValueError for profiles of unequal length.
    """
    pairs = list(zip(first, second, strict=True))
    differences = [one - other for one, other in pairs]
    distance = sqrt(fmean(difference**2 for difference in differences))
    return Similarity(_correlation(pairs), fmean(differences), distance, double_entry_correlation(pairs))


def double_entry_correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's r with every pair entered both ways round; None where all values are equal."""
    return _correlation([*pairs, *((other, one) for one, other in pairs)])


def couple_correlation(couples: Sequence[tuple[float, float]]) -> CoupleCorrelation:
    """ICC = (MSB - MSW) / (MSB + MSW) of interchangeable partners [F 25]; where roles tell them apart use Pearson.

    Raises StatisticsError for fewer than two couples, ZeroDivisionError where all values are equal.
    """
    means = [(one + other) / 2 for one, other in couples]
    between = 2 * variance(means)
    within = fmean((one - other) ** 2 for one, other in couples) / 2
    return CoupleCorrelation(fmean(means), between, within, (between - within) / (between + within))


def truth_and_bias(judgements: Sequence[float], *, partners: Sequence[float], own: Sequence[float]) -> TruthAndBias:
    """Least squares of J - Tm = b0 + t (T - Tm) + b (B - Tm), one entry a couple, at least four couples.

    J: what the receiver experienced. T (`partners`): what the giver says of themselves, Tm its mean. B (`own`): what
    the receiver says of themselves. Raises ZeroDivisionError where T and B are proportional or do not vary.
    """
    centre = fmean(partners)
    j, t, b = ([value - centre for value in values] for values in (judgements, partners, own))
    tt, bb, tb = _products(t, t), _products(b, b), _products(t, b)
    tj, bj, jj = _products(t, j), _products(b, j), _products(j, j)
    determinant = tt * bb - tb**2
    agreement, similarity = (bb * tj - tb * bj) / determinant, (tt * bj - tb * tj) / determinant
    residual = jj - agreement * tj - similarity * bj
    unit = residual / (len(j) - 3)
    offset = fmean(b)
    return TruthAndBias(
        Effect(fmean(j) - similarity * offset, sqrt(unit * (1 / len(j) + offset**2 * tt / determinant))),
        Effect(agreement, sqrt(unit * bb / determinant)),
        Effect(similarity, sqrt(unit * tt / determinant)),
        1 - residual / jj,
    )


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    first, second = zip(*pairs, strict=True)
    return None if _is_flat(first) or _is_flat(second) else correlation(first, second)


def _is_flat(values: Sequence[float]) -> bool:
    # Asked before, because the mean of equal floats may miss them by a hair, and a correlation of hairs means nothing.
    return len({round(value, COMPARED_DECIMALS) for value in values}) == 1


def _products(first: Sequence[float], second: Sequence[float]) -> float:
    first_mean, second_mean = fmean(first), fmean(second)
    return sum((one - first_mean) * (other - second_mean) for one, other in zip(first, second, strict=True))
