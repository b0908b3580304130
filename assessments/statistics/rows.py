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
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessments.adherence import ActivityWeek, done_share, planned_times
from assessments.change import verdict
from assessments.instruments.definition import Instrument
from assessments.measurement import parameters_of
from assessments.models import Activity, AnswerSheet, StatisticsRow, WeekReport
from assessments.models.statistics import IN_CARE, LONGEST_IN_CARE
from assessments.paired import better_of
from assessments.statistics.catalogue import SESSIONS, check_in_of, full_form, shared_scores
from clients.models import Consent, CounselingSession, Couple, Partner

IN_TIME = timedelta(days=2)
MONTH = timedelta(days=365.25 / 12)


@dataclass(frozen=True)
class Quarter:
    """A quarter of a year in UTC, `end` not included."""

    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Form:
    """One sheet of one partner; `scores` is None where it was not handed in."""

    partner: UUID
    wave: UUID
    instrument: str
    opens_at: datetime
    closes_at: datetime
    submitted_at: datetime | None
    scores: Mapping[str, Any] | None


@dataclass(frozen=True)
class History:
    """What one couple's row is made of, in the order of time. `done` is (activity, dose, times done in a week)."""

    couple: Couple
    forms: Sequence[Form]
    held: Sequence[datetime]
    done: Sequence[tuple[str, Mapping[str, Any], int | None]]


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


def counted_couples(quarter: Quarter, *, at: datetime) -> dict[UUID, Couple]:
    """The couples in care within the quarter of whom both partners agree to statistics at this time."""
    agreed = Consent.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), kind=Consent.Kind.STATISTICS)
    agreeing = set(agreed.filter(given_at__lte=at).values_list("partner_id", flat=True))
    partners: dict[UUID, set[UUID]] = defaultdict(set)
    for partner, couple in Partner.objects.order_by().values_list("id", "couple_id"):
        partners[couple].add(partner)
    both = [couple for couple, two in partners.items() if len(two) == 2 and two <= agreeing]
    in_care = Q(closed_at=None) | Q(closed_at__gte=quarter.start)
    fields = ("practice_id", "id", "closed_reason", "closed_at", "created_at", "episode_started_at")
    found = Couple.objects.filter(in_care, pk__in=both, created_at__lt=quarter.end)
    return {couple.id: couple for couple in found.only(*fields)}


def fill_rows(quarter: Quarter, *, at: datetime) -> int:
    """Draw the rows of the quarter anew, in an order and with ids that say nothing; returns how many."""
    couples = counted_couples(quarter, at=at)
    rows = [row_of(history, quarter) for history in _histories(couples, quarter)]
    random.SystemRandom().shuffle(rows)
    StatisticsRow.objects.all().delete()
    StatisticsRow.objects.bulk_create(rows)
    return len(rows)


def row_of(history: History, quarter: Quarter) -> StatisticsRow:
    couple, form = history.couple, full_form()
    closed = couple.closed_at is not None and couple.closed_at < quarter.end
    until = couple.closed_at if closed and couple.closed_at else quarter.end
    waves = _shared_waves(history.forms, form.id)
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
        completion=_percent([one.scores is not None for one in history.forms]),
        timeliness=_percent([
            one.submitted_at - one.opens_at <= IN_TIME for one in history.forms if one.submitted_at is not None
        ]),
    )  # fmt: skip


def clamped(value: float, *, most: int = 100, down: bool = False) -> int:
    """A whole number from 0 to `most`, half up; what is no number is 0."""
    if value != value:
        return 0
    return int(min(max(value, 0), most) + (0 if down else 0.5))


def _percent(held: Sequence[bool]) -> int | None:
    return clamped(100 * fmean(held)) if held else None


def _shared_waves(forms: Iterable[Form], instrument_id: str) -> list[dict[str, int]]:
    """The scores of each wave that both handed in, as means of the two, in the order of time."""
    waves: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for form in forms:
        if form.scores is not None and form.instrument.partition("@")[0] == instrument_id:
            waves[form.wave].append(form.scores)
    return [mean_of_two(two, full_form()) for two in waves.values() if len(two) == 2]


