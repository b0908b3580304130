-- A partner's week, by the same rule as answers: written through these functions, read back only as far as it may be.
-- They run as attune_definer, held to the practice and the partner of the signed context. Errors: AT001 the week is
-- closed, AT002 the form is submitted already, P0002 there is no such sheet of this partner.

-- What the week of a sheet holds for its partner: their activities, the requests between the two, their goals, which
-- lines were saved before (never what was said), and their own small wins. Texts are ciphertexts.
CREATE OR REPLACE FUNCTION app.own_week(sheet uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'activities', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'plan', p.template, 'template', a.template,
               'dose', a.dose, 'asks_noticed', h.asks_noticed) ORDER BY a.started_at, a.template), '[]')
        FROM public.assessments_activityholder h
        JOIN public.assessments_activity a ON a.practice_id = h.practice_id AND a.id = h.activity_id
        JOIN public.assessments_repairplan p ON p.practice_id = a.practice_id AND p.id = a.plan_id
       WHERE h.practice_id = own.practice_id AND h.partner_id = own.partner_id
         AND a.practice_id = own.practice_id AND p.practice_id = own.practice_id
         AND a.started_at < own.closes_at AND (a.ended_at IS NULL OR a.ended_at > own.opens_at)),
    'requests', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'asked_by', r.asked_by_id, 'wording', r.wording,
               'agreed_wording', r.agreed_wording, 'cadence', r.cadence) ORDER BY r.asked_at), '[]')
        FROM public.assessments_specificrequest r
       WHERE r.practice_id = own.practice_id AND own.partner_id IN (r.asked_by_id, r.asked_of_id)
         AND r.answer IN ('yes', 'smaller_yes') AND r.answered_at < own.closes_at
         AND (r.ended_at IS NULL OR r.ended_at > own.opens_at)),
    'goals', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'owner', g.owner_id, 'behaviour', g.behaviour,
               'how_counted', g.how_counted, 'levels', g.levels, 'review_on', g.review_on) ORDER BY g.written_at), '[]')
        FROM public.assessments_goal g
       WHERE g.practice_id = own.practice_id AND g.couple_id = own.couple_id
         AND (g.owner_id IS NULL OR g.owner_id = own.partner_id)
         AND g.written_at < own.closes_at AND (g.ended_at IS NULL OR g.ended_at > own.opens_at)),
    'report', (
      SELECT jsonb_build_object('id', w.id, 'small_wins', w.small_wins,
               'entries', (SELECT coalesce(jsonb_object_agg(e.key,
                                    (SELECT coalesce(jsonb_agg(k), '[]') FROM jsonb_object_keys(e.value) k)), '{}')
                             FROM jsonb_each(w.entries) e),
               'requests', (SELECT coalesce(jsonb_agg(k), '[]') FROM jsonb_object_keys(w.requests) k),
               'goals', (SELECT coalesce(jsonb_agg(l.goal_id), '[]') FROM public.assessments_goalrating l
                          WHERE l.practice_id = own.practice_id AND l.partner_id = own.partner_id AND l.report_id = w.id))
        FROM public.assessments_weekreport w
       WHERE w.practice_id = own.practice_id AND w.partner_id = own.partner_id AND w.monday = own.week_of))
    FROM public.assessments_answersheet own
   WHERE own.practice_id = app.practice('partner') AND own.partner_id = app.partner() AND own.id = sheet;
$$;

-- The sheet that a week is written through, locked; it may be sent or declined already, but its window must run.
CREATE OR REPLACE FUNCTION app.lock_own_week(sheet uuid, at timestamptz) RETURNS public.assessments_answersheet
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet;
BEGIN
  SELECT * INTO own FROM public.assessments_answersheet
   WHERE practice_id = app.practice('partner') AND id = sheet AND partner_id = app.partner() FOR UPDATE;
  IF NOT FOUND THEN
    RAISE no_data_found USING MESSAGE = 'no such sheet';
  ELSIF own.week_of IS NULL OR own.state NOT IN ('not_opened', 'started', 'submitted', 'declined')
        OR at < own.opens_at OR at >= own.closes_at THEN
    RAISE EXCEPTION USING ERRCODE = 'AT001', MESSAGE = 'the week is closed';
  END IF;
  RETURN own;
