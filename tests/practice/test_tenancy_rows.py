"""Raw SQL against the rows of another practice, from every role, on every table that the catalogue knows."""

import uuid
from collections.abc import Iterable, Iterator
from itertools import product

import pytest

from practice.database.context import Scope
from tests.attacks import (
    REFUSED,
    attacker,
    catalogue,
    copy_of_row,
    fingerprints,
    outcome,
    tables_with_practice,
    taken_away,
)
from tests.worlds import World, make_world

pytestmark = pytest.mark.database
KINDS = ("clinician", "administrator", "partner", "scoring", "worker", "audit")
NOTHING: tuple[object, ...] = (REFUSED, [(0,)])


@pytest.fixture
def north() -> World:
    return make_world("north", ("Dana", "Erin"))


@pytest.fixture
def south() -> World:
    return make_world("south", ("Trudy", "Walter"))


@pytest.fixture
def unharmed(south: World) -> Iterator[None]:
    """Every row of the other practice is after the test what it was before, and there are some in each table."""
    before = fingerprints(south.practice.id)
    assert all(count for count, _ in before.values())
    yield
    assert fingerprints(south.practice.id) == before


def leaks(scope: Scope, sql: str, foreign: uuid.UUID) -> dict[str, object]:
    """By table: what a statement got that it must not have got."""
    got: dict[str, object] = {}
    with attacker(scope) as connection:
        for table in tables_with_practice():
            result = outcome(connection, sql.format(table=table), foreign)
            if result not in NOTHING:
                got[table] = result
    return got


COUNT = 'SELECT count(*) FROM "{table}" WHERE practice_id = %s'
CHANGE = 'UPDATE "{table}" SET practice_id = practice_id WHERE practice_id = %s'
DELETE = 'DELETE FROM "{table}" WHERE practice_id = %s'


# One pair of worlds serves all roles and statements of a test: to make it takes seconds, and an attacker's transaction
# is rolled back.


@pytest.mark.usefixtures("unharmed")
def test_foreign_rows_are_out_of_reach(north: World, south: World) -> None:
    attacks = product(KINDS, (COUNT, CHANGE, DELETE))
    got = {(kind, sql): leaks(north.scopes()[kind], sql, south.practice.id) for kind, sql in attacks}
    assert {attack: tables for attack, tables in got.items() if tables} == {}


@pytest.mark.usefixtures("unharmed")
def test_row_cannot_be_inserted_into_another_practice(north: World, south: World) -> None:
    results = {}
    own = {"id": uuid.uuid4(), "key_hash": "\\x00", "digest": "d", "token_hash": "\\x00"}
    rows = {table: copy_of_row(table, south.practice.id, **own) for table in tables_with_practice()}
    for kind in KINDS:
        with attacker(north.scopes()[kind]) as connection:
            for table, row in rows.items():
                insert = f'INSERT INTO "{table}" SELECT * FROM jsonb_populate_record(NULL::"{table}", %s)'
                results[kind, table] = outcome(connection, insert, row)
    assert set(results.values()) == {REFUSED}


@pytest.mark.usefixtures("unharmed")
def test_row_cannot_be_moved_to_another_practice(north: World, south: World) -> None:
    results = {}
    for kind in KINDS:
        with attacker(north.scopes()[kind]) as connection:
            for table in tables_with_practice():
                results[kind, table] = outcome(connection, f'UPDATE "{table}" SET practice_id = %s', south.practice.id)
    assert {attack: result for attack, result in results.items() if result not in NOTHING} == {}


def test_own_rows_are_within_reach(north: World, south: World) -> None:
    with attacker(north.scopes()["clinician"]) as connection:
        assert outcome(connection, "SELECT label FROM clients_couple") == [(north.couple.label,)]


@pytest.mark.parametrize(
    "hole",
    [
        "ALTER TABLE clients_couple DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY hole ON clients_couple FOR SELECT TO attune_staff USING (true)",
        "CREATE POLICY hole ON clients_couple FOR ALL TO PUBLIC USING (true)",
    ],
)
def test_reading_is_seen_when_the_policy_has_a_hole(north: World, south: World, hole: str) -> None:
    with taken_away(hole, restore=["ALTER TABLE clients_couple ENABLE ROW LEVEL SECURITY"]):
        seen = leaks(north.scopes()["clinician"], COUNT, south.practice.id)
    assert seen == {"clients_couple": [(1,)]}
    assert leaks(north.scopes()["clinician"], COUNT, south.practice.id) == {}


def test_writing_is_seen_when_the_policy_has_a_hole(north: World, south: World) -> None:
    hole = "CREATE POLICY hole ON clients_couple FOR ALL TO attune_staff USING (true)"
    with taken_away(hole):
        seen = leaks(north.scopes()["clinician"], CHANGE, south.practice.id)
    assert seen == {"clients_couple": [(1,)]}


