"""Each protection taken away in turn: a finding of the catalogue, and where rows get loose an attack, must tell.

All of it happens in one transaction that ends in vain. A mutation that nobody notices fails.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import time_machine

from practice.database import context, grants
from practice.database.context import LIFETIME_SECONDS, sign
from practice.database.grants.gate import EVERY_ROW
from practice.database.grants.rule import (
    AUDIT,
    OWNERS_OF_FUNCTIONS,
    PARTNER,
    RUNTIME,
    SCORING,
    STAFF,
    WORKER,
    Allow,
)
from tests.attacks import REFUSED, attacker, catalogue, copy_of_row, one_transaction, outcome, tables_with_practice
from tests.findings import (
    ACCOUNTS,
    AT_THE_GATE,
    FINDINGS,
    WITHOUT_PRACTICE,
    loose_references,
    open_schemas,
    powerful_roles,
    unlisted_privileges,
)
from tests.worlds import World, make_world

pytestmark = [pytest.mark.database, pytest.mark.nightly]
KINDS = {
    STAFF: ("clinician", "administrator"),
    PARTNER: ("partner",),
    SCORING: ("scoring",),
    WORKER: ("worker",),
    AUDIT: ("audit",),
}
Connection = psycopg.Connection[object]


@pytest.fixture
def north() -> World:
    return make_world("north", ("Dana", "Erin"))


@pytest.fixture
def south() -> World:
    return make_world("south", ("Trudy", "Walter"))


@pytest.fixture
def database() -> Iterator[Connection]:
    with one_transaction() as connection:
        yield connection


@contextmanager
def mutated(database: Connection, *statements: str) -> Iterator[None]:
    with database.transaction(force_rollback=True):
        for statement in statements:
            database.execute(statement.encode())
        yield


def found() -> bool:
    return any(find() for find in FINDINGS)


def unnoticed(database: Connection, mutations: list[str], notice: Callable[[], bool] = found) -> list[str]:
    survivors = []
    for mutation in mutations:
        with mutated(database, mutation):
            if not notice():
                survivors.append(mutation)
    return survivors


def test_nothing_is_found_before_anything_is_taken_away(database: Connection) -> None:
    assert [find.__name__ for find in FINDINGS if find()] == []


def policies() -> list[tuple[str, str, Allow]]:
    """Name, quoted place and rule of each policy."""
    rules = grants.rules()
    return [
        (name, f'"{name}" ON public."{rule.table}"', rule)
        for number, rule in enumerate(rules)
        for name in [f"{rule.role.removeprefix('attune_')}_{rule.verb.lower()}_{number}"]
    ]


def with_condition(place: str, rule: Allow, condition: str) -> str:
    using = f" USING ({condition})" if rule.verb != "INSERT" else ""
    check = f" WITH CHECK ({condition})" if rule.verb in ("INSERT", "UPDATE") else ""
    return f"ALTER POLICY {place}{using}{check}"


def test_policy_dropped_or_widened_is_noticed(database: Connection) -> None:
    mutations = [f"DROP POLICY {place}" for _, place, _ in policies()]
    mutations += [f"ALTER POLICY {place} TO PUBLIC" for _, place, _ in policies()]
    for _, place, rule in policies():
        tenant, _, rest = rule.rows.partition(" AND ")
        mutations += [with_condition(place, rule, "true")] if rule.rows != EVERY_ROW else []
        mutations += [with_condition(place, rule, tenant)] if rest else []
    assert unnoticed(database, mutations) == []


def reads_foreign_rows(world: World, foreign: World, rule: Allow) -> bool:
    key = "id" if rule.table == "practice_practice" else "practice_id"
    sql = f'SELECT count(*) FROM "{rule.table}" WHERE "{key}" = %s'
    for kind in KINDS[rule.role]:
        with attacker(world.scopes()[kind]) as connection:
            if outcome(connection, sql, foreign.practice.id) not in (REFUSED, [(0,)]):
                return True
    return False


def writes_foreign_rows(world: World, foreign: World, rule: Allow) -> bool:
    """Refused by something other than a policy counts as written: the policy let it pass."""
    row = copy_of_row(rule.table, foreign.practice.id)
    sql = f'INSERT INTO "{rule.table}" SELECT * FROM jsonb_populate_record(NULL::"{rule.table}", %s)'
    for kind in KINDS[rule.role]:
        with attacker(world.scopes()[kind]) as connection:
            if outcome(connection, sql, row) != REFUSED:
                return True
    return False


@pytest.mark.parametrize("verb", ["SELECT", "INSERT"])
def test_policy_that_holds_for_every_row_lets_foreign_rows_loose(
    north: World, south: World, database: Connection, verb: str
) -> None:
    attack = reads_foreign_rows if verb == "SELECT" else writes_foreign_rows
    unharmed = []
    for name, place, rule in policies():
        if rule.verb != verb or rule.role not in KINDS or rule.rows == EVERY_ROW:
            continue
        assert not attack(north, south, rule)
        with mutated(database, with_condition(place, rule, "true")):
            if not attack(north, south, rule):
                unharmed.append(name)
    assert unharmed == []


def secured_tables() -> list[str]:
    return sorted({*tables_with_practice(), "practice_practice"} - WITHOUT_PRACTICE)


def owner_sees(table: str) -> bool:
    return catalogue(f'SELECT EXISTS (SELECT FROM "{table}")') == [(True,)]


def test_row_security_taken_off_is_noticed(north: World, database: Connection) -> None:
    blind = []
    for table in secured_tables():
        for hole in ("NO FORCE", "DISABLE"):
            assert not owner_sees(table)
            with mutated(database, f'ALTER TABLE "{table}" {hole} ROW LEVEL SECURITY'):
                if not (found() and owner_sees(table)):
                    blind.append((table, hole))
    assert blind == []


def constraints(kind: str) -> list[tuple[str, str, str]]:
    """Table, name and definition of the constraints of tables that carry a practice."""
    rows = catalogue(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = %s AND conrelid::regclass::text = ANY (%s)",
        kind,
        [table for table in tables_with_practice() if table not in AT_THE_GATE],
    )
    return [(str(table), str(name), str(definition)) for table, name, definition in rows]


def test_foreign_key_dropped_or_put_off_is_noticed(database: Connection) -> None:
    keys = constraints("f")
    assert len(keys) > 20
    mutations = [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _ in keys]
    mutations += [
        f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED" for table, name, _ in keys
    ]
    assert unnoticed(database, mutations) == []


def test_foreign_key_without_the_practice_is_noticed(database: Connection) -> None:
    composite = [key for key in constraints("f") if "(practice_id, id)" in key[2]]
    blind = []
    for table, name, definition in composite:
        plain = definition.replace("(practice_id, ", "(")
        parent = definition.partition("REFERENCES ")[2].partition("(")[0]
        target = f"CREATE UNIQUE INDEX hole ON {parent} (id)"
        replaced = f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {plain}"
        with mutated(database, target, replaced):
            if loose_references() != {name.strip('"')}:
                blind.append(name)
    assert blind == []


def test_key_dropped_or_without_the_practice_is_noticed(database: Connection) -> None:
    keys = [*constraints("p"), *constraints("u")]
    mutations = [f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE" for table, name, _ in constraints("p")]
    mutations += [f"CREATE UNIQUE INDEX hole ON {table} (id)" for table, _, _ in keys]
    assert unnoticed(database, mutations) == []


def test_privilege_given_or_taken_is_noticed(database: Connection) -> None:
    tables = sorted({rule.table for rule in grants.rules()})
    held = {(rule.role, rule.table, rule.verb) for rule in grants.rules() if not rule.columns}
    mutations = [
        f'GRANT {verb} ON "{table}" TO {role}'
        for role in (*ACCOUNTS, "PUBLIC")
        for table in tables
        for verb in ("SELECT", "DELETE")
        if (role, table, verb) not in held
    ]
    mutations += [f'REVOKE {verb} ON "{table}" FROM {role}' for role, table, verb in held]
    mutations += [
        f"GRANT CREATE ON SCHEMA public TO {role}" for role in (*ACCOUNTS, "PUBLIC") if role not in OWNERS_OF_FUNCTIONS
    ]
    assert unnoticed(database, mutations, lambda: bool(unlisted_privileges() or open_schemas())) == []


def test_function_that_lends_power_is_noticed(database: Connection) -> None:
    functions = [
        name for (name,) in catalogue("SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef ORDER BY 1")
    ]
    mutations = []
    for name in functions:
        mutations += [
            f"ALTER FUNCTION {name} RESET search_path",
            f"ALTER FUNCTION {name} SET search_path = public",
            f"ALTER FUNCTION {name} LEAKPROOF",
            f"ALTER FUNCTION {name} OWNER TO postgres",
            f"GRANT EXECUTE ON FUNCTION {name} TO PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {name} TO attune_gate",
            f"ALTER FUNCTION {name} SECURITY INVOKER",
        ]
    assert len(functions) > 6
    assert unnoticed(database, mutations) == []


def test_role_with_more_power_is_noticed(database: Connection) -> None:
    powers = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")
    mutations = [f"ALTER ROLE {role} {power}" for role in ACCOUNTS for power in powers]
    mutations += [f"ALTER ROLE {role} LOGIN" for role in ACCOUNTS if role != "attune_login"]
    mutations += [f"GRANT attune_maintenance TO {role}" for role in ACCOUNTS]
    mutations += [
        f"GRANT {other} TO {role}" for role in RUNTIME for other in ("attune_definer", "attune_eraser", "attune_owner")
    ]
    mutations += [f"GRANT attune_staff TO {role}" for role in RUNTIME if role != STAFF]
    mutations += ["ALTER ROLE attune_login INHERIT", "GRANT pg_read_all_data TO attune_login"]
    assert unnoticed(database, mutations, lambda: bool(powerful_roles())) == []


CHECKS = {
    "signature": ("OR parts[7] <> encode(", "OR '' = encode("),
    "expiry": ("IF parts[3]::bigint < extract(epoch FROM clock_timestamp())", "IF false"),
    "kind": ("IF parts[4] <> kind AND NOT (", "IF false AND NOT ("),
}


def what_opens(world: World) -> set[str]:
    """The contexts that open the couples to staff and should not."""
    scope = world.scopes()["clinician"]
    with time_machine.travel(-LIFETIME_SECONDS - 60):
        expired = sign(scope)
    false = {
        "signature": f"{sign(scope).rpartition('|')[0]}|{'0' * 64}",
        "expiry": expired,
        "kind": sign(world.scopes()["worker"]),
    }
    opening = set()
    for name, forged in false.items():
        with attacker(scope, context=forged) as connection:
            if outcome(connection, "SELECT count(*) FROM clients_couple") != REFUSED:
                opening.add(name)
    return opening


def test_each_check_of_the_context_holds_one_attack(north: World, database: Connection) -> None:
    source = (Path(context.__file__).parent / "context.sql").read_text()
    assert what_opens(north) == set()
    opened = {}
    for name, (check, nothing) in CHECKS.items():
        assert check in source
        with mutated(database, "SET LOCAL ROLE attune_definer", source.replace(check, nothing)):
            opened[name] = what_opens(north)
    assert opened == {name: {name} for name in CHECKS}
