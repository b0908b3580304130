"""Making a practice and its members, and what a practice settles for itself."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connections, transaction
from django.utils import timezone

from practice import audit, tenancy
from practice.content import crisis_resources, missing_topics
from practice.errors import DomainError, InvalidInput
from practice.models import Membership, Practice, Role, User

OWNER = "owner"
# A confirmation of help lines counts for 18 months; from the twelfth on the practice is asked to confirm again.
CONFIRMATION_LASTS = timedelta(days=548)
CONFIRM_AGAIN_AFTER = timedelta(days=365)
# How long an urgent flag may wait for an answer.
FEWEST_HOURS, MOST_HOURS = 1, 72


class ResourcesMissing(DomainError):
    """Help lines for this country are not complete, so they cannot be confirmed. Add the missing ones first."""

    code = "resources_missing"


def create_practice(*, name: str, slug: str, country: str, time_zone: str = "UTC") -> Practice:
    """The operator's part: a new tenant. Needs the owner's connection. Raises InvalidInput."""
    if Practice.objects.using(OWNER).filter(slug=slug).exists():
        raise InvalidInput("There is a practice with this short name already.", code="slug_taken")
    return Practice.objects.using(OWNER).create(name=name, slug=slug, country=country.upper(), time_zone=time_zone)


def add_member(practice: Practice, *, email: str, name: str, role: str, password: str | None = None) -> Membership:
    """A member with a user of that e-mail, who is made if there is none. Needs the owner's connection."""
    if role not in Role.values:
        raise InvalidInput("Choose a role: owner, admin, therapist or supervisor.", code="role")
    email = User.objects.normalize_email(email).casefold()
    user, made = User.objects.using(OWNER).get_or_create(
        email=email, defaults={"name": name, "password": make_password(password)}
    )
    if made:
        EmailAddress.objects.using(OWNER).create(user=user, email=email, verified=True, primary=True)
    return Membership.objects.using(OWNER).create(practice=practice, user=user, role=role, name=name)


def practice_ids() -> list[UUID]:
    """Every practice of the installation, asked at the gate."""
    with transaction.atomic(durable=True):
        return list(Practice.objects.order_by("id").values_list("id", flat=True))


def time_zone() -> ZoneInfo:
    """The zone of the clock on the wall of the practice in scope."""
    return ZoneInfo(Practice.objects.values_list("time_zone", flat=True).get(pk=tenancy.practice_id()))


class as_maintenance(transaction.Atomic):
    """A transaction on the owner's connection that sees every practice; for the operator's commands only."""

    def __init__(self) -> None:
        super().__init__(using=OWNER, savepoint=True, durable=False)

    def __enter__(self) -> None:
        super().__enter__()
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SET LOCAL ROLE attune_maintenance")


def update_practice(practice: Practice, **settled: str | bool | int) -> None:
    """Change what a practice settles for itself. Help lines confirmed for another country no longer count.

    Raises InvalidInput where an urgent flag could wait longer than three days.
    """
    hours = settled.get("acknowledge_within_hours", practice.acknowledge_within_hours)
    if not FEWEST_HOURS <= int(hours) <= MOST_HOURS:
        raise InvalidInput(f"Give {FEWEST_HOURS} to {MOST_HOURS} hours.", code="acknowledge_within_hours")
    fields = list(settled)
    if settled.get("country", practice.country) != practice.country:
        practice.resources_version, practice.resources_confirmed_at, practice.resources_confirmed_by = "", None, ""
        fields += ["resources_version", "resources_confirmed_at", "resources_confirmed_by"]
    for name, value in settled.items():
        setattr(practice, name, value)
    practice.save(update_fields=fields)
    audit.record("practice.changed", object_id=practice.id, fields=sorted(settled))


def resources_in_force(practice: Practice) -> bool:
    """Whether partners can be given help lines that somebody of the practice has checked, and not too long ago."""
    confirmed = practice.resources_confirmed_at
    fresh = confirmed is not None and timezone.now() - confirmed <= CONFIRMATION_LASTS
    return fresh and not missing_topics(practice.country)


def confirm_resources_by(practice: Practice) -> datetime | None:
    """The day on which the confirmation ends, once it is time to confirm again; None before, and without one."""
    confirmed = practice.resources_confirmed_at
    if confirmed is None or timezone.now() - confirmed < CONFIRM_AGAIN_AFTER:
        return None
    return confirmed + CONFIRMATION_LASTS


def resources_changed(practice: Practice) -> bool:
    """Whether the list in force is another than the one this practice confirmed, so that somebody should look again.

    Safety lines go on being asked until the confirmation is too old: leaving them out would leave people unasked, and
    what partners read is the newer list, which must be complete for the country either way.
    """
    return bool(practice.resources_confirmed_at) and practice.resources_version != str(crisis_resources()["version"])


def confirm_resources(practice: Practice, *, by: Membership, at: datetime | None = None) -> None:
    """The practice has checked the help lines of its country: who, when, which list. Raises ResourcesMissing."""
    if missing := missing_topics(practice.country):
        raise ResourcesMissing(f"{ResourcesMissing.__doc__} Missing: {', '.join(missing)}.")
    practice.resources_version = str(crisis_resources()["version"])
    practice.resources_confirmed_at = at or timezone.now()
    practice.resources_confirmed_by = by.name
    practice.save(update_fields=["resources_version", "resources_confirmed_at", "resources_confirmed_by"])
    audit.record("resources.confirmed", object_id=practice.id)
