"""Scores of one answer sheet, in exact fractions, and what they mean on the instrument's own bands.

Everything about an instrument comes from its definition. The rule that must not break: nothing is rounded before it
is compared, so that a composite of exactly 50 lies in the band that starts at 50.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import lcm
from statistics import median
from typing import Any

from assessments.instruments.definition import DECLINED, Instrument, Line

SCORER_VERSION = "1"

FAST_SECONDS = 1.5
SAME_ANSWERS = 15
MANY_DECLINED = Fraction(1, 4)

Values = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Score:
    """One score of one direction: its value, or the reason for having none, and how many of its inputs counted."""

    score: Fraction | None
    answered: int
    of: int
    reason: str | None = None


SheetScores = Mapping[str, Mapping[str, Score]]
Known = dict[tuple[str, str], Score]


def exact(number: float) -> Fraction:
    """A number as it is written in the definition: 0.1 is a tenth, not the nearest binary float."""
    return Fraction(str(number))


def item_score(line: Line, raw: int) -> int:
    """The raw value, turned round on a reversed line: min + max - raw."""
    return line.lowest + line.highest - raw if line.reverse else raw


def score_sheet(instrument: Instrument, values: Values) -> dict[str, dict[str, Score]]:
    """Every score of a sheet as {direction: {score id: Score}}.

    `values` maps line ids to stored answers; a line that is missing counts as blank. A score pooled over several
    directions stands under the first one it lists.
    """
    sheet: dict[str, dict[str, Score]] = {}
    known: Known = {}
    for score_id in instrument.scores:
        for direction in directions_of(instrument, score_id):
            sheet.setdefault(direction, {})[score_id] = _score(instrument, (score_id, direction), values, known)
    return sheet


def joint_scores(instrument: Instrument, scores: SheetScores) -> dict[str, dict[str, Score]]:
    """The part of a sheet's scores that the definition calls joint_ok."""
    shared = {score_id for score_id, one in instrument.scores.items() if one["visibility"] == "joint_ok"}
    return {direction: {key: one for key, one in of.items() if key in shared} for direction, of in scores.items()}


def score(instrument: Instrument, score_id: str, direction: str, values: Values) -> Score:
    """One score of one direction, from its lines or, for a composite, from the scores it is the mean of."""
    return _score(instrument, (score_id, direction), values, {})


def _score(instrument: Instrument, which: tuple[str, str], values: Values, known: Known) -> Score:
    # A composite reads scores that stand for themselves too: each is worked out once, and kept in `known`.
    if which not in known:
        score_id, direction = which
        definition = instrument.scores[score_id]
        if definition["kind"] == "mean_of_scores":
            parts = _inputs(instrument, definition, direction)
            inputs = [_score(instrument, part, values, known).score for part in parts]
            known[which] = _mean_of_present(inputs, definition["min_inputs"])
        else:
            lines = score_lines(instrument, score_id, direction)
            known[which] = _line_score(definition, lines, values, instrument.definition["scoring"]["missing"])
    return known[which]


@lru_cache(maxsize=4096)
def score_lines(instrument: Instrument, score_id: str, direction: str) -> tuple[Line, ...]:
    """The lines a score reads in a direction, for a composite those of all its inputs."""
    definition = instrument.scores[score_id]
    if definition["kind"] == "mean_of_scores":
        inputs = _inputs(instrument, definition, direction)
        return tuple(line for each in inputs for line in score_lines(instrument, *each))
    ids = (f"{each}.{item}" for item in definition["items"] for each in _read_directions(definition, direction))
    return tuple(instrument.by_id[line_id] for line_id in ids if line_id in instrument.by_id)


def directions_of(instrument: Instrument, score_id: str) -> list[str]:
    """The directions a score has a value in: its own, or the first of those it pools."""
    definition = instrument.scores[score_id]
    directions: list[str] = definition["directions"]
    return directions[:1] if definition.get("pool_directions") else directions


def band(instrument: Instrument, score_id: str, value: Fraction | None) -> str | None:
    """The id of the band a score lies in; None without a value, or where the bands are made for another range."""
    cut = instrument.bands
    if [cut[0]["min"], cut[-1]["max"]] != instrument.scores[score_id]["range"]:
        return None
    return _band_of(cut, value)


def gap_band(instrument: Instrument, value: Fraction | None) -> str | None:
    """The id of the gap word for a difference of either sign; None without a value or without gap words."""
    return _band_of(instrument.gap_bands, None if value is None else abs(value))