def mean_of_two(two: Sequence[Mapping[str, Any]], instrument: Instrument) -> dict[str, int]:
    """Each shared score that both have, as what the two experienced on the mean: whole, 0 to 100."""
    means = {}
    for score_id in shared_scores(instrument):
        direction = instrument.scores[score_id]["directions"][0]
        found = [one.get(direction, {}).get(score_id, {}).get("score") for one in two]
        if None not in found:
            means[score_id] = clamped(fmean(found))
    return means


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
    waves: dict[UUID, list[Form]] = defaultdict(list)
    for form in history.forms:
        if form.scores is not None and form.instrument.partition("@")[0] == instrument.id:
            waves[form.wave].append(form)
    both = [two for two in waves.values() if len(two) == 2]
    found = {}
    since = history.couple.care_since
    for number, held in enumerate(history.held[:SESSIONS], start=1):
        within = [two for two in both if all(one.submitted_at and since < one.submitted_at <= held for one in two)]
        means = mean_of_two([one.scores or {} for one in within[-1]], instrument) if within else {}
        found.update({str(number): value for value in means.values()})
        since = held
    return found


def _adherence(done: Iterable[tuple[str, Mapping[str, Any], int | None]]) -> dict[str, int]:
    """Percent of what was planned that was done, over the weeks that were reported, by activity."""
    shares: dict[str, list[float]] = defaultdict(list)
    for template, dose, times in done:
        share = done_share(ActivityWeek(template, planned_times(dose), times))
        if share is not None:
            shares[template].append(share)
    return {template: clamped(100 * fmean(found)) for template, found in sorted(shares.items())}


def _histories(couples: Mapping[UUID, Couple], quarter: Quarter) -> Iterator[History]:
    forms, held, done = _forms(couples, quarter), _held(couples, quarter), _done(couples, quarter)
    for couple in couples.values():
        since = couple.care_since
        yield History(
            couple,
            [one for one in forms[couple.id] if one.opens_at >= since],
            [one for one in held[couple.id] if one >= since],
            done[couple.id],
        )


def _forms(couples: Mapping[UUID, Couple], quarter: Quarter) -> Mapping[UUID, list[Form]]:
    """Sheets whose window closed in time, or that were handed in; what was handed in later counts as missing."""
    asked = AnswerSheet.objects.filter(couple__in=list(couples), opens_at__lt=quarter.end)
    ended = Q(closes_at__lt=quarter.end) | Q(submitted_at__lt=quarter.end)
    sheets = asked.filter(ended).exclude(state=AnswerSheet.State.WITHDRAWN).order_by("opens_at", "wave_id")
    fields = ("couple_id", "partner_id", "wave_id", "instrument", "opens_at", "closes_at", "submitted_at")
    found: dict[UUID, list[Form]] = defaultdict(list)
    for row in sheets.values_list(*fields, "scores__scores"):
        couple, partner, wave, instrument, opens_at, closes_at, submitted_at, scores = row
        if submitted_at is not None and submitted_at >= quarter.end:
            submitted_at, scores = None, None
        found[couple].append(Form(partner, wave, instrument, opens_at, closes_at, submitted_at, scores))
    return found


def _held(couples: Mapping[UUID, Couple], quarter: Quarter) -> Mapping[UUID, list[datetime]]:
    sessions = CounselingSession.objects.filter(
        couple__in=list(couples), kind=CounselingSession.Kind.COUPLE, held_at__lt=quarter.end
    )
    found: dict[UUID, list[datetime]] = defaultdict(list)
    for couple, held_at in sessions.order_by("held_at").values_list("couple_id", "held_at"):
        if held_at is not None:
            found[couple].append(held_at)
    return found


def _done(
    couples: Mapping[UUID, Couple], quarter: Quarter
) -> Mapping[UUID, list[tuple[str, Mapping[str, Any], int | None]]]:
    known = Activity.objects.filter(couple__in=list(couples)).order_by()
    activities = {str(one): (template, dose) for one, template, dose in known.values_list("id", "template", "dose")}
    weeks = WeekReport.objects.filter(couple__in=list(couples), monday__lt=quarter.end.date()).order_by("monday")
    found: dict[UUID, list[tuple[str, Mapping[str, Any], int | None]]] = defaultdict(list)
    for couple, entries in weeks.values_list("couple_id", "entries"):
        for activity, entry in entries.items():
            if activity in activities:
                found[couple].append((*activities[activity], entry.get("done")))
    return found
