"""An attacker runs any SQL on the connection of a therapist's request. Another practice must stay out of reach."""

from collections.abc import Iterator

import pytest
from django.db import connections

from practice.database.base import SET_CONTEXT
from practice.database.context import sign
from tests.attacks import (
    attacker,
    connect,
    fingerprints,
    outcome,
    taken_away,
)
from tests.worlds import World, make_world

pytestmark = pytest.mark.database

REFUSED_STATEMENTS = [
    "SET ROLE attune_owner",
    "SET ROLE attune_maintenance",
    "SET ROLE attune_backup",
    "SET ROLE attune_definer",
    "SET ROLE attune_eraser",
    "SET ROLE postgres",
    "SET ROLE pg_read_all_data",
    "SET SESSION AUTHORIZATION attune_owner",
    "SET SESSION AUTHORIZATION postgres",
    "SET session_replication_role = replica",
    "SET log_statement = 'all'",
    "SET log_min_error_statement = 'error'; SET log_parameter_max_length_on_error = -1; SELECT pg_read_file('log')",
    "ALTER TABLE clients_couple DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE clients_couple NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE clients_couple OWNER TO attune_staff",
    "CREATE POLICY hole ON clients_couple USING (true)",
    "DROP POLICY staff_select_0 ON clients_couple",
    "ALTER ROLE attune_login SUPERUSER",
    "ALTER ROLE attune_staff BYPASSRLS",
    "CREATE ROLE intruder SUPERUSER",
    "GRANT attune_maintenance TO attune_login",
    "ALTER FUNCTION app.practice(text) OWNER TO attune_staff",
    "CREATE OR REPLACE FUNCTION app.practice(kind text) RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'",
    "DROP FUNCTION app.practice(text) CASCADE",
    "ALTER FUNCTION app.practice(text) RESET search_path",
    "SELECT * FROM app.context_key",
    "COPY app.context_key TO STDOUT",
    "INSERT INTO app.context_key VALUES ('mine', '', '')",
    "SELECT app.verified_context()",
    "SELECT app.lock_own_sheet(gen_random_uuid())",
    "SELECT app.save_answers(gen_random_uuid(), '{}', '{}', '{}', '{}', '{}', now())",
    "SELECT app.finish_sheet(gen_random_uuid(), 'submitted', now())",
    "SELECT app.own_answers(gen_random_uuid())",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/out')",
    "COPY clients_couple TO '/tmp/out'",
    "COPY clients_couple TO PROGRAM 'cat'",
    "COPY clients_couple (label) FROM PROGRAM 'id'",
    "COPY clients_couple FROM STDIN",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION file_fdw",
    "CREATE LANGUAGE plpython3u",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.practice(kind text) RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'",
    "CREATE TABLE public.t ()",
    "CREATE TEMP TABLE clients_couple (LIKE public.clients_couple)",
    "CREATE TEMP VIEW clients_couple AS SELECT 1",
    "CREATE TEMP SEQUENCE s",
    "SELECT * INTO TEMP mine FROM clients_couple",
    "CREATE SEQUENCE app.s",
    "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM clients_couple",
    "CREATE TYPE public.t AS ENUM ()",
    "SELECT nextval('django_migrations_id_seq')",
    "SELECT setval('account_emailaddress_id_seq', 1)",
    "SELECT last_value FROM account_emailaddress_id_seq",
    "CREATE VIEW app.v AS SELECT 1",
    "CREATE SCHEMA mine",
    "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION app.practice()",
    "CREATE RULE r AS ON SELECT TO clients_couple DO INSTEAD SELECT 1",
    "CREATE TRIGGER t BEFORE INSERT ON clients_couple EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "TRUNCATE clients_couple CASCADE",
    "DROP TABLE clients_couple CASCADE",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'attune_owner'",
    "SELECT pg_reload_conf()",
    "ALTER SYSTEM SET row_security = off",
    "SELECT rolpassword FROM pg_authid",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM practice_user",
    "SELECT * FROM django_session",
    "SELECT * FROM clients_linkkey",
    "SELECT key_hash FROM clients_linkkey",
    "SELECT token_hash FROM clients_partnersession",
    "SELECT * FROM practice_auditevent",
    "SELECT * FROM practice_outboxmessage",
    "UPDATE assessments_answers SET values = '{0}'",
    "DELETE FROM assessments_safetyflag",
]

