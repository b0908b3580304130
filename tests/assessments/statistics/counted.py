"""Couples who count in practice statistics, for tests."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from assessments.models import StatisticsRelease
from clients.consents import record_consent
from clients.models import Couple, Partner
from practice import tenancy
from practice.database.context import Scope
from practice.models import Membership
from tests.factories import as_staff, make_couple

# The quarter of today is over then, and so is the one after it.
NEXT_QUARTER, QUARTER_AFTER = timedelta(days=93), timedelta(days=93 + 92)


def in_next_quarter() -> datetime:
    return timezone.now() + NEXT_QUARTER


def agree(therapist: Membership, couple: Couple, *positions: int) -> None:
    with as_staff(therapist):
        for partner in Partner.objects.filter(couple=couple, position__in=positions or (1, 2)):
            record_consent(partner, kind="statistics", version="1")


def make_counted(therapist: Membership, number: int) -> list[Couple]:
    couples = [make_couple(therapist, label=f"Pair {one}", names=("Canary-Ann", "Canary-Ben")) for one in range(number)]
    for couple in couples:
        agree(therapist, couple)
    return couples


def released(member: Membership) -> list[tuple[str, str]]:
    with as_staff(member):
        return list(StatisticsRelease.objects.order_by("quarter").values_list("quarter", "content"))


def make_release(member: Membership, quarter: str = "2026Q1", *, label: str = "In care") -> UUID:
    """A release of two tables; one group is not told."""
    cells = [{"values": ["a"], "labels": [label], "couples": 23}, {"values": ["b"], "labels": ["Else"], "couples": 17}]
    hidden = [{"values": ["c"], "labels": ["Third"], "couples": None}]
    table = {"dimensions": ["State"], "meanings": ["What it is."], "units": [""]}
    tables = [{"id": "outcome", **table, "cells": [*cells, *hidden]}, {"id": "months", **table, "cells": hidden}]
    content = {"quarter": quarter, "floor": 11, "couples": 40, "tables": tables}
    with tenancy.begin(Scope.statistics(practice_id=member.practice_id)):
        release = StatisticsRelease(quarter=quarter, content=json.dumps(content), couples=40, made_at=timezone.now())
        release.save(force_insert=True)
        return release.id
