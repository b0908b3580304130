"""Who may release what two partners both read of a wave, and what stands in the way.

The rules that must not break: a report is made by the report role, which reaches joint_ok scores and no answer, other
score or flag; what was released never changes; and what is in the way is told to the therapist alone.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from assessments import library
from assessments.instruments.definition import Instrument
from assessments.joint_content import Sides, can_be_shared, joint_content
from assessments.models import AnswerSheet, JointReport, SafetyFlag, SheetScores, Wave
from assessments.reading import Reading, opened_waves
from assessments.results import days_apart, scores_from_json
from clients.access import couples_treated_by, couples_visible_to
from clients.consents import both_agreed
from clients.couples import CoupleClosed
from clients.models import Consent, Couple, Partner
from practice import audit, tenancy
from practice.database.context import Scope
from practice.errors import DomainError
from practice.models import Membership

LOCKING = (SafetyFlag.Level.URGENT, SafetyFlag.Level.REVIEW)


class NotSubmitted(DomainError):
    """Both partners must have sent the form of this wave."""

    code = "not_submitted"


class NotScored(DomainError):
    """The answers are still being scored. Try again in a minute."""

    code = "not_scored"


class FlagOpen(DomainError):
    """An urgent or review flag is not closed. Talk with each partner alone, and close it with a reason."""

    code = "flag_open"


class ConsentMissing(DomainError):
    """Both partners must take part and have agreed to a joint report."""

    code = "consent_missing"


class IndividualMode(DomainError):
    """Individual mode is on for this couple: nothing is shared between the two."""

    code = "individual_mode"


class AlreadyReleased(DomainError):
    """The report of this wave is released. Withdraw it first to release it anew."""

    code = "already_released"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What a release turns on, beside the couple's own state."""

    released: bool
    submitted: int
    scored: int
    flagged: bool
    agreed: bool

    def missing(self, couple: Couple) -> list[DomainError]:
        """What stands in the way, what concerns safety before what is only to be asked for."""
        in_the_way: dict[type[DomainError], bool] = {
            CoupleClosed: couple.state == Couple.State.CLOSED,
            IndividualMode: couple.individual_mode,
            AlreadyReleased: self.released,
            NotSubmitted: self.submitted < 2,
            NotScored: self.scored < self.submitted == 2,
            FlagOpen: self.flagged,
            ConsentMissing: not self.agreed,
        }
        return [error() for error, holds in in_the_way.items() if holds]


@dataclass(frozen=True)
class JointCard:
    """What the treating therapist reads about the report of a wave. `report` is the one in force."""

    report: JointReport | None
    can_be_shared: bool
    obstacles: tuple[DomainError, ...]


def reports_visible_to(membership: Membership) -> QuerySet[JointReport]:
    return JointReport.objects.filter(couple__in=couples_visible_to(membership))


def reports_treated_by(membership: Membership) -> QuerySet[JointReport]:
    return JointReport.objects.filter(couple__in=couples_treated_by(membership))


def shareable_wave(couple: Couple, wave_id: UUID | str | None = None) -> Wave | None:
    """The wave asked for, else the newest with a form handed in, else the newest; of an instrument that can be shared.

    None where the couple has none at all. Raises Http404 for any other.
    """
    waves = [wave for wave in opened_waves(couple) if can_be_shared(_instrument_of(wave))]
    if wave_id:
        asked = next((wave for wave in waves if str(wave.id) == str(wave_id)), None)
        if asked is None:
            raise Http404
        return asked
    handed_in = (wave for wave in waves if wave.handed_in)  # type: ignore[attr-defined]
    return next(handed_in, waves[0] if waves else None)


def obstacles(couple: Couple, wave: Wave | None, *, hold: bool = False) -> list[DomainError]:
    """Everything that stands between a wave and its release, for the therapist alone; empty when it can be released.

    With `hold` the consents stay as they are until this transaction ends.
    """
    sheets = AnswerSheet.objects.filter(wave=wave, state=AnswerSheet.State.SUBMITTED)
    flags = SafetyFlag.objects.filter(couple=couple, level__in=LOCKING).exclude(state=SafetyFlag.State.CLOSED)
    keys = Keys(
        released=JointReport.objects.filter(wave=wave, withdrawn_at=None).exists(),
        submitted=sheets.count(),
        scored=SheetScores.objects.filter(sheet__in=sheets).count(),
        flagged=flags.exists(),
        agreed=both_agreed(couple, kind=Consent.Kind.JOINT_REPORT, hold=hold),
    )
    return keys.missing(couple)


