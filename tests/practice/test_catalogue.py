"""What PostgreSQL's catalogue says of the migrated database. Each finding has a hole that it must find."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from practice.database import grants
from tests.attacks import catalogue, taken_away

pytestmark = pytest.mark.database

# Tables of people and of packages: no practice in them, no row security, and reached by the gate alone or by nobody.
WITHOUT_PRACTICE = {
    "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions", "auth_permission",
    "django_content_type", "django_migrations", "django_session", "knox_authtoken", "mfa_authenticator",
    "practice_user",
}  # fmt: skip
# Looked up before the practice is known: secured rows, but keys and references of their own.
AT_THE_GATE = {
    "clients_linkkey", "clients_partnersession", "practice_apitoken", "practice_membership", "practice_outboxmessage",
    "practice_practice",
}  # fmt: skip
# Random or global by nature: they tell nothing about another practice.
UNIQUE_WITHOUT_PRACTICE = {
    "clients_linkkey_pkey", "clients_partnersession_pkey", "clients_partnersession_token_hash_key",
    "practice_apitoken_id_key", "practice_apitoken_pkey", "practice_membership_pkey", "practice_outboxmessage_pkey",
    "practice_practice_pkey", "practice_practice_slug_key",
}  # fmt: skip


def unsecured_tables() -> set[str]:
    found = catalogue(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'f') "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    return {name for (name,) in found} - WITHOUT_PRACTICE


def test_every_table_has_forced_row_security() -> None:
    assert unsecured_tables() == set()


@pytest.mark.parametrize("hole", ["NO FORCE", "DISABLE"])
def test_table_without_forced_row_security_is_found(hole: str) -> None:
    restore = ["ALTER TABLE clients_couple ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"]
    with taken_away(f"ALTER TABLE clients_couple {hole} ROW LEVEL SECURITY", restore=restore):
        assert unsecured_tables() == {"clients_couple"}


def test_new_table_without_policies_is_found() -> None:
    with taken_away("CREATE TABLE clients_note (practice_id uuid)", restore=["DROP TABLE clients_note"]):
        assert unsecured_tables() == {"clients_note"}


def loose_policies() -> set[str]:
    """Policies that do not begin with the tenant predicate, on tables that carry a practice."""
    rows = catalogue(
        "SELECT tablename || '.' || policyname, permissive, roles, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public' AND NOT (tablename = ANY (%s)) AND roles <> '{attune_gate}'",
        list(WITHOUT_PRACTICE),
    )
    return {name for name, permissive, roles, *parts in rows if not _is_tight(permissive, roles, parts)}


def _is_tight(permissive: str, roles: list[str], parts: list[str | None]) -> bool:
    given = [part.lstrip("(") for part in parts if part is not None]
    begins = ("practice_id = app.practice(", "id = app.practice(")
    return permissive == "PERMISSIVE" and "public" not in roles and all(part.startswith(begins) for part in given)


def test_every_policy_begins_with_the_tenant_predicate() -> None:
    assert loose_policies() == set()


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
    assert gate_policies() == {(one.table, one.verb) for one in grants.AT_THE_GATE if one.role == grants.GATE}
    assert {table for table, _ in gate_policies()} <= WITHOUT_PRACTICE | AT_THE_GATE


def loose_references() -> set[str]:
    """Foreign keys into a table with a practice that do not carry it, or are checked only at commit."""
    rows = catalogue(
        """
        SELECT conname, conrelid::regclass::text, condeferrable,
               ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k(n, i)
                       JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY i),
               ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k(n, i)
                       JOIN pg_attribute ON attrelid = confrelid AND attnum = n ORDER BY i)
          FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
           AND confrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'practice_id')
        """
    )
    return {
        name
        for name, table, late, local, remote in rows
        if table not in AT_THE_GATE and (late or local[0] != "practice_id" or remote[0] != "practice_id")
    }


def test_every_reference_carries_the_practice() -> None:
    assert loose_references() == set()


def test_plain_foreign_key_is_found() -> None:
    hole = (
        "CREATE UNIQUE INDEX hole_target ON clients_couple (id)",
        "ALTER TABLE assessments_wave ADD CONSTRAINT hole FOREIGN KEY (couple_id) REFERENCES clients_couple (id)",
    )
    restore = ["ALTER TABLE assessments_wave DROP CONSTRAINT hole", "DROP INDEX hole_target"]
    with taken_away(*hole, restore=restore):
        assert loose_references() == {"hole"}


def unreferenced_columns() -> set[tuple[str, str]]:
    """Columns that name a row of another table and have no foreign key."""
    rows = catalogue(
        """
        SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0
           AND attname LIKE '%%\\_id' AND atttypid = 'uuid'::regtype
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = c.oid AND attnum = ANY (conkey))
           AND relname <> ALL (%s)
        """,
        [*AT_THE_GATE, *WITHOUT_PRACTICE],
    )
    return set(rows)


def test_every_named_row_is_referenced() -> None:
    events = {("practice_auditevent", name) for name in ("actor_id", "partner_id", "object_id", "couple_id")}
    assert unreferenced_columns() == events


def loose_unique_indexes() -> set[str]:
    rows = catalogue(
        """
        SELECT indexrelid::regclass::text,
               ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey::int2[]))
          FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
         WHERE relnamespace = 'public'::regnamespace AND (indisunique OR indisexclusion) AND relname <> ALL (%s)
        """,
        list(WITHOUT_PRACTICE),
    )
    return {name for name, columns in rows if "practice_id" not in columns} - UNIQUE_WITHOUT_PRACTICE


def test_every_unique_index_carries_the_practice() -> None:
    assert loose_unique_indexes() == set()


def test_unique_index_without_the_practice_is_found() -> None:
    with taken_away("CREATE UNIQUE INDEX hole ON clients_couple (label)", restore=["DROP INDEX hole"]):
        assert loose_unique_indexes() == {"hole"}


def loose_objects() -> set[str]:
    """Views that read as their owner, materialised views, and functions that run as somebody else unpinned."""
    rows = catalogue(
        """
        SELECT relname::text FROM pg_class
         WHERE relnamespace IN ('public'::regnamespace, 'app'::regnamespace)
           AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions @> '{security_invoker=true}', false))
         UNION ALL
        SELECT p.oid::regprocedure::text FROM pg_proc p
          JOIN pg_roles r ON r.oid = proowner
         WHERE pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
           AND (prosecdef AND (proconfig IS NULL OR NOT proconfig @> '{"search_path=pg_catalog, pg_temp"}')
                OR rolsuper OR rolbypassrls OR proleakproof
                OR has_function_privilege('attune_statistics', p.oid, 'EXECUTE'))
         UNION ALL
        SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal
        """
    )
    return {name for (name,) in rows}


def test_no_view_or_function_lends_its_owner_power() -> None:
    assert loose_objects() == set()


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
