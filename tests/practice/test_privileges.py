"""The roles of the product, and that each holds exactly the privileges of the reviewed list."""

import pytest

from practice.database import grants
from practice.database.preparation import prepare_database
from tests.attacks import as_owner, catalogue, taken_away

pytestmark = pytest.mark.database

RUNTIME = [*grants.RUNTIME, "attune_login", "attune_definer"]


def powerful_roles() -> set[str]:
    rows = catalogue(
        """
        SELECT rolname::text FROM pg_roles r WHERE rolname = ANY (%s)
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
                OR rolcanlogin AND (rolname <> 'attune_login' OR rolinherit)
                OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)
                OR EXISTS (SELECT FROM pg_roles other WHERE (other.rolsuper OR other.rolbypassrls
                             OR other.rolname IN ('attune_owner', 'attune_definer') AND other.oid <> r.oid)
                             AND pg_has_role(r.oid, other.oid, 'MEMBER')))
        """,
        RUNTIME,
    )
    return {name for (name,) in rows}


def test_no_runtime_role_has_power_over_the_policies() -> None:
    assert powerful_roles() == set()


def test_table_owned_by_a_runtime_role_is_found() -> None:
    hole = "CREATE TABLE app.hole ()", "SET ROLE attune_definer", "CREATE TABLE app.hole2 ()"
    with taken_away(*hole, restore=["DROP TABLE app.hole", "SET ROLE attune_definer", "DROP TABLE app.hole2"]):
        assert powerful_roles() == {"attune_definer"}


def test_nobody_may_create_in_a_schema() -> None:
    rows = catalogue(
        "SELECT rolname::text, nspname::text FROM pg_roles, pg_namespace "
        "WHERE nspname IN ('public', 'app') AND rolname = ANY (%s) AND rolname <> 'attune_definer' "
        "AND has_schema_privilege(rolname, nspname, 'CREATE')",
        RUNTIME,
    )
    assert rows == []


def granted() -> set[tuple[str, str, str, str]]:
    """Role, table, verb and column of every privilege of a run-time role."""
    rows = catalogue(
        "SELECT grantee::text, table_name::text, privilege_type::text, column_name::text "
        "FROM information_schema.column_privileges WHERE grantee = ANY (%s) AND table_schema = 'public'",
        RUNTIME,
    )
    return set(rows)


def test_privileges_are_those_of_the_reviewed_list() -> None:
    rules = [*grants.AT_THE_GATE, *grants.IN_A_PRACTICE]
    listed = {(one.role, one.table, one.verb) for one in rules}
    table_grants = catalogue(
        "SELECT grantee::text, table_name::text, privilege_type::text FROM information_schema.table_privileges "
        "WHERE grantee = ANY (%s) AND table_schema = 'public'",
        RUNTIME,
    )
    with_columns = {(one.role, one.table, one.verb, name) for one in rules for name in one.columns}
    assert set(table_grants) == {(one.role, one.table, one.verb) for one in rules if not one.columns}
    assert {row[:3] for row in granted()} == {one for one in listed if one[2] != "DELETE"}
    assert {row for row in granted() if row[:3] not in set(table_grants)} == with_columns


def test_preparing_twice_changes_nothing() -> None:
    def picture() -> list[tuple[object, ...]]:
        policies = catalogue(
            "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
        )
        return policies + catalogue(
            "SELECT oid::regprocedure::text, proacl::text FROM pg_proc WHERE prosecdef ORDER BY 1"
        )

    before = picture()
    prepare_database()
    assert picture() == before


def test_preparing_takes_back_what_was_granted_by_hand() -> None:
    as_owner("GRANT ALL ON clients_couple TO attune_partner, PUBLIC")
    prepare_database()
    assert {row for row in granted() if row[:2] == ("attune_partner", "clients_couple")} == set()
