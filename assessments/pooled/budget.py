"""How much of everybody's privacy may be spent, and what is left of it: plain arithmetic on what was spent when.

Epsilons of releases that a couple may be in add up. No id of a couple is needed: the couple that loses most is in every
release since it came, and what holds for it holds for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Policy:
    """Epsilon a release may take, a couple may lose within a rolling year, and a couple may lose in all."""

    release: Decimal
    year: Decimal
    lifetime: Decimal

    def __post_init__(self) -> None:
        if not 0 < self.release <= self.year <= self.lifetime:
            raise ValueError("Epsilon of a release, a year and a couple: above zero, none above the next.")
        if self.release != round(self.release, 3):
            raise ValueError("Epsilon of a release: three decimals at most, so that its shares add up to it.")


@dataclass(frozen=True)
class Spent:
    """Epsilon that one attempt took. Only couples that came before `counted_until` can have been in it."""

    at: datetime
    counted_until: datetime
    epsilon: Decimal


def left_of_year(spent: Iterable[Spent], policy: Policy, *, now: datetime) -> Decimal:
    return policy.year - sum((one.epsilon for one in spent if one.at > now - YEAR), Decimal(0))


def free_at(spent: Iterable[Spent], policy: Policy, *, now: datetime) -> datetime:
    """When the next release fits into the year again."""
    used = [one for one in spent if one.at > now - YEAR]
    ends = (one.at + YEAR for one in sorted(used, key=lambda one: one.at))
    return next((end for end in [now, *ends] if left_of_year(used, policy, now=end) >= policy.release), now)


def counts_since(spent: Iterable[Spent], policy: Policy) -> datetime | None:
    """Couples that came before may have lost too much for another release; None where nobody has.

    A couple that came later was in none of the attempts that counted before it came.
    """
    lost = policy.release
    for one in sorted(spent, key=lambda one: one.counted_until, reverse=True):
        lost += one.epsilon
        if lost > policy.lifetime:
            return one.counted_until
    return None
