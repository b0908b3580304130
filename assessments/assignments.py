"""Giving an instrument to a couple: assignments, their waves, and a sheet a partner and wave.

Both partners of a wave get the same lines: what is asked is decided once, when the wave opens. A sheet is bound to
its wave for ever.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from assessments import library, safety
from assessments.instruments.definition import CONTEXT, Instrument
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.reminders import plan_reminders
from assessments.schedules import Schedule
from assessments.waves import drop, end_sheets, lay_out, session_windows
from clients import invitations
from clients.couples import CoupleClosed
from clients.models import Couple, Invitation, Partner
from clients.reachability import NoSafeChannel, OutsideSafeHours
from practice import audit
from practice.errors import DomainError, InvalidInput
from practice.models import Membership
from practice.practices import time_zone


class AlreadyAssigned(DomainError):
    """This couple has this form already, and it is still open. End it first, or wait until it closes."""

    code = "already_assigned"


class NobodyTakesPart(DomainError):
    """Neither partner takes part any more, so there is nobody to ask."""

    code = "nobody_takes_part"


class SheetNotOpen(DomainError):
    """This form is not open, so nobody can be invited to it."""

    code = "sheet_closed"


def assign_instrument(
    couple: Couple,
    *,
    instrument: str,
    membership: Membership,
    sitting: str | None = None,
    schedule: Schedule | None = None,
    follow_up: bool = False,
    hold: timedelta = timedelta(0),
) -> Assignment:
    """Give an instrument to a couple. What is due opens at once, or after `hold`, and its links go out then.

    A follow-up is asked some time after care has ended, so a closed couple gets it too, and nothing else.

    Raises UnknownInstrument, LicenceExpired, ModeNotAllowed, InvalidInput, CoupleClosed, AlreadyAssigned,
    NobodyTakesPart.
    """
    found = _assignable(instrument, sitting)
    now = timezone.now()
    begins = now + hold
    plan = (schedule or Schedule()).not_before(begins) if hold else schedule or Schedule()
    windows = plan.windows(now, time_zone())
    with transaction.atomic():
        locked = Couple.objects.select_for_update().get(pk=couple.pk)
        _refuse(locked, found, follow_up=follow_up)
        assignment: Assignment = Assignment.objects.create(
            couple=locked,
            instrument=found.ref,
            content_hash=found.content_hash,
            sitting=sitting or "",
            assigned_by=membership.id,
            created_at=now,
            follow_up=follow_up,
            every_weeks=plan.every_weeks,
            before_sessions=plan.before_sessions,
            times=plan.times,
            window=plan.length,
            remind_on=plan.reminder_days,
        )
        due = lay_out(assignment, session_windows(assignment, now=begins) if plan.before_sessions else windows)
    audit.record("assignment.created", object_id=assignment.id, couple_id=couple.id, instrument=found.ref)
    for wave in due:
        open_wave(wave.id)
    return assignment


def _assignable(instrument: str, sitting: str | None) -> Instrument:
    """Raises UnknownInstrument, LicenceExpired, ModeNotAllowed, InvalidInput."""
    found = library.resolve(instrument)
    library.refuse_expired(found)
    library.refuse_mode(found, library.SCREEN)
    if sitting and sitting not in {entry["id"] for entry in found.sittings}:
        raise InvalidInput("This instrument has no such sitting.", code="sitting")
    return found


def assign_to_couples(
    couples: Iterable[Couple],
    *,
    instrument: str,
    membership: Membership,
    sitting: str | None = None,
    schedule: Schedule | None = None,
    hold: timedelta = timedelta(0),
) -> tuple[list[Assignment], list[dict[str, str]]]:
    """The same for many couples; who cannot get it is skipped, with the code of the reason."""
    assignments, skipped = [], []
    for couple in couples:
        try:
            assignments.append(
                assign_instrument(
                    couple, instrument=instrument, membership=membership, sitting=sitting, schedule=schedule, hold=hold
                )
            )
        except (CoupleClosed, AlreadyAssigned, NobodyTakesPart) as error:
            skipped.append({"couple": str(couple.id), "code": error.code})
    return assignments, skipped


def open_wave(reference: UUID) -> None:
    """Decide what is asked, for both partners alike, and send the links by each one's safe channel. Once.

    A wave whose licence has ended is called off.
    """
    waves = Wave.objects.select_for_update(of=("self",)).select_related("assignment", "couple")
    wave = waves.filter(pk=reference).first()
    if wave is None:
        # It was taken back before it opened.
        return
    if wave.opened_at or wave.closed_at or wave.assignment.ended_at or _care_has_ended(wave):
        return
    # Also one that was moved to a later time while this waited for its turn.
    if wave.assignment.paused_at or not wave.opens_at <= timezone.now() < wave.closes_at:
        return
    instrument = library.resolve(wave.assignment.instrument, wave.assignment.content_hash)
    try:
        library.refuse_expired(instrument)
    except library.LicenceExpired:
        _call_off(wave)
        return
    wave.opened_at = timezone.now()
    wave.safety_lines = safety.safety_lines_allowed(wave.couple)
    wave.context_lines = _has_checklist(instrument, wave.assignment.sitting) and not _checklist_given_before(wave)
    wave.save(update_fields=["opened_at", "safety_lines", "context_lines"])
    for sheet in AnswerSheet.objects.filter(wave=wave).select_related("partner").order_by("partner__position"):
        sheet.safety_lines, sheet.context_lines = wave.safety_lines, wave.context_lines
        sheet.recall_repeat = _answered_before(sheet)
        sheet.save(update_fields=["safety_lines", "context_lines", "recall_repeat"])
        # One who left must not keep the other's form from going out.
        if sheet.partner.state == Partner.State.ACTIVE:
            plan_reminders(sheet, wave.assignment)
            if sheet.partner.channel != Partner.Channel.NONE:
                _invite_by_message(sheet)


def was_called_off(wave: Wave) -> bool:
    """Whether a wave never opened because the licence of its form had ended by then."""
    unopened = wave.opened_at is None and wave.closed_at not in (None, wave.assignment.ended_at)
    return (
        unopened and not wave.dropped and any(sheet.state == AnswerSheet.State.WITHDRAWN for sheet in wave.sheets.all())
    )


def close_wave(reference: UUID) -> None:
    """End a window: sheets that are still open expire, with what was answered kept for the therapist."""
    waves = Wave.objects.select_for_update(of=("self",)).select_related("assignment")
    wave = waves.filter(pk=reference).first()
    if wave is None or wave.closed_at is not None:
        return
    if wave.opened_at is None:
        # Nobody was asked, so nobody is late.
        drop([wave], Wave.Dropped.PAUSED if wave.assignment.paused_at else Wave.Dropped.MISSED)
        return
    wave.closed_at = timezone.now()
    wave.save(update_fields=["closed_at"])
    end_sheets([wave], AnswerSheet.State.EXPIRED)


def end_assignment(assignment: Assignment) -> None:
    """Stop asking, once. Open sheets are withdrawn; what was submitted stays."""
    with transaction.atomic():
        # Whoever ends it at the same moment waits, and finds it ended.
        locked = Assignment.objects.select_for_update().get(pk=assignment.pk)
        if locked.ended_at is None:
            locked.ended_at = timezone.now()
            locked.save(update_fields=["ended_at"])
            waves = list(Wave.objects.filter(assignment=locked, closed_at=None))
            Wave.objects.filter(assignment=locked, closed_at=None).update(closed_at=locked.ended_at)
            end_sheets(waves, AnswerSheet.State.WITHDRAWN)
            audit.record("assignment.ended", object_id=locked.id, couple_id=locked.couple_id)
    assignment.ended_at = locked.ended_at


def invite_to_sheet(sheet: AnswerSheet, *, delivery: str) -> invitations.Issued:
    """A new link to an open sheet.

    Raises SheetNotOpen, CoupleClosed, LicenceExpired, ModeNotAllowed, NoSafeChannel, OutsideSafeHours.
    """
    now = timezone.now()
    if sheet.state not in AnswerSheet.OPEN_STATES or not sheet.opens_at <= now < sheet.closes_at:
        raise SheetNotOpen
    if sheet.partner.state == Partner.State.LEFT:
        raise SheetNotOpen("This partner takes no further part.")
    if sheet.couple.state == Couple.State.CLOSED and not sheet.wave.assignment.follow_up:
        raise CoupleClosed
    instrument = library.resolve(sheet.instrument, sheet.content_hash)
    if delivery != Invitation.Delivery.IN_PERSON:
        library.refuse_mode(instrument, library.EMAIL)
    if sheet.safety_lines is None:
        library.refuse_expired(instrument)
        open_wave(sheet.wave_id)
    return invitations.invite(sheet.partner, sheet_id=sheet.id, delivery=delivery, closes_at=sheet.closes_at)


def _invite_by_message(sheet: AnswerSheet) -> None:
    """What keeps one partner's link from going out must not keep the other's; the therapist sees that it failed."""
    try:
        invite_to_sheet(sheet, delivery=sheet.partner.channel)
    except (NoSafeChannel, OutsideSafeHours, library.ModeNotAllowed):
        invitations.note_unsent(sheet.partner, sheet_id=sheet.id, closes_at=sheet.closes_at)


def _care_has_ended(wave: Wave) -> bool:
    """Whether the couple is closed, and this is not what is asked after that."""
    return wave.couple.state == Couple.State.CLOSED and not wave.assignment.follow_up


def refusals(couples: Sequence[Couple], instrument: Instrument, *, follow_up: bool = False) -> dict[UUID, DomainError]:
    """Why each of these couples cannot get an instrument now, by id; three statements, whatever their number."""
    ids = [one.id for one in couples]
    open_waves = Wave.objects.filter(
        couple__in=ids, closed_at=None, closes_at__gt=timezone.now(), assignment__instrument=instrument.ref
    ).filter(sheets__state__in=AnswerSheet.OPEN_STATES)
    asked = {*open_waves.values_list("couple_id", flat=True), *_following_sessions(ids, instrument)}
    there = set(Partner.objects.filter(couple__in=ids, state=Partner.State.ACTIVE).values_list("couple_id", flat=True))
    found: dict[UUID, DomainError] = {}
    for couple in couples:
        if couple.state == Couple.State.CLOSED and not follow_up:
            found[couple.id] = CoupleClosed()
        elif couple.id in asked:
            found[couple.id] = AlreadyAssigned()
        elif couple.id not in there:
            found[couple.id] = NobodyTakesPart()
    return found


def _refuse(couple: Couple, instrument: Instrument, *, follow_up: bool) -> None:
    for error in refusals([couple], instrument, follow_up=follow_up).values():
        raise error


def _following_sessions(ids: Sequence[UUID], instrument: Instrument) -> list[UUID]:
    """The couples that are asked this form before each session already, where that goes on."""
    running = Assignment.objects.filter(couple__in=ids, instrument=instrument.ref, ended_at=None, before_sessions=True)
    begun = Q(waves__session__isnull=False, waves__dropped="", waves__opened_at__isnull=False)
    counted = running.annotate(begun=Count("waves", filter=begun))
    return list(counted.filter(Q(times=None) | Q(begun__lt=F("times"))).values_list("couple_id", flat=True))


def _call_off(wave: Wave) -> None:
    wave.closed_at = timezone.now()
    wave.save(update_fields=["closed_at"])
    end_sheets([wave], AnswerSheet.State.WITHDRAWN)
    audit.record("wave.called_off", object_id=wave.id, couple_id=wave.couple_id, reason="licence_expired")


def _has_checklist(instrument: Instrument, sitting: str) -> bool:
    return any(line.direction == CONTEXT for line in instrument.lines_given(sitting or None, safety_lines=True))


def _checklist_given_before(wave: Wave) -> bool:
    """Whether an earlier wave carried the context checklist, and the therapist did not cut its window short.

    The checklist is asked once at intake, of both alike. No sheet is looked at: if it mattered who answered, or who
    took part, then the checklist's coming back on Dana's form would tell her what Erin did. A window that ran out
    unanswered counts too, for the same reason; one that the therapist ended early is the therapist's own doing.
    """
    identifier = wave.assignment.instrument.partition("@")[0]
    earlier = Wave.objects.filter(couple=wave.couple, assignment__instrument__startswith=f"{identifier}@")
    carried = earlier.exclude(pk=wave.pk).exclude(opened_at=None).filter(context_lines=True)
    return carried.exclude(closed_at__lt=F("closes_at")).exists()


def _answered_before(sheet: AnswerSheet) -> bool:
    identifier = sheet.instrument.partition("@")[0]
    own = AnswerSheet.objects.filter(partner_id=sheet.partner_id, instrument__startswith=f"{identifier}@")
    return own.filter(state=AnswerSheet.State.SUBMITTED).exists()
