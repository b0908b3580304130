"""Counts and sums with noise: OpenDP's discrete Laplace mechanism on whole numbers.

The rule that must not break: a couple is at most one number of `values`. With it, each call is pure epsilon, `epsilon`
for one couple more or less: whoever sees the result can tell apart neither by more than a factor of exp(epsilon).
There is no seed: OpenDP draws from the system's source of randomness. It is imported where a release is made, so that
no web process carries it.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

COUPLE = 1
# A value that has to clear a limit by the margin fails to be beyond it once in twenty: 2.33 is what the sum of several
# Laplace draws needs at most, in scales and roots of their number (ln 10 for one, 1.645 * sqrt 2 for many).
CAUTION = 2.33


def noisy_counts(values: Sequence[object], *, groups: int, epsilon: Decimal) -> list[int]:
    """How many values are each of 0 to `groups - 1`, with noise. What is beyond counts in the nearest."""
    found: list[int] = counting(groups, epsilon)(whole_numbers(values, 0, groups - 1))
    return found


def noisy_sum(values: Sequence[object], *, low: int, high: int, epsilon: Decimal) -> int:
    """The sum of the values, each held within `low` and `high`, with noise."""
    return int(summing(low, high, epsilon)(whole_numbers(values, low, high)))


def margin(epsilon: Decimal, *, draws: int = 1) -> int:
    """What a count, or a sum of so many counts, is wrong by upwards in one of twenty releases at most."""
    return math.ceil(CAUTION * math.sqrt(draws) / float(epsilon))


def accuracy(epsilon: Decimal, *, sensitivity: int = 1, draws: int = 1) -> int:
    """The noise, of a sum of so many draws, is no larger than this, up or down, in 95 of 100 releases or more."""
    return math.ceil(math.log(20) * math.sqrt(draws) * sensitivity / float(epsilon))


def whole_numbers(values: Sequence[object], low: int, high: int) -> list[int]:
    """Each value within its bounds, whatever it was: an error that tells of a value would tell of a couple."""
    return [_whole(value, low, high) for value in values]


def _whole(value: object, low: int, high: int) -> int:
    if not isinstance(value, int | float) or value != value:
        return low
    return int(min(max(value, low), high))


@lru_cache(maxsize=64)
def counting(groups: int, epsilon: Decimal) -> Any:
    """The measurement behind noisy_counts, which holds its input within the groups itself too."""
    dp = _opendp()
    counts = (
        _numbers(dp)
        >> dp.t.then_clamp((0, groups - 1))
        >> dp.t.then_count_by_categories(categories=list(range(groups)), null_category=False)
    )
    return _with_noise(dp, counts, epsilon)


@lru_cache(maxsize=64)
def summing(low: int, high: int, epsilon: Decimal) -> Any:
    dp = _opendp()
    return _with_noise(dp, _numbers(dp) >> dp.t.then_clamp((low, high)) >> dp.t.then_sum(), epsilon)


def _numbers(dp: Any) -> Any:
    """Any number of whole numbers, of which two that differ in one number are neighbours."""
    return dp.vector_domain(dp.atom_domain(T="i64")), dp.symmetric_distance()


def _with_noise(dp: Any, transformation: Any, epsilon: Decimal) -> Any:
    """The least noise that OpenDP proves to be enough for one couple."""
    return dp.binary_search_chain(
        lambda scale: transformation >> dp.m.then_laplace(scale=scale), d_in=COUPLE, d_out=float(epsilon)
    )


def _opendp() -> Any:
    import opendp.prelude as dp

    dp.enable_features("contrib")
    return dp
