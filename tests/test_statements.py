"""The guard on statements, and that the suite runs as the product does."""

import ast
from pathlib import Path

import pytest
from django.db import connection

from clients.models import Couple, Partner
from practice.models import Membership
from tests.factories import as_staff, at_the_gate
from tests.statements import PracticeNotNamed, tenant_tables, unnamed_tables

NAMED = [
    'SELECT "clients_couple"."id" FROM "clients_couple" WHERE "clients_couple"."practice_id" = %s',
    'SELECT U0."id" FROM "clients_couple" U0 WHERE (U0."practice_id" = %s AND U0."id" = %s)',
    'SELECT 1 FROM "clients_partner" INNER JOIN "clients_couple" ON ("clients_partner"."couple_id" = '
    '"clients_couple"."id" AND ("clients_couple"."practice_id" = "clients_partner"."practice_id")) '
    'WHERE "clients_partner"."practice_id" = %s',
    'INSERT INTO "clients_couple" ("id", "practice_id", "label") VALUES (%s, %s, %s)',
    'DELETE FROM "clients_couple" WHERE "clients_couple"."id" IN (%s)',
    "SELECT set_config('role', %s, true)",
    'SELECT 1 FROM "practice_membership" WHERE "practice_membership"."user_id" = %s',
]
UNNAMED = [
    ('SELECT "clients_couple"."id" FROM "clients_couple"', "clients_couple"),
    ('SELECT * FROM "clients_couple" WHERE "clients_couple"."id" = %s', "clients_couple"),
    ('SELECT U0."practice_id" FROM "clients_couple" U0 WHERE U0."id" = %s', "U0"),
    ('UPDATE "clients_couple" SET "practice_id" = %s WHERE "clients_couple"."id" = %s', "clients_couple"),
    ('UPDATE "clients_couple" SET "label" = %s', "clients_couple"),
    ('DELETE FROM "clients_couple"', "clients_couple"),
    ('INSERT INTO "clients_couple" ("id", "label") VALUES (%s, %s)', "clients_couple"),
    (
        'SELECT 1 FROM "clients_partner" INNER JOIN "clients_couple" ON ("clients_partner"."couple_id" = '
        '"clients_couple"."id") WHERE "clients_partner"."practice_id" = %s',
        "clients_couple",
    ),
    (
        'SELECT 1 FROM "clients_couple" WHERE "clients_couple"."practice_id" = %s AND EXISTS(SELECT 1 FROM '
        '"clients_partner" U0 WHERE U0."couple_id" = "clients_couple"."id")',
        "U0",
    ),
    ("SELECT label FROM clients_couple", "clients_couple"),
]


@pytest.mark.parametrize("sql", NAMED)
def test_statement_that_names_its_practice_passes(sql: str) -> None:
    assert unnamed_tables(sql) == []


@pytest.mark.parametrize(("sql", "alias"), UNNAMED)
def test_statement_that_names_no_practice_is_found(sql: str, alias: str) -> None:
    assert unnamed_tables(sql) == [alias]


def test_tenant_tables_are_those_of_the_models() -> None:
    assert {"clients_couple", "assessments_answers", "practice_auditevent"} < tenant_tables()
    assert (
        tenant_tables() & {"practice_user", "clients_linkkey", "practice_outboxmessage", "practice_calendarfeed"}
        == set()
    )


@pytest.mark.database
def test_guard_stops_a_statement_on_the_connection(alice: Membership, couple: Couple) -> None:
    with as_staff(alice), pytest.raises(PracticeNotNamed), connection.cursor() as cursor:
        cursor.execute("SELECT label FROM clients_couple")


@pytest.mark.database
def test_guard_lets_the_models_pass(alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        Partner.objects.filter(couple__label="D & E").select_related("couple").get(position=1).save()
        assert Couple.objects.filter(partners__position=2).exists()


@pytest.mark.database
def test_guard_stops_an_update_through_a_join(alice: Membership, couple: Couple) -> None:
    """Django turns it into `WHERE id IN (SELECT …)`: ask for the ids first."""
    with as_staff(alice), pytest.raises(PracticeNotNamed):
        Couple.objects.filter(partners__position=2).update(label="E & D")


@pytest.mark.database
def test_tests_run_as_the_login_of_the_product() -> None:
    with at_the_gate(), connection.cursor() as cursor:
        cursor.execute("SELECT session_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        assert cursor.fetchone() == ("attune_login", False)


@pytest.mark.database
def test_test_bodies_are_outside_any_transaction() -> None:
    assert not connection.in_atomic_block


def test_no_test_hides_its_transactions() -> None:
    """A TestCase, the `db` fixture or a bare django_db mark would run a test inside savepoints."""
    hidden = {"TestCase", "db"}
    found = []
    for path in Path(__file__).parent.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            arguments = {one.arg for one in node.args.args} if isinstance(node, ast.FunctionDef) else set()
            bare = isinstance(node, ast.Attribute) and node.attr == "django_db"
            if arguments & hidden or bare or (isinstance(node, ast.Name) and node.id in hidden):
                found.append(path.name)
    assert found == []
