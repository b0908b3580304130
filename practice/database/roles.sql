-- The roles of one cluster. Run once, and again after an upgrade, by a superuser:
--   SET attune.owner_password = '…'; SET attune.login_password = '…'; then this file, in the same session.
-- attune_login is the only run-time login. It has no privilege of its own (NOINHERIT) and takes one of the
-- roles below for the length of a transaction (practice/database/base.py).
DO $roles$
DECLARE
  name text;
  runtime text[] := ARRAY['attune_gate', 'attune_staff', 'attune_partner', 'attune_scoring', 'attune_report',
                          'attune_worker', 'attune_measurement', 'attune_statistics', 'attune_pool',
                          'attune_archive', 'attune_retention', 'attune_audit'];
BEGIN
  FOREACH name IN ARRAY runtime || ARRAY['attune_definer', 'attune_eraser', 'attune_maintenance', 'attune_backup',
                                         'attune_owner', 'attune_login'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I', name);
    END IF;
    EXECUTE format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOLOGIN', name);
  END LOOP;

  ALTER ROLE attune_maintenance BYPASSRLS;
  ALTER ROLE attune_backup BYPASSRLS;
  ALTER ROLE attune_backup SET default_transaction_read_only = on;
  GRANT pg_read_all_data TO attune_backup;

  ALTER ROLE attune_owner LOGIN CREATEDB;
  EXECUTE format('ALTER ROLE attune_owner PASSWORD %L', current_setting('attune.owner_password'));
  GRANT attune_maintenance, attune_definer, attune_eraser TO attune_owner WITH INHERIT FALSE, SET TRUE;

  ALTER ROLE attune_login LOGIN NOINHERIT;
  EXECUTE format('ALTER ROLE attune_login PASSWORD %L', current_setting('attune.login_password'));
  FOREACH name IN ARRAY runtime LOOP
    EXECUTE format('GRANT %I TO attune_login WITH INHERIT FALSE, SET TRUE', name);
  END LOOP;
  -- On the login: a setting of a role taken later by SET LOCAL ROLE has no effect.
  ALTER ROLE attune_login SET timezone = 'UTC';
  ALTER ROLE attune_login SET statement_timeout = '15s';
  ALTER ROLE attune_login SET lock_timeout = '5s';
  ALTER ROLE attune_login SET idle_in_transaction_session_timeout = '20s';
  -- Parameters hold answers and addresses: keep them, and failed statements, out of the server's log.
  ALTER ROLE attune_login SET log_parameter_max_length = 0;
  ALTER ROLE attune_login SET log_parameter_max_length_on_error = 0;
  ALTER ROLE attune_login SET log_min_error_statement = 'panic';
END
$roles$;
