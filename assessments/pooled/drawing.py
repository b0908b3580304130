"""One draw of statistics across practices: first how many couples each practice has, then, if they suffice, the rest.

Plain arithmetic on the groups of couples. The rule that must not break: whatever depends on a couple passes through
noise.py, each time with its share of epsilon; what is decided here is decided on noisy numbers alone. The shares of
`SIZES` and of all tables and means add up to 100 percent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.pooled.noise import margin, noisy_counts, noisy_sum

FLOOR = 11
FEWEST_PRACTICES = 3
FEWEST_COUPLES = 100
# Percent of epsilon that it takes to see whether there are enough.
SIZES = 20


@dataclass(frozen=True)
class Counted:
    """One couple: the place of its practice, its group in each table, and its value in each mean where it has one."""

    practice: int
    groups: Mapping[str, int]
    values: Mapping[str, int | None]


@dataclass(frozen=True)
class Table:
    """Counts of couples by group; `share` is the percent of epsilon that it takes."""

    id: str
    groups: int
    share: int


@dataclass(frozen=True)
class Mean:
    """The mean of a value from `low` to `high` over the couples that are not in group `without` of table `table`."""

    id: str
    low: int
    high: int
    share: int
    table: str
    without: int

    @property
    def middle(self) -> int:
        """What is summed is the distance from it, so that a couple moves the sum by half the range at most."""
        return (self.low + self.high) // 2


@dataclass(frozen=True)
class Sizes:
    """Noisy numbers of couples by practice."""

    couples: tuple[int, ...]
    epsilon: Decimal

    @property
    def total(self) -> int:
        return sum(self.couples)

    @property
    def margin(self) -> int:
        """Of the total."""
        return margin(self.epsilon, draws=len(self.couples))

    @property
    def contributing(self) -> int:
        """Practices that are above the floor for all that the noise may hide."""
        return sum(one - margin(self.epsilon) >= FLOOR for one in self.couples)

    @property
    def are_enough(self) -> bool:
        """Whether all three floors are met, for all that the noise may hide."""
        enough = self.total - self.margin >= FEWEST_COUPLES and self.contributing >= FEWEST_PRACTICES
        return enough and all(2 * one - self.total <= -self.margin for one in self.couples)


@dataclass(frozen=True)
class Drawn:
    """A draw; `counts` by table, and the means by id, None where too few couples have a value."""

    sizes: Sizes
    counts: Mapping[str, tuple[int, ...]]
    means: Mapping[str, Fraction | None]


def share_of(epsilon: Decimal, percent: int) -> Decimal:
    return epsilon * percent / 100


def draw_sizes(couples: Sequence[Counted], *, practices: int, epsilon: Decimal) -> Sizes:
    own = share_of(epsilon, SIZES)
    return Sizes(tuple(noisy_counts([one.practice for one in couples], groups=practices, epsilon=own)), own)


def draw_rest(
    couples: Sequence[Counted], sizes: Sizes, tables: Sequence[Table], means: Sequence[Mean], *, epsilon: Decimal
) -> Drawn:
    """Every table and mean, once."""
    counts = {
        table.id: tuple(
            noisy_counts(
                [one.groups[table.id] for one in couples],
                groups=table.groups,
                epsilon=share_of(epsilon, table.share),
            )
        )
        for table in tables
    }
    return Drawn(sizes, counts, {mean.id: _mean(couples, sizes, counts, mean, epsilon) for mean in means})


def _mean(
    couples: Sequence[Counted], sizes: Sizes, counts: Mapping[str, tuple[int, ...]], mean: Mean, epsilon: Decimal
) -> Fraction | None:
    """Of noisy numbers alone: the sum, and the couples that have a value."""
    distances = [0 if (value := one.values[mean.id]) is None else value - mean.middle for one in couples]
    own = share_of(epsilon, mean.share)
    total = noisy_sum(distances, low=mean.low - mean.middle, high=mean.high - mean.middle, epsilon=own)
    having = having_value(sizes, counts, mean)
    if having - sizes.margin < FEWEST_COUPLES:
        return None
    return min(max(mean.middle + Fraction(total, having), Fraction(mean.low)), Fraction(mean.high))


def having_value(sizes: Sizes, counts: Mapping[str, tuple[int, ...]], mean: Mean) -> int:
    return sizes.total - counts[mean.table][mean.without]


def cell_floor(table: Table, *, epsilon: Decimal) -> int:
    """From which noisy count on a cell is told: the floor, for all that the noise may hide."""
    return FLOOR + margin(share_of(epsilon, table.share))
