-- How a couple goes for good. Applied by `manage.py prepare` as attune_eraser, whose policies hold it to the practice of
-- the worker's signed context. Nobody else may delete most of these rows. AT003: the couple is kept, and the message says
-- why; then nothing of it is gone.

-- Refuses unless the couple is closed, its term is over and nothing keeps it. Asks the rows alone: whoever calls cannot
-- shorten a term, nor say that it is later than it is. Locks the couple, so that a hold placed at this moment is either
-- seen or refused.
CREATE OR REPLACE FUNCTION app.refuse_to_erase(couple uuid, years integer, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  practice uuid := app.practice('worker');
  closed timestamptz;
  zone text;
  land text;
  term public.practice_retentionterm;
  today date;
  closed_on date;
  last date;
BEGIN
  SELECT closed_at INTO closed FROM public.clients_couple
   WHERE practice_id = practice AND id = couple AND state = 'closed' AND deleted_at IS NULL FOR UPDATE;
  IF closed IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'no such closed couple';
  END IF;
  SELECT time_zone, country INTO STRICT zone, land FROM public.practice_practice WHERE id = practice;
  SELECT * INTO term FROM public.practice_retentionterm WHERE practice_id = practice ORDER BY set_at DESC LIMIT 1;
  today := (least(at, now()) AT TIME ZONE zone)::date;
  IF term.country IS DISTINCT FROM land OR today < term.takes_effect_on AND term.years_before IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'no term is in force';
  END IF;
  IF today < term.takes_effect_on THEN
    years := greatest(years, term.years_before);
  END IF;
  years := greatest(years, term.years);
  closed_on := (closed AT TIME ZONE zone)::date;
  last := closed_on + make_interval(years => years);
  -- PostgreSQL takes 28 February for a 29th that a year does not have; it is kept a day longer.
  IF extract(day FROM last) <> extract(day FROM closed_on) THEN
    last := last + 1;
  END IF;
  IF today <= last THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'the term is not over';
  END IF;
  IF EXISTS (SELECT FROM public.clients_hold hold WHERE hold.practice_id = practice AND hold.couple_id = couple
              AND (hold.lifted_at IS NULL OR (hold.lifted_at AT TIME ZONE zone)::date + 30 > today)) THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'a hold is in force, or was lifted less than 30 days ago';
  END IF;
  IF EXISTS (SELECT FROM public.assessments_safetyflag flag
              WHERE flag.practice_id = practice AND flag.couple_id = couple AND flag.state <> 'closed') THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'a flag is open';
  END IF;
  IF EXISTS (SELECT FROM public.assessments_answersheet sheet
              WHERE sheet.practice_id = practice AND sheet.couple_id = couple
                AND sheet.state IN ('not_opened', 'started')) THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'a form is open';
  END IF;
  IF EXISTS (SELECT FROM public.assessments_wave wave
              WHERE wave.practice_id = practice AND wave.couple_id = couple AND wave.closed_at IS NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'a form is still to be asked';
  END IF;
  IF EXISTS (SELECT FROM public.clients_recordrequest request
              WHERE request.practice_id = practice AND request.recorded_at > least(at, now()) - interval '365 days'
                AND (request.couple_id = couple OR request.partner_id IN (
                       SELECT id FROM public.clients_partner WHERE practice_id = practice AND couple_id = couple))
                AND NOT EXISTS (SELECT FROM public.practice_download file WHERE file.practice_id = practice
                                 AND file.reference = request.id AND file.used_at IS NOT NULL)) THEN
    RAISE EXCEPTION USING ERRCODE = 'AT003', MESSAGE = 'a record that was asked for is not handed over';
  END IF;
END $$;

-- Deletes every row of the couple, whoever refers to a table before it, and returns how many of each table went, in
-- that order. The list is the one of practice/database/grants/erasing.py.
CREATE OR REPLACE FUNCTION app.erase_couple(couple uuid, years integer, at timestamptz) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  practice uuid := app.practice('worker');
  steps text[] := ARRAY[
    'practice_outboxmessage reference',
    'practice_download reference',
    'practice_idempotencyrecord actor',
    'clients_linkkey partner_id sheet_id invitation_id',
    'clients_partnersession partner_id sheet_id',
    'assessments_inboxmark couple_id partner_id',
    'assessments_goalrating goal_id partner_id report_id',
    'assessments_weekreport couple_id partner_id sheet_id',
    'assessments_intention couple_id partner_id sheet_id',
    'assessments_sessionrating session_id',
    'assessments_goal couple_id owner_id',
    'assessments_specificrequest couple_id asked_by_id asked_of_id',
    'assessments_planchange couple_id activity_id',
    'assessments_activityholder activity_id partner_id',
    'assessments_activity plan_id couple_id',
    'assessments_repairplan couple_id',
    'assessments_jointreport couple_id wave_id',
    'assessments_flagevent flag_id partner_id',
    'assessments_safetyflag couple_id partner_id sheet_id',
    'assessments_sheetscores sheet_id partner_id',
    'assessments_answers sheet_id partner_id',
    'clients_invitation partner_id sheet_id',
    'assessments_answersheet wave_id couple_id partner_id',
    'assessments_wave assignment_id couple_id session_id',
    'assessments_assignment couple_id',
    'clients_recorddecision request_id',
    'clients_recordrequest partner_id couple_id',
    'clients_counselingsession couple_id partner_id',
    'clients_consent partner_id',
    'clients_hold couple_id',
    'clients_treatment couple_id',
    'clients_partner couple_id',
    'clients_couple id'];
  ids uuid[] := ARRAY[couple];
  more uuid[];
  gone bigint;
  counts json[] := '{}';
  names text[] := '{}';
  step text[];
  rows_of text;
BEGIN
  PERFORM app.refuse_to_erase(couple, years, at);
  -- Which rows are the couple's, from the couple down: what refers to one of them is one of them.
  FOR number IN REVERSE cardinality(steps) .. 1 LOOP
    step := string_to_array(steps[number], ' ');
    CONTINUE WHEN step[1] = 'clients_linkkey';
    SELECT string_agg(format('%I = ANY ($2)', name), ' OR ') INTO rows_of FROM unnest(step[2:]) AS name;
    EXECUTE format('SELECT array_agg(id) FROM public.%I WHERE practice_id = $1 AND (%s)', step[1], rows_of)
       INTO more USING practice, ids;
    ids := ids || coalesce(more, '{}');
  END LOOP;
  FOR number IN 1 .. cardinality(steps) LOOP
    step := string_to_array(steps[number], ' ');
    SELECT string_agg(format('%I = ANY ($2)', name), ' OR ') INTO rows_of FROM unnest(step[2:]) AS name;
    EXECUTE format('DELETE FROM public.%I WHERE practice_id = $1 AND (%s)', step[1], rows_of) USING practice, ids;
    GET DIAGNOSTICS gone = ROW_COUNT;
    names := names || step[1];
    counts := array_append(counts, to_json(gone));
  END LOOP;
  RETURN (SELECT json_object_agg(name, number ORDER BY place)
            FROM unnest(names, counts) WITH ORDINALITY AS one(name, number, place));
END $$;
