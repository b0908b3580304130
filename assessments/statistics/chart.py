"""Where the bars of a table of practice statistics stand, in the units of their view box. The template only draws."""

from dataclasses import dataclass
from math import sqrt

from assessments.measurement import Z95
from assessments.statistics.releases import Counted, Release, Table

BAR_LEFT, ROW, BAR = 4, 48, 14
# Beside the longest bar there is room for its number. A phone has a narrow chart, so that its words stay readable.
WIDTHS = {"chart-wide": 640, "chart-phone": 320}
BESIDE = 80


@dataclass(frozen=True)
class Bar:
    """One cell. `low` and `high` are the 95 % range of its share; nothing of a cell that is not told has a length."""

    cell: Counted
    label: str
    label_y: int
    bar_y: int
    middle_y: int
    percent: float | None
    low_percent: float | None
    high_percent: float | None
    width: float
    low: float
    high: float
    number_x: float


@dataclass(frozen=True)
class BarChart:
    """`shows` is the class that says where this one of the two is seen."""

    bars: tuple[Bar, ...]
    shows: str
    width: int
    left: int = BAR_LEFT
    bar_height: int = BAR

    @property
    def height(self) -> int:
        return ROW * len(self.bars)


def bar_charts(table: Table, release: Release) -> list[BarChart]:
    """The same for a wide screen and for a phone."""
    return [
        BarChart(
            tuple(_bar(cell, number, release.couples, width - BESIDE) for number, cell in enumerate(table.cells)),
            shows,
            width,
        )
        for shows, width in WIDTHS.items()
    ]


def wilson_range(count: int, *, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927): what shares of a large population would fit this count."""
    share, z = count / of, Z95
    middle = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def _bar(cell: Counted, number: int, of: int, longest: int) -> Bar:
    top = number * ROW
    share, low, high = 0.0, 0.0, 0.0
    if cell.couples is not None:
        share, (low, high) = cell.couples / of, wilson_range(cell.couples, of=of)
    told = cell.couples is not None
    return Bar(
        cell=cell,
        label=", ".join(cell.labels),
        label_y=top + 15,
        bar_y=top + 23,
        middle_y=top + 23 + BAR // 2,
        percent=round(100 * share, 1) if told else None,
        low_percent=round(100 * low) if told else None,
        high_percent=round(100 * high) if told else None,
        width=round(longest * share, 1),
        low=round(BAR_LEFT + longest * low, 1),
        high=round(BAR_LEFT + longest * high, 1),
        number_x=round(BAR_LEFT + longest * max(high, share) + 8, 1),
    )
