"""A couple with years of forms, written in bulk as the owner: only the scores are made by the product.

For measuring what reading costs. Nothing here runs the rules, so no form raises a flag.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone

from assessments import library, scoring
from assessments.demo.forms import Wanted, answers_for
from assessments.instruments.definition import CONTEXT, Instrument, Json
from assessments.measurement import parameters_of
from assessments.models import (
    ActivityHolder,
    Answers,
    AnswerSheet,
    Assignment,
    SessionRating,
    SheetScores,
    Wave,
    WeekReport,
)
from assessments.safety import as_json, check_in_verdict, primary_score
from assessments.waves import monday_of
from assessments.weeks import report_id
from clients.models import CounselingSession, Couple, Partner
from practice.practices import OWNER, as_maintenance

WINDOW = timedelta(days=4)
WEEK = timedelta(weeks=1)
ANSWERED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Past:
    """Whose past it is, and what the rows of it name."""

    couple: Couple
    partners: Sequence[Partner]
    assigned_by: UUID

    def waves(self, instrument: Instrument, *, count: int, apart: timedelta, until: datetime) -> list[Wave]:
        """The waves of one assignment, the last of which closed at `until`."""
        first = until - WINDOW - apart * (count - 1)
        assignment = Assignment(
            practice_id=self.couple.practice_id, couple_id=self.couple.id, instrument=instrument.ref,
            content_hash=instrument.content_hash, assigned_by=self.assigned_by, created_at=first,
        )  # fmt: skip
        opens = [first + apart * number for number in range(count)]
        waves = [
            Wave(
                practice_id=self.couple.practice_id, assignment_id=assignment.id, couple_id=self.couple.id,
                number=number, opens_at=at, closes_at=at + WINDOW, opened_at=at, closed_at=at + WINDOW,
                safety_lines=True, context_lines=False,
            )
            for number, at in enumerate(opens, start=1)
        ]  # fmt: skip
        write(Assignment, [assignment])
        write(Wave, waves)
        return waves

    def sheets(self, instrument: Instrument, waves: Sequence[Wave]) -> list[AnswerSheet]:
        """Both partners' forms of each wave, handed in."""
        sheets = [
            AnswerSheet(
                practice_id=self.couple.practice_id, wave_id=wave.id, couple_id=self.couple.id, partner_id=partner.id,
                instrument=instrument.ref, content_hash=instrument.content_hash, safety_lines=True,
                context_lines=False, week_of=monday_of(wave.opens_at) if instrument.is_check_in else None,
                opens_at=wave.opens_at, closes_at=wave.closes_at, state=AnswerSheet.State.SUBMITTED,
                saved=[True] * len(instrument.lines), started_at=wave.opens_at,
                submitted_at=wave.opens_at + ANSWERED_AFTER,
            )
            for wave in waves
            for partner in self.partners
        ]  # fmt: skip
        write(AnswerSheet, sheets)
        return sheets


def write_past(
    past: Past, *, check_ins: int, full_waves: int, level: float = 60, until: datetime | None = None
) -> None:
    """So many weekly check-ins with their weeks, and so many full forms; scores fall slowly from `level`."""
    until = until or timezone.now() - timedelta(hours=1)
    random = Random(1)
    with as_maintenance():
        for name, count, apart in (("ena-ck", check_ins, WEEK), ("ena-c", full_waves, 5 * WEEK)):
            instrument = library.resolve(name)
            waves = past.waves(instrument, count=count, apart=apart, until=until) if count else []
            sheets = past.sheets(instrument, waves)
            answer(instrument, sheets, level=level, random=random)
            if instrument.is_check_in:
                write(WeekReport, list(_weeks(past, sheets)))


