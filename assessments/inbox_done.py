"""What was decided: by whom and when, the newest first. Flags and released reports say it themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from assessments.flags import ANSWERS, flags_answered_by
from assessments.inbox import Kind
from assessments.models import FlagEvent, InboxMark, JointReport
from clients.access import couples_answered_for_by, couples_treated_by
from clients.models import Couple, Partner
from practice import tenancy
from practice.models import Membership


@dataclass(frozen=True)
class Done:
    """`flag` leads to a flag that was answered, `report` to one that was released."""

    kind: Kind
    at: datetime
    by: str
    couple: Couple
    partner: Partner | None = None
    flag: UUID | None = None
    report: UUID | None = None


def done_of(membership: Membership, *, first: int, size: int) -> tuple[list[Done], bool]:
    """The decisions from place `first` on (0 is the newest), and whether there are more; three statements."""
    last = first + size
    couples = couples_treated_by(membership)
    # What a cover set aside during a leave stays with them too.
    by_cover = Q(by=membership.id, couple__in=couples_answered_for_by(membership))
    marks = InboxMark.objects.filter(Q(couple__in=couples) | by_cover).select_related("couple", "partner")
    answers = FlagEvent.objects.filter(flag__in=flags_answered_by(membership), action__in=ANSWERS)
    answers = answers.select_related("flag__couple", "flag__partner")
    released = JointReport.objects.filter(couple__in=couples).select_related("couple")
    found = [
        *(Done(Kind(one.kind), one.at, one.who or "", one.couple, one.partner) for one in _newest(marks, "at", last)),
        *(
            Done(Kind.FLAG, one.at, one.who or "", one.flag.couple, one.flag.partner, flag=one.flag_id)
            for one in _newest(answers, "at", last)
        ),
        *(
            Done(Kind.RELEASE, one.released_at, one.who or "", one.couple, report=one.id)
            for one in _newest(released, "released_at", last, by="released_by")
        ),
    ]
    in_order = sorted(found, key=lambda one: one.at, reverse=True)
    return in_order[first:last], len(in_order) > last


def _newest(rows: Any, moment: str, last: int, *, by: str = "by") -> Any:
    """One more than is shown, each with the name of who did it."""
    names = Membership.objects.filter(practice_id=tenancy.practice_id(), pk=OuterRef(by)).values("name")
    return rows.annotate(who=Subquery(names)).order_by(f"-{moment}", "id")[: last + 1]
