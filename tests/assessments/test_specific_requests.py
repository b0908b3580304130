"""One clear request, its answer, and the limit of three."""

from typing import Any

import pytest

from assessments.models import SpecificRequest
from assessments.specific_requests import (
    RequestEnded,
    TooManyRequests,
    answer_request,
    end_request,
    make_request,
)
from clients.couples import CoupleClosed, close_couple, leave
from clients.models import Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from tests.factories import as_staff

pytestmark = pytest.mark.database


def ask(
    couple: Couple, partner: Partner, wording: str = "A walk on Sunday", cadence: str = "weekly"
) -> SpecificRequest:
    return make_request(couple, asked_by=partner, wording=wording, cadence=cadence)


def test_request_goes_to_the_other_and_waits(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    with as_staff(alice):
        made = ask(couple, dana, "  A walk on Sunday ")
        kept = SpecificRequest.objects.get(pk=made.pk)
        assert (kept.asked_by_id, kept.asked_of_id, kept.wording) == (dana.id, erin.id, "A walk on Sunday")
        assert (kept.answer, kept.answered_at, kept.ended_at) == ("open", None, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"wording": " "}, "wording"), ({"wording": "x" * 301}, "wording"), ({"cadence": "hourly"}, "cadence")],
)
def test_fault_is_named_and_nothing_is_kept(
    alice: Membership, couple: Couple, dana: Partner, changed: dict[str, Any], field: str
) -> None:
    with as_staff(alice):
        with pytest.raises(InvalidInput) as refused:
            ask(couple, dana, **changed)
        assert [one["field"] for one in refused.value.faults] == [field]
        assert not SpecificRequest.objects.exists()


def test_every_fault_is_named_at_once(alice: Membership, couple: Couple, trudy: Partner) -> None:
    with as_staff(alice), pytest.raises(InvalidInput) as refused:
        ask(couple, trudy, "", "never")
    assert [one["field"] for one in refused.value.faults] == ["asked_by", "wording", "cadence"]


def test_nobody_asks_one_who_takes_no_part(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    with as_staff(alice):
        leave(erin)
        for partner in (dana, erin):
            with pytest.raises(InvalidInput):
                ask(couple, partner)


def test_closed_couple_makes_no_request(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        close_couple(couple, reason="separated")
        with pytest.raises(CoupleClosed):
            ask(couple, dana)


def test_three_run_at_a_time_whoever_asked(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    with as_staff(alice):
        first, *_rest = [ask(couple, one) for one in (dana, erin, dana)]
        with pytest.raises(TooManyRequests):
            ask(couple, erin)
        end_request(first)
        ask(couple, erin)


def test_no_frees_a_place_and_yes_takes_it_again(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        first, *_rest = [ask(couple, dana) for _ in range(3)]
        answer_request(first, answer="no")
        ask(couple, dana)
        with pytest.raises(TooManyRequests):
            answer_request(first, answer="yes")
        assert SpecificRequest.objects.get(pk=first.pk).answer == "no"


@pytest.mark.parametrize("answer", ["yes", "no", "smaller_yes"])
def test_answer_is_kept_with_what_a_smaller_yes_is_about(
    alice: Membership, couple: Couple, dana: Partner, answer: str
) -> None:
    with as_staff(alice):
        made = ask(couple, dana)
        answer_request(made, answer=answer, agreed_wording=" A short walk ")
        kept = SpecificRequest.objects.get(pk=made.pk)
        assert (kept.answer, kept.agreed_wording) == (answer, "A short walk" if answer == "smaller_yes" else "")
        assert kept.answered_at is not None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"answer": "open"}, "answer"),
        ({"answer": "maybe"}, "answer"),
        ({"answer": "smaller_yes"}, "agreed_wording"),
        ({"answer": "smaller_yes", "agreed_wording": "x" * 301}, "agreed_wording"),
    ],
)
def test_answer_that_does_not_fit_changes_nothing(
    alice: Membership, couple: Couple, dana: Partner, given: dict[str, str], code: str
) -> None:
    with as_staff(alice):
        made = ask(couple, dana)
        with pytest.raises(InvalidInput) as refused:
            answer_request(made, **given)
        assert refused.value.code == code
        assert SpecificRequest.objects.get(pk=made.pk).answer == "open"


def test_ended_request_is_not_answered_and_ends_once(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        made = ask(couple, dana)
        end_request(made)
        ended_at = made.ended_at
        end_request(made)
        with pytest.raises(RequestEnded):
            answer_request(made, answer="yes")
        assert SpecificRequest.objects.get(pk=made.pk).ended_at == ended_at


def test_request_is_sealed_at_rest(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        made = ask(couple, dana)
        row = SpecificRequest.objects.filter(pk=made.pk).get()
    assert str(vars(row)["wording"]).startswith("v1|")
