"""Rules and scores, run on every save in a transaction of their own, and the flags they raise.

Runs as the scoring role, which reads one partner's values. The same statements run whatever was answered, and
nothing on a partner's screen depends on what they do. A lowered answer closes no flag.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from assessments import rules, scoring
from assessments.change import Verdict, weekly_verdicts
from assessments.instruments.definition import Instrument, Json
from assessments.measurement import Parameters, parameters_of
from assessments.models import AnswerSheet
from assessments.paired import better_of
from assessments.parameters import own_parameters
from assessments.plan_templates import library as templates
from assessments.sheets import SheetForm, by_line, form_of
from clients.models import Couple
from practice import tenancy
from practice.cover import is_covered
from practice.database.context import Scope
from practice.database.rows import one_row
from practice.models import Practice
from practice.practices import resources_in_force

READ_SHEET = """
SELECT sheet.id, sheet.instrument, sheet.content_hash, sheet.sitting, sheet.safety_lines, sheet.context_lines,
       sheet.state,
       (SELECT message.due_at FROM practice_outboxmessage AS message
         WHERE message.practice_id = %(practice)s AND message.kind = 'score_sheet'
           AND message.reference = sheet.id) AS due_at,
       (SELECT jsonb_object_agg(answers.audience, jsonb_build_array(answers."values", answers.seconds))
          FROM assessments_answers AS answers
         WHERE answers.practice_id = %(practice)s AND answers.sheet_id = sheet.id) AS stored,
       (SELECT report.entries FROM assessments_weekreport AS report
         WHERE report.practice_id = %(practice)s AND report.sheet_id = sheet.id) AS week_entries,
       (SELECT jsonb_build_object('version', own.version, 'sd', own.sd, 'reliability', own.reliability)
          FROM assessments_measurementparameters AS own
         WHERE own.practice_id = %(practice)s AND own.instrument = split_part(sheet.instrument, '@', 1)
           AND own.version = coalesce(nullif(kept.parameters, ''), own.version)
         ORDER BY own.computed_at DESC LIMIT 1) AS own_parameters,
       (SELECT jsonb_agg(scored.scores ORDER BY earlier.opens_at)
          FROM assessments_answersheet AS earlier
          JOIN assessments_sheetscores AS scored
            ON scored.practice_id = %(practice)s AND scored.sheet_id = earlier.id
          JOIN clients_couple AS couple ON couple.practice_id = %(practice)s AND couple.id = earlier.couple_id
         WHERE sheet.state = 'submitted' AND sheet.week_of IS NOT NULL
           AND earlier.practice_id = %(practice)s AND earlier.partner_id = sheet.partner_id
           AND earlier.week_of IS NOT NULL AND earlier.opens_at < sheet.opens_at
           AND earlier.opens_at >= coalesce(couple.episode_started_at, couple.created_at)) AS earlier
  FROM assessments_answersheet AS sheet
  LEFT JOIN assessments_sheetscores AS kept ON kept.practice_id = %(practice)s AND kept.sheet_id = sheet.id
 WHERE sheet.practice_id = %(practice)s AND sheet.id = %(sheet)s
"""


def safety_lines_allowed(couple: Couple) -> bool:
    """Whether anybody will read a safety answer: an active therapist with an active cover, and checked help lines."""
    practice = Practice.objects.get(pk=tenancy.practice_id())
    return resources_in_force(practice) and is_covered(couple.therapist_id)


def score_sheet(*, practice_id: UUID, partner_id: UUID, sheet_id: UUID) -> None:
    """Bring flags and scores of a sheet up to its answers."""
    with tenancy.begin(Scope.scoring(practice_id=practice_id, partner_id=partner_id)):
        _score(sheet_id)


def score_after_commit(sheet: AnswerSheet) -> None:
    """Score a sheet once what was saved has been committed; a fault there is logged and swept up later."""
    practice_id, partner_id, sheet_id = tenancy.practice_id(), sheet.partner_id, sheet.id

    # A function with a name: Django names it in the log where it fails.
    def score() -> None:
        score_sheet(practice_id=practice_id, partner_id=partner_id, sheet_id=sheet_id)

    transaction.on_commit(score, robust=True)


def score_overdue_sheet(reference: UUID) -> None:
    """The worker's part: what a crash left unscored."""
    partner_id = AnswerSheet.objects.values_list("partner_id", flat=True).get(pk=reference)
    tenancy.assume(Scope.scoring(practice_id=tenancy.practice_id(), partner_id=partner_id))
    _score(reference)


