"""Who sees statistics across practices and knows of everybody but one couple, with the best test there is."""

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from assessments.pooled.catalogue import PooledCatalogue, pooled_catalogue
from assessments.pooled.drawing import Counted, Drawn, draw_rest, draw_sizes, share_of

RELEASES = 20_000
HALF = Decimal("0.5")


def bound(epsilon: Decimal, *, tries: int = RELEASES) -> float:
    """The most that an attacker may gain over guessing, and three standard errors of what `tries` show of it."""
    return math.tanh(float(epsilon) / 2) + 3 * math.sqrt(0.5 / tries)


def advantage(without: Iterable[float], with_couple: Iterable[float], *, threshold: float = 0) -> float:
    """How much more often the attacker says "the couple is in" when it is than when it is not."""
    said = [[value >= threshold for value in values] for values in (without, with_couple)]
    return sum(said[1]) / len(said[1]) - sum(said[0]) / len(said[0])


def couple(practice: int = 0, *, score: int | None = 40, **groups: int) -> Counted:
    """One couple, in the first group of each table unless said."""
    used = pooled_catalogue()
    places = dict.fromkeys((one.id for one in used.tables), 0)
    return Counted(practice, {**places, **groups}, {used.mean.id: score})


def pool(*sizes: int) -> list[Counted]:
    """Couples of practices of these sizes, spread over the groups."""
    return [
        couple(practice, score=number * 7 % 101, outcome=number % 5, months=number % 4, latest=number % 4,
               change=number % 3, completion=number % 3)
        for practice, size in enumerate(sizes)
        for number in range(size)
    ]  # fmt: skip


def drawn(couples: Sequence[Counted], *, practices: int = 3, epsilon: Decimal = HALF) -> Drawn:
    """All that a release is made of, whether the floors are met or not."""
    used = pooled_catalogue()
    sizes = draw_sizes(couples, practices=practices, epsilon=epsilon)
    return draw_rest(couples, sizes, used.tables, [used.mean], epsilon=epsilon)


def likelihood_of(target: Counted, before: Sequence[Counted], *, epsilon: Decimal = HALF) -> Callable[[Drawn], float]:
    """The logarithm of how much likelier a draw is with the target than without: above zero, the target is in."""
    used = pooled_catalogue()
    cells = [("practices", target.practice, sum(one.practice == target.practice for one in before))]
    cells += [
        (table.id, target.groups[table.id], sum(one.groups[table.id] == target.groups[table.id] for one in before))
        for table in used.tables
    ]

    def ratio(found: Drawn) -> float:
        counts = {"practices": found.sizes.couples, **found.counts}
        return sum(
            float(share_of(epsilon, used.shares[name]))
            * (abs(counts[name][cell] - known) - abs(counts[name][cell] - known - 1))
            for name, cell, known in cells
        )

    return ratio


def error_of_counts(couples: Sequence[Counted], found: Drawn, used: PooledCatalogue) -> float:
    """The mean distance between drawn and true counts over all cells of all tables, in couples."""
    distances = [
        abs(count - sum(one.groups[table.id] == group for one in couples))
        for table in used.tables
        for group, count in enumerate(found.counts[table.id])
    ]
    return sum(distances) / len(distances)


def true_mean(couples: Sequence[Counted]) -> Fraction:
    values = [one.values[pooled_catalogue().mean.id] for one in couples]
    return Fraction(sum(value for value in values if value is not None), sum(value is not None for value in values))