def quality(instrument: Instrument, values: Values, seconds: Mapping[str, float]) -> list[str]:
    """Hints on how a sheet was answered, for the therapist to read; nothing is ever dropped because of them.

    `fast_answers`: the median of `seconds` (by line) is below 1.5. `same_answer`: one value on 15 lines in a row of a
    section where reversed and plain lines of the primary score are mixed, which is hard to mean. `many_declined`: more
    than a quarter of the lines in `values` that could be declined were.
    """
    hints = {
        "fast_answers": bool(seconds) and median(seconds.values()) < FAST_SECONDS,
        "same_answer": any(_longest_run(lines, values) >= SAME_ANSWERS for lines in _mixed_sections(instrument)),
        "many_declined": _declined_share(instrument, values) > MANY_DECLINED,
    }
    return [hint for hint, applies in hints.items() if applies]


@lru_cache(maxsize=256)
def _mixed_sections(instrument: Instrument) -> list[list[Line]]:
    score_id = instrument.primary_score
    scored = {line for each in directions_of(instrument, score_id) for line in score_lines(instrument, score_id, each)}
    sections = [list(section) for _, section in groupby(instrument.lines, key=lambda line: line.section)]
    return [lines for lines in sections if len({line.reverse for line in lines if line in scored}) == 2]


def _longest_run(lines: list[Line], values: Values) -> int:
    # Lines that were not on the form do not break a run, blank ones do.
    answers = (values[line.id] for line in lines if line.id in values)
    runs = (len(list(run)) for value, run in groupby(answers) if value is not None and value >= 0)
    return max(runs, default=0)


def _declined_share(instrument: Instrument, values: Values) -> Fraction:
    asked = [line.id for line in instrument.lines if line.id in values and "declined" in line.codes]
    return Fraction(sum(values[line_id] == DECLINED for line_id in asked), len(asked) or 1)


def _read_directions(definition: Mapping[str, Any], direction: str) -> list[str]:
    return definition["directions"] if definition.get("pool_directions") else [direction]


def _inputs(instrument: Instrument, definition: Mapping[str, Any], direction: str) -> Iterator[tuple[str, str]]:
    for score_id in definition["of"]:
        for each in _read_directions(definition, direction):
            if each in directions_of(instrument, score_id):
                yield score_id, each


def _line_score(definition: Mapping[str, Any], lines: tuple[Line, ...], values: Values, missing: str) -> Score:
    raw = ((line, values.get(line.id)) for line in lines)
    found = [item_score(line, value) for line, value in raw if value is not None and value >= 0]
    needed = len(lines) if missing == "complete_only" else definition["min_answered"]
    if len(found) < needed:
        return Score(None, len(found), len(lines), "too_few_answers")
    return Score(_line_value(definition, lines, found, prorate=missing == "person_mean"), len(found), len(lines))


def _line_value(definition: Mapping[str, Any], lines: tuple[Line, ...], found: list[int], *, prorate: bool) -> Fraction:
    kind = definition["kind"]
    if kind == "count":
        threshold = definition.get("positive_at", 1)
        found = [int(each >= threshold) for each in found]
    total, count = sum(found), len(found)
    if kind == "mean":
        return Fraction(total, count)
    if kind == "mean100":
        return Fraction(100 * total, count * lines[0].highest)
    return Fraction(total * len(lines), count) if prorate else Fraction(total)


def _mean_of_present(inputs: list[Fraction | None], min_inputs: int) -> Score:
    present = [each for each in inputs if each is not None]
    if len(present) < min_inputs:
        return Score(None, len(present), len(inputs), "too_few_domains")
    return Score(mean(present), len(present), len(inputs))


def mean(values: list[Fraction]) -> Fraction:
    """The exact arithmetic mean of at least one value."""
    # Over one common denominator: each addition of fractions would reduce its sum again.
    common = lcm(*(each.denominator for each in values))
    total = sum(each.numerator * (common // each.denominator) for each in values)
    return Fraction(total, common * len(values))


def _band_of(cut: list[dict[str, Any]], value: Fraction | None) -> str | None:
    # A band reaches up to where the next one starts, the last one to its own maximum. That covers both kinds of
    # interval: between whole-number bands 0-4 and 5-9 a prorated 4.5 has not reached 5.
    if not cut or value is None or value > exact(cut[-1]["max"]):
        return None
    return next((str(each["id"]) for each in reversed(cut) if value >= exact(each["min"])), None)
