"""Couples that were erased, as the trail names them, and erasing them again where an older backup brought them back.

Nothing is got round: a couple that the restored rows keep, by a hold or an open flag, stays and is named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections
from django.utils import timezone

from assessments.erasing import erase_if_due
from clients.models import Couple
from practice import tenancy
from practice.database.context import Scope
from practice.practices import OWNER, as_maintenance

NOTED = """
SELECT practice_id, couple_id, at FROM practice_auditevent WHERE action = 'couple.erased' ORDER BY at, couple_id
"""
ERASED, KEPT, NOT_HERE = "erased", "kept", "not here"


@dataclass(frozen=True)
class Erased:
    practice_id: UUID
    couple_id: UUID
    at: datetime


def erased_couples() -> list[Erased]:
    """Of every practice, the first to go first. Needs the owner's connection."""
    with as_maintenance(), connections[OWNER].cursor() as cursor:
        cursor.execute(NOTED)
        return [Erased(*row) for row in cursor.fetchall()]


def erase_again(couples: Iterable[tuple[UUID, UUID]]) -> Iterator[tuple[UUID, str]]:
    """Each couple of a list of practice and couple, and what became of it: ERASED, KEPT or NOT_HERE."""
    for practice_id, couple_id in couples:
        with tenancy.begin(Scope.worker(practice_id=practice_id)):
            is_here = Couple.objects.filter(pk=couple_id).exists()
            gone = is_here and erase_if_due(couple_id, now=timezone.now())
        yield couple_id, ERASED if gone else KEPT if is_here else NOT_HERE
