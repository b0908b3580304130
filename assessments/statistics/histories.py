"""What the rows of statistics are made of, flattened by PostgreSQL: of each couple the few numbers that count.

The rule that must not break: what one partner alone handed in comes out as a count of forms and never as a score.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from assessments.instruments.definition import Instrument
from assessments.statistics.catalogue import check_in_of, full_form, shared_scores
from clients.models import CounselingSession, Couple
from practice import tenancy

IN_TIME = timedelta(days=2)
# Forms whose window closed in time, or that were handed in; what was handed in later counts as missing. Of each wave
# of which both sheets are scored, in the order of time: its instrument, when the first and the last was sent, and the
# scores that may count.
FORMS = """
WITH wanted AS (
  SELECT * FROM jsonb_to_recordset(%(wanted)s) AS wanted(instrument text, direction text, score text)
), form AS (
  SELECT sheet.couple_id, sheet.wave_id, sheet.opens_at, split_part(sheet.instrument, '@', 1) AS instrument,
         CASE WHEN sheet.submitted_at < %(until)s THEN sheet.submitted_at END AS sent_at,
         CASE WHEN sheet.submitted_at >= %(until)s THEN NULL ELSE scores.scores END AS scores
    FROM assessments_answersheet AS sheet
    JOIN clients_couple AS couple
      ON couple.practice_id = sheet.practice_id AND couple.id = sheet.couple_id
     AND sheet.opens_at >= coalesce(couple.episode_started_at, couple.created_at)
    LEFT JOIN assessments_sheetscores AS scores
      ON scores.practice_id = sheet.practice_id AND scores.sheet_id = sheet.id
   WHERE sheet.practice_id = %(practice)s AND couple.practice_id = %(practice)s
     AND sheet.couple_id = ANY(%(couples)s)
     AND sheet.opens_at < %(until)s AND (sheet.closes_at < %(until)s OR sheet.submitted_at < %(until)s)
     AND sheet.state <> 'withdrawn'
), wave AS (
  SELECT couple_id, wave_id, instrument, min(opens_at) AS opens_at,
         count(*) AS due, count(scores) AS scored, count(sent_at) AS sent,
         count(*) FILTER (WHERE sent_at - opens_at <= %(in_time)s) AS in_time,
         CASE WHEN count(sent_at) = 2 THEN jsonb_build_array(min(sent_at), max(sent_at)) END AS sent_at,
         jsonb_agg((
           SELECT jsonb_object_agg(wanted.score, scores -> wanted.direction -> wanted.score -> 'score')
             FROM wanted WHERE wanted.instrument = form.instrument
         )) FILTER (WHERE scores IS NOT NULL) AS two
    FROM form
   GROUP BY couple_id, wave_id, instrument
)
SELECT couple_id, sum(due)::int, sum(scored)::int, sum(sent)::int, sum(in_time)::int,
       jsonb_agg(jsonb_build_array(instrument, sent_at, two) ORDER BY opens_at, wave_id)
         FILTER (WHERE scored = 2 AND two -> 0 IS DISTINCT FROM 'null')
  FROM wave
 GROUP BY couple_id
"""
# How many weeks each activity was reported as done so many times.
DONE = """
SELECT report.couple_id, activity.template, activity.dose, (entry.value ->> 'done')::int, count(*)
  FROM assessments_weekreport AS report
 CROSS JOIN jsonb_each(report.entries) AS entry
  JOIN assessments_activity AS activity
    ON activity.practice_id = report.practice_id AND activity.id = entry.key::uuid
 WHERE report.practice_id = %(practice)s AND activity.practice_id = %(practice)s
   AND report.couple_id = ANY(%(couples)s) AND report.monday < %(until)s::date
 GROUP BY report.couple_id, activity.template, activity.dose, (entry.value ->> 'done')::int
"""


@dataclass(frozen=True)
class Forms:
    """How many were due, scored, sent, and sent within two days."""

    due: int = 0
    scored: int = 0
    sent: int = 0
    in_time: int = 0


@dataclass(frozen=True)
class Wave:
    """One that both handed in. `sent_at` are the earlier and the later of the two, empty where it is not known.

    `scores` are those that may count: of one, of the other.
    """

    instrument: str
    sent_at: Sequence[datetime]
    scores: Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class Done:
    """An activity that was done `times` in each of so many weeks, None where the report left it out."""

    template: str
    dose: Mapping[str, Any]
    times: int | None
    weeks: int


@dataclass(frozen=True)
class History:
    """What one couple's row is made of; waves and times of sessions in the order of time."""

    couple: Couple
    forms: Forms
    waves: Sequence[Wave]
    held: Sequence[datetime]
    done: Sequence[Done]


def histories_of(couples: Sequence[UUID], *, until: datetime) -> Iterator[History]:
    """One of each couple, in the order given, in as many statements whatever their number."""
    fields = ("practice_id", "id", "closed_reason", "closed_at", "created_at", "episode_started_at")
    known = Couple.objects.filter(pk__in=couples).only(*fields).in_bulk()
    forms, held, done = _forms(couples, until), _held(couples, until), _done(couples, until)
    for one in couples:
        counted, waves = forms.get(one, (Forms(), []))
        since = known[one].care_since
        yield History(known[one], counted, waves, [at for at in held[one] if at >= since], done[one])


def _forms(couples: Sequence[UUID], until: datetime) -> Mapping[UUID, tuple[Forms, list[Wave]]]:
    form = full_form()
    wanted = json.dumps([row for one in (form, check_in_of(form)) for row in _wanted(one)])
    found = _rows(FORMS, couples, until, wanted=wanted, in_time=IN_TIME)
    return {
        couple: (Forms(*counts), [_wave(*one) for one in json.loads(waves or "[]")]) for couple, *counts, waves in found
    }


def _wanted(instrument: Instrument) -> Iterator[Mapping[str, str]]:
    for score in shared_scores(instrument):
        yield {
            "instrument": instrument.id,
            "direction": instrument.scores[score]["directions"][0],
            "score": score,
        }


def _wave(instrument: str, sent_at: list[str] | None, two: list[dict[str, float | None]]) -> Wave:
    one, other = two
    return Wave(
        instrument,
        [datetime.fromisoformat(at) for at in sent_at or []],
        {score: (one[score], other[score]) for score in one},
    )


def _held(couples: Sequence[UUID], until: datetime) -> Mapping[UUID, list[datetime]]:
    sessions = CounselingSession.objects.filter(
        couple__in=couples, kind=CounselingSession.Kind.COUPLE, held_at__lt=until
    )
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for couple, held_at in sessions.order_by("held_at").values_list("couple_id", "held_at"):
        if held_at is not None:
            found[couple].append(held_at)
    return found


def _done(couples: Sequence[UUID], until: datetime) -> Mapping[UUID, list[Done]]:
    found: dict[UUID, list[Done]] = defaultdict(list)
    for couple, template, dose, times, weeks in _rows(DONE, couples, until):
        found[couple].append(Done(template, json.loads(dose), times, weeks))
    return found


def _rows(sql: str, couples: Sequence[UUID], until: datetime, **more: Any) -> list[tuple[Any, ...]]:
    named: dict[str, Any] = {"practice": tenancy.practice_id(), "couples": list(couples), "until": until, **more}
    with connection.cursor() as cursor:
        cursor.execute(sql, named)
        return list(cursor.fetchall())
