"""What PostgreSQL's catalogue says of the migrated database. Each finding has a hole that it must find."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from django.db import connections

from practice.database import grants
from practice.database.grants.rule import GATE
from tests.attacks import catalogue, taken_away
from tests.findings import (
    AT_THE_GATE,
    FINDINGS,
    WITHOUT_PRACTICE,
    loose_objects,
    loose_policies,
    loose_references,
    loose_unique_indexes,
    unsecured_tables,
)

pytestmark = pytest.mark.database


@pytest.mark.parametrize("find", FINDINGS, ids=lambda find: find.__name__)
def test_nothing_is_found(find: Callable[[], Collection[object]]) -> None:
    assert find() == set()


@pytest.mark.parametrize("hole", ["NO FORCE", "DISABLE"])
def test_table_without_forced_row_security_is_found(hole: str) -> None:
    restore = ["ALTER TABLE clients_couple ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"]
    with taken_away(f"ALTER TABLE clients_couple {hole} ROW LEVEL SECURITY", restore=restore):
        assert unsecured_tables() == {"clients_couple"}


def test_new_table_without_policies_is_found() -> None:
    with taken_away("CREATE TABLE clients_note (practice_id uuid)", restore=["DROP TABLE clients_note"]):
        assert unsecured_tables() == {"clients_note"}


@pytest.mark.parametrize(
    "policy",
    [
        "FOR SELECT TO attune_staff USING (true)",
        "TO PUBLIC USING (practice_id = app.practice('staff'))",
        "AS RESTRICTIVE FOR SELECT TO attune_staff USING (practice_id = app.practice('staff'))",
        "FOR SELECT TO attune_staff USING (state = 'x' OR practice_id = app.practice('staff'))",
        "FOR INSERT TO attune_staff WITH CHECK (true)",
    ],
)
def test_loose_policy_is_found(policy: str) -> None:
    with taken_away(f"CREATE POLICY hole ON clients_couple {policy}"):
        assert loose_policies() == {"clients_couple.hole"}


def gate_policies() -> set[tuple[str, str]]:
    rows = catalogue("SELECT tablename, cmd FROM pg_policies WHERE schemaname = 'public' AND roles = '{attune_gate}'")
    return set(rows)


def test_gate_reaches_what_is_listed_for_it() -> None:
    assert gate_policies() == {(one.table, one.verb) for one in grants.AT_THE_GATE if one.role == GATE}
    assert {table for table, _ in gate_policies()} <= WITHOUT_PRACTICE | AT_THE_GATE


def test_plain_foreign_key_is_found() -> None:
    hole = (
        "CREATE UNIQUE INDEX hole_target ON clients_couple (id)",
        "ALTER TABLE assessments_wave ADD CONSTRAINT hole FOREIGN KEY (couple_id) REFERENCES clients_couple (id)",
    )
    restore = ["ALTER TABLE assessments_wave DROP CONSTRAINT hole", "DROP INDEX hole_target"]
    with taken_away(*hole, restore=restore):
        assert loose_references() == {"hole"}


def test_unique_index_without_the_practice_is_found() -> None:
    with taken_away("CREATE UNIQUE INDEX hole ON clients_couple (label)", restore=["DROP INDEX hole"]):
        assert loose_unique_indexes() == {"hole"}


@pytest.mark.parametrize(
    ("create", "drop", "found"),
    [
        ("VIEW hole AS SELECT * FROM clients_couple", "VIEW hole", "hole"),
        ("MATERIALIZED VIEW hole AS SELECT 1 AS one", "MATERIALIZED VIEW hole", "hole"),
        ("FUNCTION app.hole() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "FUNCTION app.hole", "hole()"),
        ("FUNCTION app.hole() RETURNS int LANGUAGE sql AS 'SELECT 1'", "FUNCTION app.hole", "hole()"),
    ],
)
def test_object_that_lends_power_is_found(create: str, drop: str, found: str) -> None:
    with taken_away(f"CREATE {create}", restore=[f"DROP {drop}"]):
        assert {name.removeprefix("app.") for name in loose_objects()} == {found}


def linted() -> set[tuple[str, str]]:
    """Rule and object of each error, but for rows that the gate looks up before it knows a practice."""
    owner = connections["owner"].settings_dict
    url = f"postgresql://{owner['USER']}:{owner['PASSWORD']}@{owner['HOST']}:{owner['PORT']}/{owner['NAME']}"
    command = [str(Path(sys.executable).parent / "pgrls"), "lint", "--schemas", "public,app", "--format", "json"]
    result = subprocess.run(  # noqa: S603
        [*command, "--min-severity", "error"],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    found = {(one["rule_id"], one["location"]) for one in json.loads(result.stdout)["violations"]}
    known = {f"public.{table}" for table in WITHOUT_PRACTICE} | {"app.context_key"}
    at_the_gate = re.compile(rf"public\.({'|'.join(AT_THE_GATE)})\.gate_|public\.practice_user\.worker_")
    return {
        (rule, place)
        for rule, place in found
        if ".".join(place.split(".")[:2]) not in known and not at_the_gate.match(place)
    }


def test_linter_finds_no_error() -> None:
    assert linted() == set()


def test_linter_finds_a_table_without_row_security() -> None:
    with taken_away("CREATE TABLE hole (practice_id uuid)", restore=["DROP TABLE hole"]):
        assert linted() == {("SEC001", "public.hole")}
