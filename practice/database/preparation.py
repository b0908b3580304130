"""Makes a migrated database fit to serve: functions, policies, grants and the keys that context is signed with."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

from practice.database import grants
from practice.database.context import pads
from practice.database.grants.functions import OF_ERASER
from practice.database.grants.rule import DEFINER, ERASER, GATE, OWNERS_OF_FUNCTIONS, RUNTIME

HERE = Path(__file__).parent
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS app;
GRANT USAGE, CREATE ON SCHEMA app TO {owners};
CREATE TABLE IF NOT EXISTS app.context_key (kid text PRIMARY KEY, ipad bytea NOT NULL, opad bytea NOT NULL);
REVOKE ALL ON app.context_key FROM PUBLIC;
GRANT SELECT ON app.context_key TO attune_definer;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {roles}, {owners}, attune_maintenance;
GRANT USAGE ON SCHEMA app TO {roles};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {roles}, {owners};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {roles};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO attune_maintenance;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {gate}, attune_maintenance;
-- A temporary table stands before the real one of its name for whoever gets the pooled connection next.
DO $$ BEGIN
  EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;
"""
DROP_POLICIES = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON public.%I', one.policyname, one.tablename);
  END LOOP;
END $$
"""
# Of those that the role at work owns: nobody may call them but whom the list names.
CLOSE_FUNCTIONS = """
DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'app'::regnamespace AND proowner = current_user::regrole LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, {roles}, {others}', one);
  END LOOP;
END $$;
"""


def _files_of(role: str) -> list[Path]:
    """The SQL files of the functions that run as a role: definer*.sql and eraser*.sql of every app."""
    named = f"{role.removeprefix('attune_')}*.sql"
    files = [HERE / "context.sql"] if role == DEFINER else []
    return files + [path for app in apps.get_app_configs() for path in sorted(Path(app.path).glob(named))]


def _maker_of(statement: str) -> str:
    """Who makes a grant: the owner of the table or of the function."""
    if not statement.startswith("GRANT EXECUTE"):
        return "attune_owner"
    return ERASER if any(name in statement for name in OF_ERASER) else DEFINER


def prepare_database(*, using: str = "owner") -> None:
    """Idempotent. Runs in one transaction on the owner's connection, after the migrations."""
    names = {"roles": ", ".join(RUNTIME), "owners": ", ".join(OWNERS_OF_FUNCTIONS), "gate": GATE}
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(SCHEMA.format(**names))
        _write_context_keys(cursor)
        cursor.execute(DROP_POLICIES)
        for role in OWNERS_OF_FUNCTIONS:
            cursor.execute(f"SET LOCAL ROLE {role}")
            for path in _files_of(role):
                cursor.execute(path.read_text())
            others = ", ".join(one for one in OWNERS_OF_FUNCTIONS if one != role)
            cursor.execute(CLOSE_FUNCTIONS.replace("{roles}", names["roles"]).replace("{others}", others))
        for statement in grants.statements():
            cursor.execute(f"SET LOCAL ROLE {_maker_of(statement)}")
            cursor.execute(statement)


def _write_context_keys(cursor: Any) -> None:
    cursor.execute("DELETE FROM app.context_key WHERE kid <> ALL (%s)", [list(settings.CONTEXT_KEYS)])
    for kid, key in settings.CONTEXT_KEYS.items():
        ipad, opad = pads(bytes.fromhex(key))
        cursor.execute(
            "INSERT INTO app.context_key (kid, ipad, opad) VALUES (%s, %s, %s) "
            "ON CONFLICT (kid) DO UPDATE SET ipad = excluded.ipad, opad = excluded.opad",
            [kid, ipad, opad],
        )
