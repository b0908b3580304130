"""Specific requests (seed B): one clear thing that one partner asks of the other, and the answer it got.

Made and answered in the room, so both know it. Whether it was kept each says alone, and neither learns what the
other said.
"""

from django.db import transaction
from django.utils import timezone

from assessments.models import SpecificRequest
from clients.couples import CoupleClosed
from clients.models import Couple, Partner
from practice import audit
from practice.errors import DomainError, InvalidInput, fault

MOST_RUNNING = 3
LONGEST_WORDING = 300


class TooManyRequests(DomainError):
    """Two or three requests over the whole plan are enough. End one first."""

    code = "too_many_requests"


class RequestEnded(DomainError):
    """This request has ended already. Make it again if it still stands."""

    code = "request_ended"


def make_request(couple: Couple, *, asked_by: Partner, wording: str, cadence: str) -> SpecificRequest:
    """Write down what one partner asks of the other. Raises InvalidInput, TooManyRequests, CoupleClosed."""
    if couple.state == Couple.State.CLOSED:
        raise CoupleClosed
    faults = _faults(couple, asked_by, wording, cadence)
    if faults:
        raise InvalidInput("Some of what was given does not fit; nothing was saved.", faults=faults)
    with transaction.atomic():
        _refuse_full(couple)
        made: SpecificRequest = SpecificRequest.objects.create(
            couple=couple,
            asked_by=asked_by,
            asked_of=Partner.objects.filter(couple=couple).exclude(pk=asked_by.pk).get(),
            wording=wording.strip(),
            cadence=cadence,
            asked_at=timezone.now(),
        )
    audit.record("request.made", object_id=made.id, couple_id=couple.id)
    return made


def answer_request(request: SpecificRequest, *, answer: str, agreed_wording: str = "") -> None:
    """Yes, no or a smaller yes, which says what it is about; a later answer takes the place of the first.

    Raises InvalidInput, RequestEnded, and TooManyRequests where a no becomes a yes.
    """
    if answer not in (*SpecificRequest.AGREED, SpecificRequest.Answer.NO):
        raise InvalidInput("The answer is yes, no or a smaller yes.", code="answer")
    smaller = answer == SpecificRequest.Answer.SMALLER_YES
    if smaller and not 0 < len(agreed_wording.strip()) <= LONGEST_WORDING:
        raise InvalidInput("Write what the smaller yes is about.", code="agreed_wording")
    with transaction.atomic():
        _refuse_answer(request, answer)
        request.answer, request.answered_at = answer, timezone.now()
        request.agreed_wording = agreed_wording.strip() if smaller else ""
        request.save(update_fields=["answer", "answered_at", "agreed_wording"])
    audit.record("request.answered", object_id=request.id, couple_id=request.couple_id, answer=answer)


def end_request(request: SpecificRequest) -> None:
    if request.ended_at is None:
        request.ended_at = timezone.now()
        request.save(update_fields=["ended_at"])
        audit.record("request.ended", object_id=request.id, couple_id=request.couple_id)


def _faults(couple: Couple, asked_by: Partner, wording: str, cadence: str) -> list[dict[str, str]]:
    faults = []
    taking_part = Partner.objects.filter(couple=couple, state=Partner.State.ACTIVE).values_list("id", flat=True)
    if len(taking_part) < 2 or asked_by.id not in taking_part:
        faults.append(fault("asked_by", "invalid_choice", "One partner asks the other, and both take part."))
    if not 0 < len(wording.strip()) <= LONGEST_WORDING:
        faults.append(fault("wording", "required", f"Write what is asked, in up to {LONGEST_WORDING} characters."))
    if cadence not in SpecificRequest.Cadence.values:
        faults.append(fault("cadence", "invalid_choice", "Choose how often."))
    return faults


def _refuse_answer(request: SpecificRequest, answer: str) -> None:
    kept = SpecificRequest.objects.select_for_update().get(pk=request.pk)
    if kept.ended_at is not None:
        raise RequestEnded
    if kept.answer == SpecificRequest.Answer.NO and answer in SpecificRequest.AGREED:
        _refuse_full(request.couple)


def _refuse_full(couple: Couple) -> None:
    Couple.objects.select_for_update().get(pk=couple.pk)
    running = SpecificRequest.objects.filter(couple=couple, ended_at=None).exclude(answer=SpecificRequest.Answer.NO)
    if running.count() >= MOST_RUNNING:
        raise TooManyRequests
