"""A form that was started under the wrong couple, moved to the right partner before any answer of it was read.

It changes places with the unopened sheet of the same form that the right partner has, so that each couple keeps its
windows and each wave a sheet for both. Rule that must not break: what somebody read, or acted on, or what was handed
in, stays where it is. Links and open browsers of both sheets end.

The week of a check-in goes along as far as it is the person's own: their small wins, and the last question of a full
form. What they said about activities, requests and goals names the plan of the wrong couple. Nobody else has these, so
moving it would invent what was practised, and leaving it out would lose what was said: such a form stays.
"""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from assessments.models import Answers, AnswerSheet, FlagEvent, GoalRating, Intention, SafetyFlag, WeekReport
from assessments.weeks import report_id
from clients import invitations
from clients.access import couples_treated_by
from clients.models import Partner
from practice import audit, tenancy
from practice.database.context import Scope
from practice.errors import DomainError
from practice.models import Membership


class AlreadyRead(DomainError):
    """An answer of this form was opened, or its flag was answered. It stays on record where it is."""

    code = "already_read"


class NotMovable(DomainError):
    """Only a form that was started and is still open can be moved."""

    code = "not_movable"


class WeekNamesPlan(DomainError):
    """The week of this form names activities, requests or goals of this couple. It stays; assign a new form instead."""

    code = "week_names_plan"


class NoPlaceForSheet(DomainError):
    """That partner has no unopened form of this kind. Assign the same form to their couple first, then move it."""

    code = "no_place"


def places_for(sheet: AnswerSheet, *, membership: Membership) -> QuerySet[AnswerSheet]:
    """The unopened sheets of the same form, lines and week, of other couples of this member, that it could take.

    None of who has reported that week already.
    """
    now = timezone.now()
    same = AnswerSheet.objects.filter(
        couple__in=couples_treated_by(membership),
        partner__state=Partner.State.ACTIVE,
        instrument=sheet.instrument,
        content_hash=sheet.content_hash,
        sitting=sheet.sitting,
        safety_lines=sheet.safety_lines,
        context_lines=sheet.context_lines,
        week_of=sheet.week_of,
        state=AnswerSheet.State.NOT_OPENED,
        opens_at__lte=now,
        closes_at__gt=now,
        wave__closed_at=None,
    ).exclude(couple=sheet.couple_id)
    if sheet.week_of:
        reported = WeekReport.objects.filter(monday=sheet.week_of)
        same = same.exclude(partner__in=reported.values("partner_id"))
    return same.select_related("couple", "partner").order_by("couple__label", "partner__position")


def refuse_move(sheet: AnswerSheet) -> None:
    """Raises NotMovable, AlreadyRead, WeekNamesPlan."""
    now = timezone.now()
    if sheet.state != AnswerSheet.State.STARTED or not sheet.opens_at <= now < sheet.closes_at:
        raise NotMovable
    if sheet.read_at or FlagEvent.objects.filter(flag__sheet=sheet, by__isnull=False).exists():
        raise AlreadyRead
    named = WeekReport.objects.filter(sheet=sheet).exclude(entries={}, requests={})
    if named.exists() or GoalRating.objects.filter(report__sheet=sheet).exists():
        raise WeekNamesPlan


def move_sheet(sheet: AnswerSheet, *, place: AnswerSheet, membership: Membership) -> None:
    """Let a started sheet change places with an unopened one.

    Raises NotMovable, AlreadyRead, WeekNamesPlan, NoPlaceForSheet.
    """
    both = AnswerSheet.objects.select_for_update().filter(pk__in=[sheet.pk, place.pk]).order_by("pk")
    locked = {one.pk: one for one in both}
    moved = locked[sheet.pk]
    refuse_move(moved)
    if not places_for(moved, membership=membership).filter(pk=place.pk).exists():
        raise NoPlaceForSheet
    for one in locked.values():
        invitations.end_links(one.pk)
        invitations.end_sessions(one.pk)
    week = _week_for(moved, locked[place.pk])
    with tenancy.acting_as(Scope.worker(practice_id=tenancy.practice_id())):
        _swap(moved, locked[place.pk], week)
    for one, former in ((sheet, sheet.couple_id), (place, place.couple_id)):
        taken = place.couple_id if one is sheet else sheet.couple_id
        audit.record("sheet.moved", object_id=one.pk, couple_id=taken, former=former)


def _week_for(sheet: AnswerSheet, place: AnswerSheet) -> dict[str, object]:
    """The columns of the sheet's week as the partner of the place would have it; none where nothing was reported.

    A report's id and the seal of its text follow from whose it is, so the text is sealed anew.
    """
    report = WeekReport.objects.filter(sheet=sheet).first()
    if report is None:
        return {}
    taken = WeekReport(id=report_id(place), practice_id=report.practice_id, small_wins=report.small_wins)
    wins = WeekReport._meta.get_field("small_wins").pre_save(taken, add=True)
    return {"id": taken.id, "couple": place.couple_id, "partner": place.partner_id, "small_wins": wins}


def _swap(sheet: AnswerSheet, place: AnswerSheet, week: dict[str, object]) -> None:
    here, there = _where(sheet), _where(place)
    # A wave has one sheet a partner: the unopened one steps aside first.
    AnswerSheet.objects.filter(pk=place.pk).update(partner=here["partner_id"])
    AnswerSheet.objects.filter(pk=sheet.pk).update(**there)
    AnswerSheet.objects.filter(pk=place.pk).update(**here)
    whose = {"couple": there["couple_id"], "partner": there["partner_id"]}
    Answers.objects.filter(sheet=sheet.pk, frozen_at=None).update(partner=there["partner_id"])
    SafetyFlag.objects.filter(sheet=sheet.pk).update(**whose)
    Intention.objects.filter(sheet=sheet.pk).update(**whose)
    if week:
        WeekReport.objects.filter(sheet=sheet.pk).update(**week)


def _where(sheet: AnswerSheet) -> dict[str, object]:
    times: dict[str, datetime] = {"opens_at": sheet.opens_at, "closes_at": sheet.closes_at}
    return {"wave_id": sheet.wave_id, "couple_id": sheet.couple_id, "partner_id": sheet.partner_id, **times}
