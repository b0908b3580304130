-- Applied by `manage.py prepare` as attune_definer, in schema app. Signatures stay: policies refer to them.
-- app.context = kid|practice|expires|kind|actor|partner|hmac, transaction-local, written at BEGIN by the engine.

CREATE OR REPLACE FUNCTION app.verified_context() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  raw text := current_setting('app.context', true);
  parts text[];
  key app.context_key;
BEGIN
  IF raw IS NULL OR raw = '' THEN
    RAISE insufficient_privilege USING MESSAGE = 'the transaction has no context';
  END IF;
  parts := string_to_array(raw, '|');
  IF cardinality(parts) <> 7 THEN
    RAISE insufficient_privilege USING MESSAGE = 'the context is malformed';
  END IF;
  SELECT * INTO key FROM app.context_key WHERE kid = parts[1];
  IF NOT FOUND OR parts[7] <> encode(sha256(key.opad || sha256(key.ipad ||
       convert_to(array_to_string(parts[1:6], '|'), 'UTF8'))), 'hex') THEN
    RAISE insufficient_privilege USING MESSAGE = 'the context is not signed by this installation';
  END IF;
  IF parts[3]::bigint < extract(epoch FROM clock_timestamp()) THEN
    RAISE insufficient_privilege USING MESSAGE = 'the context has expired';
  END IF;
  RETURN parts;
END $$;

-- The practice of this transaction, for actors of the kind asked. 'staff' is any member of the practice.
CREATE OR REPLACE FUNCTION app.practice(kind text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  parts text[] := app.verified_context();
BEGIN
  IF parts[4] <> kind AND NOT (kind = 'staff' AND parts[4] IN ('clinician', 'administrator')) THEN
    RAISE insufficient_privilege USING MESSAGE = 'the context is for another kind of actor';
  END IF;
  RETURN parts[2]::uuid;
END $$;

-- True for statistics across practices, whose context names no practice; refused for everybody else.
CREATE OR REPLACE FUNCTION app.pool() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (app.verified_context())[4] <> 'pool' THEN
    RAISE insufficient_privilege USING MESSAGE = 'the context is for another kind of actor';
  END IF;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION app.partner() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN nullif((app.verified_context())[6], '')::uuid;
END $$;

CREATE OR REPLACE FUNCTION app.actor() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN nullif((app.verified_context())[5], '')::uuid;
END $$;