# These may succeed; what they are for must not.
PREPARATIONS = [
    "SELECT 1",
    "SELECT set_config('app.practice_id', '{south}', true)",
    "SELECT set_config('app.context', '', true)",
    "SELECT set_config('app.context', replace(current_setting('app.context'), '{north}', '{south}'), true)",
    "SELECT set_config('app.context', replace(current_setting('app.context'), '{north}', '{south}'), false)",
    "SELECT set_config('app.context', replace(current_setting('app.context'), 'clinician', 'worker'), true)",
    "RESET app.context",
    "RESET ALL",
    "DISCARD PLANS",
    "SET row_security = off",
    "SET search_path = pg_temp, public",
    "SET ROLE attune_worker",
    "SET ROLE attune_scoring",
    "SET ROLE attune_gate",
    "SET ROLE attune_report",
    "SET ROLE attune_statistics",
    "SET ROLE attune_pool",
    "SET ROLE attune_retention",
    "SET ROLE NONE",
    "RESET ROLE; SET LOCAL ROLE attune_worker",
    "SET SESSION AUTHORIZATION DEFAULT",
    "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM public.clients_couple",
    "PREPARE p AS SELECT count(*) FROM public.clients_couple WHERE practice_id = $1",
    "SAVEPOINT s; SELECT set_config('app.context', '', true); ROLLBACK TO s",
    "LISTEN everything",
    "GRANT SELECT ON clients_couple TO PUBLIC",
]
CLINICAL = [
    "clients_couple", "clients_partner", "clients_invitation", "assessments_answers", "assessments_answersheet",
    "assessments_assignment", "assessments_safetyflag", "assessments_sheetscores", "assessments_wave",
]  # fmt: skip


@pytest.fixture
def north() -> World:
    return make_world("north", ("Dana", "Erin"))


@pytest.fixture
def south() -> World:
    return make_world("south", ("Trudy", "Walter"))


@pytest.fixture
def unharmed(south: World) -> Iterator[None]:
    before = fingerprints(south.practice.id)
    yield
    assert fingerprints(south.practice.id) == before


def foreign_rows(north: World, south: World, preparation: str) -> int:
    """How many rows of the other practice are read, by any clinical table, after the attacker has prepared."""
    statements = preparation.format(north=north.practice.id, south=south.practice.id)
    seen = 0
    with attacker(north.scopes()["clinician"]) as connection:
        for statement in statements.split("; "):
            outcome(connection, statement)
        for table in CLINICAL:
            rows = outcome(connection, f"SELECT count(*) FROM public.{table} WHERE practice_id = %s", south.practice.id)
            seen += rows[0][0] if isinstance(rows, list) else 0
    return seen


@pytest.mark.usefixtures("unharmed")
def test_injected_statement_is_refused(north: World, south: World) -> None:
    taken = {}
    with attacker(north.scopes()["clinician"]) as connection:
        for statement in REFUSED_STATEMENTS:
            result = outcome(connection, statement)
            if not isinstance(result, str):
                taken[statement] = result
    assert taken == {}


@pytest.mark.usefixtures("unharmed")
def test_injected_preparation_opens_no_other_practice(north: World, south: World) -> None:
    """In two worlds that serve all of them: to make one takes seconds, and an attacker's connection is rolled back."""
    opened = {one: foreign_rows(north, south, one) for one in PREPARATIONS}
    assert {one: rows for one, rows in opened.items() if rows} == {}


