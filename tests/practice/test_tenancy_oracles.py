"""Foreign and unique keys are checked past row security. Their answers must not tell what another practice has."""

import uuid
from collections import Counter
from typing import Any

import psycopg
import pytest

from practice.models import Membership
from tests.api.clients import V1, api_of
from tests.attacks import (
    REFUSED,
    as_maintenance,
    attacker,
    catalogue,
    connect,
    copy_of_row,
    one_transaction,
    outcome,
    tables_with_practice,
    taken_away,
)
from tests.findings import AT_THE_GATE
from tests.worlds import World, make_world

pytestmark = pytest.mark.database
KINDS = ("clinician", "administrator", "partner", "scoring", "worker", "audit")
INSERT = 'INSERT INTO "{table}" SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)'
Answer = tuple[str, ...]


@pytest.fixture
def north() -> World:
    return make_world("north", ("Dana", "Erin"))


@pytest.fixture
def south() -> World:
    return make_world("south", ("Trudy", "Walter"))


def answer(connection: psycopg.Connection[Any], sql: str, value: Any, *, masked: uuid.UUID) -> Answer:
    """All that a statement's sender is told, without the id that they sent."""
    try:
        with connection.transaction():
            return ("done", str(connection.execute(sql.encode(), [value]).rowcount))
    except psycopg.Error as error:
        told = error.diag
        parts = (told.sqlstate, told.message_primary, told.message_detail, told.message_hint, told.constraint_name)
        return tuple(str(part).replace(str(masked), "the id") for part in parts)


def tenant_tables() -> list[str]:
    return [table for table in tables_with_practice() if table not in AT_THE_GATE]


def references() -> list[tuple[str, str, str]]:
    """Table, column and parent of each foreign key inside a practice."""
    rows = catalogue(
        "SELECT conrelid::regclass::text, attname::text, confrelid::regclass::text FROM pg_constraint "
        "JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[2] "
        "WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s) ORDER BY 1, 2",
        tenant_tables(),
    )
    return [(str(table), str(column), str(parent)) for table, column, parent in rows]


def foreign_id(parent: str, world: World) -> uuid.UUID:
    found: uuid.UUID = as_maintenance(f'SELECT id FROM "{parent}" WHERE practice_id = %s LIMIT 1', world.practice.id)[
        0
    ][0]
    return found


def adopted(world: World, kind: str, table: str, column: str, parent: uuid.UUID) -> list[Answer]:
    """What is told when own rows are pointed at this parent, and when a new row is."""
    row = copy_of_row(table, world.practice.id, id=uuid.uuid4(), **{column: parent})
    with attacker(world.scopes()[kind]) as connection:
        return [
            answer(connection, f'UPDATE "{table}" SET "{column}" = %s', parent, masked=parent),
            answer(connection, INSERT.format(table=table), row, masked=parent),
        ]


# One pair of worlds serves all roles of a test, each in a transaction that ends in vain.


def test_foreign_parent_is_answered_like_one_that_does_not_exist(
    north: World, south: World, subtests: pytest.Subtests
) -> None:
    for kind in KINDS:
        with subtests.test(kind), one_transaction():
            told: Counter[str] = Counter()
            for table, column, parent in references():
                foreign = adopted(north, kind, table, column, foreign_id(parent, south))
                assert (table, column, foreign) == (table, column, adopted(north, kind, table, column, uuid.uuid4()))
                # No row was there that this role may change, so nothing was tried.
                told.update(one[0] for one in foreign if one != ("done", "0"))
            assert set(told) <= {REFUSED, "23503", "23505", "23514"}
            assert (told["23503"] > 10) == (kind in ("clinician", "worker"))


def test_foreign_parent_is_taken_without_the_composite_key(north: World, south: World) -> None:
    with taken_away(
        "ALTER TABLE assessments_assignment DROP CONSTRAINT assessments_assignment_couple_id_fk",
        restore=[
            "ALTER TABLE assessments_assignment ADD CONSTRAINT assessments_assignment_couple_id_fk "
            "FOREIGN KEY (practice_id, couple_id) REFERENCES clients_couple (practice_id, id)"
        ],
    ):
        told = adopted(north, "clinician", "assessments_assignment", "couple_id", south.couple.id)
    assert told[0] == ("done", "2")


def copied(world: World, foreign: World, kind: str, table: str, **changes: Any) -> list[object]:
    """What becomes of a copy of a foreign row in the own practice."""
    row = copy_of_row(table, foreign.practice.id, practice_id=world.practice.id, **changes)
    told = []
    for conflict in ("", " ON CONFLICT DO NOTHING"):
        with attacker(world.scopes()[kind]) as connection:
            told.append(outcome(connection, INSERT.format(table=table) + conflict, row))
    return told


def test_value_that_another_practice_has_is_free(north: World, south: World, subtests: pytest.Subtests) -> None:
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        own = "UPDATE assessments_importedinstrument SET identifier = 'not the other one' WHERE practice_id = %s"
        owner.execute(own, [north.practice.id])
    for kind in KINDS:
        with subtests.test(kind), one_transaction():
            taken = {table: copied(north, south, kind, table) for table in tenant_tables()}
            free = {table: copied(north, south, kind, table, id=uuid.uuid4()) for table in tenant_tables()}
            assert taken == free
            assert "23505" not in [one for told in taken.values() for one in told]


def test_value_that_another_practice_has_is_told_by_a_key_without_the_practice(north: World, south: World) -> None:
    with taken_away("CREATE UNIQUE INDEX hole ON clients_couple (label)", restore=["DROP INDEX hole"]):
        taken = copied(north, south, "clinician", "clients_couple", therapist_id=north.therapist.id)
        free = copied(north, south, "clinician", "clients_couple", therapist_id=north.therapist.id, label="free")
    assert (taken, free) == (["23505", [(0,)]], [[(1,)], [(1,)]])


def test_api_answers_alike_to_a_couple_that_another_practice_has(alice: Membership, mallory: Membership) -> None:
    partners = [{"name": name, "channel": "email", "email": f"{name}@example.org"} for name in ("trudy", "walter")]
    body = {"label": "T & W", "partners": partners}
    answers = [
        api_of(member).post(f"{V1}couples/", body, format="json", headers={"Idempotency-Key": "same"})
        for member in (mallory, alice)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
