"""The ledger: what was practised beside what moved in the same weeks. It says "moved together" and nothing more.

Counts are the therapist's. What was not reported is None, never 0; every share stands beside its coverage.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from assessments.adherence import ActivityWeek, coverage, noticed_share, partner_week, planned_times
from assessments.change import Verdict, verdict
from assessments.instruments.definition import Instrument, Json
from assessments.paired import better_of, label_of, received_direction
from assessments.plan_templates.library import PlanTemplate
from assessments.plan_words import practice_title
from assessments.record import CoupleRecord, HeldActivity, ScoredSheet
from clients.models import Partner

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class LedgerWeek:
    """One partner's week of one activity. `noticed` is what the other noticed of it; None where nothing was said."""

    monday: date
    planned: int | None
    done: int | None
    noticed: int | None
    helped: int | None
    barrier: str

    @property
    def noticed_share(self) -> float | None:
        return noticed_share(self.noticed, done=self.done)


@dataclass(frozen=True)
class Movement:
    """A domain the activity works on: one partner's score in the full forms around it, over so many waves."""

    label: str
    partner: Partner
    before: float
    after: float
    verdict: Verdict | None
    waves: int


@dataclass(frozen=True)
class LedgerRow:
    """One activity of one partner: its weeks, and what moved meanwhile."""

    activity: HeldActivity
    title: str
    partner: Partner
    weeks: tuple[LedgerWeek, ...]
    movements: tuple[Movement, ...]

    @property
    def reported(self) -> int:
        return sum(week.done is not None for week in self.weeks)


@dataclass(frozen=True)
class PartnerAdherence:
    """The mean share of what was planned in the newest reported week, and the weeks reported of those due."""

    partner: Partner
    share: float | None
    monday: date | None
    reported: int
    due: int

    @property
    def coverage(self) -> float | None:
        return coverage(self.reported, due=self.due)


def ledger(record: CoupleRecord) -> list[LedgerRow]:
    """Every activity of every partner since the episode began, the newest activity first."""
    since = record.couple.care_since
    held = [one for one in record.activities if one.ended_at is None or one.ended_at > since]
    forms = _full_forms(record)
    return [
        LedgerRow(
            activity=activity,
            title=title_of(record, activity),
            partner=partner,
            weeks=tuple(_weeks(record, activity, partner)),
            movements=tuple(_movements(record, activity, partner, forms)),
        )
        for activity in reversed(held)
        for partner in record.partners
        if partner.id in activity.partners
    ]


def adherence(record: CoupleRecord) -> list[PartnerAdherence]:
    """How much of what was planned each partner did in the week they last reported."""
    return [partner_adherence(record, partner) for partner in record.partners]


def title_of(record: CoupleRecord, activity: HeldActivity) -> str:
    return practice_title(record.template, activity.template)


def _weeks(record: CoupleRecord, activity: HeldActivity, partner: Partner) -> Iterable[LedgerWeek]:
    other = next((one for one in record.partners if one.id != partner.id), None)
    for monday in record.due_weeks(partner.id):
        if runs_in(activity, monday):
            mine = _entry(record, partner.id, monday, activity)
            theirs = _entry(record, other.id, monday, activity) if other and other.id in activity.partners else None
            yield LedgerWeek(
                monday=monday,
                planned=planned_times(activity.dose),
                done=_number(mine, "done"),
                noticed=_number(theirs, "noticed"),
                helped=_number(mine, "helped"),
                barrier=str((mine or {}).get("barrier", "")),
            )


def runs_in(activity: HeldActivity, monday: date) -> bool:
    begins = activity.started_at.date() < monday + WEEK
    return begins and (activity.ended_at is None or activity.ended_at.date() >= monday)


def _entry(record: CoupleRecord, partner: UUID, monday: date, activity: HeldActivity) -> Json | None:
    report = record.report_of.get((partner, monday))
    return None if report is None else report.entries.get(str(activity.id))


def _number(entry: Json | None, name: str) -> int | None:
    return None if entry is None else entry.get(name)


def partner_adherence(record: CoupleRecord, partner: Partner) -> PartnerAdherence:
    due = record.due_weeks(partner.id)
    own = [one for one in record.reports if one.partner_id == partner.id and one.monday in due]
    share, monday = None, None
    for report in reversed(own):
        held = (one for one in record.activities if partner.id in one.partners and runs_in(one, report.monday))
        share, monday = partner_week(activity_weeks(record.template, held, report.entries)), report.monday
        if share is not None:
            break
    return PartnerAdherence(partner, share, monday if share is not None else None, len(own), len(due))


def activity_weeks(
    template: PlanTemplate, held: Iterable[HeldActivity], entries: Mapping[str, Json]
) -> list[ActivityWeek]:
    """What one partner reported of the activities they held in one week."""
    return [
        ActivityWeek(
            slot=template.slot_of(one.template),
            planned=planned_times(one.dose),
            done=_number(entries.get(str(one.id)), "done"),
        )
        for one in held
    ]


def _full_forms(record: CoupleRecord) -> tuple[Instrument, list[ScoredSheet]] | None:
    sheets = [one for one in record.sheets_of(record.measured_by) if one.scores is not None]
    return (record.instruments[sheets[-1].instrument], sheets) if sheets else None


def _movements(
    record: CoupleRecord,
    activity: HeldActivity,
    partner: Partner,
    forms: tuple[Instrument, list[ScoredSheet]] | None,
) -> Iterable[Movement]:
    if forms is None:
        return
    instrument, sheets = forms
    around = _around([one for one in sheets if one.partner == partner.id], activity.started_at, activity.ended_at)
    if len(around) < 2:
        return
    first, last = around[0], around[-1]
    known = record.parameters[instrument.id][last.parameters]
    for target in record.template.practices[activity.template].get("targets", []):
        direction = _direction(instrument, target)
        before, after = (one.score(direction, target) for one in (first, last))
        error = known.change_error(target)
        if before is not None and after is not None:
            better = better_of(instrument, target)
            said = verdict(after - before, change_error=error, better=better) if error else None
            yield Movement(label_of(instrument, target), partner, before, after, said, len(around))


def _around(sheets: Sequence[ScoredSheet], started_at: datetime, ended_at: datetime | None) -> list[ScoredSheet]:
    """From the last form before an activity began to the first after it ended, or the newest."""
    before = [one for one in sheets if one.opens_at <= started_at][-1:]
    during = [one for one in sheets if one.opens_at > started_at and (ended_at is None or one.opens_at <= ended_at)]
    after = [one for one in sheets if ended_at is not None and one.opens_at > ended_at][:1]
    return [*before, *during, *after]


def _direction(instrument: Instrument, score_id: str) -> str:
    received, own = received_direction(instrument), instrument.scores.get(score_id, {}).get("directions", [])
    return received if received in own else (own[0] if own else received)
