"""What is coming for couples, by day on the practice's clock: sessions, forms that open and close, and reminders.

A day of a reminder names nobody, and is planned only as long as it would reach somebody.

The number of statements does not depend on the number of couples or days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import library
from assessments.models import AnswerSheet, Wave
from assessments.schedules import days_later
from clients.models import CounselingSession, Couple, Invitation, Partner
from practice.practices import time_zone

SESSION, OPENS, CLOSES, REMINDER = "session", "opens", "closes", "reminder"
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
        [
            *_sessions(couples, since, until),
            *_windows(couples, since, until),
            *_reminders_sent(couples, since, until),
        ],
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
    waves = waves.filter(opens_at__lt=until, closes_at__gte=since).annotate(reaches=Exists(_to_remind()))
    for wave in waves.select_related("assignment", "couple"):
        title = {"form": library.title_of(wave.assignment.instrument)}
        entries = [
            Entry(wave.opens_at, OPENS, wave.couple, _("%(form)s opens") % title),
            Entry(wave.closes_at, CLOSES, wave.couple, _("%(form)s closes") % title),
            *(Entry(at, REMINDER, wave.couple, _("%(form)s: reminder planned") % title) for at in _planned(wave)),
        ]
        yield from (one for one in entries if since <= one.at < until)


def _to_remind() -> QuerySet[AnswerSheet]:
    """The sheets of a wave that a reminder would be sent about, as things stand."""
    wanted = AnswerSheet.objects.filter(wave=OuterRef("pk"), state__in=AnswerSheet.OPEN_STATES)
    wanted = wanted.filter(partner__state=Partner.State.ACTIVE, partner__reminders_off_at=None)
    return wanted.exclude(partner__channel=Partner.Channel.NONE)


def _planned(wave: Wave) -> list[datetime]:
    """The reminders still to come of a wave that would reach somebody; none in a pause."""
    assignment, now = wave.assignment, timezone.now()
    if assignment.paused_at or wave.couple.state == Couple.State.PAUSED or not wave.reaches:  # type: ignore[attr-defined]
        return []
    begins = wave.opened_at or wave.opens_at
    days = [days_later(begins, day, time_zone()) for day in assignment.remind_on]
    return [at for at in days if now < at < wave.closes_at]


def _reminders_sent(couples: QuerySet[Couple], since: datetime, until: datetime) -> Iterable[Entry]:
    """One a wave and day that it falls on, at its first message."""
    of_sheet = AnswerSheet.objects.filter(pk=OuterRef("sheet_id"))
    sent = Invitation.objects.filter(partner__couple__in=couples, sent_at__gte=since, sent_at__lt=until)
    sent = sent.exclude(kind=Invitation.Kind.INVITATION).select_related("partner__couple").order_by("sent_at")
    told = set()
    for one in sent.annotate(
        wave=Subquery(of_sheet.values("wave")), instrument=Subquery(of_sheet.values("instrument"))
    ):
        if (one.wave, one.ordinal) not in told and one.sent_at:
            told.add((one.wave, one.ordinal))
            title = {"form": library.title_of(one.instrument)}
            yield Entry(one.sent_at, REMINDER, one.partner.couple, _("%(form)s: reminder sent") % title)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
