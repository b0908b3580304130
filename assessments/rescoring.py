"""Scores are derived: this makes them again from the frozen answers, with the version of the scorer in force."""

from dataclasses import dataclass
from uuid import UUID

from assessments.models import AnswerSheet, SheetScores
from assessments.safety import score_sheet
from practice import tenancy
from practice.database.context import Scope


@dataclass(frozen=True)
class Rescored:
    sheets: int
    differed: int


def rescore(practice_id: UUID) -> Rescored:
    """Every submitted sheet of a practice, each in a transaction of its own."""
    with tenancy.begin(Scope.worker(practice_id=practice_id)):
        submitted = AnswerSheet.objects.filter(state=AnswerSheet.State.SUBMITTED).order_by("opens_at", "id")
        sheets = list(submitted.values_list("id", "partner_id"))
    differed = sum(_differs(practice_id, partner_id, sheet_id) for sheet_id, partner_id in sheets)
    return Rescored(len(sheets), differed)


def _differs(practice_id: UUID, partner_id: UUID, sheet_id: UUID) -> bool:
    before = _stored(practice_id, partner_id, sheet_id)
    score_sheet(practice_id=practice_id, partner_id=partner_id, sheet_id=sheet_id)
    return before != _stored(practice_id, partner_id, sheet_id)


def _stored(practice_id: UUID, partner_id: UUID, sheet_id: UUID) -> object:
    with tenancy.begin(Scope.scoring(practice_id=practice_id, partner_id=partner_id)):
        rows = SheetScores.objects.filter(sheet_id=sheet_id)
        return rows.values_list("instrument", "content_hash", "scorer_version", "scores", "quality", "verdict").first()