def write_sessions(past: Past, *, count: int, until: datetime | None = None) -> None:
    """So many weekly sessions of the couple, each rated."""
    until = until or timezone.now() - timedelta(hours=2)
    practice = past.couple.practice_id
    engagement = {str(partner.id): 3 for partner in past.partners}
    held = [until - WEEK * number for number in range(count)]
    sessions = [
        CounselingSession(
            practice_id=practice, couple_id=past.couple.id, kind=CounselingSession.Kind.COUPLE, held_at=at,
            safety_reviewed=True, written_by=past.assigned_by, created_at=at,
        )
        for at in held
    ]  # fmt: skip
    ratings = [
        SessionRating(practice_id=practice, session_id=one.id, stages={"S3": 2}, engagement=engagement)
        for one in sessions
    ]
    with as_maintenance():
        write(CounselingSession, sessions)
        write(SessionRating, ratings)


def answer(instrument: Instrument, sheets: Sequence[AnswerSheet], *, level: float, random: Random) -> None:
    """Write the answers of these forms, and the scores that the product makes of them."""
    lines = [line for line in instrument.lines_given(None, safety_lines=True) if line.direction != CONTEXT]
    answers, scores, earlier = list[Answers](), list[SheetScores](), defaultdict[UUID, list[Json]](list)
    for number, sheet in enumerate(sheets):
        given = answers_for(lines, _fixed(max(10, level - number / 5)), random)
        values = {key: int(str(value)) for key, value in given.items()}
        answers += _rows(sheet, lines, values)
        scores.append(_scores(sheet, instrument, values, earlier[sheet.partner_id]))
    write(Answers, answers)
    write(SheetScores, scores)


def _fixed(score: float) -> Wanted:
    return lambda direction, topic: score


def write(model: type[Model], rows: Sequence[Any]) -> None:
    QuerySet(model, using=OWNER).bulk_create(rows, batch_size=500)


def _rows(sheet: AnswerSheet, lines: Sequence[Any], values: dict[str, int]) -> Iterator[Answers]:
    for audience in sorted({line.audience for line in lines}):
        own = {line.position: values[line.id] for line in lines if line.audience == audience}
        stored = [own.get(position) for position in range(max(own) + 1)]
        yield Answers(
            practice_id=sheet.practice_id, sheet_id=sheet.id, partner_id=sheet.partner_id, audience=audience,
            values=stored, seconds=[4] * len(stored), frozen_at=sheet.submitted_at,
        )  # fmt: skip


def _scores(sheet: AnswerSheet, instrument: Instrument, values: dict[str, int], earlier: list[Json]) -> SheetScores:
    """Added to `earlier`, the scores of the same partner before it."""
    made, parameters = scoring.score_sheet(instrument, values), parameters_of(instrument)
    earlier.append(as_json(made))
    return SheetScores(
        practice_id=sheet.practice_id, sheet_id=sheet.id, partner_id=sheet.partner_id, instrument=instrument.ref,
        content_hash=instrument.content_hash, scorer_version=scoring.SCORER_VERSION, scores=earlier[-1],
        joint_scores=as_json(scoring.joint_scores(instrument, made)), safety_unanswered=[],
        parameters=parameters.version, verdict=check_in_verdict(instrument, earlier, parameters) or "",
        primary_score=primary_score(instrument, earlier[-1]),
        scored_at=sheet.opens_at + ANSWERED_AFTER,
    )  # fmt: skip


def _weeks(past: Past, sheets: Sequence[AnswerSheet]) -> Iterator[WeekReport]:
    """A report a week of every activity that a partner holds."""
    holds: QuerySet[ActivityHolder] = QuerySet(ActivityHolder, using=OWNER).filter(activity__couple_id=past.couple.id)
    held = list(holds.values_list("partner_id", "activity_id"))
    for number, sheet in enumerate(sheets):
        entry = {"done": 1 + number % 4, "noticed": 1 + number % 3, "helped": number % 5}
        entries = {str(activity): entry for partner, activity in held if partner == sheet.partner_id}
        yield WeekReport(
            id=report_id(sheet), practice_id=sheet.practice_id, couple_id=past.couple.id, partner_id=sheet.partner_id,
            sheet_id=sheet.id, monday=monday_of(sheet.opens_at), entries=entries,
            saved_at=sheet.opens_at + ANSWERED_AFTER,
            small_wins='[{"text": "We laughed.", "share_via_therapist": true}]',
        )  # fmt: skip
