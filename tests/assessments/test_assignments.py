from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.answers import decline_sheet
from assessments.assignments import NobodyTakesPart, assign_to_couples, end_assignment, open_wave
from assessments.instruments.definition import CONTEXT
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import WINDOW, Schedule
from assessments.sheets import form_of
from clients.couples import leave
from clients.models import Couple, Invitation, Partner
from practice.models import Membership
from tests.factories import (
    as_partner,
    as_staff,
    as_worker,
    assign,
    deliver_outbox,
    make_couple,
    partner_of,
    sheet_of,
    submit,
)

pytestmark = pytest.mark.database

Answering = Callable[[Sequence[AnswerSheet]], None]
Ending = Callable[[Membership, Assignment], None]


def test_partner_who_left_does_not_keep_the_form_from_the_other(alice: Membership) -> None:
    couple = make_couple(alice, email=True)
    tomorrow = timezone.now() + timedelta(days=1)
    assign(alice, couple, schedule=Schedule(opens_at=tomorrow))
    dana, erin = partner_of(alice, couple, 1), partner_of(alice, couple, 2)
    with as_staff(alice):
        leave(dana)
        wave = Wave.objects.get(couple=couple)
        for rows in (Wave.objects.filter(pk=wave.pk), wave.sheets):
            rows.update(opens_at=timezone.now())
    with as_worker(alice.practice):
        open_wave(wave.id)
    with as_staff(alice):
        invited = list(Invitation.objects.values_list("partner_id", flat=True))
    assert invited == [erin.id]


def carries_checklist(alice: Membership, assignment: Assignment) -> set[bool]:
    """Whether the forms of an assignment have the checklist: one value, as both partners get the same."""
    found = set()
    with as_staff(alice):
        for sheet in AnswerSheet.objects.filter(wave__assignment=assignment):
            found.add(any(line.direction == CONTEXT for line in form_of(sheet).lines))
    return found


def run_out(alice: Membership, assignment: Assignment) -> None:
    """The window passes and the worker closes the wave."""
    with time_machine.travel(timezone.now() + WINDOW):
        deliver_outbox()


def cut_short(alice: Membership, assignment: Assignment) -> None:
    with as_staff(alice):
        end_assignment(Assignment.objects.get(pk=assignment.pk))


def nobody(sheets: Sequence[AnswerSheet]) -> None:
    pass


def both_send(sheets: Sequence[AnswerSheet]) -> None:
    for sheet in sheets:
        submit(sheet)


def first_sends(sheets: Sequence[AnswerSheet]) -> None:
    submit(sheets[0])


def second_sends(sheets: Sequence[AnswerSheet]) -> None:
    submit(sheets[1])


def first_refuses(sheets: Sequence[AnswerSheet]) -> None:
    with as_partner(sheets[0].partner):
        decline_sheet(AnswerSheet.objects.get(pk=sheets[0].pk))


ANSWERING = [nobody, both_send, first_sends, second_sends, first_refuses]


@pytest.mark.parametrize("answer", ANSWERING)
@pytest.mark.parametrize(("end", "again"), [(run_out, False), (cut_short, True)])
def test_checklist_comes_back_by_the_window_alone_whoever_answered(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner, answer: Answering, end: Ending, again: bool
) -> None:
    first = assign(alice, couple)
    assert carries_checklist(alice, first) == {True}
    answer([sheet_of(alice, first, partner) for partner in (dana, erin)])
    end(alice, first)
    second = assign(alice, couple)
    assert carries_checklist(alice, second) == {again}


def test_checklist_does_not_come_back_because_a_partner_left_or_returned(
    alice: Membership, couple: Couple, erin: Partner
) -> None:
    with as_staff(alice):
        leave(erin)
    run_out(alice, assign(alice, couple))
    with as_staff(alice):
        Partner.objects.filter(pk=erin.pk).update(state=Partner.State.ACTIVE)
    assert carries_checklist(alice, assign(alice, couple)) == {False}


def test_form_without_the_checklist_does_not_use_it_up(alice: Membership, couple: Couple) -> None:
    for other in ({"sitting": "experienced_only"}, {"instrument": "ena-ck"}):
        given = assign(alice, couple, **other)
        assert carries_checklist(alice, given) == {False}
        run_out(alice, given)
    assert carries_checklist(alice, assign(alice, couple)) == {True}


def test_checklist_is_on_the_first_form_of_a_series_only(alice: Membership, couple: Couple) -> None:
    series = assign(alice, couple, schedule=Schedule(every_weeks=1, times=3))
    for week in (1, 2):
        with time_machine.travel(timezone.now() + timedelta(weeks=week, minutes=1)):
            deliver_outbox()
    with as_staff(alice):
        waves = list(Wave.objects.filter(assignment=series).order_by("number"))
    assert [wave.context_lines for wave in waves] == [True, False, False]


def test_couple_without_anybody_left_is_asked_nothing(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        for partner in (dana, erin):
            leave(partner)
    with pytest.raises(NobodyTakesPart):
        assign(alice, couple)
    with as_staff(alice):
        _, skipped = assign_to_couples([couple], instrument="ena-c", membership=alice)
        assert [one["code"] for one in skipped] == ["nobody_takes_part"]
        assert not Assignment.objects.exists()