END $$;

-- Saves any part of a week. `given` has "entries" {activity: {field: value}}, "requests" {request: word},
-- "goals" {goal: level} and "small_wins" (a ciphertext for the row `report`); what it does not name stays, null clears.
CREATE OR REPLACE FUNCTION app.save_week(sheet uuid, report uuid, given jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet := app.lock_own_week(sheet, at);
  stored public.assessments_weekreport;
  merged jsonb;
  one record;
BEGIN
  SELECT * INTO stored FROM public.assessments_weekreport
   WHERE practice_id = own.practice_id AND partner_id = own.partner_id AND monday = own.week_of;
  merged := coalesce(stored.entries, '{}');
  FOR one IN SELECT key, value FROM jsonb_each(given -> 'entries') LOOP
    merged := merged || jsonb_build_object(
      one.key, jsonb_strip_nulls(coalesce(merged -> one.key, '{}') || one.value));
  END LOOP;
  INSERT INTO public.assessments_weekreport AS kept
         (id, practice_id, couple_id, partner_id, sheet_id, monday, entries, requests, small_wins, saved_at)
  VALUES (report, own.practice_id, own.couple_id, own.partner_id, own.id, own.week_of, merged,
          jsonb_strip_nulls(coalesce(stored.requests, '{}') || coalesce(given -> 'requests', '{}')),
          coalesce(given ->> 'small_wins', stored.small_wins, ''), at)
  ON CONFLICT (practice_id, partner_id, monday)
  DO UPDATE SET sheet_id = excluded.sheet_id, entries = excluded.entries, requests = excluded.requests,
                small_wins = excluded.small_wins, saved_at = excluded.saved_at
   WHERE kept.practice_id = own.practice_id;
  INSERT INTO public.assessments_goalrating AS rating
         (id, practice_id, goal_id, partner_id, report_id, level, rated_at)
  SELECT gen_random_uuid(), own.practice_id, g.id, own.partner_id, report, (given -> 'goals' ->> g.id::text)::smallint, at
    FROM public.assessments_goal g
   WHERE g.practice_id = own.practice_id AND g.couple_id = own.couple_id
     AND (g.owner_id IS NULL OR g.owner_id = own.partner_id)
     AND given -> 'goals' ->> g.id::text IS NOT NULL
  ON CONFLICT (practice_id, goal_id, report_id) DO UPDATE SET level = excluded.level, rated_at = excluded.rated_at
   WHERE rating.practice_id = own.practice_id;
  PERFORM app.expect_scoring(own, at);
END $$;

-- Whether the partner wants to improve things or to find out first; null takes back what was said. Never read back.
CREATE OR REPLACE FUNCTION app.save_intention(sheet uuid, stated text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet := app.lock_own_sheet(sheet);
BEGIN
  IF stated IS NULL THEN
    DELETE FROM public.assessments_intention
     WHERE practice_id = own.practice_id AND partner_id = own.partner_id AND sheet_id = own.id;
    RETURN;
  END IF;
  INSERT INTO public.assessments_intention AS kept
         (id, practice_id, couple_id, partner_id, sheet_id, wish, stated_at)
  VALUES (gen_random_uuid(), own.practice_id, own.couple_id, own.partner_id, own.id, stated, at)
  ON CONFLICT (practice_id, sheet_id) DO UPDATE SET wish = excluded.wish, stated_at = excluded.stated_at
   WHERE kept.practice_id = own.practice_id;
END $$;

-- The weeks that the partner of this context has told of, newest first, with their own small wins as ciphertexts. What else
-- they said in a week is never read back.
CREATE OR REPLACE FUNCTION app.own_weeks() RETURNS TABLE (practice_id uuid, id uuid, monday date, small_wins text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT own.practice_id, own.id, own.monday, own.small_wins FROM public.assessments_weekreport own
   WHERE own.practice_id = app.practice('partner') AND own.partner_id = app.partner() ORDER BY own.monday DESC;
$$;
