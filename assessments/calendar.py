"""What is coming for couples, by day on the practice's clock: sessions, and forms that open and close.

The number of statements does not depend on the number of couples or days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import library
from assessments.models import Wave
from clients.models import CounselingSession, Couple

SESSION, OPENS, CLOSES = "session", "opens", "closes"
DAYS = {"day": 1, "week": 7, "weeks": 28}


@dataclass(frozen=True)
class Entry:
    """One thing at one time. `session` where it is one; `what` in words, without a name of a partner."""

    at: datetime
    kind: str
    couple: Couple
    what: str
    session: CounselingSession | None = None


@dataclass(frozen=True)
class Span:
    """Days from `first` until before `end`, around the `day` that was asked for; what is before it is as long."""

    view: str
    first: date
    day: date

    @property
    def end(self) -> date:
        return self.first + timedelta(days=DAYS[self.view])

    @property
    def before(self) -> date:
        return self.first - timedelta(days=DAYS[self.view])


def span_of(view: str, on: str, *, today: date) -> Span:
    """What a page was asked for: a day, the week around it from Monday, or four weeks. Else this week."""
    chosen = view if view in DAYS else "week"
    try:
        day = date.fromisoformat(on) if on else today
    except ValueError:
        day = today
    if not today - timedelta(days=3650) <= day <= today + timedelta(days=3650):
        day = today
    return Span(chosen, day if chosen == "day" else day - timedelta(days=day.weekday()), day)


def coming(couples: QuerySet[Couple], span: Span) -> list[tuple[date, list[Entry]]]:
    """The days of a span on which something is, each with its entries in their order."""
    since, until = (_midnight(day) for day in (span.first, span.end))
    entries = sorted(
        [*_sessions(couples, since, until), *_windows(couples, since, until)],
        key=lambda one: (one.at, one.kind != SESSION, one.couple.label),
    )
    return [(day, list(found)) for day, found in groupby(entries, key=lambda one: timezone.localdate(one.at))]


def _sessions(couples: QuerySet[Couple], since: datetime, until: datetime) -> Iterable[Entry]:
    planned = Q(held_at=None, planned_at__gte=since, planned_at__lt=until)
    held = Q(held_at__gte=since, held_at__lt=until)
    sessions = CounselingSession.objects.filter(planned | held, couple__in=couples, cancelled_at=None)
    for one in sessions.select_related("couple").defer("note"):
        words = _("Session") if one.kind == CounselingSession.Kind.COUPLE else _("Talk alone")
        if at := one.held_at or one.planned_at:
            yield Entry(at, SESSION, one.couple, words, one)


def _windows(couples: QuerySet[Couple], since: datetime, until: datetime) -> Iterable[Entry]:
    """Of waves that take place: one in a pause opens for nobody as long as it lasts."""
    waves = Wave.objects.filter(couple__in=couples, dropped="", assignment__ended_at=None)
    waves = waves.exclude(opened_at=None, assignment__paused_at__isnull=False)
    waves = waves.exclude(opened_at=None, closed_at__isnull=False)
    inside = Q(opens_at__gte=since, opens_at__lt=until) | Q(closes_at__gte=since, closes_at__lt=until)
    for wave in waves.filter(inside).select_related("assignment", "couple"):
        title = library.title_of(wave.assignment.instrument)
        if since <= wave.opens_at < until:
            yield Entry(wave.opens_at, OPENS, wave.couple, _("%(form)s opens") % {"form": title})
        if since <= wave.closes_at < until:
            yield Entry(wave.closes_at, CLOSES, wave.couple, _("%(form)s closes") % {"form": title})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
