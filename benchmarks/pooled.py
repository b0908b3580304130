"""How far off statistics across practices are, and whether the time of a draw tells what is in it.

`./dev bench pooled` prints the mean error of a release's counts and mean by the size of the pool, and how often a pool
of that size is released; then how well the time of 2,000 draws tells a pool from one with another couple (0.5 is not
at all).
"""

from random import SystemRandom
from statistics import fmean
from time import perf_counter

import django

django.setup()

from assessments.pooled.catalogue import pooled_catalogue  # noqa: E402
from assessments.pooled.drawing import draw_sizes  # noqa: E402
from tests.assessments.pooled.attackers import HALF, couple, drawn, error_of_counts, pool, true_mean  # noqa: E402

PRACTICES, TRIES, DRAWS = 5, 60, 1000


def errors(size: int) -> str:
    couples = pool(*[size // PRACTICES] * PRACTICES)
    draws = [drawn(couples, practices=PRACTICES) for _ in range(TRIES)]
    sizes = [draw_sizes(couples, practices=PRACTICES, epsilon=HALF) for _ in range(TRIES)]
    counts = fmean(error_of_counts(couples, one, pooled_catalogue()) for one in draws)
    means = [float(abs(found - true_mean(couples))) for one in draws if (found := one.means["score"]) is not None]
    told = f"{fmean(means):5.1f}" if means else "    -"
    released = fmean(one.are_enough for one in sizes)
    return f"{size:6}  {released:8.0%}  {counts:7.1f}  {100 * counts / size:6.1f}  {told}"


def told_apart() -> float:
    """How often a draw with the couple takes longer than one without it."""
    before = pool(60, 60, 60)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(DRAWS):
        pairs = list(zip((before, [*before, couple()]), times, strict=True))
        SystemRandom().shuffle(pairs)
        for couples, kept in pairs:
            start = perf_counter()
            drawn(couples)
            kept.append(perf_counter() - start)
    return fmean(fmean(one > other for other in times[0]) for one in times[1])


def main() -> None:
    print("couples  released  couples  points  mean score   (error of a count, in couples and percent; of the mean)")
    for size in (100, 150, 200, 500, 1000, 2000):
        print(errors(size))
    print(f"time of a draw with a couple and without: {told_apart():.3f}")


if __name__ == "__main__":
    main()
