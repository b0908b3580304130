-- What a partner says of reminders. They reach no other column of their record.

CREATE OR REPLACE FUNCTION app.set_own_reminders(wanted boolean, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.clients_partner
     SET reminders_off_at = CASE WHEN wanted THEN NULL ELSE coalesce(reminders_off_at, at) END
   WHERE practice_id = app.practice('partner') AND id = app.partner()
$$;
