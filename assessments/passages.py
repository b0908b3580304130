"""Passages of a record that may speak of somebody else, or that one partner wrote: decided one by one.

The rule that must not break: no record is made while a passage is undecided, and a passage that was changed since is
undecided again. What was said alone with the other partner is no passage: it is not in this partner's record at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from assessments.models import FlagEvent, PlanChange, WeekReport
from assessments.weeks import wins_of
from clients.access import couples_treated_by, partners_treated_by
from clients.models import CounselingSession, Couple, Partner, RecordDecision, RecordRequest
from practice import audit
from practice.errors import DomainError, InvalidInput, fault
from practice.models import Membership


class PassagesUndecided(DomainError):
    """Decide about every passage first: include it, or leave it out and say why."""

    code = "passages_undecided"


@dataclass(frozen=True)
class Passage:
    """`key` names it for good; `ruling` is "" as long as nothing was decided about this text."""

    key: str
    where: str
    at: datetime
    text: str
    ruling: str

    @property
    def is_included(self) -> bool:
        return self.ruling == RecordDecision.Ruling.INCLUDE


def request_record(partner: Partner, *, purpose: str, membership: Membership) -> RecordRequest:
    """Note that one partner's own record is asked for. Nobody is told. Raises InvalidInput."""
    return _requested(purpose, membership, partner=partner)


def request_shared_record(couple: Couple, *, purpose: str, membership: Membership) -> RecordRequest:
    """Note that what both of a couple share is asked for. Raises InvalidInput."""
    return _requested(purpose, membership, couple=couple)


def _requested(purpose: str, membership: Membership, **of: Any) -> RecordRequest:
    if purpose not in RecordRequest.Purpose.values:
        raise InvalidInput("Say what the record is asked for.", code="purpose")
    asked: RecordRequest = RecordRequest.objects.create(
        **of, purpose=purpose, recorded_at=timezone.now(), recorded_by=membership.id
    )
    audit.record(
        "record.requested", object_id=asked.id, couple_id=asked.about.id, purpose=purpose, shared=bool(asked.couple_id)
    )
    return asked


def requests_treated_by(membership: Membership) -> QuerySet[RecordRequest]:
    """The requests that this member works on: of partners and couples they treat."""
    of_partner = Q(partner__in=partners_treated_by(membership))
    of_couple = Q(couple__in=couples_treated_by(membership))
    return RecordRequest.objects.filter(of_partner | of_couple).select_related("partner__couple", "couple")


def passages_of(request: RecordRequest) -> list[Passage]:
    """Every passage of the partner's record in the order of time, with what was decided."""
    decided = {one.passage: one for one in RecordDecision.objects.filter(request=request)}
    return [
        Passage(key, where, at, text, _ruling(decided.get(key), text))
        for key, where, at, text in sorted(_passages(request), key=lambda one: (one[2], one[0]))
    ]


def decided_passages(request: RecordRequest) -> list[Passage]:
    """Those to include. Raises PassagesUndecided."""
    found = passages_of(request)
    if any(not one.ruling for one in found):
        raise PassagesUndecided
    return [one for one in found if one.is_included]


def decide_passages(request: RecordRequest, rulings: Mapping[str, str], *, membership: Membership) -> None:
    """Keep what was decided, by passage; a passage that is left out or given "" stays as it is. Raises InvalidInput."""
    passages = {one.key: one for one in passages_of(request)}
    given = {key: ruling for key, ruling in rulings.items() if ruling}
    if faults := list(_faults(given, passages)):
        raise InvalidInput("Choose one of the answers for each passage.", faults=faults)
    for key, ruling in given.items():
        RecordDecision.objects.update_or_create(
            request=request,
            passage=key,
            defaults={
                "text_digest": _digest(passages[key].text),
                "ruling": ruling,
                "decided_at": timezone.now(),
                "decided_by": membership.id,
            },
        )
    audit.record("record.decided", object_id=request.id, couple_id=request.about.id, rulings=given)


def _passages(request: RecordRequest) -> Iterable[tuple[str, str, datetime, str]]:
    return _written(request.partner) if request.partner else _shared(request.about)


def _shared(couple: Couple) -> Iterable[tuple[str, str, datetime, str]]:
    """Notes of meetings with both, and small wins that their writers let the therapist bring in."""
    for session in CounselingSession.objects.filter(kind=CounselingSession.Kind.COUPLE, couple=couple):
        at = session.held_at or session.planned_at
        if session.note and at:
            yield f"session:{session.id}", _("Note of a session"), at, session.note
    for report in WeekReport.objects.filter(couple=couple).select_related("partner"):
        where = _("Small win of %(name)s") % {"name": report.partner.name}
        for number, win in enumerate(wins_of(report)):
            if win.share_via_therapist:
                yield f"win:{report.id}:{number}", where, report.saved_at, win.text


def _written(partner: Partner) -> Iterable[tuple[str, str, datetime, str]]:
    """Key, place, time and text of each."""
    with_them = Q(kind=CounselingSession.Kind.COUPLE) | Q(partner=partner)
    for session in CounselingSession.objects.filter(with_them, couple_id=partner.couple_id):
        at = session.held_at or session.planned_at
        if session.note and at:
            yield f"session:{session.id}", _("Note of a session"), at, session.note
    for event in FlagEvent.objects.filter(partner=partner):
        if event.note:
            yield f"flag:{event.id}", _("Note on what was done"), event.at, event.note
    for change in PlanChange.objects.filter(couple_id=partner.couple_id):
        if change.reason:
            yield f"plan:{change.id}", _("Reason for a change of the plan"), change.changed_at, change.reason


def _ruling(decision: RecordDecision | None, text: str) -> str:
    return decision.ruling if decision and decision.text_digest == _digest(text) else ""


def _digest(text: str) -> str:
    return salted_hmac("clients.recorddecision", text, algorithm="sha256").hexdigest()


def _faults(given: Mapping[str, str], passages: Mapping[str, Passage]) -> Iterator[dict[str, str]]:
    for key, ruling in given.items():
        if key not in passages:
            yield fault(key, "unknown_passage", "This record has no such passage.")
        elif ruling not in RecordDecision.Ruling.values:
            yield fault(key, "invalid_choice", "Choose one of the answers.")
