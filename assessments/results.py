"""What a couple's sheets show, for the therapist: scores, gaps with their error, flags, hints, and the basis of all.

Gaps, means and rules that compare partners are made when they are read and stored nowhere. Single answers are not
here: see assessments/opening.py.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch

from assessments import library, rules, scoring
from assessments.dyad import DyadicValue, dyadic, gap_error
from assessments.instruments.definition import Instrument
from assessments.measurement import parameters_of
from assessments.models import AnswerSheet, SafetyFlag, SheetScores, Wave
from assessments.scoring import Score
from clients.models import Couple
from practice import audit

DAY = timedelta(days=1)


def waves_of(couple: Couple, *, instrument: str) -> list[Wave]:
    """The opened waves of one instrument (`id` or `id@version`), oldest first, with sheets, scores and flags."""
    sheets = AnswerSheet.objects.select_related("partner").order_by("partner__position")
    sheets = sheets.prefetch_related(
        Prefetch("scores", SheetScores.objects.all()), Prefetch("flags", SafetyFlag.objects.order_by("rule"))
    )
    opened = Wave.objects.filter(couple=couple).exclude(opened_at=None).select_related("assignment")
    prefix = instrument if "@" in instrument else f"{instrument}@"
    opened = opened.filter(assignment__instrument__startswith=prefix)
    return list(opened.order_by("opens_at", "number").prefetch_related(Prefetch("sheets", sheets)))


def results_of(couple: Couple, *, instrument: str = "ena-c", wave: str | None = None) -> dict[str, Any]:
    """The results of a couple in the shape of the API's `results`. Audited as a reading."""
    waves = waves_of(couple, instrument=instrument)
    chosen = [one for one in waves if wave is None or str(one.id) == str(wave)]
    found = library.resolve(waves[-1].assignment.instrument if waves else instrument)
    audit.record("results.read", object_id=couple.id, couple_id=couple.id, instrument=found.ref)
    return {
        "instrument": found.ref,
        "basis": {**found.basis, "measurement": (found.measurement or {}).get("version")},
        "waves": [wave_result(one) for one in chosen],
    }


def wave_result(wave: Wave) -> dict[str, Any]:
    """One wave: both partners' scores and flags, then what only the two together give."""
    instrument = library.resolve(wave.assignment.instrument, wave.assignment.content_hash)
    sheets = list(wave.sheets.all())
    scores = {sheet.id: stored_scores(sheet) for sheet in sheets}
    return {
        "id": str(wave.id),
        "number": wave.number,
        "opens_at": wave.opens_at,
        "closes_at": wave.closes_at,
        "partners": [_partner_result(instrument, sheet, scores[sheet.id]) for sheet in sheets],
        **_pair_result(instrument, sheets, scores),
    }


def stored_scores(sheet: AnswerSheet) -> dict[str, dict[str, Score]]:
    """What was stored, as exact fractions again; {} for a sheet without scores."""
    row = next(iter(sheet.scores.all()), None)
    return scores_from_json(row.scores if row else {})


def scores_from_json(stored: Mapping[str, Any]) -> dict[str, dict[str, Score]]:
    """The inverse of safety.as_json."""
    return {
        direction: {
            key: Score(as_fraction(one["score"]), one["answered"], one["of"], one["reason"]) for key, one in of.items()
        }
        for direction, of in stored.items()
    }


@lru_cache(maxsize=4096)
def as_fraction(number: float | None) -> Fraction | None:
    """A stored score as the exact fraction it is."""
    # Scores are quotients of small whole numbers, so the nearest such fraction is the score itself.
    return None if number is None else Fraction(number).limit_denominator(1_000_000)


def _partner_result(
    instrument: Instrument, sheet: AnswerSheet, scores: Mapping[str, Mapping[str, Score]]
) -> dict[str, Any]:
    row = next(iter(sheet.scores.all()), None)
    return {
        "partner": str(sheet.partner_id),
        "sheet": str(sheet.id),
        "state": sheet.state,
        "submitted_at": sheet.submitted_at,
        "scores": {
            direction: {key: _score_json(instrument, key, one) for key, one in scores.get(direction, {}).items()}
            for direction in instrument.directions
        },
        "quality": list(row.quality) if row else [],
        "flags": [
            {"id": str(flag.id), "level": flag.level, "rule": flag.rule, "state": flag.state}
            for flag in sheet.flags.all()
        ],
    }


def _score_json(instrument: Instrument, score_id: str, one: Score) -> dict[str, Any]:
    return {
        "score": None if one.score is None else float(one.score),
        "band": scoring.band(instrument, score_id, one.score),
        "answered": one.answered,
        "of": one.of,
        "reason": one.reason,
    }


def _pair_result(
    instrument: Instrument, sheets: list[AnswerSheet], scores: Mapping[Any, Mapping[str, Mapping[str, Score]]]
) -> dict[str, Any]:
    """What two sheets give together. Where one partner alone got a form, each value is null with its reason."""
    if not sheets or not instrument.dyadic:
        return {"notes": [], "gaps": {}, "couple_mean": {}}
    first, second = sheets[0], (sheets[1] if len(sheets) == 2 else None)
    days = days_between(first, second) if second else None
    x, y = scores[first.id], scores[second.id] if second else {}
    both = {first: dyadic(instrument, x, y, days)}
    if second:
        both[second] = dyadic(instrument, y, x, days)
    raised = rules.evaluate_pair(instrument, x, y, days)
    return {
        "notes": [{"rule": one.rule, "level": one.level} for one in raised],
        "gaps": {
            str(sheet.partner_id): {key: _gap_json(instrument, key, one) for key, one in values["gap"].items()}
            for sheet, values in both.items()
            if "gap" in values
        },
        "couple_mean": {
            key: {"score": _float(one.value), "reason": one.reason}
            for key, one in both[first].get("couple_mean", {}).items()
        },
    }


def days_between(first: AnswerSheet, second: AnswerSheet) -> float | None:
    return days_apart(first.submitted_at, second.submitted_at)


def days_apart(first: datetime | None, second: datetime | None) -> float | None:
    """Whole days between two submissions, the begun one not counted; None unless both were submitted."""
    return None if first is None or second is None else abs(first - second) // DAY


def _gap_json(instrument: Instrument, score_id: str, one: DyadicValue) -> dict[str, Any]:
    error = parameters_of(instrument).error(score_id)
    return {
        "score": _float(one.value),
        "band": scoring.gap_band(instrument, one.value),
        "standard_error": None if error is None else gap_error(error, enacted=error),
        "reason": one.reason,
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
