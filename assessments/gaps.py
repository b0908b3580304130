"""The gap over time: what each receiver experienced less what the other says of themselves, wave by wave.

Neither side is the truth. A gap is very noisy, so a change of one is only called that beyond its error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assessments.dyad import DyadicValue, dyadic, gap_error
from assessments.instruments.definition import Instrument
from assessments.measurement import Parameters, difference_error, exceeds
from assessments.paired import gap_of, paired_scores
from assessments.record import ScoredSheet
from assessments.results import days_apart, scores_from_json
from assessments.scoring import SheetScores
from clients.models import Partner

GAP = "gap"
# By wave and partner.
ExactScores = Mapping[tuple[UUID, UUID], SheetScores]


@dataclass(frozen=True)
class GapPoint:
    wave: UUID
    at: datetime
    gap: float | None
    reason: str | None


@dataclass(frozen=True)
class GapSeries:
    """What one receiver experienced less what the other says of themselves, wave by wave.

    `error` is the standard error of one gap, `moved` whether the last two differ by more than theirs.
    """

    receiver: Partner
    points: tuple[GapPoint, ...]
    error: float | None
    moved: bool


def gap_series(
    partners: Sequence[Partner], instrument: Instrument, sheets: list[ScoredSheet], parameters: Parameters
) -> list[dict[str, GapSeries]]:
    """The series by score id, one mapping a receiver; [] where there is nobody to compare with."""
    waves: dict[UUID, dict[UUID, ScoredSheet]] = {}
    for sheet in sheets:
        waves.setdefault(sheet.wave, {})[sheet.partner] = sheet
    if len(partners) != 2 or gap_of(instrument) is None:
        return []
    exact = {(sheet.wave, sheet.partner): scores_from_json(sheet.scores or {}) for sheet in sheets}
    return [
        _series(receiver, giver, instrument, list(waves.values()), exact, parameters)
        for receiver, giver in (tuple(partners), tuple(reversed(partners)))
    ]


def _series(
    receiver: Partner,
    giver: Partner,
    instrument: Instrument,
    waves: list[dict[UUID, ScoredSheet]],
    exact: ExactScores,
    parameters: Parameters,
) -> dict[str, GapSeries]:
    values = [(next(iter(wave.values())), _wave_gaps(instrument, wave, exact, (receiver, giver))) for wave in waves]
    series = {}
    for key in paired_scores(instrument):
        error = parameters.error(key)
        one_gap = None if error is None else gap_error(error, enacted=error)
        points = tuple(
            GapPoint(sheet.wave, sheet.opens_at, _float(gaps[key]), gaps[key].reason) for sheet, gaps in values
        )
        series[key] = GapSeries(receiver, points, one_gap, _has_moved(points, one_gap))
    return series


def _wave_gaps(
    instrument: Instrument, wave: Mapping[UUID, ScoredSheet], exact: ExactScores, pair: tuple[Partner, Partner]
) -> Mapping[str, DyadicValue]:
    mine, other = (wave.get(partner.id) for partner in pair)
    days = days_apart(mine.submitted_at if mine else None, other.submitted_at if other else None)
    stored = [exact[one.wave, one.partner] if one else {} for one in (mine, other)]
    return dyadic(instrument, stored[0], stored[1], days, only={GAP})[GAP]


def _has_moved(points: Sequence[GapPoint], error: float | None) -> bool:
    gaps = [point.gap for point in points if point.gap is not None]
    return error is not None and len(gaps) > 1 and exceeds(gaps[-1] - gaps[-2], error=difference_error(error))


def _float(value: DyadicValue) -> float | None:
    return None if value.value is None else float(value.value)
