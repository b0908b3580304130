"""Who acts in the demo: one therapist, and the partners of that therapist's couples, as their clicks would."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from assessments import answers, assignments, schedules
from assessments.instruments.definition import CONTEXT, Line
from assessments.models import AnswerSheet, Assignment
from assessments.sheets import form_of, own_sheet
from clients.couples import PartnerDetails, create_couple, update_couple
from clients.invitations import open_link
from clients.models import Couple, Invitation, PartnerSession
from clients.own_page import set_own_reminders
from practice import tenancy
from practice.database.context import Scope
from practice.models import Membership

INSTRUMENT = "ena-c"


class Teller:
    """Acts as one therapist and as the partners of that therapist's couples."""

    def __init__(self, membership: Membership, random: Random, started_at: datetime) -> None:
        self.membership = membership
        self.random = random
        self.started_at = started_at

    @contextmanager
    def therapist(self) -> Iterator[None]:
        practice_id = self.membership.practice_id
        with tenancy.begin(Scope.staff(practice_id=practice_id, membership_id=self.membership.id, clinical=True)):
            yield

    def couple(self, first: str, second: str, *, by_mail: bool) -> Couple:
        channel = "email" if by_mail else "none"
        partners = [
            PartnerDetails(name=name, email=f"{name.lower()}@mail.example" if by_mail else "", channel=channel)
            for name in (first, second)
        ]
        with self.therapist():
            return create_couple(label=f"{first} & {second}", partners=partners, therapist=self.membership)

    def activate(self, couple: Couple) -> None:
        with self.therapist():
            update_couple(couple, state=Couple.State.ACTIVE)

    def assign(self, couple: Couple, *, open_for: timedelta | None = None) -> Assignment:
        opened = self.started_at - timedelta(days=self.random.randint(0, 3), hours=self.random.randint(1, 9))
        closes = self.started_at + open_for if open_for else opened + schedules.WINDOW
        schedule = schedules.Schedule(opens_at=opened, closes_at=closes)
        with self.therapist():
            return assignments.assign_instrument(
                couple, instrument=INSTRUMENT, membership=self.membership, schedule=schedule
            )

    def open(self, couple: Couple, position: int) -> PartnerSession:
        """Hand the partner's link over and open it as they would."""
        with self.therapist():
            sheet = AnswerSheet.objects.select_related("partner").get(couple=couple, partner__position=position)
            issued = assignments.invite_to_sheet(sheet, delivery=Invitation.Delivery.IN_PERSON)
        with transaction.atomic():
            return open_link(issued.key or "", browser=None).session

    def stop_reminders(self, session: PartnerSession) -> None:
        with as_partner(session):
            set_own_reminders(wanted=False)

    def answer(
        self, session: PartnerSession, mood: "Mood", *, share: float = 1.0, given: Mapping[str, int] | None = None
    ) -> None:
        """Answer a share of the form, some lines as `given`; the whole of it is sent off."""
        given = given or {}
        with as_partner(session):
            form = form_of(own_sheet(session))
            lines = form.lines[: round(len(form.lines) * share)]
            said: dict[str, object] = {
                line.id: mood.answer(line, self.random) for line in lines if line.direction != CONTEXT
            }
            if share == 1.0 and any(line.direction == CONTEXT for line in lines):
                said["context.CX"] = sorted(self.random.sample(["work", "baby", "money", "oldhurts"], 2))
            answers.save_answers(form.sheet, {**said, **{key: given[key] for key in given if key in said}})
        if share == 1.0:
            with as_partner(session):
                answers.submit_sheet(own_sheet(session))

    def both_answer(self, couple: Couple, *, gap: float = 0.0, given: Mapping[str, int] | None = None) -> None:
        self.activate(couple)
        level = self.random.uniform(0.6, 2.6)
        for position in (1, 2):
            hurt = gap if position == 1 else 0.0
            mood = Mood(experienced=min(level + hurt, 3.4), enacted=max(level - gap, 0.3))
            self.answer(self.open(couple, position), mood, given=given if position == 1 else None)


@dataclass(frozen=True)
class Mood:
    """How much is missing, 0 to 4, as one partner experiences and enacts it."""

    experienced: float
    enacted: float

    def answer(self, line: Line, random: Random) -> int | str:
        if line.domain == "SC":
            return 0
        if "not_applicable" in line.codes and random.random() < 0.06:
            return "not_applicable"
        if random.random() < 0.02:
            return "declined"
        level = self.enacted if line.direction == "enacted" else self.experienced
        missing = min(4, max(0, round(random.gauss(level, 0.8))))
        if line.safety_relevant:
            missing = min(missing, 1)
        return 4 - missing if line.reverse else missing


@contextmanager
def as_partner(session: PartnerSession) -> Iterator[None]:
    with tenancy.begin(Scope.partner(practice_id=session.practice_id, partner_id=session.partner_id)):
        yield
