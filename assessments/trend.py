"""What a whole series of scores says: its slope, whether it rises or falls, and whether it drifts for the worse.

Pure arithmetic on floats. `values` are scores in order of time without gaps; functions that take `scores` accept
None for an occasion without a score and leave it out. Times are numbers in any one unit (sessions, weeks), and a
slope is in points per that unit. The rule that must not break: no trend is named on fewer than five scores, or one
smaller than the error of a single change. Formulas: clinical/design.md 3.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, factorial, sqrt
from statistics import NormalDist, fmean, linear_regression, median
from typing import Literal

from assessments.change import Better, improvement
from assessments.measurement import COMPARED_DECIMALS, two_sided_p

FEWEST_FOR_TREND = 5
EXACT_UP_TO = 10
EWMA_WEIGHT = 0.3
ROLLING_WINDOW = 4
CUSUM_BASELINE = 3
CUSUM_SLACK = 0.5
CUSUM_ALARM = 6.0
# Not 1.96: the ranks of the interval are rounded, and a hair decides which.
SEN_Z = NormalDist().inv_cdf(0.975)

Intercept = Literal["separate", "joint"]


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """Slope, intercept (at time 0) and standard error of the slope, which has n - 2 degrees of freedom."""

    slope: float
    intercept: float
    error: float


@dataclass(frozen=True, slots=True)
class SenLine:
    """Theil-Sen line with the 95 % confidence interval of its slope; `intercept` is its height at time 0."""

    slope: float
    intercept: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MannKendall:
    """S = rises less falls over all pairs, its variance (corrected for ties), Z (with continuity), two-sided p."""

    s: int
    variance: float
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class Kendall:
    """Tau-b of values with time and its two-sided p. Tau is None where all values are equal."""

    tau: float | None
    p: float


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sums by occasion, None before the fourth score and without one; `alarm` is the first index at the limit."""

    sums: tuple[float | None, ...]
    alarm: int | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The line to draw, and the direction to name: None means that it cannot be told yet."""

    line: SenLine
    direction: Literal["better", "worse"] | None


def least_squares(values: Sequence[float], *, times: Sequence[float]) -> LeastSquares:
    """Ordinary least squares of at least three values. Raises StatisticsError where all times are equal."""
    slope, intercept = linear_regression(times, values)
    residual = sum((value - intercept - slope * time) ** 2 for value, time in zip(values, times, strict=True))
    centre = fmean(times)
    spread = sum((time - centre) ** 2 for time in times)
    return LeastSquares(slope, intercept, sqrt(residual / (len(values) - 2) / spread))


def theil_sen(values: Sequence[float], *, times: Sequence[float], intercept: Intercept = "separate") -> SenLine:
    """Median of the slopes of all pairs, with Sen's (1968) normal-approximation interval of 95 %.

    The line runs through the medians of both ("separate") or has the median of value - slope * time at time 0
    ("joint"). Same results as scipy.stats.theilslopes. Raises StatisticsError where no two times differ.
    """
    pairs = combinations(zip(times, values, strict=True), 2)
    slopes = sorted((later - earlier) / (end - start) for (start, earlier), (end, later) in pairs if end != start)
    slope = median(slopes)
    low, high = _sen_ranks(len(slopes), variance=_s_variance(values, times))
    if intercept == "separate":
        height = median(values) - slope * median(times)
    else:
        height = median(value - slope * time for value, time in zip(values, times, strict=True))
    return SenLine(slope, height, slopes[low], slopes[high])


def mann_kendall(values: Sequence[float]) -> MannKendall:
    """Test for a monotone trend of values in order of time, by the normal approximation."""
    s = _kendall_s(values)
    variance = _s_variance(values)
    z = (s - _sign(s)) / sqrt(variance) if s else 0.0
    return MannKendall(s, variance, z, two_sided_p(z))


def kendall(values: Sequence[float]) -> Kendall:
    """Kendall's tau-b with time. p is exact for up to 10 values without ties, else that of `mann_kendall`."""
    count = len(values)
    pairs, tied = comb(count, 2), sum(comb(each, 2) for each in Counter(values).values())
    test = mann_kendall(values)
    tau = test.s / sqrt(pairs * (pairs - tied)) if tied < pairs else None
    return Kendall(tau, test.p if tied or count > EXACT_UP_TO else _exact_p(test.s, count))


