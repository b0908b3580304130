"""Measurement parameters of a practice: start values from the instrument's file, its own once it has enough people.

A set of parameters has a version and is never changed; a score keeps the version that was in force when it was made,
so a verdict never changes with later data. Formulas: clinical/design.md 3.3.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import StatisticsError, stdev
from uuid import UUID

from django.utils import timezone

from assessments import library, scoring
from assessments.instruments.definition import Instrument
from assessments.measurement import Parameters, parameters_of, shrunken_alpha, shrunken_sd
from assessments.models import Answers, AnswerSheet, MeasurementParameters, SheetScores
from assessments.reliability import cronbach_alpha
from assessments.sheets import form_of
from practice import tenancy
from practice.database.context import Scope

FEWEST_PERSONS = 30
# New parameters are worth a version when this many more people answered.
WORTH_A_VERSION = 10

ItemRow = list[float | None]


def parameters_used(instruments: Iterable[Instrument], versions: Iterable[str]) -> dict[str, dict[str, Parameters]]:
    """The parameters of each version that scores name, by instrument id; "" is the start values.

    One statement; none where all are start values.
    """
    known = {}
    for instrument in instruments:
        start = parameters_of(instrument)
        known[instrument.id] = {start.version: start, "": start}
    own = set(versions) - {version for of in known.values() for version in of}
    for row in MeasurementParameters.objects.filter(version__in=own) if own else []:
        if row.instrument in known:
            start = known[row.instrument][""]
            own_one = own_parameters(start, row.version, row.sd, row.reliability)
            known[row.instrument][row.version] = replace(own_one, date=row.computed_at.date())
    return known


def own_parameters(
    start: Parameters, version: str, sd: Mapping[str, float], reliability: Mapping[str, float]
) -> Parameters:
    """A stored set, over the start values where it says nothing of a score."""
    return replace(start, version=version, sd={**start.sd, **sd}, reliability={**start.reliability, **reliability})


def recompute_parameters(practice_id: UUID) -> list[str]:
    """Versions made from what the practice's people answered; none where too few, or hardly more, did."""
    with tenancy.begin(Scope.measurement(practice_id=practice_id)):
        given = AnswerSheet.objects.filter(state=AnswerSheet.State.SUBMITTED)
        refs = given.values_list("instrument", "content_hash").distinct()
        instruments = [library.resolve(ref, content_hash) for ref, content_hash in refs]
        measured = (one for one in instruments if one.measurement is not None)
        return [version for one in measured if (version := _recompute(one)) is not None]


def _recompute(instrument: Instrument) -> str | None:
    sheets = first_forms(instrument)
    before = MeasurementParameters.objects.filter(instrument=instrument.id).order_by("-computed_at").first()
    if len(sheets) < max(FEWEST_PERSONS, before.persons + WORTH_A_VERSION if before else 0):
        return None
    start = parameters_of(instrument)
    items = _item_scores(instrument, sheets)
    spread = {key: one for key in start.sd if (one := _spread(instrument, key, sheets)) is not None}
    alphas = {key: one for key in start.reliability if (one := _alpha(items.get(key, []))) is not None}
    now = timezone.now()
    made = MeasurementParameters.objects.create(
        instrument=instrument.id,
        version=f"own-{now:%Y-%m-%d}-n{len(sheets)}",
        persons=len(sheets),
        sd={key: shrunken_sd(s, n=n, start=start.sd[key]) for key, (s, n) in spread.items()},
        reliability={key: shrunken_alpha(a, n=n, start=start.reliability[key]) for key, (a, n) in alphas.items()},
        computed_at=now,
    )
    return str(made.version)


def first_forms(instrument: Instrument) -> list[AnswerSheet]:
    """The first submitted form of each person, of one partner a couple: partners are not independent.

    Which partner is drawn once for a couple, by its id, and stays.
    """
    sheets = AnswerSheet.objects.filter(
        state=AnswerSheet.State.SUBMITTED, instrument=instrument.ref, content_hash=instrument.content_hash
    )
    firsts: dict[UUID, AnswerSheet] = {}
    for sheet in sheets.order_by("-submitted_at"):
        firsts[sheet.partner_id] = sheet
    by_couple: dict[UUID, list[AnswerSheet]] = {}
    for sheet in sorted(firsts.values(), key=lambda one: str(one.partner_id)):
        by_couple.setdefault(sheet.couple_id, []).append(sheet)
    return [random.Random(str(couple)).choice(own) for couple, own in by_couple.items()]  # noqa: S311 - no secret


def _item_scores(instrument: Instrument, sheets: list[AnswerSheet]) -> dict[str, list[ItemRow]]:
    """Item scores by score id, a row a person; of a composite the scores that it is the mean of."""
    tables: dict[str, list[ItemRow]] = {}
    answers: dict[UUID, list[Answers]] = {}
    for row in Answers.objects.filter(sheet__in=sheets):
        answers.setdefault(row.sheet_id, []).append(row)
    for sheet in sheets:
        values = _values(instrument, sheet, answers.get(sheet.id, []))
        for score_id in instrument.scores:
            tables.setdefault(score_id, []).append(_row(instrument, score_id, values))
    return tables


def _values(instrument: Instrument, sheet: AnswerSheet, rows: list[Answers]) -> dict[str, int | None]:
    stored = {row.audience: row.values for row in rows}
    lines = form_of(sheet, instrument=instrument).lines
    held = ((line, stored.get(line.audience, [])) for line in lines)
    return {line.id: given[line.position] if line.position < len(given) else None for line, given in held}


def _row(instrument: Instrument, score_id: str, values: Mapping[str, int | None]) -> ItemRow:
    direction = scoring.directions_of(instrument, score_id)[0]
    definition = instrument.scores[score_id]
    if definition["kind"] == "mean_of_scores":
        parts = (scoring.score(instrument, part, direction, values).score for part in definition["of"])
        return [None if part is None else float(part) for part in parts]
    lines = scoring.score_lines(instrument, score_id, direction)
    answered = ((line, values.get(line.id)) for line in lines)
    return [None if raw is None or raw < 0 else float(scoring.item_score(line, raw)) for line, raw in answered]


def _spread(instrument: Instrument, score_id: str, sheets: list[AnswerSheet]) -> tuple[float, int] | None:
    direction = scoring.directions_of(instrument, score_id)[0]
    rows = SheetScores.objects.filter(sheet__in=sheets).values_list("scores", flat=True)
    found = [row.get(direction, {}).get(score_id, {}) for row in rows]
    # Complete ones only: a prorated score assumes what is to be measured.
    scores = [one["score"] for one in found if one.get("score") is not None and one["answered"] == one["of"]]
    return (stdev(scores), len(scores)) if len(scores) >= FEWEST_PERSONS else None


def _alpha(table: list[ItemRow]) -> tuple[float, int] | None:
    complete = [row for row in table if None not in row]
    if len(complete) < FEWEST_PERSONS:
        return None
    try:
        alpha = cronbach_alpha(complete)
    except (ZeroDivisionError, StatisticsError):
        return None
    # A negative alpha says that the items do not belong together: nothing to shrink toward.
    return (alpha, len(complete)) if 0 < alpha < 1 else None
