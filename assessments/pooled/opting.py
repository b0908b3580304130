"""Whether a practice takes part in statistics across practices: an owner's word, given and taken back at any time.

Rule that must not break: without a word in force nothing of the practice goes into the pool. What was released while it
took part stays.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from practice import audit
from practice.models import Membership, PooledOptIn


def takes_part() -> bool:
    """Whether the practice in scope does now."""
    return PooledOptIn.objects.filter(withdrawn_at=None).exists()


def opt_in_of_practice() -> PooledOptIn | None:
    """The word in force, of the practice in scope."""
    found: PooledOptIn | None = PooledOptIn.objects.filter(withdrawn_at=None).first()
    return found


def opt_in(membership: Membership) -> None:
    """Take part from the next release on. Nothing changes where the practice does already."""
    given = PooledOptIn(given_at=timezone.now(), given_by=membership.id)
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError:
        return
    audit.record("pool.joined", object_id=given.id)


def opt_out(membership: Membership) -> None:
    """Take no part in any later release."""
    in_force = opt_in_of_practice()
    if in_force is None:
        return
    in_force.withdrawn_at, in_force.withdrawn_by = timezone.now(), membership.id
    in_force.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("pool.left", object_id=in_force.id)
