"""Messages about a sheet, as the worker sends them: the link when it opens, and a reminder of what was not handed in.

The state is read again, under locks, right before anything leaves: nothing after an answer, a stop, an unsafe channel
or a closed window. A reminder is sent once for each of the days it falls on; after a standstill, the latest alone.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import days_later
from clients import messages
from clients.models import Couple, Invitation
from practice import outbox
from practice.practices import time_zone

# Nobody gets two messages about one form within a day.
APART = timedelta(days=1)
# How long a reminder waits for a link that is still on its way.
UNTIL_THE_LINK_LEFT = timedelta(hours=1)


def plan_reminders(sheet: AnswerSheet, assignment: Assignment) -> None:
    """Ask for the first reminder of a sheet whose wave has just opened."""
    if days := assignment.remind_on:
        outbox.ask_again("remind", sheet.id, due_at=days_later(timezone.now(), days[0], time_zone()))


def plan_reminders_again(wave: Wave) -> None:
    """Look once more at what is due for each open sheet of a wave whose window changed; what waits keeps its time.

    A reminder for which no safe hour was left may have one now. One that was sent is not sent again.
    """
    days = Assignment.objects.values_list("remind_on", flat=True).get(pk=wave.assignment_id)
    if days and wave.opened_at:
        open_sheets = AnswerSheet.objects.filter(wave=wave, state__in=AnswerSheet.OPEN_STATES)
        due_at = days_later(wave.opened_at, days[0], time_zone())
        outbox.ask_unless_waiting("remind", open_sheets.values_list("id", flat=True), due_at=due_at)


def send_invitation(reference: UUID) -> None:
    """A link that was asked for, unless its sheet waits for no answer any more."""
    sheet_id = Invitation.objects.values_list("sheet_id", flat=True).get(pk=reference)
    if is_asked(_locked(sheet_id), timezone.now()):
        messages.send_invitation(reference)


def remind(reference: UUID) -> None:
    """The reminder of a sheet that is due by now, and the next one after it."""
    sheet, now = _locked(reference), timezone.now()
    if not is_asked(sheet, now):
        return
    opened_at = sheet.wave.opened_at
    dues = [days_later(opened_at, day, time_zone()) for day in sheet.wave.assignment.remind_on]
    ordinal = sum(due <= now for due in dues)
    if ordinal and not _was_sent(sheet, ordinal):
        later = _remind_or_wait(sheet, ordinal, now)
        if later is not None:
            outbox.postpone("remind", sheet.id, due_at=later)
            return
    coming = [due for due in dues if due > now]
    if coming:
        outbox.postpone("remind", sheet.id, due_at=coming[0])


def is_asked(sheet: AnswerSheet, now: datetime) -> bool:
    """Whether a sheet still waits for its answers: not handed in, ended, or beyond its window."""
    wave, assignment = sheet.wave, sheet.wave.assignment
    if sheet.state not in AnswerSheet.OPEN_STATES or not sheet.opens_at <= now < sheet.closes_at:
        return False
    if wave.opened_at is None or wave.closed_at is not None or assignment.ended_at is not None:
        return False
    return bool(sheet.couple.state != Couple.State.CLOSED or assignment.follow_up)


def _remind_or_wait(sheet: AnswerSheet, ordinal: int, now: datetime) -> datetime | None:
    """Send it, or leave it out where it may not be sent; or until when it waits."""
    if sheet.wave.assignment.paused_at or sheet.couple.state == Couple.State.PAUSED:
        return None
    partner = messages.locked(sheet.partner_id)
    if partner.reminders_off_at is not None:
        return None
    moment = messages.moment_for(partner, partner.channel, now=now, closes_at=sheet.closes_at)
    if moment is None or moment > now:
        return moment
    waits = _link_is_fresh(sheet, now)
    if waits is not None:
        return waits
    kind = Invitation.Kind.STALLED if sheet.state == AnswerSheet.State.STARTED else Invitation.Kind.NOT_STARTED
    messages.send_reminder(partner, sheet_id=sheet.id, kind=kind, ordinal=ordinal, closes_at=sheet.closes_at)
    return None


def _link_is_fresh(sheet: AnswerSheet, now: datetime) -> datetime | None:
    """Until when a reminder waits for the message before it; None where that was long enough ago."""
    links = Invitation.objects.filter(sheet_id=sheet.id)
    if links.filter(state=Invitation.State.QUEUED).exists():
        return now + UNTIL_THE_LINK_LEFT
    newest = links.exclude(sent_at=None).order_by("-sent_at").values_list("sent_at", flat=True).first()
    return newest + APART if newest and newest + APART > now else None


def _was_sent(sheet: AnswerSheet, ordinal: int) -> bool:
    reminders = Invitation.objects.filter(sheet_id=sheet.id).exclude(kind=Invitation.Kind.INVITATION)
    return reminders.filter(ordinal=ordinal).exists()


def _locked(sheet_id: UUID) -> AnswerSheet:
    """The sheet as it is now; an answer that comes at this moment waits until the message has left."""
    sheets = AnswerSheet.objects.select_for_update(of=("self",)).select_related("wave__assignment", "couple")
    return sheets.get(pk=sheet_id)
