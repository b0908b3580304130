"""Makes a migrated database fit to serve: functions, policies, grants and the keys that context is signed with."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction

from practice.database import grants
from practice.database.context import pads
from practice.database.grants.rule import GATE, RUNTIME

HERE = Path(__file__).parent
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS app;
GRANT USAGE, CREATE ON SCHEMA app TO attune_definer;
CREATE TABLE IF NOT EXISTS app.context_key (kid text PRIMARY KEY, ipad bytea NOT NULL, opad bytea NOT NULL);
REVOKE ALL ON app.context_key FROM PUBLIC;
GRANT SELECT ON app.context_key TO attune_definer;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {roles}, attune_definer, attune_maintenance;
GRANT USAGE ON SCHEMA app TO {roles};
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {roles}, attune_definer;
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
CLOSE_FUNCTIONS = """
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC, {roles};
"""


def _definer_files() -> list[Path]:
    files = [HERE / "context.sql"]
    return files + [path for app in apps.get_app_configs() for path in sorted(Path(app.path).glob("definer*.sql"))]


def prepare_database(*, using: str = "owner") -> None:
    """Idempotent. Runs in one transaction on the owner's connection, after the migrations."""
    names = {"roles": ", ".join(RUNTIME), "gate": GATE}
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(SCHEMA.format(**names))
        _write_context_keys(cursor)
        cursor.execute(DROP_POLICIES)
        cursor.execute("SET LOCAL ROLE attune_definer")
        for path in _definer_files():
            cursor.execute(path.read_text())
        cursor.execute(CLOSE_FUNCTIONS.format(**names))
        for statement in grants.statements():
            role = "attune_definer" if statement.startswith("GRANT EXECUTE") else "attune_owner"
            cursor.execute(f"SET LOCAL ROLE {role}")
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
