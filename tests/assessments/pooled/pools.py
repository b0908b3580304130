"""Practices that take part in statistics across practices, with couples who count, for tests."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from assessments.models import PooledRelease, PooledRow
from assessments.pooled.opting import opt_in
from assessments.pooled.releases import release_quarter
from assessments.statistics.rows import Quarter, last_quarter
from clients.consents import STATISTICS_VERSION
from clients.models import Consent, Couple, Partner
from practice import tenancy
from practice.database.context import Scope
from practice.models import Membership, Role
from tests.attacks import as_maintenance
from tests.factories import as_staff, make_member, make_practice

SIZES = (40, 36, 32)
# So much that what is drawn is what is so: tests of who counts want to see it.
PLENTY = Decimal(1000)


def quarter() -> Quarter:
    return last_quarter(timezone.now())


def make_owner(slug: str) -> Membership:
    return make_member(make_practice(slug.title(), slug=slug), "Olive", role=Role.OWNER)


def make_pooled(
    owner: Membership, number: int, *, version: str = STATISTICS_VERSION, came: datetime | None = None
) -> list[Couple]:
    """Couples that were in care in the last quarter, of whom both partners agreed to this version of the text."""
    came = came or quarter().end - timedelta(days=30)
    with as_staff(owner):
        couples = [Couple(label=f"Pair {n}", therapist=owner, created_at=came) for n in range(number)]
        Couple.objects.bulk_create(couples)
        partners = [
            Partner(couple=couple, position=position, name=f"Canary-{position}")
            for couple in couples
            for position in (1, 2)
        ]
        Partner.objects.bulk_create(partners)
        Consent.objects.bulk_create(
            [Consent(partner=one, kind="statistics", version=version, given_at=came) for one in partners]
        )
    return couples


def make_pool(*sizes: int) -> list[Membership]:
    """Owners of practices that take part, with so many couples each."""
    owners = [make_owner(f"practice{number}") for number in range(len(sizes or SIZES))]
    for owner, size in zip(owners, sizes or SIZES, strict=True):
        with as_staff(owner):
            opt_in(owner)
        make_pooled(owner, size)
    return owners


def release() -> PooledRelease:
    return release_quarter(quarter(), now=timezone.now())


def content(made: PooledRelease) -> dict[str, Any]:
    return json.loads(made.content)


def count(sql: str) -> Any:
    return as_maintenance(sql)[0][0]


def spent() -> Decimal:
    return count("SELECT coalesce(sum(epsilon), 0) FROM assessments_pooledrelease")


def fill(practices: Sequence[UUID], name: str, *, each: int) -> UUID:
    """Rows of a run as the practices write them, all alike; returns the run."""
    run, place = uuid4(), dict.fromkeys(("outcome", "months", "latest", "change", "completion"), 0)
    for practice_id in practices:
        with tenancy.begin(Scope.measurement(practice_id=practice_id)):
            PooledRow.objects.bulk_create(
                [PooledRow(practice_id=practice_id, quarter=name, run=run, score=30, **place) for _ in range(each)]
            )
    return run
