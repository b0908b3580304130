"""Check-ins of both partners as one small line each, in the units of a view box of 104 by 44.

One scale, 0 to 100, so that two rows can be compared; a check-in that was not handed in is a gap. A circle ends the
line of partner 1 and a square that of partner 2, so nothing rests on colour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assessments.caseload_rows import CheckInScore, PartnerRow
from assessments.gap_reading import plain

WIDTH, HEIGHT, MARGIN = 104, 44, 4
FULL_SCALE = 100
HALF_A_SQUARE = 2.8


@dataclass(frozen=True)
class SparkLine:
    """`x`, `y` and the corner `left`, `above` are where its newest score stands; `words` are its scores for who does
    not see it. Numbers are written here: a template would look up how each is written where the reader lives.
    """

    position: int
    path: str
    x: str
    y: str
    left: str
    above: str
    words: str


def sparklines(partners: Sequence[PartnerRow]) -> list[SparkLine]:
    """One line a partner with at least one score; both on the same axis of time."""
    times = [one.at.timestamp() for partner in partners for one in partner.check_ins]
    if not times:
        return []
    first, span = min(times), max(times) - min(times)

    def point(one: CheckInScore) -> tuple[float, float]:
        share = (one.at.timestamp() - first) / span if span else 1
        return (
            round(MARGIN + share * (WIDTH - 2 * MARGIN), 1),
            round(HEIGHT - MARGIN - (one.score or 0) / FULL_SCALE * (HEIGHT - 2 * MARGIN), 1),
        )

    return [_line(partner, point) for partner in partners if any(one.score is not None for one in partner.check_ins)]


def _line(partner: PartnerRow, point: Callable[[CheckInScore], tuple[float, float]]) -> SparkLine:
    points = [None if one.score is None else point(one) for one in partner.check_ins]
    path = "".join("M{} {}L{} {}".format(*one, *next_one) for one, next_one in pairwise(points) if one and next_one)
    x, y = next(one for one in reversed(points) if one)
    words = f"{partner.name}: {', '.join(plain(one.score) for one in partner.check_ins if one.score is not None)}"
    corner = (str(round(x - HALF_A_SQUARE, 1)), str(round(y - HALF_A_SQUARE, 1)))
    return SparkLine(partner.partner.position, path, str(x), str(y), *corner, words)
