"""What is told across practices: five tables and one mean. There is no other, and nobody chooses a cut.

Few on purpose: they share one epsilon, so that each more makes all the others noisier. Groups and words are those of
the practice statistics, so that a practice can be laid beside the whole. A couple that went on to another practice is
left out: where it is now, it counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assessments.models import PooledRow, StatisticsRow
from assessments.pooled.drawing import SIZES, Counted, Mean, Table
from assessments.statistics.catalogue import COMPLETION, MONTHS, NONE, OUTCOME, Dimension, catalogue, full_form

LATEST, CHANGE, SCORE = "latest", "change", "score"
# Percent of the release's epsilon. The two that say how couples fare get the most.
SHARES = {OUTCOME: 12, MONTHS: 12, LATEST: 16, CHANGE: 16, COMPLETION: 12, SCORE: 12}


@dataclass(frozen=True)
class Question:
    """A table with its words; its column of PooledRow holds the place of the couple's group in `labels`."""

    dimension: Dimension
    labels: Mapping[str, str]
    table: Table

    def place(self, row: StatisticsRow) -> int:
        return list(self.labels).index(self.dimension.group(row))


@dataclass(frozen=True)
class PooledCatalogue:
    questions: Sequence[Question]
    mean: Mean
    # The score that the newest form and the change are told of.
    primary: str

    @property
    def tables(self) -> list[Table]:
        return [one.table for one in self.questions]

    @property
    def shares(self) -> dict[str, int]:
        """Percent of epsilon by what it is spent on."""
        spent_on: list[Table | Mean] = [*self.tables, self.mean]
        return {"practices": SIZES, **{one.id: one.share for one in spent_on}}


@lru_cache(maxsize=1)
def pooled_catalogue() -> PooledCatalogue:
    primary, known = full_form().primary_score, catalogue().dimensions
    of = {OUTCOME: OUTCOME, MONTHS: MONTHS, LATEST: f"{primary}.latest", CHANGE: f"{primary}.change"}
    questions = [_question(column, known[key]) for column, key in {**of, COMPLETION: COMPLETION}.items()]
    without = list(known[of[LATEST]].labels).index(NONE)
    mean = Mean(SCORE, low=0, high=100, share=SHARES[SCORE], table=LATEST, without=without)
    return PooledCatalogue(questions, mean, primary)


def _question(column: str, dimension: Dimension) -> Question:
    labels = {key: label for key, label in dimension.labels.items() if key != StatisticsRow.Outcome.TRANSFERRED}
    return Question(dimension, labels, Table(column, len(labels), SHARES[column]))


def pooled_row(row: StatisticsRow) -> PooledRow:
    """What of a couple's row of the practice goes into the pool: the places of its groups, and one score.

    Of which practice and for which run it is, whoever keeps it says.
    """
    used = pooled_catalogue()
    places = {one.table.id: one.place(row) for one in used.questions}
    return PooledRow(score=row.latest.get(used.primary), **places)


def counted_of(row: PooledRow, *, practice: int) -> Counted:
    used = pooled_catalogue()
    return Counted(practice, {one.id: getattr(row, one.id) for one in used.tables}, {used.mean.id: row.score})
