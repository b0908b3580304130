"""What moved in one couple since the episode began: check-ins with verdicts, domains between full forms, gaps.

Only three words are said of a change, each with the parameters it was judged by; a score keeps the version that was in
force when it was made. Nothing says why something moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from assessments.change import Better, Verdict, own_baseline_band, verdict, verdicts_of_several
from assessments.gaps import GapSeries, gap_series
from assessments.instruments.definition import Instrument
from assessments.measurement import COMPARED_DECIMALS, Z90, Parameters, smallest_change
from assessments.paired import better_of, label_of, paired_scores, received_direction
from assessments.record import CoupleRecord, ScoredSheet
from assessments.trend import CUSUM_ALARM, Trend, trend, worsening
from clients.models import Partner

WEEK_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class CheckIn:
    """One check-in of one partner; `score` is None where it was not handed in or has too few answers.

    `monday` is that of the week which is reported with it.
    """

    wave: UUID
    at: datetime
    monday: date | None
    score: float | None
    verdict: Verdict | None
    state: str


@dataclass(frozen=True)
class CheckInSeries:
    """The check-ins of one partner since the episode began, against their own first.

    `verdict` is the newest one, said at `verdict_at`; `band` what cannot be told from the baseline; `missing` how many
    have no score.
    """

    partner: Partner
    instrument: Instrument
    score_id: str
    points: tuple[CheckIn, ...]
    baseline: float | None
    band: tuple[float, float] | None
    verdict: Verdict | None
    verdict_at: datetime | None
    trend: Trend | None
    is_worsening: bool
    missing: int
    parameters: Parameters

    @property
    def better(self) -> Better:
        return better_of(self.instrument, self.score_id)


@dataclass(frozen=True)
class ScoreChange:
    """One score of one partner in the last two full forms they handed in."""

    partner: Partner
    before: float | None
    after: float | None
    verdict: Verdict | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class DomainProgress:
    """One paired score: what each experienced, and the gap as each receives it."""

    score_id: str
    label: str
    is_primary: bool
    changes: tuple[ScoreChange, ...]
    gaps: tuple[GapSeries, ...]


@dataclass(frozen=True)
class FullForms:
    """`waves` counts the full waves in which anybody handed a form in."""

    instrument: Instrument
    domains: tuple[DomainProgress, ...]
    waves: int
    parameters: Parameters


@dataclass(frozen=True)
class Companion:
    """The newest score of another instrument, with the one before it."""

    partner: Partner
    instrument: Instrument
    score_id: str
    at: datetime
    score: float
    before: float | None
    verdict: Verdict | None

    @property
    def better(self) -> Better:
        return better_of(self.instrument, self.score_id)


def check_ins(record: CoupleRecord) -> list[CheckInSeries]:
    """The series of each partner; none before the first check-in was opened."""
    instrument = next((one for one in reversed(record.instruments.values()) if one.is_check_in), None)
    if instrument is None:
        return []
    sheets = record.sheets_of(instrument.id, since=record.couple.care_since)
    known = record.parameters[instrument.id]
    return [_series(partner, instrument, [one for one in sheets if one.partner == partner.id], known)
            for partner in record.partners]  # fmt: skip


def full_forms(record: CoupleRecord) -> FullForms | None:
    """What the full forms say, from the last two that each partner handed in; None before the first."""
    sheets = [one for one in record.sheets_of(record.measured_by) if one.scores is not None]
    if not sheets:
        return None
    instrument = record.instruments[sheets[-1].instrument]
    known = record.parameters[instrument.id]
    parameters = known[sheets[-1].parameters]
    changes = [_changes(partner, instrument, sheets, known) for partner in record.partners]
    gaps = gap_series(record.partners, instrument, sheets, parameters)
    domains = tuple(
        DomainProgress(
            score_id=score_id,
            label=label_of(instrument, score_id),
            is_primary=score_id == instrument.primary_score,
            changes=tuple(one[score_id] for one in changes),
            gaps=tuple(one[score_id] for one in gaps if score_id in one),
        )
        for score_id in paired_scores(instrument)
    )
    return FullForms(instrument, domains, len({sheet.wave for sheet in sheets}), parameters)


def companions(record: CoupleRecord) -> list[Companion]:
    """The newest scores of the other instruments that were given, with their own direction."""
    every = record.instruments.values()
    others = {one.id: one for one in every if one.id != record.measured_by and not one.is_check_in}
    return [
        found
        for instrument in others.values()
        for partner in record.partners
        for score_id in instrument.scores
        if (found := _companion(record, instrument, partner, score_id)) is not None
    ]


def _series(
    partner: Partner, instrument: Instrument, sheets: list[ScoredSheet], known: Mapping[str, Parameters]
) -> CheckInSeries:
    score_id = instrument.primary_score
    direction = instrument.scores[score_id]["directions"][0]
    scores = [sheet.score(direction, score_id) for sheet in sheets]
    better = better_of(instrument, score_id)
    verdicts = [Verdict(sheet.verdict) if sheet.verdict else None for sheet in sheets]
    parameters = known[next((one.parameters for one in reversed(sheets) if one.scores is not None), "")]
    change_error, error = parameters.change_error(score_id) or 0.0, parameters.error(score_id) or 0.0
    said = [(verdict, sheet.opens_at) for verdict, sheet in zip(verdicts, sheets, strict=True) if verdict is not None]
    newest, newest_at = said[-1] if said else (None, None)
    return CheckInSeries(
        partner=partner,
        instrument=instrument,
        score_id=score_id,
        points=tuple(
            CheckIn(sheet.wave, sheet.opens_at, sheet.monday, score, verdict, sheet.state)
            for sheet, score, verdict in zip(sheets, scores, verdicts, strict=True)
        ),
        baseline=next((score for score in scores if score is not None), None),
        band=own_baseline_band(scores, change_error=change_error),
        verdict=newest,
        verdict_at=newest_at,
        trend=trend(
            scores, times=weeks_since_first(sheets), smallest_change=smallest_change(change_error, z=Z90), better=better
        ),
        is_worsening=_is_worsening(scores, error, better),
        missing=sum(score is None for score in scores),
        parameters=parameters,
    )


def _is_worsening(scores: Sequence[float | None], error: float, better: Better) -> bool:
    """Whether the alarm stands at the newest score: one that has come back since is past."""
    sums = [one for one in worsening(scores, error=error, better=better).sums if one is not None]
    return bool(sums) and round(sums[-1], COMPARED_DECIMALS) >= CUSUM_ALARM


def weeks_since_first(sheets: Sequence[ScoredSheet]) -> list[float]:
    return [(sheet.opens_at - sheets[0].opens_at).total_seconds() / WEEK_SECONDS for sheet in sheets]


def _changes(
    partner: Partner, instrument: Instrument, sheets: list[ScoredSheet], known: Mapping[str, Parameters]
) -> dict[str, ScoreChange]:
    own = [sheet for sheet in sheets if sheet.partner == partner.id]
    direction = received_direction(instrument)
    scores = paired_scores(instrument)
    after, before = (own[-1] if own else None), (own[-2] if len(own) > 1 else None)
    values = {key: (_score(before, direction, key), _score(after, direction, key)) for key in scores}
    parameters = known[after.parameters if after else ""]
    found = _verdicts(instrument, values, parameters)
    return {key: ScoreChange(partner, *values[key], verdict=found[key]) for key in scores}


def _verdicts(
    instrument: Instrument, values: Mapping[str, tuple[float | None, float | None]], parameters: Parameters
) -> dict[str, Verdict | None]:
    """Holm over the domains of the composite; the composite, and what is in none, each on its own (3.6)."""
    changes = {
        key: None if before is None or after is None else after - before for key, (before, after) in values.items()
    }
    errors = {key: error for key in values if (error := parameters.change_error(key)) is not None}
    together = [key for key in instrument.scores[instrument.primary_score].get("of", []) if key in values]
    better = better_of(instrument, instrument.primary_score)
    found: dict[str, Verdict | None] = {}
    for key, change in changes.items():
        alone = change is not None and key in errors
        found[key] = verdict(change, change_error=errors[key], better=better) if change is not None and alone else None
    exploratory = verdicts_of_several({key: changes[key] for key in together}, change_errors=errors, better=better)
    return found | exploratory


def _companion(record: CoupleRecord, instrument: Instrument, partner: Partner, score_id: str) -> Companion | None:
    direction = instrument.scores[score_id]["directions"][0]
    own = [one for one in record.sheets_of(instrument.id) if one.partner == partner.id]
    scored = [(one, score) for one in own if (score := one.score(direction, score_id)) is not None]
    if not scored:
        return None
    (newest, score), before = scored[-1], scored[-2][1] if len(scored) > 1 else None
    error = record.parameters[instrument.id][newest.parameters].change_error(score_id)
    better = better_of(instrument, score_id)
    found = verdict(score - before, change_error=error, better=better) if before is not None and error else None
    return Companion(partner, instrument, score_id, newest.opens_at, score, before, found)


def _score(sheet: ScoredSheet | None, direction: str, score_id: str) -> float | None:
    return None if sheet is None else sheet.score(direction, score_id)
