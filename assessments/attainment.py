"""Goal attainment of one couple or partner as one number, from the levels that one rater gave.

Pure arithmetic. The rule that must not break: levels of a partner and of the therapist never go into one T, and T is
no measure to compare couples by. Formula: Kiresuk & Sherman (1968), clinical/design.md 2.4.
"""

from collections.abc import Sequence
from math import sqrt

EXPECTED_CORRELATION = 0.30


def attainment_t(levels: Sequence[int], *, weights: Sequence[int], rho: float = EXPECTED_CORRELATION) -> float:
    """T = 50 + 10 sum(w x) / sqrt((1 - rho) sum(w^2) + rho (sum w)^2); 50 is every goal reached as hoped.

    `levels` (-2 to 2) and `weights` (importance, 1 to 3) are by goal, in the same order; a goal that was not rated is
    left out by the caller. `rho` is the correlation assumed between goals. Raises ValueError for unequal lengths,
    ZeroDivisionError for no goal.
    """
    attained = sum(weight * level for weight, level in zip(weights, levels, strict=True))
    squares = sum(weight**2 for weight in weights)
    return 50 + 10 * attained / sqrt((1 - rho) * squares + rho * sum(weights) ** 2)
