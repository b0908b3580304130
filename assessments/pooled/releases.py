"""Statistics across practices: one draw a quarter, kept with what it took, and served as it is ever after.

The rules that must not break: nothing of a practice without its owner's word, nor of a couple of whom not both partners
agreed to statistics across practices; a quarter is drawn once, whatever comes of it; a draw and the epsilon it took
are one row, written under the lock of the budget, so that there is never one without the other.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings

from assessments.models import PoolBudget, PooledRelease, PooledRow
from assessments.pooled.budget import Policy, Spent, counts_since, free_at, left_of_year
from assessments.pooled.catalogue import counted_of, pooled_catalogue, pooled_row
from assessments.pooled.content import content_of
from assessments.pooled.drawing import FEWEST_PRACTICES, SIZES, Counted, draw_rest, draw_sizes, share_of
from assessments.pooled.files import files_of
from assessments.pooled.manifest import signed_files, signing_key
from assessments.pooled.opting import takes_part
from assessments.statistics.rows import Quarter, counted_couples, histories_in_turn, quarter_named, row_of
from clients.consents import ACROSS_PRACTICES_VERSIONS
from clients.models import Couple
from practice import tenancy
from practice.database.context import Scope
from practice.errors import DomainError
from practice.practices import practice_ids


class TooFewPractices(DomainError):
    """Fewer than three practices take part. Nothing was drawn: try again when more owners have agreed."""

    code = "too_few_practices"


class BudgetSpent(DomainError):
    """The epsilon of a year is spent. Nothing was drawn."""

    code = "budget_spent"


class NotOver(DomainError):
    """This quarter is not over. Ask again when it is."""

    code = "not_over"


def policy() -> Policy:
    """What the installation settles. Raises ValueError where it makes no sense."""
    return Policy(
        settings.STATISTICS_EPSILON, settings.STATISTICS_EPSILON_PER_YEAR, settings.STATISTICS_EPSILON_PER_COUPLE
    )


def stored_release(quarter: str) -> PooledRelease | None:
    with tenancy.begin(Scope.pool()):
        return PooledRelease.objects.filter(quarter=quarter).first()


def release_quarter(quarter: Quarter, *, now: datetime) -> PooledRelease:
    """The release of the quarter: the stored one, or a new one. Its content is empty where there were too few.

    Raises NotOver, TooFewPractices, BudgetSpent and SigningKeyMissing; none of them takes epsilon.
    """
    if stored := stored_release(quarter.name):
        return stored
    if now < quarter.end:
        raise NotOver
    signing_key(settings.STATISTICS_SIGNING_KEY)
    run, since = uuid4(), _may_spend(quarter, now)
    try:
        practices = [one for one in practice_ids() if _fill(one, quarter, run=run, since=since, at=now)]
        if len(practices) < FEWEST_PRACTICES:
            raise TooFewPractices
        return draw_release(quarter.name, run=run, practices=practices, now=now)
    except DomainError:
        with tenancy.begin(Scope.pool()):
            PooledRow.objects.filter(run=run).delete()
        raise


def draw_release(quarter: str, *, run: UUID, practices: Sequence[UUID], now: datetime) -> PooledRelease:
    """Draw from the rows of this run, and keep what was drawn; who comes second gets what the first kept.

    The rows of the quarter go with it, those of runs that were killed included. Raises BudgetSpent.
    """
    with tenancy.begin(Scope.pool()):
        _lock_budget()
        stored = PooledRelease.objects.filter(quarter=quarter).first()
        if stored is None:
            _hold_to_policy(now)
            place = {practice: number for number, practice in enumerate(practices)}
            rows = PooledRow.objects.filter(run=run, practice_id__in=practices)
            couples = [counted_of(row, practice=place[row.practice_id]) for row in rows]
            stored = _drawn(quarter, couples, practices=len(practices), now=now)
            stored.save(force_insert=True)
        PooledRow.objects.filter(quarter=quarter).delete()
    return stored


def _drawn(quarter: str, couples: Sequence[Counted], *, practices: int, now: datetime) -> PooledRelease:
    """Not saved yet."""
    used, epsilon = pooled_catalogue(), policy().release
    sizes = draw_sizes(couples, practices=practices, epsilon=epsilon)
    if not sizes.are_enough:
        return PooledRelease(quarter=quarter, made_at=now, epsilon=share_of(epsilon, SIZES))
    drawn = draw_rest(couples, sizes, used.tables, [used.mean], epsilon=epsilon)
    content = content_of(drawn, used, quarter=quarter, epsilon=epsilon)
    key = signing_key(settings.STATISTICS_SIGNING_KEY)
    files = signed_files(files_of(content), used, quarter=quarter, policy=policy(), at=now, key=key)
    kept = {name: base64.b64encode(one).decode() for name, one in files.items()}
    return PooledRelease(quarter=quarter, made_at=now, epsilon=epsilon, content=content, files=kept)


def _fill(practice_id: UUID, quarter: Quarter, *, run: UUID, since: datetime | None, at: datetime) -> bool:
    """Write the rows of one practice for this run; whether it takes part."""
    with tenancy.begin(Scope.measurement(practice_id=practice_id)):
        if not takes_part():
            return False
        agreed = counted_couples(quarter, at=at, versions=ACROSS_PRACTICES_VERSIONS)
        for some in histories_in_turn(agreed, quarter):
            rows = [pooled_row(row_of(one, quarter)) for one in some if _counts(one.couple, since)]
            for row in rows:
                row.practice_id, row.run, row.quarter = practice_id, run, quarter.name
            PooledRow.objects.bulk_create(rows)
    return True


def _counts(couple: Couple, since: datetime | None) -> bool:
    """Whether the couple is not with another practice by now, and has epsilon left of its lifetime."""
    moved_on = couple.closed_reason == Couple.ClosedReason.TRANSFERRED
    return not moved_on and (since is None or couple.created_at >= since)


def _may_spend(quarter: Quarter, now: datetime) -> datetime | None:
    """Since when a couple must have come to have epsilon left of its lifetime; None for any. Raises BudgetSpent.

    What runs of earlier quarters left behind when they were killed goes.
    """
    with tenancy.begin(Scope.pool()):
        PooledRow.objects.filter(quarter__lt=quarter.name).delete()
        return counts_since(_hold_to_policy(now), policy())


def _lock_budget() -> None:
    PoolBudget.objects.bulk_create([PoolBudget()], ignore_conflicts=True)
    PoolBudget.objects.select_for_update().get(pk=PoolBudget.ONLY)


def _hold_to_policy(now: datetime) -> list[Spent]:
    """All that was spent. Raises BudgetSpent where another release would be too much for a year."""
    rows = PooledRelease.objects.order_by("made_at").values_list("made_at", "quarter", "epsilon")
    spent = [Spent(at, quarter_named(quarter).end, epsilon) for at, quarter, epsilon in rows]
    if left_of_year(spent, policy(), now=now) < policy().release:
        day = free_at(spent, policy(), now=now)
        raise BudgetSpent(f"{BudgetSpent.__doc__} Ask again after {day:%Y-%m-%d %H:%M} UTC.")
    return spent