def _score(sheet_id: UUID) -> None:
    # One statement to read and one to write: a save waits for both.
    sheet: Any = one_row(AnswerSheet, READ_SHEET, {"practice": tenancy.practice_id(), "sheet": sheet_id})
    form = form_of(sheet)
    values, seconds = by_line(form, json.loads(sheet.stored or "{}"))
    submitted = sheet.state == AnswerSheet.State.SUBMITTED
    raised = rules.evaluate(form.instrument, values, given=form.given, submitted=submitted)
    raised += rules.evaluate_week(templates.latest().barrier_rules, json.loads(sheet.week_entries or "{}"))
    flags = [{"rule": one.rule, "level": one.level, "lines": one.lines} for one in raised]
    known = Known(json.loads(sheet.own_parameters or "null"), json.loads(sheet.earlier or "[]"))
    scored = scored_row(form, values, seconds, known=known) if submitted else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.keep_scores(%s, %s, %s, %s, %s)",
            [sheet_id, json.dumps(flags), json.dumps(scored), sheet.due_at, timezone.now()],
        )


@dataclass(frozen=True)
class Known:
    """What a score is judged by: the practice's own parameters, and the scores of the check-ins before it."""

    own: Json | None
    earlier: list[Json]

    def parameters_of(self, instrument: Instrument) -> Parameters:
        start = parameters_of(instrument)
        return own_parameters(start, **self.own) if self.own else start


def scored_row(
    form: SheetForm, values: Mapping[str, int | None], seconds: Mapping[str, int], *, known: Known
) -> dict[str, Any]:
    """What the scorer makes of a submitted sheet; the same values after the same check-ins give the same row."""
    instrument = form.instrument
    scores = scoring.score_sheet(instrument, values)
    parameters = known.parameters_of(instrument)
    return {
        "scorer_version": scoring.SCORER_VERSION,
        "scores": as_json(scores),
        "joint_scores": as_json(scoring.joint_scores(instrument, scores)),
        "quality": scoring.quality(instrument, values, seconds),
        "safety_unanswered": unanswered_safety_lines(form, values),
        "parameters": parameters.version,
        "primary_score": primary_score(instrument, as_json(scores)),
        "verdict": check_in_verdict(instrument, [*known.earlier, as_json(scores)], parameters) or "",
    }


def primary_score(instrument: Instrument, scores: Json) -> float | None:
    """That of the instrument's primary score in its first direction; `scores` as stored."""
    key = instrument.primary_score
    found: float | None = scores.get(instrument.scores[key]["directions"][0], {}).get(key, {}).get("score")
    return found


def check_in_verdict(instrument: Instrument, scores: Sequence[Json], parameters: Parameters) -> Verdict | None:
    """What the last of a partner's check-ins says; `scores` as stored, in order since care began.

    None for any other form, for the first scored check-in and for one without a score.
    """
    key = instrument.primary_score
    error = parameters.change_error(key)
    if not instrument.is_check_in or error is None:
        return None
    series = [primary_score(instrument, one) for one in scores]
    return weekly_verdicts(series, change_error=error, better=better_of(instrument, key))[-1]


def unanswered_safety_lines(form: SheetForm, values: Mapping[str, int | None]) -> list[str] | None:
    """Safety-relevant lines of the form without a number in answer; None where it had no such line."""
    asked = [line.id for line in form.lines if line.safety_relevant]
    given = ((line_id, values[line_id]) for line_id in asked)
    return [line_id for line_id, value in given if value is None or value < 0] if asked else None


def as_json(scores: scoring.SheetScores) -> dict[str, Any]:
    return {
        direction: {
            score_id: {
                "score": None if one.score is None else float(one.score),
                "answered": one.answered,
                "of": one.of,
                "reason": one.reason,
            }
            for score_id, one in of_direction.items()
        }
        for direction, of_direction in scores.items()
    }
