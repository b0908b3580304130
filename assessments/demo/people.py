"""The demo's practices and who works there."""

from collections.abc import Mapping

from practice import tenancy
from practice.accounts import DEMO_PASSWORD
from practice.cover import name_cover
from practice.database.context import Scope
from practice.models import Membership, Practice, Role
from practice.practices import OWNER, add_member, as_maintenance, confirm_resources, create_practice, update_practice

ZONE = "America/New_York"
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


def make_practice(name: str, slug: str, people: list[tuple[str, str, Role]]) -> dict[str, Membership]:
    with as_maintenance():
        practice = create_practice(name=name, slug=slug, country="US", time_zone=ZONE)
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
            scope = Scope.staff(practice_id=member.practice_id, membership_id=member.id, clinical=True)
            with tenancy.begin(scope):
                name_cover(member, cover_id=cover.id)


def is_made() -> bool:
    with as_maintenance():
        return Practice.objects.using(OWNER).filter(slug="riverside").exists()