def rolling_slopes(values: Sequence[float], *, times: Sequence[float], window: int = ROLLING_WINDOW) -> list[float]:
    """Least-squares slope of each run of `window` values, the first ending at value number `window`."""
    ends = range(window, len(values) + 1)
    return [linear_regression(times[end - window : end], values[end - window : end]).slope for end in ends]


def ewma(values: Iterable[float], *, weight: float = EWMA_WEIGHT) -> list[float]:
    """Exponentially weighted moving average, weight * x + (1 - weight) * before, starting at the first value."""
    smoothed: list[float] = []
    for value in values:
        smoothed.append(weight * value + (1 - weight) * smoothed[-1] if smoothed else value)
    return smoothed


def worsening(scores: Sequence[float | None], *, error: float, better: Better) -> Cusum:
    """CUSUM for a slow drift to the worse, against the mean of the first three scores.

    `error` is the SEM for claims. From the fourth score on z = worsening / (SEM * sqrt(1 + 1/3)), whose root allows
    for the error of the baseline, and S = max(0, S before + z - .5); an alarm at 6. A missing score leaves the sum as
    it was. With no true change 2.6 % alarm by session 12 and 9.7 % by session 24.
    """
    scored = [(index, score) for index, score in enumerate(scores) if score is not None]
    sums: list[float | None] = [None] * len(scores)
    if len(scored) <= CUSUM_BASELINE:
        return Cusum(tuple(sums), None)
    baseline = fmean(score for _, score in scored[:CUSUM_BASELINE])
    unit = error * sqrt(1 + 1 / CUSUM_BASELINE)
    total, alarm = 0.0, None
    for index, score in scored[CUSUM_BASELINE:]:
        total = max(0.0, total - improvement(score - baseline, better=better) / unit - CUSUM_SLACK)
        sums[index] = total
        if alarm is None and round(total, COMPARED_DECIMALS) >= CUSUM_ALARM:
            alarm = index
    return Cusum(tuple(sums), alarm)


def trend(
    scores: Sequence[float | None], *, times: Sequence[float], smallest_change: float, better: Better
) -> Trend | None:
    """The Theil-Sen line of at least five scores; None for fewer, where only points are shown.

    A direction is named only if the interval of the slope excludes 0 and the line moves by at least
    `smallest_change` (MDC90 at the reliability for claims) from the first scored time to the last.
    """
    scored = [(time, score) for time, score in zip(times, scores, strict=True) if score is not None]
    if len(scored) < FEWEST_FOR_TREND:
        return None
    scored_times = [time for time, _ in scored]
    line = theil_sen([score for _, score in scored], times=scored_times)
    moved = abs(line.slope) * (max(scored_times) - min(scored_times))
    excludes_zero = round(line.low, COMPARED_DECIMALS) > 0 or round(line.high, COMPARED_DECIMALS) < 0
    if not excludes_zero or round(moved - smallest_change, COMPARED_DECIMALS) < 0:
        return Trend(line, None)
    return Trend(line, "better" if improvement(line.slope, better=better) > 0 else "worse")


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _kendall_s(values: Sequence[float]) -> int:
    return sum(_sign(later - earlier) for earlier, later in combinations(values, 2))


def _s_variance(*series: Sequence[float]) -> float:
    # Kendall (1970): n (n - 1)(2n + 5) less the same of each group of ties, over 18.
    def term(count: int) -> int:
        return count * (count - 1) * (2 * count + 5)

    ties = sum(term(count) for values in series for count in Counter(values).values())
    return (term(len(series[0])) - ties) / 18


def _sen_ranks(count: int, *, variance: float) -> tuple[int, int]:
    # Rounded and kept inside as scipy does, so that a short series takes its steepest slopes.
    reach = SEN_Z * sqrt(max(variance, 0.0))
    return max(round((count - reach) / 2) - 1, 0), min(round((count + reach) / 2), count - 1)


def _exact_p(s: int, count: int) -> float:
    # The number of orders of `count` values by their number of falls: each new value adds 0 to its position of them.
    orders = [1]
    for size in range(2, count + 1):
        orders = [sum(orders[max(0, falls - size + 1) : falls + 1]) for falls in range(comb(size, 2) + 1)]
    fewest = (comb(count, 2) - abs(s)) // 2
    return min(1.0, 2 * sum(orders[: fewest + 1]) / factorial(count))
