"""The rows that saving and submitting write, written by one prepared statement each: no checks, no row security.

The yardstick. It does in one round trip and one commit what the product does in several of both.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection as product
from django.utils import timezone
from psycopg.types.json import Jsonb

from assessments.models import SheetScores
from assessments.sheets import SheetForm
from benchmarks._load import Call
from benchmarks._sheets import Target
from practice import tenancy
from practice.database.context import Scope

SAVE = """
WITH session AS (
  UPDATE clients_partnersession SET idle_at = %(now)s WHERE practice_id = %(practice)s AND sheet_id = %(sheet)s
), answers AS (
  UPDATE assessments_answers SET "values" = %(values)s, seconds = %(seconds)s
   WHERE practice_id = %(practice)s AND sheet_id = %(sheet)s AND audience = %(audience)s
), sheet AS (
  UPDATE assessments_answersheet SET saved = %(saved)s, state = 'started'
   WHERE practice_id = %(practice)s AND id = %(sheet)s
)
UPDATE practice_outboxmessage SET due_at = %(later)s, done_at = %(now)s, tries = 0
 WHERE practice_id = %(practice)s AND kind = 'score_sheet' AND reference = %(sheet)s
"""
SUBMIT = """
WITH session AS (
  UPDATE clients_partnersession SET idle_at = %(now)s WHERE practice_id = %(practice)s AND sheet_id = %(sheet)s
), answers AS (
  UPDATE assessments_answers SET frozen_at = %(now)s WHERE practice_id = %(practice)s AND sheet_id = %(sheet)s
), sheet AS (
  UPDATE assessments_answersheet SET state = 'submitted', submitted_at = %(now)s
   WHERE practice_id = %(practice)s AND id = %(sheet)s
), link AS (
  UPDATE clients_linkkey SET ended_at = %(now)s WHERE practice_id = %(practice)s AND sheet_id = %(sheet)s
), message AS (
  UPDATE practice_outboxmessage SET due_at = %(later)s, done_at = %(now)s, tries = 0
   WHERE practice_id = %(practice)s AND kind = 'score_sheet' AND reference = %(sheet)s
), event AS (
  INSERT INTO practice_auditevent (id, practice_id, at, partner_id, action, object_id, couple_id, detail)
  VALUES (%(event)s, %(practice)s, %(now)s, %(partner)s, 'sheet.submitted', %(sheet)s, %(couple)s, '{}')
), once AS (
  INSERT INTO practice_idempotencyrecord (id, practice_id, actor, key, fingerprint, status, body, created_at)
  VALUES (%(once)s, %(practice)s, %(partner)s, %(key)s, %(fingerprint)s, 200, %(body)s, %(now)s)
)
INSERT INTO assessments_sheetscores
       (id, practice_id, sheet_id, partner_id, instrument, content_hash, scorer_version, scores, joint_scores, quality,
        safety_unanswered, parameters, scored_at)
VALUES (%(score)s, %(practice)s, %(sheet)s, %(partner)s, %(instrument)s, %(hash)s, '1', %(scores)s, %(scores)s, '[]',
        '{}', 'start-1', %(now)s)
"""


def connect() -> "psycopg.Connection[Any]":
    connection = psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True, prepare_threshold=0)
    connection.execute("SET ROLE attune_maintenance")
    return connection


def analyze() -> None:
    """Tell the planner of the rows just made, as autovacuum does in the life of a database."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("ANALYZE")


def vacuum() -> None:
    """Leave nothing for autovacuum to do while something is measured."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def backends() -> list[str]:
    """The process ids of PostgreSQL that serve the product; none of another machine's."""
    with connect() as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'attune_login'").fetchall()
    return [str(pid) for (pid,) in found if Path(f"/proc/{pid}/stat").exists()]


def saves(targets: list[Target], form: SheetForm, *, each: int) -> list[Call]:
    """`each` saves of every target: the whole row of the largest audience, as the product writes it."""
    audiences = [line.audience for line in form.lines]
    audience = max(audiences, key=audiences.count)
    length = 1 + max(line.position for line in form.lines if line.audience == audience)
    row = {
        "audience": audience,
        "values": [1] * length,
        "seconds": [None] * length,
        "saved": [True] * len(form.instrument.lines),
    }
    return [_call(SAVE, {**_common(target), **row}) for target in targets for _ in range(each)]


def submits(targets: list[Target], form: SheetForm, *, like: Target) -> list[Call]:
    """Submits with the scores that the product stored for `like`."""
    with tenancy.begin(Scope.scoring(practice_id=like.practice_id, partner_id=like.partner_id)):
        scores = SheetScores.objects.values_list("scores", flat=True).get(sheet_id=like.sheet_id)
    product.close()
    row = {
        "instrument": form.instrument.ref,
        "hash": form.instrument.content_hash,
        "fingerprint": "f" * 64,
        "body": Jsonb("x" * 160),
        "scores": Jsonb(scores, dumps=json.dumps),
    }
    ids = ("event", "once", "score")
    return [
        _call(SUBMIT, {**_common(target), **row, "key": str(uuid4()), **{name: uuid4() for name in ids}})
        for target in targets
    ]


def _common(target: Target) -> dict[str, Any]:
    now = timezone.now()
    return {
        "practice": target.practice_id,
        "partner": target.partner_id,
        "couple": target.couple_id,
        "sheet": target.sheet_id,
        "now": now,
        "later": now + timedelta(minutes=1),
    }


def _call(statement: str, values: dict[str, Any]) -> Call:
    def call(connection: "psycopg.Connection[Any]") -> None:
        connection.execute(statement, values)

    return call
