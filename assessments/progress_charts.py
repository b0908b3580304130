"""Where everything of the charts over time stands, in the units of their view boxes. The templates only draw.

A circle is always partner 1 and a square partner 2, so nothing rests on colour; a missing check-in breaks the line.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assessments.charts import SERIES, Point
from assessments.gaps import GapSeries
from assessments.ledger import LedgerRow
from assessments.measurement import Z95
from assessments.progress import CheckIn, CheckInSeries
from assessments.trend import SenLine

LAST_POINTS = 10
NAME_LENGTH = 12
WEEK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Frame:
    """The view box of a chart over time: the scale runs from `top` (100) to `bottom` (0)."""

    kind: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    def y(self, value: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * min(100.0, max(0.0, value)) / 100, 1)


@dataclass(frozen=True)
class Segment:
    """Points joined by a line: "x,y x,y …"."""

    path: str


@dataclass(frozen=True)
class Band:
    y: float
    height: float


@dataclass(frozen=True)
class TimeSeries:
    """`marks` draws every point in one path: years of check-ins are hundreds of points."""

    series: str
    name: str
    name_y: float
    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    marks: str
    band: Band | None
    trend: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Tick:
    """One partner's week under the axis: its height is the share of what was planned that was done."""

    x: float
    y: float
    height: float
    series: str


@dataclass(frozen=True)
class TimeChart:
    frame: Frame
    series: tuple[TimeSeries, ...]
    grid: tuple[tuple[float, int], ...]
    dates: tuple[tuple[float, datetime], ...]
    ticks: tuple[Tick, ...]

    @property
    def bars(self) -> list[tuple[str, str]]:
        """The ticks of each series in one path."""
        of: dict[str, list[str]] = {}
        for tick in self.ticks:
            of.setdefault(tick.series, []).append(f"M{tick.x},{tick.y}h4v{tick.height}h-4z")
        return [(series, "".join(paths)) for series, paths in of.items()]


@dataclass(frozen=True)
class GapLine:
    series: str
    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    marks: str


@dataclass(frozen=True)
class GapChart:
    """Gaps of one domain, receiver by receiver, in a small box with the error of one gap around 0."""

    series: tuple[GapLine, ...]
    band: Band


WIDE = Frame("wide", 760, 262, 44, 640, 16, 216)
PHONE = Frame("phone", 340, 242, 34, 256, 16, 196)
TICK_HEIGHT = 16
MARK, SMALL_MARK, GAP_MARK = 6.0, 4.0, 3.0
GAP_WIDTH, GAP_HEIGHT, GAP_EDGE = 120, 36, 8
# Of a gap's scale of -100 to 100 the small chart shows this much; what is beyond stands at its edge.
GAP_REACH = 75.0


def check_in_charts(
    series: Sequence[CheckInSeries], ledger: Sequence[LedgerRow], *, last: int | None
) -> list[TimeChart]:
    """The chart twice, for a wide page and for a phone; [] before the first scored check-in.

    `last` is how many of the newest check-ins are shown; None for all.
    """
    shown = [(one, list(one.points)[-last:] if last else list(one.points)) for one in series]
    moments = sorted({point.at for _, points in shown for point in points})
    if not any(point.score is not None for _, points in shown for point in points):
        return []
    return [_chart(frame, shown, moments, ledger) for frame in (WIDE, PHONE)]


def gap_chart(gaps: Sequence[GapSeries]) -> GapChart | None:
    """The small chart of one domain; None where no wave has a gap."""
    moments = sorted({point.at for one in gaps for point in one.points})
    if not any(point.gap is not None for one in gaps for point in one.points):
        return None
    scale = _Scale(moments, GAP_EDGE, GAP_WIDTH - GAP_EDGE)
    drawn = []
    for one in gaps:
        spots = [(scale.x(point.at), None if point.gap is None else _gap_y(point.gap)) for point in one.points]
        position = one.receiver.position
        points = tuple(Point(x, y, position, True) for x, y in spots if y is not None)
        drawn.append(GapLine(SERIES[position], tuple(_segments(spots)), points, _marks(points, GAP_MARK)))
    reach = Z95 * (gaps[0].error or 0.0)
    return GapChart(tuple(drawn), Band(_gap_y(reach), round(_gap_y(-reach) - _gap_y(reach), 1)))


class _Scale:
    """Time along the box; a single moment stands in the middle."""

    def __init__(self, moments: Sequence[datetime], left: float, right: float) -> None:
        self.first, self.span = moments[0], (moments[-1] - moments[0]).total_seconds()
        self.left, self.right = left, right

    def x(self, moment: datetime) -> float:
        if not self.span:
            return (self.left + self.right) / 2
        share = (moment - self.first).total_seconds() / self.span
        return round(self.left + (self.right - self.left) * share, 1)


