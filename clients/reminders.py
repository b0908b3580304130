"""Who wants no reminders. They say so on their own page (clients/own_page.py), and the therapist sees it."""

from django.db.models import QuerySet

from clients.models import Couple, Partner


def without_reminders(couples: QuerySet[Couple]) -> QuerySet[Partner]:
    """The partners of these couples who take part and stopped reminders, the latest first."""
    partners = Partner.objects.filter(couple__in=couples, state=Partner.State.ACTIVE)
    return partners.exclude(reminders_off_at=None).select_related("couple").order_by("-reminders_off_at")
