"""Couples with years behind them, for what must cost and show the same with one form and with many."""

from datetime import timedelta

from django.utils import timezone

from assessments import plans
from assessments.demo.clock import playing_from
from benchmarks._history import Past, write_past
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import as_staff


def make_old_couple(alice: Membership) -> Couple:
    """A couple that came 70 weeks ago, with a plan."""
    with playing_from(timezone.now() - timedelta(weeks=70)):
        couple = factories.make_couple(alice, label="O & P", names=("Olga", "Paul"))
        with as_staff(alice):
            plan = plans.agree_plan(couple, membership=alice, active_step="S3", focus=["PR"])
            partners = list(Partner.objects.filter(couple=couple))
            plans.assign_activity(plan, template="P33", partners=partners, membership=alice)
    return couple


def past_of(alice: Membership, couple: Couple, *, ended_weeks_ago: int = 0, **how_much: int) -> None:
    with as_staff(alice):
        partners = list(Partner.objects.filter(couple=couple))
    until = timezone.now() - timedelta(weeks=ended_weeks_ago, hours=1)
    write_past(Past(couple, partners, alice.id), until=until, **how_much)
