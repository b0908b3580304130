"""What tests of retention share: couples that were closed long ago, a term in force, and what is left of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from assessments.erasing import erase_if_due
from clients.couples import close_couple
from clients.models import Couple
from practice.database.context import Scope
from practice.models import Membership, Practice, RetentionTerm
from practice.practices import as_maintenance as on_owner
from practice.retention import Term, term_in_force
from tests.attacks import as_maintenance, attacker, outcome
from tests.factories import as_staff, as_worker, make_couple

CLOSED_AT = datetime(2016, 5, 17, 12, tzinfo=UTC)
YEARS = 7
KEPT = "AT003"
ERASE = "SELECT app.erase_couple(%s, %s, %s)"
# Seven years later, on the day after the anniversary.
GOES_AT = datetime(2023, 5, 18, 12, tzinfo=UTC)


def close(therapist: Membership, couple: Couple, *, at: datetime = CLOSED_AT) -> Couple:
    """Close a couple as if at another time."""
    with as_staff(therapist):
        close_couple(couple, reason="completed")
        Couple.objects.filter(pk=couple.pk).update(closed_at=at)
    return couple


def make_closed(therapist: Membership, *, at: datetime = CLOSED_AT, label: str = "F & G") -> Couple:
    return close(therapist, make_couple(therapist, label=label, names=("Fay", "Gus")), at=at)


def keep_for(
    member: Membership,
    years: int = YEARS,
    *,
    before: int | None = None,
    takes_effect_on: date = date(2000, 1, 1),
    country: str = "US",
) -> None:
    """A term that has been in force for long, unless the day says otherwise."""
    with as_staff(member):
        RetentionTerm.objects.create(
            years=years,
            years_before=before,
            takes_effect_on=takes_effect_on,
            country=country,
            stated_minimum=1,
            set_at=datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=RetentionTerm.objects.count()),
            set_by=member.id,
        )


def term_of(member: Membership) -> Term:
    with as_staff(member):
        found = term_in_force()
    assert found
    return found


def settle_in(member: Membership, **place: str) -> None:
    """The practice stands in another time zone, or country."""
    with on_owner():
        Practice.objects.using("owner").filter(pk=member.practice_id).update(**place)


def erase(member: Membership, couple: Couple, *, at: datetime = GOES_AT) -> bool:
    with as_worker(member.practice):
        return erase_if_due(couple.id, now=at)


def on_record() -> set[UUID]:
    """The couples of every practice."""
    return {one for (one,) in as_maintenance("SELECT id FROM clients_couple")}


def change(statement: str) -> None:
    """What a test does to rows of every practice, behind the product's back."""
    with on_owner(), connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def asked_for() -> list[UUID]:
    """The couples that the worker is asked to erase."""
    rows = as_maintenance("SELECT reference FROM practice_outboxmessage WHERE kind = 'erase_couple'")
    return [reference for (reference,) in rows]


def refused(member: Membership, couple: Couple, *, at: datetime = GOES_AT, years: int = YEARS) -> Any:
    """What the database says to a worker that calls nothing but its function; rolled back."""
    with attacker(Scope.worker(practice_id=member.practice_id)) as connection:
        return outcome(connection, ERASE, couple.id, years, at)
