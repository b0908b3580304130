"""A member's sessions as a calendar reads them: times in UTC, and one neutral word for all. No name, kind or place."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from icalendar import Calendar, Event

from clients.access import couples_treated_by
from clients.models import CounselingSession
from practice.models import Membership

WORD = "Appointment"
# Sessions are kept without an end.
LASTS = timedelta(minutes=50)
LOOK_BACK = timedelta(days=30)


def session_feed(member: Membership) -> bytes:
    """What is planned, and what was planned or held in the last month, as iCalendar (RFC 5545)."""
    since = timezone.now() - LOOK_BACK
    sessions = CounselingSession.objects.filter(couple__in=couples_treated_by(member), cancelled_at=None)
    recent = sessions.filter(Q(held_at__gte=since) | Q(held_at=None, planned_at__gte=since))
    calendar = Calendar()
    calendar.add("prodid", "-//Attune//Appointments//EN")
    calendar.add("version", "2.0")
    for session_id, held_at, planned_at in recent.order_by("id").values_list("id", "held_at", "planned_at"):
        event = Event()
        event.add("uid", f"{session_id}@attune")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", held_at or planned_at)
        event.add("duration", LASTS)
        event.add("summary", WORD)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
