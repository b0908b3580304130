"""What a score is worth: its error, the smallest change that exceeds error, and the constants both come from.

Pure arithmetic on floats, in score points. The rule that must not break: whatever is claimed (a change, a gap, a
trend) uses the reliability less its penalty, and the version of the constants is kept with the claim; the plain
reliability serves only to describe. Formulas: clinical/design.md 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import erfc, exp, log, sqrt

from assessments.instruments.definition import Instrument, Json

Z95 = 1.96
Z90 = 1.645
COMPARED_DECIMALS = 9

START_VERSION = "start-1"
START_RANGE = [0, 100]
START_SD = 20.0
START_RELIABILITY = 0.80
START_COMPOSITE_RELIABILITY = 0.90
START_PENALTY = 0.05
PRIOR_WEIGHT = 30


@dataclass(frozen=True, slots=True)
class Parameters:
    """Measurement constants in one version: SD (score points) and reliability (0 to 1) by score id.

    `date` is the day they were computed; None for those that an instrument's file states, which never change within
    a version of the file. A score that is in neither mapping has no error and nothing can be claimed about it.
    """

    version: str
    sd: Mapping[str, float]
    reliability: Mapping[str, float]
    penalty: float
    date: date | None = None

    def error(self, score_id: str) -> float | None:
        """Standard error of measurement for claims, at the reliability less the penalty; None without constants."""
        if score_id not in self.reliability or score_id not in self.sd:
            return None
        reliability = round(self.reliability[score_id] - self.penalty, COMPARED_DECIMALS)
        return standard_error(self.sd[score_id], reliability=reliability)

    def change_error(self, score_id: str) -> float | None:
        """Standard error of a difference of two scores of one person, for claims; None without constants."""
        error = self.error(score_id)
        return None if error is None else difference_error(error)


@dataclass(frozen=True, slots=True)
class Summary:
    """What one practice sends to a pool about a score: persons, mean and SD with n - 1."""

    n: int
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Several summaries as one. `within_sd` leaves out the differences between the practices' means."""

    n: int
    mean: float
    within_sd: float
    total_sd: float


def parameters_of(instrument: Instrument) -> Parameters:
    """The constants an instrument states, or the start values.

    Start values exist for scores from 0 to 100 only (3.3.1): SD 20, reliability .90 for a composite and .80, the
    lowest of the three guesses, for any other score. A score with another range is left without.
    """
    stated = instrument.measurement
    if stated is None:
        return _start_values(instrument.scores)
    reliability = {score_id: float(value) for score_id, value in stated["reliability"].items()}
    sd = {score_id: float(stated["sd"].get(score_id, stated["sd"]["default"])) for score_id in reliability}
    return Parameters(str(stated["version"]), sd, reliability, float(stated["penalty"]))


def standard_error(sd: float, *, reliability: float) -> float:
    """Standard error of measurement, SD * sqrt(1 - r). Raises ValueError for r above 1."""
    return sd * sqrt(1 - reliability)


def difference_error(error: float) -> float:
    """Standard error of a difference of two scores with the same, independent error: sqrt(2) * SEM."""
    return sqrt(2) * error


def smallest_change(change_error: float, *, z: float = Z95) -> float:
    """Minimal detectable change in points, z * Sdiff: MDC95, or MDC90 with z = Z90."""
    return z * change_error


def interval(score: float, *, error: float, z: float = Z95) -> tuple[float, float]:
    """Confidence interval of an observed score, X -+ z * SEM. It may reach beyond the score's range."""
    return score - z * error, score + z * error


def true_score(score: float, *, mean: float, sd: float, reliability: float) -> tuple[float, float]:
    """Kelley's estimate of the true score, r X + (1 - r) M, and its standard error, SD * sqrt(r (1 - r))."""
    return reliability * score + (1 - reliability) * mean, sd * sqrt(reliability * (1 - reliability))


def exceeds(value: float, *, error: float, z: float = Z95) -> bool:
    """Whether a value of either sign is more than z standard errors away from nothing; exactly z is not.

    Compared at 9 decimals (1.5.7), so that a tie is a tie whatever the floats say.
    """
    return round(abs(value) - z * error, COMPARED_DECIMALS) > 0


def two_sided_p(z: float) -> float:
    """Probability of a standard normal value at least as far from 0 as z."""
    return erfc(abs(z) / sqrt(2))


def shrunken_sd(sd: float, *, n: int, start: float, weight: int = PRIOR_WEIGHT) -> float:
    """SD of n persons drawn toward the start value as if that were `weight` persons (3.3.4)."""
    return sqrt((weight * start**2 + (n - 1) * sd**2) / (weight + n - 1))


def shrunken_alpha(alpha: float, *, n: int, start: float, weight: int = PRIOR_WEIGHT) -> float:
    """Alpha of n persons drawn toward the start value on the scale ln(1 - alpha), where its error is even (3.3.4).

    Raises ValueError for an alpha of 1 or more.
    """
    return 1 - exp((weight * log(1 - start) + n * log(1 - alpha)) / (weight + n))


def pool(summaries: Sequence[Summary]) -> Pool:
    """One mean, within SD and total SD from the summaries of several practices; no row leaves a practice (3.3.6).

    Raises ZeroDivisionError without more persons than practices.
    """
    n = sum(each.n for each in summaries)
    mean = sum(each.n * each.mean for each in summaries) / n
    within = sum((each.n - 1) * each.sd**2 for each in summaries)
    between = sum(each.n * (each.mean - mean) ** 2 for each in summaries)
    return Pool(n, mean, sqrt(within / (n - len(summaries))), sqrt((within + between) / (n - 1)))


def _start_values(scores: Mapping[str, Json]) -> Parameters:
    reliability = {
        score_id: START_COMPOSITE_RELIABILITY if score["kind"] == "mean_of_scores" else START_RELIABILITY
        for score_id, score in scores.items()
        if score["range"] == START_RANGE
    }
    return Parameters(START_VERSION, dict.fromkeys(reliability, START_SD), reliability, START_PENALTY)
