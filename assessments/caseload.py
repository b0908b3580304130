"""A therapist's couples, those that need something first, and what each row of the list says.

The number of statements does not depend on the number of couples: a page is its count, its couples, their partners
and the sheets of their current waves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from assessments.models import AnswerSheet, SafetyFlag, Wave
from clients.access import couples_visible_to
from clients.models import Couple, Partner
from practice import tenancy
from practice.models import Membership

NOT_HANDED_IN = (AnswerSheet.State.NOT_OPENED, AnswerSheet.State.STARTED, AnswerSheet.State.EXPIRED)


@dataclass(frozen=True)
class PartnerState:
    partner: Partner
    sheet: AnswerSheet | None


@dataclass(frozen=True)
class CaseloadRow:
    """`wave` is the one that is or was last open, else the next; None where nothing was ever assigned."""

    couple: Couple
    wave: Wave | None
    partners: tuple[PartnerState, ...]
    urgent: int
    review: int
    note: int
    overdue: bool


def caseload(
    membership: Membership, *, now: datetime, search: str = "", state: str = "", need: str = ""
) -> QuerySet[Couple]:
    """The couples a member may see, by need: open urgent flag, open review flag, overdue, the rest, closed ones.

    Overdue: a window has ended without the form of a partner. `state` is a state of couples, `need` one of "flag" and
    "overdue"; "" means any.
    """
    couples = couples_visible_to(membership).annotate(
        urgent=_open_flags(SafetyFlag.Level.URGENT),
        review=_open_flags(SafetyFlag.Level.REVIEW),
        note=_open_flags(SafetyFlag.Level.NOTE),
        wave_id=_current_wave(now),
    )
    late = AnswerSheet.objects.filter(wave_id=OuterRef("wave_id"), closes_at__lte=now, state__in=NOT_HANDED_IN)
    couples = couples.annotate(overdue=Exists(late)).annotate(need=_need())
    search, state = (text.replace("\0", "") for text in (search, state))  # PostgreSQL takes no such character
    if search:
        couples = couples.filter(label__icontains=search)
    if state:
        couples = couples.filter(state=state)
    if need:
        couples = couples.filter(Q(overdue=True) if need == "overdue" else Q(urgent__gt=0) | Q(review__gt=0))
    return couples.select_related("therapist").order_by("need", "label", "id")


def rows_of(couples: Iterable[Couple]) -> list[CaseloadRow]:
    """The rows of one page of `caseload`."""
    shown = list(couples)
    ids = [couple.wave_id for couple in shown if couple.wave_id]  # type: ignore[attr-defined]
    waves = Wave.objects.filter(pk__in=ids).select_related("assignment")
    by_id = {wave.id: wave for wave in waves.prefetch_related(Prefetch("sheets", AnswerSheet.objects.all()))}
    partners: dict[object, list[Partner]] = {}
    for partner in Partner.objects.filter(couple__in=shown).order_by("position"):
        partners.setdefault(partner.couple_id, []).append(partner)
    return [_row(couple, by_id.get(couple.wave_id), partners.get(couple.id, [])) for couple in shown]  # type: ignore[attr-defined]


def _row(couple: Couple, wave: Wave | None, partners: list[Partner]) -> CaseloadRow:
    sheets = {sheet.partner_id: sheet for sheet in wave.sheets.all()} if wave else {}
    counted = {name: getattr(couple, name) for name in ("urgent", "review", "note", "overdue")}
    return CaseloadRow(couple, wave, tuple(PartnerState(one, sheets.get(one.id)) for one in partners), **counted)


def _open_flags(level: str) -> Coalesce:
    flags = SafetyFlag.objects.filter(couple_id=OuterRef("pk"), level=level, state=SafetyFlag.State.OPEN)
    counted = flags.order_by().values("couple_id").annotate(number=Count("id")).values("number")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def _current_wave(now: datetime) -> Coalesce:
    waves = Wave.objects.filter(couple_id=OuterRef("pk"), practice_id=tenancy.practice_id())
    begun = waves.filter(opens_at__lte=now).order_by("-opens_at", "-number")
    coming = waves.filter(opens_at__gt=now).order_by("opens_at", "number")
    return Coalesce(Subquery(begun.values("id")[:1]), Subquery(coming.values("id")[:1]))


def _need() -> Case:
    # A follow-up may raise a flag after care has ended.
    order = (Q(urgent__gt=0), 0), (Q(review__gt=0), 1), (Q(state=Couple.State.CLOSED), 4), (Q(overdue=True), 2)
    cases = [When(condition, then=Value(rank)) for condition, rank in order]
    return Case(*cases, default=Value(3), output_field=IntegerField())
