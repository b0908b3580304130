"""How long a practice keeps records after care ended, and on which day a record goes.

Rule that must not break: never shorter than the law of the practice's country asks for, nor than the minimum that the
practice states where none is known; and what shortens the time takes effect 30 days later at the earliest. As long as
a practice has set no term for its country, nothing goes.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from practice import audit
from practice.content import legal_minimum
from practice.errors import InvalidInput, fault
from practice.models import Membership, Practice, RetentionTerm

FEWEST_YEARS, MOST_YEARS = 1, 100
# Before a shorter term takes effect, before a record goes, and after a hold was lifted.
NOTICE = timedelta(days=30)


@dataclass(frozen=True)
class Term:
    """Years after care ended, from `takes_effect_on` on; until then `years_before`, None for without end.

    Days are those of the clock in `zone`, the practice's.
    """

    years: int
    years_before: int | None
    takes_effect_on: date
    zone: ZoneInfo

    def day(self, at: datetime) -> date:
        return timezone.localdate(at, timezone=self.zone)

    def years_on(self, day: date) -> int | None:
        """What holds on a day: the longer of the two until the new one takes effect."""
        if day >= self.takes_effect_on:
            return self.years
        return None if self.years_before is None else max(self.years, self.years_before)

    def goes_on(self, closed_on: date, *, today: date) -> date:
        """The first day on which a record that was closed on `closed_on` is kept no more."""
        shortened = max(_day_after(closed_on, self.years), self.takes_effect_on)
        if today >= self.takes_effect_on or self.years_before is None:
            return shortened
        return min(_day_after(closed_on, max(self.years, self.years_before)), shortened)


def anniversary(day: date, years: int) -> date:
    """The same day of another year; of 29 February, 1 March where that year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _day_after(closed_on: date, years: int) -> date:
    return anniversary(closed_on, years) + timedelta(days=1)


def term_in_force() -> Term | None:
    """The term of the practice in scope; None where it set none for the country that it is in now."""
    fields = ("years", "years_before", "takes_effect_on", "country", "practice__country", "practice__time_zone")
    newest = RetentionTerm.objects.order_by("-set_at").values_list(*fields).first()
    if newest is None:
        return None
    years, before, takes_effect_on, country, country_now, zone = newest
    if country != country_now:
        return None
    law = legal_minimum(country)
    least = law.years if law else FEWEST_YEARS
    before = None if before is None else max(before, least)
    return Term(max(years, least), before, takes_effect_on, ZoneInfo(zone))


def set_term(
    practice: Practice,
    *,
    years: int,
    membership: Membership,
    stated_minimum: int | None = None,
    confirmed: bool = False,
    now: datetime | None = None,
) -> RetentionTerm:
    """Keep records for so many years after care ended, at once if that is longer, else from 30 days on.

    Where no law is known here, the practice states its minimum and confirms it. Raises InvalidInput.
    """
    law = legal_minimum(practice.country)
    _refuse(years, law.years if law else stated_minimum, confirmed=bool(law) or confirmed)
    now = now or timezone.now()
    today = timezone.localdate(now, timezone=ZoneInfo(practice.time_zone))
    earlier = term_in_force()
    before = earlier.years_on(today) if earlier else None
    longer = before is not None and years >= before
    term: RetentionTerm = RetentionTerm.objects.create(
        years=years,
        years_before=before,
        takes_effect_on=today if longer else today + NOTICE,
        country=practice.country,
        stated_minimum=None if law else stated_minimum,
        set_at=now,
        set_by=membership.id,
    )
    audit.record("retention.set", object_id=term.id, years=years, before=before, minimum=term.stated_minimum)
    return term


def _refuse(years: int, minimum: int | None, *, confirmed: bool) -> None:
    faults = []
    if minimum is None or not FEWEST_YEARS <= minimum <= MOST_YEARS:
        told = f"Ask your lawyer how long you must keep records, and give that: {FEWEST_YEARS} to {MOST_YEARS} years."
        faults.append(fault("stated_minimum", "required", told))
    elif not confirmed:
        faults.append(fault("confirmed", "required", "Confirm that you looked into the law that holds for you."))
    least = max(FEWEST_YEARS, minimum or FEWEST_YEARS)
    if not least <= years <= MOST_YEARS:
        faults.append(fault("years", "out_of_range", f"Give {least} to {MOST_YEARS} years."))
    if faults:
        raise InvalidInput("Some of what was given does not fit.", faults=faults)
