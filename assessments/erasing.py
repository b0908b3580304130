"""Closed couples whose term is over go for good; what stays is what stands in released statistics, and the trail.

The rule that must not break: a couple goes whole or not at all, once, after its state was read again under its lock.
"""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from assessments.retention import leaving
from clients.models import Couple
from practice import audit, outbox
from practice.retention import term_in_force

KIND = "erase_couple"


def plan_erasing(*, now: datetime) -> int:
    """Ask for the erasing of each couple whose day has come, for one practice, as its worker; returns how many."""
    due = [one.couple_id for one in leaving(term_in_force(), now=now) if not one.kept_by]
    for couple_id in due:
        outbox.ask_again(KIND, couple_id, due_at=now)
    return len(due)


def erase_couple(reference: UUID) -> None:
    """The worker's part."""
    erase_if_due(reference, now=timezone.now())


def erase_if_due(couple_id: UUID, *, now: datetime) -> bool:
    """Erase a couple, as the worker, unless something keeps it now; returns whether it went."""
    locked = Couple.objects.select_for_update().filter(pk=couple_id).first()
    term = term_in_force()
    found = leaving(term, now=now, of=[couple_id])
    if locked is None or term is None or not found or found[0].kept_by:
        return False
    years = term.years_on(term.day(now))
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.erase_couple(%s, %s, %s)", [couple_id, years, now])
        [gone] = cursor.fetchone()
    went = {table: number for table, number in gone.items() if number}
    audit.record("couple.erased", object_id=couple_id, couple_id=couple_id, years=years, rows=went)
    return True
