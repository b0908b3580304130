"""Which couples a member has, what each needs, and who comes first.

One statement asks the same few things of every couple, whatever their number; sorting, counting and the page are made
of its answer. What a row says of a couple: assessments/caseload_rows.py.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, IntegerChoices, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.change import Verdict
from assessments.models import AnswerSheet, SafetyFlag, SheetScores, Wave
from clients.access import couples_answered_for, couples_visible_to
from clients.models import CounselingSession, Couple, Partner
from practice.database.kept import Kept
from practice.errors import DomainError
from practice.models import TREATING, Membership

# What a couple is sorted by: its need, its label and its id.
Place = tuple[int | str, ...]
PLACE, PLACE_BY_LABEL = (int, str, str), (str, str)
# How the filters name what a couple needs.
NEEDS = {
    "flag": _("Open flag"),
    "worse": _("Reliably worse"),
    "overdue": _("Overdue"),
    "today": _("Session today"),
    "due": _("Form open"),
}


class Need(IntegerChoices):
    """Why a couple stands where it stands; the smallest comes first."""

    URGENT = 0, _("Urgent flag")
    WORSE = 1, _("Reliably worse")
    REVIEW = 2, _("Flag to review")
    OVERDUE = 3, _("Overdue")
    SESSION = 4, _("Session today")
    DUE = 5, _("Form open")
    QUIET = 6, _("Quiet")
    CLOSED = 7, _("Closed")


class UnknownCursor(DomainError):
    """This is no place in the list. Begin again without `after`."""

    code = "unknown_cursor"
    status = 404


@dataclass(frozen=True)
class Listed:
    """A couple as the list sorts it.

    `worse`: the newest verdict of a partner who takes part. `overdue`: a window has ended without the form of a
    partner, and none has begun since. `due`: a form is open and not handed in.
    """

    id: UUID
    label: str
    state: str
    urgent: bool
    review: bool
    worse: bool
    overdue: bool
    today: bool
    due: bool

    @cached_property
    def need(self) -> Need:
        if self.urgent:
            return Need.URGENT
        # A follow-up may raise a flag after care has ended; nothing else calls for anybody then.
        in_care = self.state != Couple.State.CLOSED
        order = (
            (self.worse and in_care, Need.WORSE),
            (self.review, Need.REVIEW),
            (not in_care, Need.CLOSED),
            (self.overdue, Need.OVERDUE),
            (self.today, Need.SESSION),
            (self.due, Need.DUE),
        )
        return next((need for applies, need in order if applies), Need.QUIET)

    @property
    def place(self) -> Place:
        return self.need.value, self.label.casefold(), str(self.id)

    def has(self, need: str) -> bool:
        if need == "flag":
            return self.urgent or self.review
        return self.state != Couple.State.CLOSED and bool(getattr(self, need))


@dataclass(frozen=True)
class Page:
    """`after` is where the next page begins; "" on the last one."""

    couples: Sequence[Listed]
    after: str


def caseload(membership: Membership, *, now: datetime) -> list[Listed]:
    """The couples a member may see, in no order."""
    begin = datetime.combine(timezone.localdate(now), time(), tzinfo=timezone.get_current_timezone())
    times = now, begin, begin + timedelta(days=1)
    if membership.role in TREATING:
        return [Listed(*row) for row in ANSWERED_FOR(membership.id, *times)]
    return [Listed(*row) for row in _with_needs(couples_visible_to(membership), *times)]


def _with_needs(
    couples: QuerySet[Couple], now: datetime, begin: datetime, end: datetime
) -> QuerySet[Couple, tuple[Any, ...]]:
    """The fields of Listed. `begin` and `end` are those of the day that is today where the member works."""
    sessions = CounselingSession.objects.filter(
        held_at=None, cancelled_at=None, planned_at__gte=begin, planned_at__lt=end
    )
    sheets = AnswerSheet.objects.filter(couple__in=couples, opens_at__lte=now)
    since = Wave.objects.filter(
        dropped="", opens_at__lte=now, couple_id=OuterRef("couple_id"), opens_at__gt=OuterRef("opens_at")
    )
    late = sheets.filter(~Exists(since), closes_at__lte=now, state__in=AnswerSheet.NOT_HANDED_IN)
    waiting = sheets.filter(closes_at__gt=now, state__in=AnswerSheet.OPEN_STATES)
    open_flags = SafetyFlag.objects.filter(state=SafetyFlag.State.OPEN)
    # Each of these is one set, made once and looked up for every couple; none is asked again for each.
    asked = couples.annotate(
        urgent=_among(open_flags.filter(level=SafetyFlag.Level.URGENT)),
        review=_among(open_flags.filter(level=SafetyFlag.Level.REVIEW)),
        worse=_among(_scores_still_worse(), "sheet__couple_id"),
        overdue=_among(late),
        today=_among(sessions),
        due=_among(waiting),
    )
    return asked.values_list("id", "label", "state", "urgent", "review", "worse", "overdue", "today", "due")


ANSWERED_FOR = Kept(lambda membership_id, *times: _with_needs(couples_answered_for(membership_id), *times))


def chosen(couples: Sequence[Listed], *, search: str = "", state: str = "", need: str = "") -> list[Listed]:
    """Those whose label contains `search`, in this state, with this need (a key of NEEDS); "" means any.

    An unknown need fits nobody.
    """
    wanted = search.casefold()
    return [
        one
        for one in couples
        if wanted in one.label.casefold()
        and (not state or one.state == state)
        and (not need or (need in NEEDS and one.has(need)))
    ]


def page_of(couples: Sequence[Listed], *, size: int, after: str = "", by_label: bool = False) -> Page:
    """The couples that come after a place, by need or by label alone. Raises UnknownCursor.

    A place is what a couple is sorted by, so nobody is shown twice or left out because somebody else moved.
    """
    kinds = PLACE_BY_LABEL if by_label else PLACE
    begins = _place_of(after, kinds) if after else None
    places = {one.place[-len(kinds) :]: one for one in couples}
    rest = sorted(place for place in places if begins is None or place > begins)
    shown = rest[:size]
    return Page([places[place] for place in shown], _cursor_of(shown[-1]) if len(rest) > size else "")


def _cursor_of(place: Place) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place_of(cursor: str, kinds: tuple[type, ...]) -> Place:
    try:
        place = tuple(json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))))
    except (ValueError, TypeError) as error:
        raise UnknownCursor from error
    if tuple(map(type, place)) != kinds:
        raise UnknownCursor
    return place


def _among(rows: QuerySet[Any], couple: str = "couple_id") -> Q:
    """Whether a couple is one of those that the rows are about."""
    return Q(pk__in=rows.values(couple))


def _scores_still_worse() -> QuerySet[SheetScores]:
    """Of partners who were worse at a check-in since care began, those of whom no later one says anything else."""
    since = Coalesce("sheet__couple__episode_started_at", "sheet__couple__created_at")
    later = AnswerSheet.objects.filter(
        partner_id=OuterRef("partner_id"),
        week_of__isnull=False,
        opens_at__gt=OuterRef("sheet__opens_at"),
        scores__verdict__gt="",
    )
    return SheetScores.objects.filter(
        ~Exists(later),
        verdict=Verdict.RELIABLY_WORSE,
        partner__state=Partner.State.ACTIVE,
        sheet__week_of__isnull=False,
        sheet__opens_at__gte=since,
    )
