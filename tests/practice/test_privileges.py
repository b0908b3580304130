"""What `prepare` makes of roles and privileges; that they are those of the reviewed list is in test_catalogue.py."""

import pytest

from practice.database.preparation import prepare_database
from tests.attacks import catalogue, taken_away
from tests.findings import powerful_roles, unlisted_privileges

pytestmark = pytest.mark.database


def test_table_owned_by_a_runtime_role_is_found() -> None:
    hole = "CREATE TABLE app.hole ()", "SET ROLE attune_definer", "CREATE TABLE app.hole2 ()"
    with taken_away(*hole, restore=["DROP TABLE app.hole", "SET ROLE attune_definer", "DROP TABLE app.hole2"]):
        assert powerful_roles() == {"attune_definer"}


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
    with taken_away("GRANT ALL ON clients_couple TO attune_partner, PUBLIC"):
        assert {(role, table) for role, table, *_ in unlisted_privileges()} == {
            ("attune_partner", "clients_couple"),
            ("PUBLIC", "clients_couple"),
        }
    assert unlisted_privileges() == set()
