"""B04: what makes joint reports reaches nothing that could not stand in one, whatever code asks for it."""

import uuid
from typing import Any

import pytest

from practice.database.context import Scope
from practice.database.grants import IN_A_PRACTICE
from practice.database.grants.rule import REPORT
from tests.attacks import REFUSED, attacker, catalogue, outcome, tables_with_practice
from tests.worlds import World, make_world

pytestmark = pytest.mark.database
CANARY = "canary-7f3a"
READABLE = {
    "assessments_answersheet": {
        "id", "practice_id", "wave_id", "couple_id", "partner_id", "instrument", "content_hash", "state",
        "submitted_at",
    },
    "assessments_sheetscores": {"practice_id", "sheet_id", "partner_id", "joint_scores"},
    "clients_consent": {"practice_id", "partner_id", "kind", "withdrawn_at"},
}  # fmt: skip


@pytest.fixture
def world() -> World:
    return make_world("north", (f"Dana {CANARY}", f"Erin {CANARY}"))


def columns_of(table: str) -> list[str]:
    found = catalogue(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", table
    )
    return [name for (name,) in found]


def test_the_list_of_grants_is_what_this_test_knows() -> None:
    reads = [rule for rule in IN_A_PRACTICE if rule.role == REPORT and rule.verb == "SELECT"]
    assert {rule.table: set(rule.columns) for rule in reads} == {**READABLE, "assessments_importedinstrument": set()}
    writes = [(rule.table, rule.verb) for rule in IN_A_PRACTICE if rule.role == REPORT and rule.verb != "SELECT"]
    assert writes == [("assessments_jointreport", "INSERT")]


def test_every_column_that_is_not_granted_is_refused(world: World) -> None:
    got: dict[str, object] = {}
    with attacker(Scope.report(practice_id=world.practice.id)) as connection:
        for table in tables_with_practice():
            if table == "assessments_importedinstrument":
                continue
            for column in set(columns_of(table)) - READABLE.get(table, set()):
                result = outcome(connection, f'SELECT "{column}" FROM "{table}"')
                if result != REFUSED:
                    got[f"{table}.{column}"] = result
    assert got == {}


def test_nothing_it_may_read_holds_a_canary_or_a_private_score(world: World) -> None:
    with attacker(Scope.report(practice_id=world.practice.id)) as connection:
        read: dict[str, Any] = {
            table: outcome(connection, f'SELECT {", ".join(sorted(columns))} FROM "{table}"')
            for table, columns in READABLE.items()
        }
    assert all(read[table] for table in ("assessments_answersheet", "assessments_sheetscores"))
    assert CANARY not in str(read)
    scores = [row[0] for row in read["assessments_sheetscores"]]
    assert {key for one in scores for of in one.values() for key in of} <= {
        "PR", "LV", "AA", "RF", "RP", "CR", "NEGLECT", "CKJ",
    }  # fmt: skip


def test_it_learns_of_no_consent_but_the_one_it_needs(world: World) -> None:
    """The couple of this world has agreed to the assessment alone."""
    with attacker(Scope.report(practice_id=world.practice.id)) as connection:
        assert outcome(connection, "SELECT kind FROM clients_consent") == []


def test_nobody_changes_what_was_released(world: World) -> None:
    verbs = ("UPDATE assessments_jointreport SET content = '{}'", "DELETE FROM assessments_jointreport")
    for kind in ("report", "clinician", "partner", "worker"):
        with attacker(world.scopes()[kind]) as connection:
            assert {verb: outcome(connection, verb) for verb in verbs} == dict.fromkeys(verbs, REFUSED)


def test_a_report_is_kept_with_both_keys_only(world: World) -> None:
    sql = (
        "INSERT INTO assessments_jointreport (id, practice_id, couple_id, wave_id, content, released_by, released_at) "
        "VALUES (gen_random_uuid(), %s, %s, %s, '{}', %s, now())"
    )
    for wave in (world.sheet.wave_id, uuid.uuid4()):
        with attacker(Scope.report(practice_id=world.practice.id)) as connection:
            assert outcome(connection, sql, world.practice.id, world.couple.id, wave, uuid.uuid4()) == REFUSED
