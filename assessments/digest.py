"""A mail on Monday mornings that says how many items wait in a member's inbox, and nothing of what they are.

Each member has one message in the outbox, which is due again the next Monday once it was sent: once a week, by the
practice's clock, also where two workers run. After a standstill it is sent late, and once.
"""

from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone
from django.utils.translation import ngettext

from assessments.inbox import inbox_of
from practice import audit, mail, outbox, tenancy
from practice.cover import members_who_answer, who_answers
from practice.database.context import Scope
from practice.models import Membership, Practice, User
from practice.practices import time_zone

MONDAY, MORNING = 0, time(7)
# A bystander reads it: nothing in it says what the program is for.
SUBJECT = "Items wait for you"


def plan_digests(practice_id: UUID) -> None:
    """See to it that each member who treats couples has a mail to come; a transaction of its own."""
    with tenancy.begin(Scope.worker(practice_id=practice_id)):
        members = list(members_who_answer().values_list("id", flat=True))
        outbox.ask_once("digest", members, due_at=next_monday(timezone.now()))


def send_digest(reference: UUID) -> None:
    """The worker's part: the mail of one member for this week, unless nothing waits, they want none or are away."""
    now = timezone.now()
    # During a leave that is the cover, whose own mail counts what they answer for.
    answers = who_answers(reference)
    member = answers if answers and answers.pk == reference and answers.weekly_mail else None
    number = _waiting(member, now) if member else 0
    if member and number:
        mail.send_plain(
            to=User.objects.only("email").get(pk=member.user_id).email,
            subject=SUBJECT,
            body=body_of(number),
            sender_name=Practice.objects.values_list("sender_name", flat=True).get(pk=tenancy.practice_id()),
            message_id=uuid5(member.id, f"digest {timezone.localdate(now, timezone=time_zone()).isocalendar()[:2]}"),
        )
    outbox.postpone("digest", reference, due_at=next_monday(now))


def body_of(number: int) -> str:
    said = ngettext("%(number)s item waits for you.", "%(number)s items wait for you.", number) % {"number": number}
    return f"{said} Please sign in.\n\n{settings.SITE_URL}/\n"


def want_weekly_mail(membership: Membership, *, wanted: bool) -> None:
    """Whether this member gets the mail, from now on."""
    Membership.objects.filter(practice_id=tenancy.practice_id(), pk=membership.pk).update(weekly_mail=wanted)
    membership.weekly_mail = wanted
    audit.record("weekly_mail.wanted" if wanted else "weekly_mail.stopped", object_id=membership.id)


def next_monday(now: datetime) -> datetime:
    """Seven in the morning of the next Monday after `now`, by the practice's clock."""
    zone = time_zone()
    today = now.astimezone(zone).date()
    coming = datetime.combine(today + timedelta(days=(MONDAY - today.weekday()) % 7), MORNING, zone)
    return coming if coming > now else datetime.combine(coming.date() + timedelta(days=7), MORNING, zone)


def _waiting(member: Membership, now: datetime) -> int:
    """Counted as the member would read it: with their role, and by the practice's clock."""
    reader = Scope.staff(practice_id=tenancy.practice_id(), membership_id=member.id, clinical=member.is_clinical)
    with timezone.override(time_zone()), tenancy.acting_as(reader):
        return len(inbox_of(member, now=now))
