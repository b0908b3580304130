"""The demo's practices, people and couples, made by the functions that a therapist's and a partner's clicks call.

Deterministic: the same seed gives the same couples with the same answers.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from assessments import answers, assignments, schedules
from assessments.instruments.definition import CONTEXT, Line
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.sheets import form_of, own_sheet
from clients.couples import PartnerDetails, close_couple, create_couple, update_couple
from clients.invitations import open_link
from clients.models import Couple, Invitation, PartnerSession
from practice import tenancy
from practice.accounts import DEMO_PASSWORD
from practice.cover import name_cover
from practice.database.context import Scope
from practice.models import Membership, Practice, Role
from practice.practices import OWNER, add_member, as_maintenance, confirm_resources, create_practice, update_practice

INSTRUMENT = "ena-c"
ABOUT_TO_CLOSE = timedelta(minutes=10)
RIVERSIDE = [
    ("owner", "Olive Brandt", Role.OWNER),
    ("therapist", "Alice Osei", Role.THERAPIST),
    ("therapist2", "Bob Lindqvist", Role.THERAPIST),
    ("supervisor", "Sue Tanaka", Role.SUPERVISOR),
    ("admin", "Adam Reyes", Role.ADMIN),
]
HILLSIDE = [("therapist", "Mallory Kerr", Role.THERAPIST)]
NAMES = """
Dana Erin Maya Jonas Priya Tom Ana Luis Sam Alex Ruth Ben Noor Idris Mei Hiro Zoe Max Leila Omar Ines Paul
Kofi Ama Olga Ivan Rosa Hugo Tara Finn Yara Nils Lena Karl Aisha Musa Chloe Liam Sana Ravi Greta Emil Nadia
Felix Ling Wei Clara Theo Amara Chidi Eva Marek Hana Jin Julia Piet Salma Yusuf Nora Gus Dora Abel Lucia Mateo
Freya Otto Kira Dev Maud Ivo
"""
FIRST_NAMES = NAMES.split()


@dataclass(frozen=True)
class Story:
    """What became of a couple so far. `play` runs in no transaction and opens its own."""

    name: str
    couples: int
    play: "Callable[[Teller, Couple], None]"


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


def just_met(teller: Teller, couple: Couple) -> None:
    """Nothing assigned yet."""


def not_invited(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)


def one_opened(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.open(couple, 1)


def stalled(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.answer(teller.open(couple, 1), Mood(1.5, 1.2), share=0.5)


def one_submitted(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.answer(teller.open(couple, 2), Mood(2.0, 1.2))


def both_submitted(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.both_answer(couple)


def large_gap(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    teller.both_answer(couple, gap=1.4)


def safety_flag(teller: Teller, couple: Couple) -> None:
    teller.assign(couple)
    line = teller.random.choice(["experienced.SC1", "experienced.SC2", "experienced.RS1", "self.IM3"])
    teller.both_answer(couple, given={line: 3})


def expired(teller: Teller, couple: Couple) -> None:
    """The window is about to close; see close_expired."""
    teller.assign(couple, open_for=ABOUT_TO_CLOSE)
    teller.answer(teller.open(couple, 1), Mood(1.8, 1.4), share=0.4)


def closed(reason: str) -> Callable[[Teller, Couple], None]:
    def play(teller: Teller, couple: Couple) -> None:
        both_submitted(teller, couple)
        with teller.therapist():
            close_couple(couple, reason=reason)

    return play


STORIES = [
    Story("expired", 5, expired),
    Story("just met", 4, just_met),
    Story("not invited", 4, not_invited),
    Story("one opened", 4, one_opened),
    Story("stalled", 6, stalled),
    Story("one submitted", 5, one_submitted),
    Story("both submitted", 16, both_submitted),
    Story("large gap", 5, large_gap),
    Story("safety flag", 6, safety_flag),
    *(Story(f"closed: {reason}", 1, closed(reason)) for reason in Couple.ClosedReason.values),
]


def make_demo(*, seed: int = 7) -> None:
    """Both practices with their people, 60 couples in the first and two in the second."""
    random = Random(seed)  # noqa: S311 - the same demo every time
    started_at = timezone.now()
    riverside = make_practice("Riverside", "riverside", RIVERSIDE)
    tellers = [Teller(riverside[name], random, started_at) for name in ("therapist", "therapist2")]
    plots = [story for story in STORIES for _ in range(story.couples)]
    for number, story in enumerate(plots):
        teller = tellers[number % 4 == 3]
        first, second = FIRST_NAMES[number % 70], FIRST_NAMES[(number * 7 + 1 + number // 10) % 70]
        story.play(teller, teller.couple(first, second if second != first else "Robin", by_mail=number % 3 == 0))
    hillside = Teller(make_practice("Hillside", "hillside", HILLSIDE)["therapist"], random, started_at)
    for names in (("Vera", "Nico"), ("Ada", "Joel")):
        both_submitted(hillside, hillside.couple(*names, by_mail=False))
    for teller in tellers:
        close_expired(teller)


def close_expired(teller: Teller) -> None:
    with teller.therapist():
        for wave in Wave.objects.filter(closes_at__lte=teller.started_at + ABOUT_TO_CLOSE, closed_at=None):
            assignments.close_wave(wave.id)


def make_practice(name: str, slug: str, people: list[tuple[str, str, Role]]) -> dict[str, Membership]:
    with as_maintenance():
        practice = create_practice(name=name, slug=slug, country="US", time_zone="America/New_York")
        members = {
            login: add_member(practice, email=f"{login}@{slug}.example", name=person, role=role, password=DEMO_PASSWORD)
            for login, person, role in people
        }
    for member in members.values():
        member._state.db = "default"  # made on the owner's connection, used from here on as any member is
    settler = next(iter(members.values()))
    scope = Scope.staff(practice_id=practice.id, membership_id=settler.id, clinical=True)
    with tenancy.begin(scope):
        own = Practice.objects.get(pk=practice.pk)
        confirm_resources(own, by=settler)
        update_practice(own, supervisors_read_couples=True)
    name_covers(members)
    return members


def name_covers(members: Mapping[str, Membership]) -> None:
    """Two therapists stand in for each other. One alone has nobody, and asks no safety lines."""
    therapists = [member for member in members.values() if member.role == Role.THERAPIST]
    for member, cover in zip(therapists, reversed(therapists), strict=True):
        if member is not cover:
            with tenancy.begin(
                Scope.staff(practice_id=member.practice_id, membership_id=member.id, clinical=member.is_clinical)
            ):
                name_cover(member, cover_id=cover.id)


def is_made() -> bool:
    with as_maintenance():
        return Practice.objects.using(OWNER).filter(slug="riverside").exists()
