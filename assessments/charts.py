"""Where everything of a result chart stands, in the units of its view box. The template only draws.

One row a domain, one lane a receiver: from what they experienced (filled) to the other's own account (hollow), so
that the length of the line is the gap. A circle is always partner 1 and a square partner 2, so nothing rests on colour.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assessments.reading import Mark, OwnRow, PairRow, Side
from clients.models import Partner

SERIES = {1: "series-a", 2: "series-b"}
LANE = 24
LONGEST_NAME = 12


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    partner: int
    filled: bool

    @property
    def left(self) -> float:
        return round(self.x - 6, 1)

    @property
    def above(self) -> float:
        return self.y - 6

    @property
    def fill_class(self) -> str:
        return "chart-mark" if self.filled else "chart-mark chart-hollow"


@dataclass(frozen=True)
class Lane:
    y: float
    start: float
    end: float
    series: str
    points: tuple[Point, ...]
    name: str
    name_x: float


@dataclass(frozen=True)
class Row:
    label: str
    label_x: float
    label_y: float
    rule_y: float
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Layout:
    """`left` and `right` bound the scale from 0 to 100; labels stand beside the lanes, or above them."""

    kind: str
    width: int
    left: int
    right: int
    labels_above: bool

    def x(self, value: float) -> float:
        return round(self.left + (self.right - self.left) * value / 100, 1)


@dataclass(frozen=True)
class Chart:
    layout: Layout
    height: int
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, int], ...]
    top: int
    bottom: int


WIDE = Layout("wide", 760, 250, 640, labels_above=False)
PHONE = Layout("phone", 340, 12, 250, labels_above=True)


def result_charts(pairs: Sequence[PairRow], own: Sequence[OwnRow]) -> list[Chart]:
    """The chart twice, for a wide page and for a phone; [] where nothing has a score."""
    shown = [(row.label, [lane for lane in map(_pair_lane, row.sides) if lane]) for row in pairs]
    shown += [(row.label, [_own_lane(*mark) for mark in row.marks if mark[1].value is not None]) for row in own]
    rows = [(label, lanes) for label, lanes in shown if lanes]
    return [_chart(layout, rows) for layout in (WIDE, PHONE)] if rows else []


Spot = tuple[float, int, bool]
Plan = tuple[Partner, list[Spot]]


def _pair_lane(side: Side) -> Plan | None:
    # The hollow mark first: where both meet, the filled one covers its ground and not its outline.
    spots = [
        *_spot(side.enacted, side.giver, filled=False),
        *_spot(side.experienced, side.receiver, filled=True),
    ]
    return (side.receiver, spots) if spots else None


def _own_lane(partner: Partner, mark: Mark) -> Plan:
    return partner, list(_spot(mark, partner, filled=True))


def _spot(mark: Mark, partner: Partner, *, filled: bool) -> Iterator[Spot]:
    if mark.value is not None:
        yield mark.value, partner.position, filled


def _chart(layout: Layout, rows: Iterable[tuple[str, list[Plan]]]) -> Chart:
    top = 28
    y = top + 8
    drawn = []
    for label, plans in rows:
        label_y = y + 16 if layout.labels_above else y + LANE * len(plans) / 2 + 5
        first = y + (24 if layout.labels_above else 0)
        lanes = tuple(_lane(layout, plan, first + LANE * (number + 0.5)) for number, plan in enumerate(plans))
        y = int(first + LANE * len(plans) + 10)
        drawn.append(Row(label, 12 if layout.labels_above else 0, label_y, y - 5, lanes))
    ticks = tuple((layout.x(value), value) for value in (0, 25, 50, 75, 100))
    return Chart(layout, y + 4, tuple(drawn), ticks, top, y)


def _lane(layout: Layout, plan: Plan, y: float) -> Lane:
    partner, spots = plan
    points = tuple(Point(layout.x(value), y, position, filled) for value, position, filled in spots)
    start, end = min(point.x for point in points), max(point.x for point in points)
    name = str(partner)
    name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return Lane(y, start, end, SERIES[partner.position], points, name, end + 14)
