"""B19: who separates or goes on alone keeps what is theirs, gets nothing of the other's, and is not told of a move."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments.ending import close_care, resume_care
from assessments.joint_reports import release_joint_report, shareable_wave, withdraw_report
from assessments.models import JointReport
from clients import couples
from clients.consents import record_consent, withdraw_consent
from clients.models import Consent, Couple, Partner
from practice.errors import DomainError
from practice.models import Membership
from tests import factories
from tests.assessments.joint import agree, calm, sheets_of, submit_both
from tests.assessments.partner_pages import bytes_of
from tests.factories import as_staff, partner_client

pytestmark = pytest.mark.database
NAMES = ("Dana", "Erin")
OWN = ("/p/", "/p/1/", "/p/results/", "/p/me/", "/p/help/")
SECRET = "a note of {}'s own"
who = st.sampled_from([0, 1])


class SeparationMachine(RuleBasedStateMachine):
    """A couple of whom both sent a full form and are answering a check-in, each in a browser."""

    alice: Membership

    @initialize()
    def begin(self) -> None:
        self.couple = factories.make_couple(self.alice, names=NAMES)
        self.partners = [factories.partner_of(self.alice, self.couple, number) for number in (1, 2)]
        submit_both(sheets_of(self.alice, self.couple), [calm(experienced={"PR1": 4}), calm(experienced={"PR1": 0})])
        self.left, self.agreed = set[int](), {0, 1}
        self.released = self.closed = self.apart = False
        agree(self.alice, self.couple)
        with as_staff(self.alice):
            couples.allow_own_results(self.again(), allowed=True)
        self.browsers: list[Client | None] = [None, None]
        self.give_check_in()
        self.nothing_yet = [bytes_of(browser.get("/p/summary/")) for browser in self.browsers if browser]

    def give_check_in(self) -> None:
        self.sheets = self.sheets_of_those_who_take_part()
        for number, sheet in self.sheets.items():
            self.browsers[number] = partner_client(sheet)

    def sheets_of_those_who_take_part(self) -> dict[int, Any]:
        if len(self.left) == 2:
            return {}
        assignment = factories.assign(self.alice, self.couple, "ena-ck")
        staying = {0, 1} - self.left
        return {one: factories.sheet_of(self.alice, assignment, self.partners[one]) for one in staying}

    def again(self) -> Couple:
        return Couple.objects.get(pk=self.couple.pk)

    def partner(self, number: int) -> Partner:
        return Partner.objects.get(pk=self.partners[number].pk)

    @property
    def is_shown(self) -> bool:
        return self.released and self.may_be_shared

    @property
    def may_be_shared(self) -> bool:
        return not (self.left or self.closed or self.apart) and self.agreed == {0, 1}

    @contextmanager
    def not_told(self, number: int) -> Iterator[None]:
        """What the other gets is the same before and after."""
        other = self.browsers[1 - number]
        before = [bytes_of(other.get(path)) for path in OWN] if other else []
        yield
        assert ([bytes_of(other.get(path)) for path in OWN] if other else []) == before

    @rule(number=who)
    def leaves(self, number: int) -> None:
        with self.not_told(number), as_staff(self.alice):
            couples.leave(self.partner(number))
        self.left.add(number)

    @rule(number=who)
    def comes_back(self, number: int) -> None:
        with self.not_told(number), as_staff(self.alice):
            couples.take_part_again(self.partner(number))
        if number in self.left and not self.closed and number in self.sheets:
            self.browsers[number] = partner_client(self.sheets[number])
        elif number in self.left:
            self.browsers[number] = None
        self.left.discard(number)

    @rule(number=who)
    def writes(self, number: int) -> None:
        browser = self.browsers[number]
        if browser and not self.closed and number not in self.left:
            with self.not_told(number):
                answer = browser.post("/p/week/save/", {"small_wins[0].text": SECRET.format(NAMES[number])})
            assert answer.status_code == 204

    @rule(number=who)
    def takes_back_consent(self, number: int) -> None:
        with self.not_told(number), as_staff(self.alice):
            withdraw_consent(self.partner(number), kind=Consent.Kind.JOINT_REPORT)
        self.agreed.discard(number)

    @rule(number=who)
    def agrees(self, number: int) -> None:
        with self.not_told(number), as_staff(self.alice):
            record_consent(self.partner(number), kind=Consent.Kind.JOINT_REPORT, version="1")
        self.agreed.add(number)

    @rule()
    def is_released(self) -> None:
        with as_staff(self.alice):
            couple = self.again()
            try:
                release_joint_report(couple, wave=shareable_wave(couple), membership=self.alice)
            except DomainError:
                assert self.released or not self.may_be_shared
            else:
                assert self.may_be_shared
                assert not self.released
                self.released = True

    @precondition(lambda self: self.released)
    @rule()
    def is_withdrawn(self) -> None:
        with as_staff(self.alice):
            withdraw_report(JointReport.objects.get(couple=self.couple, withdrawn_at=None))
        self.released = False

    @rule()
    def is_kept_apart_or_not(self) -> None:
        self.apart = not self.apart
        with as_staff(self.alice):
            couples.set_individual_mode(self.again(), on=self.apart)

    @precondition(lambda self: not self.closed)
    @rule()
    def separate(self) -> None:
        with as_staff(self.alice):
            close_care(self.again(), reason="separated", membership=self.alice)
        self.closed = True

    @precondition(lambda self: self.closed)
    @rule()
    def go_on(self) -> None:
        with as_staff(self.alice):
            resume_care(self.again())
        self.closed = False
        self.give_check_in()

    @invariant()
    def each_has_what_is_theirs_and_nothing_else(self) -> None:
        for number, browser in enumerate(self.browsers):
            if browser is None:
                continue
            shots = {path: browser.get(path) for path in (*OWN, "/p/summary/", "/p/week/1/")}
            if number in self.left:
                assert {shots[path].status_code for path in ("/p/", "/p/results/", "/p/summary/")} == {410}
                continue
            assert shots["/p/results/"].status_code == 200
            assert (bytes_of(shots["/p/summary/"]) != self.nothing_yet[number]) == self.is_shown
            for text in (SECRET.format(NAMES[1 - number]), NAMES[1 - number]):
                assert not any(text in shot.content.decode() for shot in shots.values())


def test_each_keeps_what_is_theirs_in_any_order(alice: Membership) -> None:
    class Machine(SeparationMachine):
        pass

    Machine.alice = alice
    # Eight steps can be read as they are; to shrink them would take minutes.
    chosen = settings(
        max_examples=8,
        stateful_step_count=8,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(Machine, settings=chosen)
