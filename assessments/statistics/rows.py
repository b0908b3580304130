"""What the statistics count of each couple: one row a couple and quarter, made of its record.

The rule that must not break: only couples of whom both partners agree to statistics now are counted, and only by
what both of them gave; a row says nothing that one partner said alone, and leads back to nobody.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import fmean
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from assessments.adherence import ActivityWeek, done_share, planned_times
from assessments.change import verdict
from assessments.instruments.definition import Instrument
from assessments.measurement import parameters_of
from assessments.models import StatisticsRow
from assessments.models.statistics import IN_CARE, LONGEST_IN_CARE
from assessments.paired import better_of
from assessments.statistics.catalogue import SESSIONS, check_in_of, full_form, shared_scores
from assessments.statistics.histories import Done, History, histories_of
from clients.models import Consent, Couple, Partner
from practice import tenancy

COUPLES_AT_ONCE = 500
MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year in UTC, `end` not included."""

    name: str
    start: datetime
    end: datetime


def last_quarter(now: datetime) -> Quarter:
    """The newest quarter that is over."""
    now = now.astimezone(UTC)
    end = datetime(now.year, (now.month - 1) // 3 * 3 + 1, 1, tzinfo=UTC)
    before = end - timedelta(days=1)
    return quarter_named(f"{before.year}Q{(before.month - 1) // 3 + 1}")


def quarter_named(name: str) -> Quarter:
    year, number = int(name[:4]), int(name[-1])
    following = (year, 3 * number + 1) if number < 4 else (year + 1, 1)
    return Quarter(name, datetime(year, 3 * number - 2, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC))


def counted_couples(quarter: Quarter, *, at: datetime, versions: Sequence[str] | None = None) -> set[UUID]:
    """The couples in care within the quarter of whom both partners agree to statistics at this time.

    Where `versions` are given, to one of these versions of the text.
    """
    agreed = Consent.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), kind=Consent.Kind.STATISTICS)
    if versions is not None:
        agreed = agreed.filter(version__in=versions)
    agreeing = set(agreed.filter(given_at__lte=at).values_list("partner_id", flat=True))
    partners = Partner.objects.order_by().values_list("couple_id").annotate(both=ArrayAgg("id"))
    both = {couple for couple, two in partners if len(two) == 2 and agreeing.issuperset(two)}
    in_care = Couple.objects.filter(Q(closed_at=None) | Q(closed_at__gte=quarter.start), created_at__lt=quarter.end)
    return both.intersection(in_care.order_by().values_list("id", flat=True))


def fill_rows(quarter: Quarter, *, at: datetime) -> int:
    """Draw the rows of the quarter anew, in an order and with ids that say nothing; returns how many."""
    couples = counted_couples(quarter, at=at)
    StatisticsRow.objects.all().delete()
    for some in histories_in_turn(couples, quarter):
        StatisticsRow.objects.bulk_create([row_of(one, quarter) for one in some])
    return len(couples)


def histories_in_turn(couples: Iterable[UUID], quarter: Quarter) -> Iterator[list[History]]:
    """Those of the couples, in an order that says nothing.

    So many couples at a time: what is held in memory does not grow with the practice.
    """
    order = list(couples)
    random.SystemRandom().shuffle(order)
    for start in range(0, len(order), COUPLES_AT_ONCE):
        # What the database is told of the scope holds for minutes, and a practice may take longer.
        tenancy.assume(tenancy.current())
        yield list(histories_of(order[start : start + COUPLES_AT_ONCE], until=quarter.end))


def row_of(history: History, quarter: Quarter) -> StatisticsRow:
    couple, form, forms = history.couple, full_form(), history.forms
    closed = couple.closed_at is not None and couple.closed_at < quarter.end
    until = couple.closed_at if closed and couple.closed_at else quarter.end
    waves = [mean_of_two(one.scores) for one in history.waves if one.instrument == form.id]
    several = {key: found for key in shared_scores(form) if (found := [one[key] for one in waves if key in one])}
    return StatisticsRow(
        practice_id=couple.practice_id,
        quarter=quarter.name,
        outcome=couple.closed_reason if closed else IN_CARE,
        months=clamped((until - couple.care_since) / MONTH, most=LONGEST_IN_CARE, down=True),
        intake={key: found[0] for key, found in several.items()},
        latest={key: found[-1] for key, found in several.items()},
        change=_changes(form, several),
        check_ins=_before_sessions(history),
        adherence=_adherence(history.done),
        completion=_percent(forms.scored, of=forms.due),
        timeliness=_percent(forms.in_time, of=forms.sent),
    )


def clamped(value: float, *, most: int = 100, down: bool = False) -> int:
    """A whole number from 0 to `most`, half up; what is no number is 0."""
    if value != value:
        return 0
    return int(min(max(value, 0), most) + (0 if down else 0.5))


def _percent(part: int, *, of: int) -> int | None:
    return clamped(100 * part / of) if of else None


def mean_of_two(scores: Mapping[str, tuple[float | None, float | None]]) -> dict[str, int]:
    """Each score that both have, as what the two experienced on the mean: whole, 0 to 100."""
    return {key: clamped(fmean(two)) for key, two in scores.items() if None not in two}  # type: ignore[arg-type]


def _changes(form: Instrument, several: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """The word on each change of the mean of two: errors of the two are independent (clinical/design.md 3.4)."""
    start = parameters_of(form)
    return {
        key: verdict(found[-1] - found[0], change_error=error / 2**0.5, better=better_of(form, key)).value
        for key, found in several.items()
        if len(found) > 1 and (error := start.change_error(key)) is not None
    }


def _before_sessions(history: History) -> dict[str, int]:
    """The newest check-in of both since the session before, by the number of the session."""
    instrument = check_in_of(full_form())
    both = [one for one in history.waves if one.instrument == instrument.id]
    found = {}
    since = history.couple.care_since
    for number, held in enumerate(history.held[:SESSIONS], start=1):
        within = [one for one in both if one.sent_at and all(since < at <= held for at in one.sent_at)]
        means = mean_of_two(within[-1].scores) if within else {}
        found.update({str(number): value for value in means.values()})
        since = held
    return found


def _adherence(done: Iterable[Done]) -> dict[str, int]:
    """Percent of what was planned that was done, over the weeks that were reported, by activity."""
    shares: dict[str, list[float]] = defaultdict(list)
    for one in done:
        share = done_share(ActivityWeek(one.template, planned_times(one.dose), one.times))
        if share is not None:
            shares[one.template] += [share] * one.weeks
    return {template: clamped(100 * fmean(found)) for template, found in sorted(shares.items())}
