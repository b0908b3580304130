-- What a partner reads and settles on their own page. They hold no grant on partners and consents; each function reaches
-- the row of the partner in the signed context and no other. A channel can be stopped here and not opened: whoever holds
-- the telephone could otherwise have links sent to an address that is not safe.

CREATE OR REPLACE FUNCTION app.own_contact() RETURNS TABLE (
  practice_id uuid, id uuid, couple_id uuid, name text, email text, phone text, channel varchar, hours varchar,
  time_zone varchar, reminders_off_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT own.practice_id, own.id, own.couple_id, own.name, own.email, own.phone, own.channel, own.hours, own.time_zone,
         own.reminders_off_at
    FROM public.clients_partner own WHERE own.practice_id = app.practice('partner') AND own.id = app.partner();
$$;

CREATE OR REPLACE FUNCTION app.save_own_hours(safe_hours text, zone text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.clients_partner SET hours = safe_hours, time_zone = zone
   WHERE practice_id = app.practice('partner') AND id = app.partner();
$$;

-- Nothing goes out any more, and what lies unopened in a mailbox opens nothing. The browser that is open stays.
CREATE OR REPLACE FUNCTION app.stop_own_channel(at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.clients_partner SET channel = 'none'
   WHERE practice_id = app.practice('partner') AND id = app.partner();
  UPDATE public.clients_linkkey SET ended_at = at
   WHERE practice_id = app.practice('partner') AND partner_id = app.partner() AND opened_at IS NULL AND ended_at IS NULL;
END $$;

CREATE OR REPLACE FUNCTION app.own_consents() RETURNS TABLE (
  practice_id uuid, id uuid, partner_id uuid, kind varchar, version varchar, given_at timestamptz, withdrawn_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT own.practice_id, own.id, own.partner_id, own.kind, own.version, own.given_at, own.withdrawn_at
    FROM public.clients_consent own
   WHERE own.practice_id = app.practice('partner') AND own.partner_id = app.partner() ORDER BY own.given_at;
$$;

CREATE OR REPLACE FUNCTION app.withdraw_own_consent(which text, at timestamptz) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.clients_consent SET withdrawn_at = at
   WHERE practice_id = app.practice('partner') AND partner_id = app.partner() AND kind = which AND withdrawn_at IS NULL
  RETURNING id;
$$;

-- Null where this version is in force already. One of another version takes the place of the one in force.
CREATE OR REPLACE FUNCTION app.give_own_consent(which text, given_version text, at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  given uuid := gen_random_uuid();
BEGIN
  PERFORM 1 FROM public.clients_consent
    WHERE practice_id = app.practice('partner') AND partner_id = app.partner() AND kind = which
      AND version = given_version AND withdrawn_at IS NULL;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM app.withdraw_own_consent(which, at);
  INSERT INTO public.clients_consent (id, practice_id, partner_id, kind, version, given_at)
  VALUES (given, app.practice('partner'), app.partner(), which, given_version, at);
  RETURN given;
END $$;
