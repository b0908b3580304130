"""Who stands in for a therapist: a colleague who reads and answers the flags of their couples when they do not.

While a therapist is on leave, everything that would be sent to them goes to the cover.

Without an active therapist and an active named cover nobody would read a safety answer, so no safety line is asked.
"""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from practice import audit, tenancy
from practice.errors import InvalidInput
from practice.models import TREATING, Leave, Membership
from practice.practices import time_zone


def possible_covers(member: Membership) -> QuerySet[Membership]:
    """The active colleagues of this member who treat couples."""
    return members_who_answer().exclude(pk=member.pk).order_by("name")


def name_cover(member: Membership, *, cover_id: UUID | None) -> None:
    """Name who stands in for a member, or, by None, nobody. Raises InvalidInput."""
    if member.role not in TREATING:
        raise InvalidInput("Only who treats couples has a cover.", code="role")
    if cover_id is not None and not possible_covers(member).filter(pk=cover_id).exists():
        raise InvalidInput("Choose an active colleague of this practice who treats couples.", code="cover")
    if cover_id is None and coming_leaves(member.pk).exists():
        raise InvalidInput("You are on leave, or soon will be. Choose who else stands in.", code="cover")
    Membership.objects.filter(practice_id=tenancy.practice_id(), pk=member.pk).update(cover_id=cover_id)
    member.cover_id = cover_id
    audit.record("cover.named", object_id=member.id, cover=cover_id)


def members_who_answer() -> QuerySet[Membership]:
    """The active members of the practice who treat couples."""
    return Membership.objects.filter(practice_id=tenancy.practice_id(), is_active=True, role__in=TREATING)


def is_covered(member_id: UUID | None) -> bool:
    """Whether this member can answer, and somebody who can as well stands in."""
    covered = members_who_answer().filter(cover__is_active=True, cover__role__in=TREATING)
    return member_id is not None and covered.filter(pk=member_id).exists()


def cover_of(member_id: UUID | None) -> Membership | None:
    """Who can answer in a member's place, also where the member has left; None where nobody can."""
    return members_who_answer().filter(covers_for=member_id).first() if member_id else None


def today() -> date:
    """The day by the clock on the wall of the practice."""
    return timezone.localdate(timezone=time_zone())


def coming_leaves(member_id: UUID) -> QuerySet[Leave]:
    """What has not ended of a member's leave."""
    return Leave.objects.filter(member=member_id, called_off_at=None, ends_on__gte=today())


def members_on_leave(day: date | None = None) -> QuerySet[Leave]:
    """The leaves of this day; to read it from the clock of the practice is a statement."""
    day = day or today()
    return Leave.objects.filter(called_off_at=None, starts_on__lte=day, ends_on__gte=day)


def who_answers(member_id: UUID | None) -> Membership | None:
    """Who is told of what waits for a member: the member, or during their leave the cover; None where nobody can."""
    if member_id is None:
        return None
    away = members_on_leave().filter(member=member_id).exists()
    stands_in = cover_of(member_id) if away else None
    return stands_in or members_who_answer().filter(pk=member_id).first()


def take_leave(member: Membership, *, starts_on: date, ends_on: date, recorded_by: UUID) -> Leave:
    """Days on which the cover answers in place of a member. Raises InvalidInput with the field."""
    if member.role not in TREATING:
        raise InvalidInput("Only who treats couples is covered during a leave.", code="member")
    if ends_on < starts_on or ends_on < today():
        raise InvalidInput("Give a last day that is not over, and not before the first.", code="ends_on")
    cover = cover_of(member.pk)
    if cover is None:
        raise InvalidInput("Name an active cover first: nobody would read what comes in.", code="member")
    others = [cover.pk, *members_who_answer().filter(cover=member.pk).values_list("pk", flat=True)]
    away = Leave.objects.filter(called_off_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on, member__in=others)
    if clash := away.select_related("member").first():
        told = f"{clash.member.name} is on leave from {clash.starts_on} to {clash.ends_on}. Name another cover first."
        raise InvalidInput(told, code="starts_on")
    leave: Leave = Leave.objects.create(
        member=member, starts_on=starts_on, ends_on=ends_on, recorded_by=recorded_by, recorded_at=timezone.now()
    )
    audit.record("leave.taken", object_id=member.id, starts_on=starts_on, ends_on=ends_on)
    return leave


def call_off_leave(leave: Leave) -> None:
    """The member answers again, from now on. A second time changes nothing."""
    if Leave.objects.filter(pk=leave.pk, called_off_at=None).update(called_off_at=timezone.now()):
        audit.record("leave.called_off", object_id=leave.member_id)