def _chart(
    frame: Frame,
    shown: Sequence[tuple[CheckInSeries, list[CheckIn]]],
    moments: Sequence[datetime],
    ledger: Sequence[LedgerRow],
) -> TimeChart:
    scale = _Scale(moments, frame.left + 10, frame.right - 10)
    every = max(1, len(moments) // (5 if frame.kind == "wide" else 3))
    return TimeChart(
        frame=frame,
        series=tuple(_spread_names([_series(frame, scale, one, points) for one, points in shown])),
        grid=tuple((frame.y(value), value) for value in (0, 25, 50, 75, 100)),
        dates=tuple((scale.x(moment), moment) for moment in moments[::every]),
        ticks=tuple(_ticks(frame, scale, shown, ledger)),
    )


def _series(frame: Frame, scale: _Scale, one: CheckInSeries, points: Sequence[CheckIn]) -> TimeSeries:
    spots = [(scale.x(point.at), None if point.score is None else frame.y(point.score)) for point in points]
    scored = [(x, y) for x, y in spots if y is not None]
    drawn = tuple(Point(x, y, one.partner.position, True) for x, y in scored)
    low, high = one.band or (0.0, 0.0)
    name = str(one.partner.name)
    return TimeSeries(
        series=SERIES[one.partner.position],
        name=name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…",
        name_y=scored[-1][1] if scored else frame.bottom,
        segments=tuple(_segments(spots)),
        points=drawn,
        marks=_marks(drawn, MARK if len(drawn) <= LAST_POINTS * 2 else SMALL_MARK),
        band=Band(frame.y(high), round(frame.y(low) - frame.y(high), 1)) if one.band else None,
        trend=_trend_line(frame, scale, one, points),
    )


def _trend_line(
    frame: Frame, scale: _Scale, one: CheckInSeries, points: Sequence[CheckIn]
) -> tuple[float, float, float, float] | None:
    if one.trend is None or not points:
        return None
    first = one.points[0].at
    ends = points[0].at, points[-1].at
    heights = [_on_line(one.trend.line, (end - first).total_seconds() / WEEK_SECONDS) for end in ends]
    return scale.x(ends[0]), frame.y(heights[0]), scale.x(ends[1]), frame.y(heights[1])


def _on_line(line: SenLine, weeks: float) -> float:
    return line.intercept + line.slope * weeks


def _marks(points: Sequence[Point], half: float) -> str:
    """A circle for partner 1 and a square for partner 2, `half` as wide to each side."""
    wide = 2 * half
    shapes = {1: f"a{half},{half} 0 1,0 {wide},0a{half},{half} 0 1,0 -{wide},0z", 2: f"h{wide}v{wide}h-{wide}z"}
    starts = {1: 0.0, 2: half}
    return "".join(
        f"M{round(point.x - half, 1)},{round(point.y - starts[point.partner], 1)}{shapes[point.partner]}"
        for point in points
    )


def _segments(spots: Iterable[tuple[float, float | None]]) -> Iterator[Segment]:
    run: list[str] = []
    for x, y in [*spots, (0.0, None)]:
        if y is not None:
            run.append(f"{x},{y}")
            continue
        if len(run) > 1:
            yield Segment(" ".join(run))
        run = []


def _spread_names(series: list[TimeSeries]) -> list[TimeSeries]:
    """Names at the ends of two lines that meet are moved apart."""
    if len(series) == 2 and all(one.points for one in series) and abs(series[0].name_y - series[1].name_y) < 16:
        middle = (series[0].name_y + series[1].name_y) / 2
        upper = 0 if series[0].name_y <= series[1].name_y else 1
        ys = {upper: middle - 8, 1 - upper: middle + 8}
        return [TimeSeries(**{**vars(one), "name_y": ys[number]}) for number, one in enumerate(series)]
    return series


def _ticks(
    frame: Frame,
    scale: _Scale,
    shown: Sequence[tuple[CheckInSeries, list[CheckIn]]],
    ledger: Sequence[LedgerRow],
) -> Iterator[Tick]:
    for one, points in shown:
        position = one.partner.position
        practised = _shares(row for row in ledger if row.partner.position == position)
        for point in points:
            if shares := practised.get(point.monday):
                height = max(1.0, round(TICK_HEIGHT * sum(shares) / len(shares), 1))
                x = round(scale.x(point.at) + (-5 if position == 1 else 1), 1)
                yield Tick(x, round(frame.bottom + 22 + TICK_HEIGHT - height, 1), height, SERIES[position])


def _shares(rows: Iterable[LedgerRow]) -> dict[date | None, list[float]]:
    """The share done of each activity, by the Monday of the week."""
    shares: dict[date | None, list[float]] = {}
    for row in rows:
        for week in row.weeks:
            if week.planned and week.done is not None:
                shares.setdefault(week.monday, []).append(min(1.0, week.done / week.planned))
    return shares


def _gap_y(gap: float) -> float:
    inside = min(GAP_REACH, max(-GAP_REACH, gap))
    return round(GAP_HEIGHT / 2 - (GAP_HEIGHT / 2 - 5) * inside / GAP_REACH, 1)
