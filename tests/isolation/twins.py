"""A couple in whose world Erin may do something, and Dana must get nothing of it. The clock stands still in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from assessments.assignments import end_assignment
from assessments.demo.clock import playing_from
from assessments.models import AnswerSheet, Assignment, SafetyFlag
from assessments.plans import agree_plan, assign_activity
from assessments.specific_requests import answer_request, make_request
from clients.consents import record_consent
from clients.couples import allow_own_results
from clients.models import Consent, Couple, Partner
from practice.models import Membership
from tests import factories
from tests.assessments.flagged import run_outbox
from tests.factories import as_staff
from tests.mailbox import Mailbox
from tests.test_routes import Objects

START = datetime(2026, 3, 4, 10, tzinfo=UTC)
FORMS = {"full": "ena-c", "week": "ena-ck"}
Act = Callable[["World"], object]


@dataclass
class World:
    """A couple with a plan, and a full form and a check-in given to both. `own` is Dana's, `hers` Erin's, by form."""

    alice: Membership
    couple: Couple
    dana: Partner
    erin: Partner
    mailbox: Mailbox
    plan: tuple[UUID, UUID, UUID]
    own: dict[str, AnswerSheet] = field(default_factory=dict)
    hers: dict[str, AnswerSheet] = field(default_factory=dict)

    def give_forms(self) -> None:
        """The full form and the check-in, to whoever takes part."""
        for name, instrument in FORMS.items():
            assignment = factories.assign(self.alice, self.couple, instrument)
            self.own[name] = factories.sheet_of(self.alice, assignment, self.dana)
            self.hers[name] = self.sheet_of_erin(assignment) or self.hers[name]

    def sheet_of_erin(self, assignment: Assignment) -> AnswerSheet | None:
        with as_staff(self.alice):
            sheets = AnswerSheet.objects.select_related("partner", "couple")
            return sheets.filter(wave__assignment=assignment, partner=self.erin).first()

    def give_next_forms(self) -> None:
        with as_staff(self.alice):
            for assignment in Assignment.objects.filter(couple=self.couple, ended_at=None):
                end_assignment(assignment)
        self.give_forms()

    def mails(self) -> list[str]:
        """What reached Dana's mailbox, whole but for the day it was sent."""
        run_outbox()
        received = [one for one in self.mailbox.messages if one["To"] == self.dana.email]
        for one in received:
            del one["Date"]
        return [one.as_string() for one in received]

    def objects(self) -> Objects:
        """What Dana may try to reach: the couple's own, and Erin's."""
        with as_staff(self.alice):
            flag = SafetyFlag.objects.filter(couple=self.couple).first()
        hers = self.hers["full"]
        made = (self.couple.id, hers.id, self.own["full"].wave.assignment_id, uuid4(), self.erin.id, *self.plan)
        others = (uuid4(), flag.id if flag else uuid4(), uuid4(), uuid4(), uuid4(), uuid4(), uuid4(), uuid4())
        return Objects(*made, *others, monday=str(self.own["week"].week_of))


@contextmanager
def world_of(alice: Membership, mailbox: Mailbox) -> Iterator[World]:
    """A world at the start of the story; while it lasts the clock stands still."""
    with playing_from(START):
        couple = factories.make_couple(alice, email=True)
        dana, erin = (factories.partner_of(alice, couple, position) for position in (1, 2))
        with as_staff(alice):
            allow_own_results(couple, allowed=True)
            record_consent(dana, kind=Consent.Kind.JOINT_REPORT, version="1", recorded_by=alice.id)
        world = World(alice, couple, dana, erin, mailbox, make_plan(alice, dana, erin))
        world.give_forms()
        yield world


def nothing(world: World) -> None:
    """What Erin does in the world that the others are held against."""


def make_plan(alice: Membership, dana: Partner, erin: Partner) -> tuple[UUID, UUID, UUID]:
    """An activity of both, a request that was agreed to, and a goal of the pair."""
    with as_staff(alice):
        plan = agree_plan(dana.couple, membership=alice)
        activity = assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)
        request = make_request(dana.couple, asked_by=erin, wording="A walk", cadence="weekly")
        answer_request(request, answer="yes")
        return activity.id, request.id, factories.make_goal(dana.couple, review_in=2).id
