"""The waves of an assignment: made, moved and given up, with a sheet a partner each.

What is still to come can change; a wave that has opened keeps its sheets. No two waves are for one session.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from assessments import library
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Window, windows_before
from clients import invitations
from clients.models import CounselingSession, Partner
from practice import outbox
from practice.practices import time_zone


def lay_out(assignment: Assignment, wanted: Sequence[Window]) -> list[Wave]:
    """Make what is still to open of an assignment be these windows; the waves that are due to open by now.

    Waves are moved before new ones are made. What is left over is given up.
    """
    unopened = Wave.objects.filter(assignment=assignment, opened_at=None, closed_at=None)
    coming = list(unopened.select_for_update().order_by("number"))
    by_session = {wave.session_id: wave for wave in coming if wave.session_id}
    free = [wave for wave in coming if wave.session_id is None]
    kept: list[Wave] = []
    missing: list[Window] = []
    for window in wanted:
        wave = by_session.pop(window.session_id, None) if window.session_id else (free.pop(0) if free else None)
        if wave is None:
            missing.append(window)
        else:
            kept.append(move_wave(wave, window))
    # Of one whose session is gone; or of one that was planned otherwise.
    drop(by_session.values(), Wave.Dropped.CHANGED if assignment.every_weeks else Wave.Dropped.SESSION)
    drop(free, Wave.Dropped.CHANGED)
    laid = [*kept, *add_waves(assignment, missing)]
    return [wave for wave in laid if _is_due(wave)]


def session_windows(assignment: Assignment, *, now: datetime) -> list[Window]:
    """The windows before the couple's planned sessions that this assignment has not asked for yet.

    A talk with one partner alone asks nobody anything: the form would tell the other of it.
    """
    planned = CounselingSession.objects.filter(
        couple=assignment.couple_id, kind=CounselingSession.Kind.COUPLE, held_at=None, cancelled_at=None
    )
    rows = planned.filter(planned_at__gt=now).order_by("planned_at", "id").values_list("id", "planned_at")
    sessions = [(session_id, at) for session_id, at in rows if at]
    asked = asked_for(assignment)
    found = windows_before(sessions, days=assignment.window.days, now=now, zone=time_zone())
    wanted = [window for window in found if window.session_id not in asked]
    return wanted if assignment.times is None else wanted[: max(assignment.times - len(asked), 0)]


def asked_for(assignment: Assignment) -> set[object]:
    """The sessions before which this assignment was asked, or is being asked."""
    begun = Wave.objects.filter(assignment=assignment, session__isnull=False, dropped="").exclude(opened_at=None)
    return set(begun.values_list("session_id", flat=True))


def add_waves(assignment: Assignment, windows: Sequence[Window]) -> list[Wave]:
    """New waves after those there are, each with a sheet for whoever takes part; none where nobody does."""
    partners = list(Partner.objects.filter(couple=assignment.couple_id, state=Partner.State.ACTIVE))
    if not partners or not windows:
        return []
    is_check_in = library.resolve(assignment.instrument, assignment.content_hash).is_check_in
    newest = Wave.objects.filter(assignment=assignment).order_by("-number").values_list("number", flat=True).first()
    waves = [
        Wave(assignment=assignment, couple_id=assignment.couple_id, number=number, **vars(window))
        for number, window in enumerate(windows, start=(newest or 0) + 1)
    ]
    Wave.objects.bulk_create(waves)
    AnswerSheet.objects.bulk_create(
        AnswerSheet(
            wave=wave,
            couple_id=assignment.couple_id,
            partner=partner,
            instrument=assignment.instrument,
            content_hash=assignment.content_hash,
            sitting=assignment.sitting,
            opens_at=wave.opens_at,
            closes_at=wave.closes_at,
            week_of=monday_of(wave.opens_at) if is_check_in else None,
        )
        for wave in waves
        for partner in partners
    )
    for wave in waves:
        _ask_in_time(wave)
    return waves


def move_wave(wave: Wave, window: Window) -> Wave:
    """Let a wave that has not opened be at another time, with its sheets and the week they report."""
    now = timezone.now()
    # It should have opened already, and does so as soon as it may: that is no reason to open it later still.
    opens_at = wave.opens_at if window.session_id and max(wave.opens_at, window.opens_at) <= now else window.opens_at
    if (wave.opens_at, wave.closes_at) != (opens_at, window.closes_at):
        wave.opens_at, wave.closes_at = opens_at, window.closes_at
        wave.save(update_fields=["opens_at", "closes_at"])
        sheets = AnswerSheet.objects.filter(wave=wave)
        sheets.update(opens_at=opens_at, closes_at=window.closes_at)
        sheets.exclude(week_of=None).update(week_of=monday_of(opens_at))
        _ask_in_time(wave)
    return wave


def move_closing(wave: Wave, closes_at: datetime) -> None:
    """Let an open wave close at another time, with the links to it."""
    wave.closes_at = closes_at
    wave.save(update_fields=["closes_at"])
    sheets = AnswerSheet.objects.filter(wave=wave)
    sheets.update(closes_at=closes_at)
    for sheet_id in sheets.order_by("id").values_list("id", flat=True):
        invitations.move_links(sheet_id, closes_at=closes_at)
    outbox.ask_again("close_wave", wave.id, due_at=closes_at)


def drop(waves: Iterable[Wave], reason: str) -> None:
    """Give waves up, for both partners alike. Open sheets are withdrawn; what was handed in stays."""
    dropped, now = list(waves), timezone.now()
    for wave in dropped:
        wave.closed_at, wave.dropped = now, reason
        wave.save(update_fields=["closed_at", "dropped"])
    if dropped:
        end_sheets(dropped, AnswerSheet.State.WITHDRAWN)


def end_sheets(waves: Iterable[Wave], state: str) -> None:
    """End the sheets of these waves that are still open, with their links; one that is being sent goes first."""
    open_sheets = AnswerSheet.objects.filter(wave__in=list(waves), state__in=AnswerSheet.OPEN_STATES)
    ids = list(open_sheets.select_for_update().order_by("id").values_list("id", flat=True))
    AnswerSheet.objects.filter(pk__in=ids).update(state=state)
    for sheet_id in ids:
        invitations.end_links(sheet_id)


def monday_of(moment: datetime) -> date:
    """The Monday of the week in which `moment` lies, by the practice's clock."""
    day = timezone.localdate(moment)
    return day - timedelta(days=day.weekday())


def _ask_in_time(wave: Wave) -> None:
    if not _is_due(wave):
        outbox.ask_again("open_wave", wave.id, due_at=wave.opens_at)
    outbox.ask_again("close_wave", wave.id, due_at=wave.closes_at)


def _is_due(wave: Wave) -> bool:
    return wave.opens_at <= timezone.now()
