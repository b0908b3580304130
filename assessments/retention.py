"""Which closed couples go, and when: read from the rows that say so, as a role that sees no more of a couple than when
it was closed and that something keeps it.

The rule that must not break: only a closed couple goes, on the day after the anniversary of its closing by the
practice's clock, and never while something keeps it. PostgreSQL holds it once more (assessments/eraser.sql).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from assessments.models import AnswerSheet, SafetyFlag, Wave
from clients.access import couples_treated_by
from clients.models import Couple, Hold, RecordRequest
from practice import tenancy
from practice.database.context import Scope
from practice.models import Download, Membership
from practice.retention import NOTICE, Term, anniversary, term_in_force

# How far the preview looks, and how long a record that was asked for and not fetched keeps a couple.
LOOKS_AHEAD = timedelta(days=90)
REQUEST_LASTS = timedelta(days=365)
HOLD, FLAG, FORM, RECORD = KEPT_BY = ("hold", "flag", "form", "record")


@dataclass(frozen=True)
class Leaving:
    """A closed couple and the day on which its record goes, by the practice's clock, unless something keeps it.

    `kept_by` are those of KEPT_BY that do now.
    """

    couple_id: UUID
    goes_on: date
    kept_by: tuple[str, ...]


@dataclass(frozen=True)
class Outlook:
    """How many couples go on each of the coming days, and how many are kept beyond their term, by what keeps them."""

    days: Mapping[date, int]
    kept: Mapping[str, int]


def leaving(
    term: Term | None, *, now: datetime, within: timedelta = timedelta(0), of: Iterable[UUID] | None = None
) -> list[Leaving]:
    """The couples whose term is over in that time or before, the first to go first: of these, or of all.

    One statement, whatever their number.
    """
    if term is None:
        return []
    today = term.day(now)
    closed = Couple.objects.filter(state=Couple.State.CLOSED, closed_at__lt=_closed_before(term, today + within))
    couples = closed if of is None else closed.filter(pk__in=list(of))
    with tenancy.acting_as(Scope.retention(practice_id=tenancy.practice_id())):
        found = [_leaving(row, term, today) for row in _with_what_keeps(couples, now)]
    within_time = (one for one in found if one.goes_on <= today + within)
    return sorted(within_time, key=lambda one: (one.goes_on, one.couple_id))


def outlook(*, now: datetime) -> Outlook:
    """Numbers for whoever settles the term."""
    term = term_in_force()
    found = leaving(term, now=now, within=LOOKS_AHEAD)
    days = Counter(max(one.goes_on, term.day(now)) for one in found if term and not one.kept_by)
    kept = Counter(reason for one in found for reason in one.kept_by)
    return Outlook(dict(sorted(days.items())), {reason: kept[reason] for reason in KEPT_BY if kept[reason]})


def couples_leaving(membership: Membership, *, now: datetime, within: timedelta) -> list[tuple[Couple, Leaving]]:
    """The couples of this member whose term is over in that time or before, each with its day."""
    term = term_in_force()
    if term is None:
        return []
    until = term.day(now) + within
    closed = couples_treated_by(membership).filter(state=Couple.State.CLOSED, closed_at__lt=_closed_before(term, until))
    own = {couple.id: couple for couple in closed}
    return [(own[one.couple_id], one) for one in leaving(term, now=now, within=within, of=own)]


def told_since(one: Leaving) -> date:
    """The day from which the therapist is told that a record goes."""
    return one.goes_on - NOTICE


def _closed_before(term: Term, until: date) -> datetime:
    """Nothing that was closed later goes by then; a day more than any clock is ahead of another."""
    return datetime.combine(anniversary(until, -term.years) + timedelta(days=1), time(), UTC)


def _leaving(row: Mapping[str, Any], term: Term, today: date) -> Leaving:
    goes_on = term.goes_on(term.day(row["closed_at"]), today=today)
    if row["lifted_at"]:
        goes_on = max(goes_on, term.day(row["lifted_at"]) + NOTICE)
    return Leaving(row["pk"], goes_on, tuple(reason for reason in KEPT_BY if row[reason]))


def _with_what_keeps(couples: QuerySet[Couple], now: datetime) -> Iterable[Mapping[str, Any]]:
    of_couple = {"couple": OuterRef("pk")}
    lifted = Hold.objects.filter(**of_couple).order_by().values("couple").annotate(last=Max("lifted_at"))
    asked = RecordRequest.objects.filter(
        Q(couple=OuterRef("pk")) | Q(partner__couple=OuterRef("pk")), recorded_at__gt=now - REQUEST_LASTS
    )
    fetched = Download.objects.filter(reference=OuterRef("pk"), used_at__isnull=False)
    sheets = AnswerSheet.objects.filter(state__in=AnswerSheet.OPEN_STATES, **of_couple)
    kept: Mapping[str, Any] = {
        HOLD: Exists(Hold.objects.filter(lifted_at=None, **of_couple)),
        FLAG: Exists(SafetyFlag.objects.filter(**of_couple).exclude(state=SafetyFlag.State.CLOSED)),
        FORM: Exists(sheets) | Exists(Wave.objects.filter(closed_at=None, **of_couple)),
        RECORD: Exists(asked.filter(~Exists(fetched))),
    }
    noted = couples.order_by().annotate(lifted_at=Subquery(lifted.values("last")), **kept)
    rows: Iterable[Mapping[str, Any]] = noted.values("pk", "closed_at", "lifted_at", *KEPT_BY)
    return rows