def test_owner_sees_no_row_without_becoming_maintenance(north: World, south: World) -> None:
    tables = tables_with_practice()
    assert {table: catalogue(f'SELECT count(*) FROM "{table}"') for table in tables} == {
        table: [(0,)] for table in tables
    }


def test_owner_sees_every_row_when_security_is_not_forced(north: World, south: World) -> None:
    with taken_away(
        "ALTER TABLE clients_couple NO FORCE ROW LEVEL SECURITY",
        restore=["ALTER TABLE clients_couple FORCE ROW LEVEL SECURITY"],
    ):
        assert catalogue("SELECT count(*) FROM clients_couple") == [(2,)]


UNSEEN_BY_PARTNERS = (
    "assessments_answers", "assessments_safetyflag", "assessments_sheetscores", "clients_couple", "clients_partner",
    "practice_auditevent", "assessments_repairplan", "assessments_activity", "assessments_activityholder",
    "assessments_planchange", "assessments_specificrequest", "assessments_goal", "assessments_goalrating",
    "assessments_intention", "assessments_weekreport", "assessments_sessionrating", "clients_counselingsession",
    "clients_consent", "assessments_jointreport",
)  # fmt: skip


def told(world: World, kinds: Iterable[str], statements: Iterable[str]) -> dict[tuple[str, str], object]:
    """What becomes of each statement in each role's own transaction."""
    answers: dict[tuple[str, str], object] = {}
    for kind in kinds:
        with attacker(world.scopes()[kind]) as connection:
            answers |= {(kind, sql): outcome(connection, sql) for sql in statements}
    return answers


def allowed(answers: dict[tuple[str, str], object]) -> dict[tuple[str, str], object]:
    return {attack: answer for attack, answer in answers.items() if answer != REFUSED}


TOUCHES = (
    'SELECT count(*) FROM "{table}"',
    'UPDATE "{table}" SET practice_id = practice_id',
    'DELETE FROM "{table}"',
    'TRUNCATE "{table}"',
    'COPY "{table}" TO STDOUT',
)


def test_partner_cannot_touch_what_therapists_read(north: World) -> None:
    statements = [sql.format(table=table) for sql, table in product(TOUCHES, UNSEEN_BY_PARTNERS)]
    assert allowed(told(north, ["partner"], statements)) == {}


def test_partner_reads_answers_when_granted(north: World) -> None:
    with (
        taken_away(
            "GRANT SELECT ON assessments_answers TO attune_partner",
            "CREATE POLICY hole ON assessments_answers FOR SELECT TO attune_partner USING (true)",
        ),
        attacker(north.scopes()["partner"]) as connection,
    ):
        assert outcome(connection, "SELECT count(*) FROM assessments_answers") == [(3,)]


def test_partner_sees_only_own_sheets(north: World) -> None:
    with attacker(north.scopes()["partner"]) as connection:
        assert outcome(connection, "SELECT DISTINCT partner_id FROM assessments_answersheet") == [(north.partner.id,)]


def test_nobody_deletes_answers_scores_or_flags(north: World) -> None:
    tables = ("assessments_answers", "assessments_sheetscores", "assessments_safetyflag")
    assert allowed(told(north, KINDS, [f"DELETE FROM {table}" for table in tables])) == {}


def test_nobody_changes_answers_but_through_the_functions(north: World) -> None:
    assert allowed(told(north, KINDS, ["UPDATE assessments_answers SET values = '{0}'"])) == {}


def test_audit_trail_is_only_added_to(north: World) -> None:
    verbs = ("SELECT 1 FROM {t}", "UPDATE {t} SET action = ''", "DELETE FROM {t}", "TRUNCATE {t}")
    assert allowed(told(north, KINDS, [sql.format(t="practice_auditevent") for sql in verbs])) == {}


def test_administrator_reads_no_clinical_table(north: World) -> None:
    clinical = [table for table in tables_with_practice() if table.startswith(("clients_", "assessments_"))]
    for table in ("assessments_importedinstrument", "assessments_statisticsrelease"):
        clinical.remove(table)
    with attacker(north.scopes()["administrator"]) as connection:
        results = {table: outcome(connection, f'SELECT practice_id FROM "{table}"') for table in clinical}
    assert results == dict.fromkeys(clinical, REFUSED)


GATE_READS = {
    "practice_membership", "practice_apitoken", "practice_outboxmessage", "practice_calendarfeed", "clients_linkkey",
    "clients_partnersession",
}  # fmt: skip


def test_gate_reads_identities_only(north: World) -> None:
    with attacker(None) as connection:
        readable = {
            table for table in tables_with_practice() if outcome(connection, f'SELECT 1 FROM "{table}"') != REFUSED
        }
    assert readable == GATE_READS
