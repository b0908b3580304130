"""How often a form is asked, while it runs: it follows the sessions, pauses, goes on and is planned otherwise.

What changes is always what is still to open, for both partners alike. Nobody is asked twice before one session.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.assignments import open_wave
from assessments.models import Assignment, Wave
from assessments.schedules import Schedule, days_later
from assessments.waves import drop, lay_out, move_closing, session_windows
from clients.models import CounselingSession, Couple
from clients.sessions import AlreadyHeld, SessionDetails, cancel_session, details_of, save_session
from practice import audit
from practice.errors import DomainError, InvalidInput
from practice.models import Membership
from practice.practices import time_zone


class AssignmentEnded(DomainError):
    """This assignment has ended. Assign the form again to go on."""

    code = "assignment_ended"


class NotRepeated(DomainError):
    """This form is asked once, so there is nothing to pause or to change. End it, or assign it again."""

    code = "not_repeated"


def follow_sessions(couple: Couple) -> None:
    """Bring the forms that are asked before each session to the sessions as they are planned now."""
    following = Assignment.objects.filter(couple=couple, ended_at=None, before_sessions=True)
    for assignment in following.order_by("created_at", "id"):
        _follow_opened(assignment)
        _lay_out_and_open(assignment)


def plan_session(couple: Couple, *, at: datetime, membership: Membership) -> CounselingSession:
    """A session with both, still to come. Raises InvalidInput, CoupleClosed."""
    _refuse_past(at)
    with transaction.atomic():
        planned = save_session(couple, SessionDetails(planned_at=at), membership=membership)
        follow_sessions(couple)
    return planned


def move_session(session: CounselingSession, *, at: datetime, membership: Membership) -> None:
    """A planned session takes place at another time. Raises AlreadyHeld, SessionCancelled, InvalidInput."""
    if session.held_at is not None:
        raise AlreadyHeld("This session was held. Only what is still to come can be moved.")
    _refuse_past(at)
    with transaction.atomic():
        save_session(
            session.couple, replace(details_of(session), planned_at=at), membership=membership, session=session
        )
        follow_sessions(session.couple)


def call_off_session(session: CounselingSession) -> None:
    """A planned session does not take place. What was asked before it is given up. Raises AlreadyHeld."""
    with transaction.atomic():
        cancel_session(session)
        follow_sessions(session.couple)


def pause(assignment: Assignment) -> None:
    """Open no further wave until it is resumed. What is open stays open, without reminders. Raises AssignmentEnded."""
    _refuse_ended(assignment)
    if assignment.paused_at is None:
        _refuse_once(assignment)
        assignment.paused_at = timezone.now()
        assignment.save(update_fields=["paused_at"])
        audit.record("assignment.paused", object_id=assignment.id, couple_id=assignment.couple_id)


def resume(assignment: Assignment) -> None:
    """Go on. Windows that ended in the pause are left out; one that would be open now opens. Raises AssignmentEnded."""
    _refuse_ended(assignment)
    if assignment.paused_at is None:
        return
    with transaction.atomic():
        assignment.paused_at = None
        assignment.save(update_fields=["paused_at"])
        now = timezone.now()
        unopened = Wave.objects.filter(assignment=assignment, opened_at=None, closed_at=None)
        drop(unopened.filter(closes_at__lte=now), Wave.Dropped.PAUSED)
        for wave in unopened.filter(opens_at__lte=now, closes_at__gt=now).order_by("opens_at"):
            open_wave(wave.id)
        if assignment.before_sessions:
            follow_sessions(assignment.couple)
    audit.record("assignment.resumed", object_id=assignment.id, couple_id=assignment.couple_id)


def change_cadence(assignment: Assignment, schedule: Schedule) -> None:
    """Plan what is still to open otherwise, `times` times more from now on. What is open stays as it is.

    Without `opens_at` it goes on when the next form would have opened. Raises AssignmentEnded, InvalidInput.
    """
    _refuse_ended(assignment)
    now = timezone.now()
    with transaction.atomic():
        Assignment.objects.select_for_update().get(pk=assignment.pk)
        if not schedule.before_sessions and schedule.opens_at is None:
            opens_at = _next_opening(assignment, schedule, now)
            schedule = replace(schedule, opens_at=opens_at, closes_at=schedule.closes_at or opens_at + schedule.window)
        windows = schedule.windows(now, time_zone())
        asked = Wave.objects.filter(assignment=assignment, dropped="").exclude(opened_at=None).count()
        assignment.every_weeks, assignment.before_sessions = schedule.every_weeks, schedule.before_sessions
        before = asked if schedule.before_sessions and schedule.times else 0
        assignment.times = schedule.times + before if schedule.times else None
        assignment.window, assignment.remind_on = schedule.length, schedule.reminder_days
        fields = ["every_weeks", "before_sessions", "times", "window", "remind_on"]
        assignment.save(update_fields=fields)
        wanted = session_windows(assignment, now=now) if schedule.before_sessions else windows
        for wave in lay_out(assignment, wanted):
            open_wave(wave.id)
    audit.record("assignment.changed", object_id=assignment.id, couple_id=assignment.couple_id)


def _next_opening(assignment: Assignment, schedule: Schedule, now: datetime) -> datetime:
    """When the next form would have opened; after the one that is open now."""
    waves = list(Wave.objects.filter(assignment=assignment, dropped="").order_by("opens_at"))
    opened = [wave for wave in waves if wave.opened_at]
    coming = [wave.opens_at for wave in waves if wave.opened_at is None and wave.closed_at is None]
    still_open = [wave.closes_at for wave in opened if wave.closed_at is None]
    again = [days_later(one.opens_at, 7 * (schedule.every_weeks or 0), time_zone()) for one in opened[-1:]]
    return max([now, *still_open, *(coming or again)[:1]])


def _follow_opened(assignment: Assignment) -> None:
    """An open wave closes when its session begins, also where that was moved; and is given up with its session."""
    now = timezone.now()
    opened = Wave.objects.filter(assignment=assignment, session__isnull=False, closed_at=None).exclude(opened_at=None)
    for wave in opened.select_related("session").order_by("number"):
        session = wave.session
        if session.cancelled_at:
            drop([wave], Wave.Dropped.SESSION)
        elif session.held_at is None and session.planned_at > now and session.planned_at != wave.closes_at:
            move_closing(wave, session.planned_at)


def _lay_out_and_open(assignment: Assignment) -> None:
    for wave in lay_out(assignment, session_windows(assignment, now=timezone.now())):
        open_wave(wave.id)


def _refuse_past(at: datetime) -> None:
    if at <= timezone.now():
        raise InvalidInput("Give a time that is still to come.", code="planned_at")


def _refuse_ended(assignment: Assignment) -> None:
    if assignment.ended_at is not None:
        raise AssignmentEnded


def _refuse_once(assignment: Assignment) -> None:
    if assignment.every_weeks is None and not assignment.before_sessions:
        raise NotRepeated
