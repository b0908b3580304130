"""Who stands in for a therapist: a colleague who reads and answers the flags of their couples when they do not.

Without an active therapist and an active named cover nobody would read a safety answer, so no safety line is asked.
"""

from uuid import UUID

from django.db.models import QuerySet

from practice import audit, tenancy
from practice.errors import InvalidInput
from practice.models import TREATING, Membership


def possible_covers(member: Membership) -> QuerySet[Membership]:
    """The active colleagues of this member who treat couples."""
    return members_who_answer().exclude(pk=member.pk).order_by("name")


def name_cover(member: Membership, *, cover_id: UUID | None) -> None:
    """Name who stands in for a member, or, by None, nobody. Raises InvalidInput."""
    if member.role not in TREATING:
        raise InvalidInput("Only who treats couples has a cover.", code="role")
    if cover_id is not None and not possible_covers(member).filter(pk=cover_id).exists():
        raise InvalidInput("Choose an active colleague of this practice who treats couples.", code="cover")
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
