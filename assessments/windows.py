"""When a window opens and closes, put right: for both partners alike, with every link and reminder.

What has opened cannot be unopened, so only its closing changes; what has closed stays closed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments.models import Assignment, Wave
from assessments.reminders import plan_reminders_again
from assessments.schedules import Window
from assessments.waves import move_closing, move_wave
from practice import audit
from practice.errors import DomainError, InvalidInput

LATEST = timedelta(days=366)


class WindowClosed(DomainError):
    """This window has closed, and what was left open has ended with it. Assign the form again."""

    code = "window_closed"


class WindowOpened(DomainError):
    """This window has opened, and links were given. Only when it closes can still be changed."""

    code = "window_opened"


class FollowsSession(DomainError):
    """This window opens and closes with its session. Move the session, or change how many days before it opens."""

    code = "follows_session"


def change_window(wave: Wave, *, opens_at: datetime | None = None, closes_at: datetime | None = None) -> None:
    """Let a wave open, as long as it has not, or close at another time that is still to come; None leaves it.

    Raises WindowClosed, WindowOpened, FollowsSession, InvalidInput with the field.
    """
    given = {"opens_at": opens_at, "closes_at": closes_at}
    change_windows(wave.assignment, {wave.id: {name: at for name, at in given.items() if at}})


def change_windows(assignment: Assignment, wanted: Mapping[UUID, Mapping[str, datetime]]) -> None:
    """The same for several waves of an assignment, by their ids: all of them or none.

    Raises InvalidInput also for what is no wave of it.
    """
    with transaction.atomic():
        # Whoever plans the whole assignment otherwise at this moment waits.
        Assignment.objects.select_for_update().get(pk=assignment.pk)
        waves = list(Wave.objects.select_for_update().filter(assignment=assignment, pk__in=wanted).order_by("number"))
        if len(waves) < len(wanted):
            raise InvalidInput("This assignment has no such wave.", code="waves")
        for wave in waves:
            _change(wave, **wanted[wave.id])
        for wave in waves:
            _refuse_overlap(wave)


def _change(wave: Wave, *, opens_at: datetime | None = None, closes_at: datetime | None = None) -> None:
    former = Window(wave.opens_at, wave.closes_at)
    wanted = Window(opens_at or former.opens_at, closes_at or former.closes_at)
    _refuse(wave, wanted)
    if wave.opened_at is None:
        move_wave(wave, wanted)
    elif wanted != former:
        move_closing(wave, wanted.closes_at)
        plan_reminders_again(wave)
    told = {"former": [former.opens_at, former.closes_at], "opens_at": wanted.opens_at, "closes_at": wanted.closes_at}
    audit.record("wave.window_changed", object_id=wave.id, couple_id=wave.couple_id, **told)


def may_open_otherwise(wave: Wave) -> bool:
    """Whether a window could still open at another time."""
    return wave.opened_at is None and wave.closed_at is None


def _refuse(wave: Wave, wanted: Window) -> None:
    now = timezone.now()
    if wave.closed_at or wave.closes_at <= now:
        raise WindowClosed
    if wave.session_id:
        raise FollowsSession
    if wanted.opens_at != wave.opens_at:
        if wave.opened_at:
            raise WindowOpened
        if not now < wanted.opens_at < now + LATEST:
            raise InvalidInput("Give a time that is still to come, within a year.", code="opens_at")
    if not max(now, wanted.opens_at) < wanted.closes_at < now + LATEST:
        told = "Give a time that is still to come, after the window opens and within a year."
        raise InvalidInput(told, code="closes_at")


def _refuse_overlap(wave: Wave) -> None:
    """No two windows of one assignment are open at once: nobody could tell which form is meant."""
    others = Wave.objects.filter(assignment=wave.assignment_id, dropped="", closed_at=None)
    if others.filter(number__lt=wave.number, closes_at__gt=wave.opens_at).exists():
        raise InvalidInput("The form before this one is still open then. Open this one later.", code="opens_at")
    if others.filter(number__gt=wave.number, opens_at__lt=wave.closes_at).exists():
        raise InvalidInput("The next form opens before that. Close this one earlier.", code="closes_at")
