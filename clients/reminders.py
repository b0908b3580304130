"""Whether a partner wants reminders: they say so on their own page, and the therapist sees it.

It is theirs alone: nothing of it reaches the other partner, and nothing but them turns reminders on again.
"""

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from clients.models import Couple, Partner
from practice import audit, tenancy


def own_reminders() -> bool:
    """Whether the partner in scope gets reminders."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.own_reminders()")
        return bool(cursor.fetchone()[0])


def set_own_reminders(*, wanted: bool) -> None:
    """What the partner in scope wants from now on; a reminder that is on its way waits for this, or goes first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.set_own_reminders(%s, %s)", [wanted, timezone.now()])
    audit.record("reminders.wanted" if wanted else "reminders.stopped", object_id=tenancy.current().partner_id)


def without_reminders(couples: QuerySet[Couple]) -> QuerySet[Partner]:
    """The partners of these couples who take part and stopped reminders, the latest first."""
    partners = Partner.objects.filter(couple__in=couples, state=Partner.State.ACTIVE)
    return partners.exclude(reminders_off_at=None).select_related("couple").order_by("-reminders_off_at")
