"""How reliable a score is in a set of people: alpha, omega and the intraclass correlations.

Pure arithmetic on floats. A table has one row a person and one column an item (or occasion); item scores are those
after reversing, never prorated ones. Formulas: clinical/design.md 3.1; Shrout & Fleiss (1979), McGraw & Wong (1996).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import covariance, fmean

from assessments.measurement import Z95

Table = Sequence[Sequence[float]]
TableWithGaps = Sequence[Sequence[float | None]]


@dataclass(frozen=True, slots=True)
class Intraclass:
    """Mean squares of a table and the six intraclass correlations they give, named as by McGraw & Wong.

    Of single occasions: `icc_1_1` one-way, `icc_a_1` absolute agreement (retest), `icc_c_1` consistency. The `_k`
    forms are those of the mean of the k occasions; `icc_c_k` is alpha. One that is undefined raises ZeroDivisionError.
    """

    people: int
    occasions: int
    between: float
    within: float
    columns: float
    residual: float

    @property
    def icc_1_1(self) -> float:
        return (self.between - self.within) / (self.between + (self.occasions - 1) * self.within)

    @property
    def icc_a_1(self) -> float:
        drift = self.occasions * (self.columns - self.residual) / self.people
        return (self.between - self.residual) / (self.between + (self.occasions - 1) * self.residual + drift)

    @property
    def icc_c_1(self) -> float:
        return (self.between - self.residual) / (self.between + (self.occasions - 1) * self.residual)

    @property
    def icc_1_k(self) -> float:
        return (self.between - self.within) / self.between

    @property
    def icc_a_k(self) -> float:
        return (self.between - self.residual) / (self.between + (self.columns - self.residual) / self.people)

    @property
    def icc_c_k(self) -> float:
        return (self.between - self.residual) / self.between


def cronbach_alpha(table: TableWithGaps, *, pairwise: bool = False) -> float:
    """Alpha of complete rows or, pairwise, of covariances that each use all rows with both items.

    Raises StatisticsError with fewer than two rows to compare, ZeroDivisionError for one item or totals that do not
    vary.
    """
    rows = table if pairwise else complete_rows(table)
    return alpha_of(covariances(rows))


def complete_rows(table: TableWithGaps) -> list[list[float]]:
    """The rows in which nothing is missing."""
    rows = ([value for value in row if value is not None] for row in table)
    return [found for row, found in zip(table, rows, strict=True) if len(found) == len(row)]


def covariances(table: TableWithGaps) -> list[list[float]]:
    """Item covariance matrix with n - 1, each entry over the rows in which both items have a value."""
    columns = list(zip(*table, strict=True))
    return [[_covariance(first, second) for second in columns] for first in columns]


def alpha_of(matrix: Table) -> float:
    """Alpha of a covariance matrix, k/(k-1) * (1 - trace / sum); of a correlation matrix, standardised alpha."""
    items = len(matrix)
    total = sum(sum(row) for row in matrix)
    return items / (items - 1) * (1 - sum(matrix[item][item] for item in range(items)) / total)


def bonett_interval(alpha: float, *, people: int, items: int) -> tuple[float, float]:
    """95 % confidence interval of alpha, ln(1 - alpha) -+ 1.96 * sqrt(2k / ((k - 1)(n - 2))), without a bias term.

    Needs three people and two items; raises ZeroDivisionError for one less of either.
    """
    reach = exp(Z95 * sqrt(2 * items / ((items - 1) * (people - 2))))
    return 1 - (1 - alpha) * reach, 1 - (1 - alpha) / reach


def omega(loadings: Sequence[float]) -> float:
    """McDonald's omega total of one factor, from standardised loadings: (sum l)^2 / ((sum l)^2 + sum(1 - l^2))."""
    common = sum(loadings) ** 2
    return common / (common + sum(1 - loading**2 for loading in loadings))


def intraclass(table: Table) -> Intraclass:
    """Intraclass correlations of a complete table, people by occasions (or raters), at least two of each."""
    people, occasions = len(table), len(table[0])
    grand = fmean(fmean(row) for row in table)
    rows = occasions * sum((fmean(row) - grand) ** 2 for row in table)
    columns = people * sum((fmean(column) - grand) ** 2 for column in zip(*table, strict=True))
    everything = sum((value - grand) ** 2 for row in table for value in row)
    return Intraclass(
        people,
        occasions,
        between=rows / (people - 1),
        within=(everything - rows) / (people * (occasions - 1)),
        columns=columns / (occasions - 1),
        residual=(everything - rows - columns) / ((people - 1) * (occasions - 1)),
    )


def _covariance(first: Sequence[float | None], second: Sequence[float | None]) -> float:
    pairs = zip(first, second, strict=True)
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    return covariance([one for one, _ in both], [other for _, other in both])