def waves_to_release(couples: QuerySet[Couple]) -> list[Wave]:
    """The newest wave of each of these couples that nothing stands in the way of, where no report was ever released.

    What was withdrawn is no wave that waits; nor is one that is older than what was released. One statement.
    """
    agreed = Consent.objects.filter(
        partner_id=OuterRef("partner_id"), kind=Consent.Kind.JOINT_REPORT, withdrawn_at=None
    )
    ready = AnswerSheet.objects.filter(
        Exists(agreed),
        Exists(SheetScores.objects.filter(sheet_id=OuterRef("pk"))),
        couple__in=couples.filter(individual_mode=False).exclude(state=Couple.State.CLOSED),
        state=AnswerSheet.State.SUBMITTED,
        partner__state=Partner.State.ACTIVE,
    )
    both = ready.order_by().values("wave_id").annotate(ready=Count("id")).filter(ready=2).values("wave_id")
    flagged = SafetyFlag.objects.filter(couple_id=OuterRef("couple_id"), level__in=LOCKING)
    released = JointReport.objects.filter(couple_id=OuterRef("couple_id"), wave__opens_at__gte=OuterRef("opens_at"))
    unsettled = flagged.exclude(state=SafetyFlag.State.CLOSED)
    waves = Wave.objects.filter(~Exists(unsettled), ~Exists(released), pk__in=both)
    found = waves.select_related("assignment", "couple").order_by("opens_at", "number")
    return list({wave.couple_id: wave for wave in found if can_be_shared(_instrument_of(wave))}.values())


def joint_card(couple: Couple, reading: Reading) -> JointCard:
    """What the report of a wave is, or what is still missing for it; from what was read of the wave."""
    sheets = [sheet for sheet in reading.sheets if sheet.state == AnswerSheet.State.SUBMITTED]
    report = JointReport.objects.filter(wave=reading.wave, withdrawn_at=None).first()
    keys = Keys(
        released=report is not None,
        submitted=len(sheets),
        scored=sum(len(sheet.scores.all()) for sheet in sheets),
        flagged=any(flag.level in LOCKING and flag.state != SafetyFlag.State.CLOSED for flag in reading.flags),
        agreed=both_agreed(couple, kind=Consent.Kind.JOINT_REPORT),
    )
    return JointCard(report, can_be_shared(reading.instrument), tuple(keys.missing(couple)))


def release_joint_report(couple: Couple, *, wave: Wave | None, membership: Membership) -> JointReport:
    """Release the words of a wave to both partners. Raises the first of its obstacles, naming all in `missing`.

    Checked, made and kept in one transaction, so that no consent can end in between: the couple and the consents are
    locked by the therapist's role, then the report role makes the content, then the therapist's role goes on.
    """
    locked = Couple.objects.select_for_update().get(pk=couple.pk)
    found = obstacles(locked, wave, hold=True)
    if found or wave is None:
        raise type(found[0])(missing=[one.code for one in found])
    report = _made_by_report_role(wave, membership=membership)
    audit.record("joint_report.released", object_id=report.id, couple_id=couple.id, wave=wave.id)
    return report


def withdraw_report(report: JointReport) -> None:
    """Partners read it no longer; to them it is as if it had not been released. A second time changes nothing."""
    if report.withdrawn_at is None:
        report.withdrawn_at = timezone.now()
        report.save(update_fields=["withdrawn_at"])
        audit.record("joint_report.withdrawn", object_id=report.id, couple_id=report.couple_id)


def open_brief(report: JointReport) -> None:
    """The therapist opened what to read before the report is seen together."""
    if report.briefed_at is None:
        report.briefed_at = timezone.now()
        report.save(update_fields=["briefed_at"])
        audit.record("joint_report.briefed", object_id=report.id, couple_id=report.couple_id)


def _instrument_of(wave: Wave) -> Instrument:
    return library.resolve(wave.assignment.instrument, wave.assignment.content_hash)


def _made_by_report_role(wave: Wave, *, membership: Membership) -> JointReport:
    with tenancy.acting_as(Scope.report(practice_id=tenancy.practice_id())):
        report: JointReport = JointReport.objects.create(
            couple_id=wave.couple_id,
            wave_id=wave.id,
            content=_content_of(wave.id),
            released_by=membership.id,
            released_at=timezone.now(),
        )
    return report


def _content_of(wave_id: UUID) -> dict[str, object]:
    submitted = AnswerSheet.objects.filter(wave_id=wave_id, state=AnswerSheet.State.SUBMITTED)
    first, second = submitted.only("id", "partner_id", "instrument", "content_hash", "submitted_at")
    stored = SheetScores.objects.filter(sheet_id__in=[first.id, second.id])
    scores = dict(stored.values_list("sheet_id", "joint_scores"))
    sides = Sides(
        {str(sheet.partner_id): scores_from_json(scores[sheet.id]) for sheet in (first, second)},
        days_apart(first.submitted_at, second.submitted_at),
    )
    return joint_content(library.resolve(first.instrument, first.content_hash), sides)