def test_injection_opens_the_other_practice_when_the_context_is_not_verified(north: World, south: World) -> None:
    unsigned = (
        "SET ROLE attune_definer",
        "CREATE OR REPLACE FUNCTION app.practice(kind text) RETURNS uuid LANGUAGE sql STABLE "
        "AS $$ SELECT split_part(current_setting('app.context'), '|', 2)::uuid $$",
    )
    swap = "SELECT set_config('app.context', replace(current_setting('app.context'), '{north}', '{south}'), true)"
    with taken_away(*unsigned):
        assert foreign_rows(north, south, swap) > 0
    assert foreign_rows(north, south, swap) == 0


def with_temporary_objects() -> str:
    return f'GRANT TEMPORARY ON DATABASE "{connections["owner"].settings_dict["NAME"]}" TO PUBLIC'


def test_temporary_table_of_one_practice_takes_the_rows_of_the_next(north: World, south: World) -> None:
    """Why nobody may make one: the connection goes back to the pool with it."""
    trap = "CREATE TEMP TABLE clients_couple (LIKE public.clients_couple); GRANT ALL ON clients_couple TO PUBLIC"
    with taken_away(with_temporary_objects()), connect() as pooled:
        seen = []
        for world in (north, south):
            pooled.execute(SET_CONTEXT, ["attune_staff", sign(world.scopes()["clinician"])])
            if world is north:
                pooled.execute(trap)
            seen.append(pooled.execute("SELECT count(*) FROM clients_couple").fetchone())
            pooled.commit()
    assert seen == [(0,), (0,)]


LEAKY = """
CREATE FUNCTION pg_temp.tell(t text) RETURNS bool LANGUAGE plpgsql COST 0.0001
AS 'BEGIN RAISE NOTICE ''%'', t; RETURN true; END'
"""


def test_function_in_a_condition_is_not_asked_about_foreign_rows(north: World, south: World) -> None:
    told: list[str] = []
    with taken_away(with_temporary_objects()), attacker(north.scopes()["clinician"]) as connection:
        connection.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
        outcome(connection, LEAKY)
        rows = outcome(connection, "SELECT label FROM clients_couple WHERE pg_temp.tell(label)")
    assert (rows, told) == ([(north.couple.label,)], [north.couple.label])


@pytest.mark.parametrize("oracle", ["1 / (length(label) - length(label))", "label::int"])
def test_error_tells_nothing_about_foreign_rows(north: World, south: World, oracle: str) -> None:
    condition = f"practice_id = '{south.practice.id}' AND {oracle} > 0"
    with attacker(north.scopes()["clinician"]) as connection:
        assert outcome(connection, f"SELECT count(*) FROM clients_couple WHERE {condition}") == [(0,)]


def test_statistics_hide_the_values_of_secured_tables(north: World, south: World) -> None:
    with attacker(north.scopes()["clinician"]) as connection:
        seen = outcome(connection, "SELECT count(*) FROM pg_stats WHERE tablename = 'clients_couple'")
    assert seen == [(0,)]


@pytest.mark.parametrize("table", ["clients_couple", "clients_partner", "assessments_sheetscores"])
def test_copy_gives_own_rows_only(north: World, south: World, table: str) -> None:
    sql = f"COPY (SELECT practice_id FROM {table}) TO STDOUT".encode()
    with attacker(north.scopes()["clinician"]) as connection, connection.cursor().copy(sql) as copied:
        lines = b"".join(bytes(part) for part in copied).decode().split()
    assert set(lines) == {str(north.practice.id)}


def test_listener_hears_nothing_of_another_practice(north: World) -> None:
    with connect(autocommit=True) as listener:
        listener.execute("LISTEN everything")
        make_world("south", ("Trudy", "Walter"))
        listener.execute("SELECT 1")
        assert list(listener.notifies(timeout=0)) == []
