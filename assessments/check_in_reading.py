"""The check-ins of both as a table says them: a row a check-in, a place a partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.progress import CheckIn, CheckInSeries


@dataclass(frozen=True)
class CheckInRow:
    """`points` in the order of the partners; None where one got no form."""

    at: datetime
    points: tuple[CheckIn | None, ...]


def check_in_rows(series: Sequence[CheckInSeries], *, last: int | None) -> list[CheckInRow]:
    """Oldest first, each wave once; of the `last` check-ins, or None for all."""
    opened = sorted({(point.at, point.wave) for one in series for point in one.points})[-last if last else None :]
    by_wave = [{point.wave: point for point in one.points} for one in series]
    return [CheckInRow(at, tuple(points.get(wave) for points in by_wave)) for at, wave in opened]
