"""The secret address under which a member's calendar reads when they have appointments. Hashed, one at a time.

Whoever has the address reads times and nothing else, until the member makes another one or ends it.
"""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from practice import audit, tenancy
from practice.models import CalendarFeed, Membership

KEY_BYTES = 32


def make_feed(member: Membership) -> str:
    """A new address, shown this once. The one before it ends."""
    end_feed(member)
    key = secrets.token_urlsafe(KEY_BYTES)
    CalendarFeed(
        key_hash=digest(key), practice_id=tenancy.practice_id(), membership_id=member.id, created_at=timezone.now()
    ).save(force_insert=True)
    audit.record("calendar_feed.made", object_id=member.id)
    return f"{settings.SITE_URL}/calendar/{key}.ics"


def end_feed(member: Membership) -> None:
    """The address answers nothing from now on."""
    feeds = CalendarFeed.objects.filter(practice_id=tenancy.practice_id(), membership_id=member.id, ended_at=None)
    if feeds.update(ended_at=timezone.now()):
        audit.record("calendar_feed.ended", object_id=member.id)


def feed_since(member: Membership) -> datetime | None:
    """Since when an address of this member is in use."""
    feeds = CalendarFeed.objects.filter(practice_id=tenancy.practice_id(), membership_id=member.id, ended_at=None)
    return feeds.values_list("created_at", flat=True).first()


def member_of_feed(key: str) -> Membership | None:
    """Whose address this is, at the gate; None for one that is wrong or ended, or of who has left."""
    feeds = CalendarFeed.objects.filter(key_hash=digest(key), ended_at=None).values("membership_id")
    members = Membership.objects.select_related("practice").filter(pk__in=feeds, is_active=True)
    return members.only("role", "name", "is_active", "user_id", "practice__time_zone", "practice__name").first()


def digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
