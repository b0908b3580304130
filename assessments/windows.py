"""When a window closes, put right: for both partners alike, and with every link to it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.models import Wave
from assessments.waves import move_closing
from practice import audit
from practice.errors import DomainError, InvalidInput

LATEST = timedelta(days=366)


class WindowClosed(DomainError):
    """This window has closed, and what was left open has ended with it. Assign the form again."""

    code = "window_closed"


def change_closing(wave: Wave, closes_at: datetime) -> None:
    """Let a wave close at another time that is still to come. Raises WindowClosed, InvalidInput."""
    now = timezone.now()
    with transaction.atomic():
        locked = Wave.objects.select_for_update().get(pk=wave.pk)
        if locked.closed_at or locked.closes_at <= now:
            raise WindowClosed
        if not max(now, locked.opens_at) < closes_at < now + LATEST:
            told = "Give a time that is still to come, after the window opens and within a year."
            raise InvalidInput(told, code="closes_at")
        former = locked.closes_at
        move_closing(locked, closes_at)
    audit.record(
        "wave.closing_changed", object_id=wave.id, couple_id=wave.couple_id, former=former, closes_at=closes_at
    )
    wave.closes_at = closes_at
