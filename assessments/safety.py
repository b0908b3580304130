"""Rules and scores, run on every save in a transaction of their own, and the flags they raise.

Runs as the scoring role, which reads one partner's values. The same statements run whatever was answered, and
nothing on a partner's screen depends on what they do. A lowered answer closes no flag.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments import rules, scoring
from assessments.models import AnswerSheet, SafetyFlag, SheetScores, WeekReport
from assessments.parameters import parameters_in_force
from assessments.plan_templates import library as templates
from assessments.sheets import SheetForm, form_of, values_of
from clients.access import couples_visible_to
from clients.models import Couple
from practice import mail, tenancy
from practice.content import missing_topics
from practice.database.context import Scope
from practice.models import Membership, OutboxMessage, Practice, Role, User

CONFIRMATION_LASTS = timedelta(days=548)  # 18 months
RAISE_FLAGS = """
WITH raised AS (
  INSERT INTO assessments_safetyflag AS flag
         (id, practice_id, couple_id, partner_id, sheet_id, rule, level, lines, state, raised_at)
  SELECT one.id, %(practice)s, %(couple)s, %(partner)s, %(sheet)s, one.rule, one.level,
         ARRAY(SELECT jsonb_array_elements_text(one.lines)), 'open', %(now)s
    FROM jsonb_to_recordset(%(flags)s::jsonb) AS one(id uuid, rule text, level text, lines jsonb)
  ON CONFLICT (practice_id, sheet_id, rule) DO UPDATE
     SET lines = ARRAY(SELECT DISTINCT unnest(flag.lines || excluded.lines) ORDER BY 1)
   WHERE flag.practice_id = %(practice)s
  RETURNING id, level
)
INSERT INTO practice_outboxmessage (id, practice_id, kind, reference, created_at, due_at, tries, last_error)
SELECT gen_random_uuid(), %(practice)s, 'alert', raised.id, %(now)s, %(now)s, 0, ''
  FROM raised WHERE raised.level = 'urgent'
ON CONFLICT (practice_id, kind, reference) DO NOTHING
"""


def safety_lines_allowed(couple: Couple) -> bool:
    """Whether anybody will read a safety answer: a responsible therapist, and confirmed, complete resources."""
    practice = Practice.objects.get(pk=tenancy.practice_id())
    confirmed = practice.resources_confirmed_at
    if confirmed is None or timezone.now() - confirmed > CONFIRMATION_LASTS or missing_topics(practice.country):
        return False
    reader = couple.therapist
    return reader is not None and reader.is_active and reader.role in (Role.THERAPIST, Role.OWNER)


def flags_visible_to(membership: Membership) -> QuerySet[SafetyFlag]:
    return SafetyFlag.objects.filter(couple__in=couples_visible_to(membership))


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
    worker = tenancy.current()
    tenancy.assume(Scope.scoring(practice_id=worker.practice_id, partner_id=partner_id))
    _score(reference)


def send_alert(reference: UUID) -> None:
    """Tell the therapist that something needs attention, and nothing about what."""
    flag = SafetyFlag.objects.select_related("couple").get(pk=reference)
    practice = Practice.objects.get(pk=tenancy.practice_id())
    therapist = Membership.objects.filter(pk=flag.couple.therapist_id, is_active=True).first()
    if therapist is not None:
        mail.send_plain(
            to=User.objects.only("email").get(pk=therapist.user_id).email,
            subject="An item needs your attention",
            body="An item needs your attention. Please sign in.\n",
            sender_name=practice.sender_name,
            message_id=flag.id,
        )


def _score(sheet_id: UUID) -> None:
    due_at = OutboxMessage.objects.filter(
        practice_id=tenancy.practice_id(), kind="score_sheet", reference=sheet_id
    ).values_list("due_at", flat=True)
    entries = WeekReport.objects.filter(sheet_id=sheet_id).order_by().values("entries")
    sheet = AnswerSheet.objects.annotate(due_at=due_at[:1], week_entries=entries[:1]).get(pk=sheet_id)
    form = form_of(sheet)
    values, seconds = values_of(sheet, form)
    submitted = sheet.state == AnswerSheet.State.SUBMITTED
    raised = rules.evaluate(form.instrument, values, given=form.given, submitted=submitted)
    raised += rules.evaluate_week(templates.latest().barrier_rules, sheet.week_entries or {})
    _raise_flags(sheet, raised)
    if submitted:
        store_scores(sheet, form, values, seconds)
    OutboxMessage.objects.filter(
        practice_id=tenancy.practice_id(), kind="score_sheet", reference=sheet_id, due_at=sheet.due_at
    ).update(done_at=timezone.now())


def _raise_flags(sheet: AnswerSheet, raised: list[rules.RaisedRule]) -> None:
    flags = [{"id": str(uuid4()), "rule": one.rule, "level": one.level, "lines": list(one.lines)} for one in raised]
    with connection.cursor() as cursor:
        cursor.execute(
            RAISE_FLAGS,
            {
                "practice": sheet.practice_id,
                "couple": sheet.couple_id,
                "partner": sheet.partner_id,
                "sheet": sheet.id,
                "now": timezone.now(),
                "flags": json.dumps(flags),
            },
        )


def store_scores(
    sheet: AnswerSheet, form: SheetForm, values: Mapping[str, int | None], seconds: Mapping[str, int]
) -> None:
    """Write what the scorer makes of a submitted sheet; the same values give the same row."""
    scored_values = scoring.score_sheet(form.instrument, values)
    scored = SheetScores(
        sheet=sheet,
        partner_id=sheet.partner_id,
        instrument=sheet.instrument,
        content_hash=sheet.content_hash,
        scorer_version=scoring.SCORER_VERSION,
        scores=as_json(scored_values),
        joint_scores=as_json(scoring.joint_scores(form.instrument, scored_values)),
        quality=scoring.quality(form.instrument, values, seconds),
        safety_unanswered=unanswered_safety_lines(form, values),
        parameters=parameters_in_force(form.instrument) if form.instrument.measurement else "",
        scored_at=timezone.now(),
    )
    SheetScores.objects.bulk_create(
        [scored],
        update_conflicts=True,
        unique_fields=["practice", "sheet"],
        update_fields=["scores", "joint_scores", "quality", "scorer_version", "safety_unanswered", "scored_at"],
    )


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
