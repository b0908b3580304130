-- A partner writes answers through these functions and in no other way. They run as attune_definer, whose policies
-- still hold it to the practice and the partner of the signed context. Errors: AT001 the sheet is closed,
-- AT002 it is submitted already, P0002 there is no such sheet of this partner.

CREATE OR REPLACE FUNCTION app.lock_own_sheet(sheet uuid) RETURNS public.assessments_answersheet
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet;
BEGIN
  SELECT * INTO own FROM public.assessments_answersheet
   WHERE practice_id = app.practice('partner') AND id = sheet AND partner_id = app.partner() FOR UPDATE;
  IF NOT FOUND THEN
    RAISE no_data_found USING MESSAGE = 'no such sheet';
  ELSIF own.state = 'submitted' THEN
    RAISE EXCEPTION USING ERRCODE = 'AT002', MESSAGE = 'the sheet is submitted';
  ELSIF own.state NOT IN ('not_opened', 'started') THEN
    RAISE EXCEPTION USING ERRCODE = 'AT001', MESSAGE = 'the sheet is closed';
  END IF;
  RETURN own;
END $$;

-- Rules and scores follow in a transaction of their own; what a crash leaves behind is due a minute later.
CREATE OR REPLACE FUNCTION app.expect_scoring(own public.assessments_answersheet, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.practice_outboxmessage AS message
         (id, practice_id, kind, reference, created_at, due_at, tries, last_error)
  VALUES (gen_random_uuid(), own.practice_id, 'score_sheet', own.id, at, at + interval '1 minute', 0, '')
  ON CONFLICT (practice_id, kind, reference)
  DO UPDATE SET due_at = excluded.due_at, done_at = NULL, tries = 0 WHERE message.practice_id = own.practice_id;
$$;

-- Saves lines, any subset: parallel arrays of audience, 0-based position, value, seconds and 0-based overall index.
-- Returns which lines of the sheet have been dealt with.
CREATE OR REPLACE FUNCTION app.save_answers(
  sheet uuid, audiences text[], positions int[], given smallint[], spent smallint[], indexes int[], at timestamptz
) RETURNS boolean[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet := app.lock_own_sheet(sheet);
  name text;
  stored smallint[];
  times smallint[];
  touched boolean[] := own.saved;
BEGIN
  -- An empty array would begin at the first subscript that is assigned, not at 1.
  IF cardinality(touched) = 0 THEN
    touched := '{NULL}';
  END IF;
  FOREACH name IN ARRAY ARRAY(SELECT DISTINCT unnest(audiences)) LOOP
    stored := NULL;
    SELECT "values", seconds INTO stored, times FROM public.assessments_answers
     WHERE practice_id = own.practice_id AND sheet_id = own.id AND audience = name;
    stored := coalesce(stored, '{NULL}');
    times := coalesce(times, '{NULL}');
    FOR i IN 1 .. cardinality(audiences) LOOP
      IF audiences[i] = name THEN
        stored[positions[i] + 1] := given[i];
        IF spent[i] IS NOT NULL THEN
          times[positions[i] + 1] := spent[i];
        END IF;
        touched[indexes[i] + 1] := true;
      END IF;
    END LOOP;
    INSERT INTO public.assessments_answers AS answers
           (id, practice_id, sheet_id, partner_id, audience, "values", seconds)
    VALUES (gen_random_uuid(), own.practice_id, own.id, own.partner_id, name, stored, times)
    ON CONFLICT (practice_id, sheet_id, audience)
    DO UPDATE SET "values" = excluded."values", seconds = excluded.seconds
     WHERE answers.practice_id = own.practice_id;
  END LOOP;
  UPDATE public.assessments_answersheet
     SET saved = touched, state = 'started', started_at = coalesce(started_at, at)
   WHERE practice_id = own.practice_id AND id = own.id;
  PERFORM app.expect_scoring(own, at);
  RETURN touched;
END $$;

-- Ends answering: outcome is 'submitted' or 'declined'. Freezes every value and ends the links; the link to a sheet that
-- carries a week stays, since the week can be corrected until it closes. It stays for both outcomes alike: whoever looks
-- at the screen must not tell a form that was sent from one that was declined.
CREATE OR REPLACE FUNCTION app.finish_sheet(sheet uuid, outcome text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet := app.lock_own_sheet(sheet);
BEGIN
  IF outcome NOT IN ('submitted', 'declined') THEN
    RAISE invalid_parameter_value USING MESSAGE = 'no such outcome';
  END IF;
  UPDATE public.assessments_answers SET frozen_at = at
   WHERE practice_id = own.practice_id AND sheet_id = own.id;
  UPDATE public.assessments_answersheet
     SET state = outcome, submitted_at = CASE WHEN outcome = 'submitted' THEN at END
   WHERE practice_id = own.practice_id AND id = own.id;
  UPDATE public.clients_linkkey SET ended_at = at
   WHERE practice_id = own.practice_id AND sheet_id = own.id AND ended_at IS NULL
     AND own.week_of IS NULL;
  PERFORM app.expect_scoring(own, at);
END $$;

-- The partner's own joint_ok values of a sheet that can still be answered; of any other, and of anything else, nothing.
CREATE OR REPLACE FUNCTION app.own_answers(sheet uuid) RETURNS smallint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT answers."values" FROM public.assessments_answers answers
    JOIN public.assessments_answersheet own ON own.practice_id = answers.practice_id AND own.id = answers.sheet_id
   WHERE answers.practice_id = app.practice('partner') AND answers.partner_id = app.partner()
     AND answers.sheet_id = sheet AND answers.audience = 'joint_ok' AND answers.frozen_at IS NULL
     AND own.practice_id = app.practice('partner') AND own.partner_id = app.partner()
     AND own.state IN ('not_opened', 'started') AND own.opens_at <= now() AND own.closes_at > now();
$$;

-- Writes what scoring made of a sheet, as the scoring role and held by its policies. `flags` is a list of rule, level
-- and lines; `scored` is null before the sheet is submitted; `due` tells whether the sheet was saved again meanwhile.
-- The commit is not waited for: a crash that loses it loses all of it, and the message that is due makes it again.
CREATE OR REPLACE FUNCTION app.keep_scores(sheet uuid, flags jsonb, scored jsonb, due timestamptz, at timestamptz)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  own public.assessments_answersheet;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  SELECT * INTO STRICT own FROM public.assessments_answersheet
   WHERE practice_id = app.practice('scoring') AND id = sheet;
  WITH raised AS (
    INSERT INTO public.assessments_safetyflag AS flag
           (id, practice_id, couple_id, partner_id, sheet_id, rule, level, lines, state, raised_at)
    SELECT gen_random_uuid(), own.practice_id, own.couple_id, own.partner_id, own.id, one.rule, one.level,
           ARRAY(SELECT jsonb_array_elements_text(one.lines)), 'open', at
      FROM jsonb_to_recordset(flags) AS one(rule text, level text, lines jsonb)
    -- Whoever closed it did not know of a line that is answered later: it is open again, and they are told.
    ON CONFLICT (practice_id, sheet_id, rule) DO UPDATE
       SET lines = ARRAY(SELECT DISTINCT unnest(flag.lines || excluded.lines) ORDER BY 1),
           state = CASE WHEN flag.state = 'closed' AND NOT excluded.lines <@ flag.lines THEN 'open' ELSE flag.state END
     WHERE flag.practice_id = own.practice_id
    RETURNING new.id, new.level, coalesce(old.state = 'closed' AND new.state = 'open', false) AS again
  ), noted AS (
    INSERT INTO public.assessments_flagevent (id, practice_id, flag_id, partner_id, action, reason, note, at)
    SELECT gen_random_uuid(), own.practice_id, raised.id, own.partner_id, 'reopened', '', '', at
      FROM raised WHERE raised.again
  )
  INSERT INTO public.practice_outboxmessage AS message
         (id, practice_id, kind, reference, created_at, due_at, tries, last_error)
  SELECT gen_random_uuid(), own.practice_id, CASE WHEN raised.again THEN 'alert_again' ELSE 'alert' END, raised.id,
         at, at, 0, ''
    FROM raised WHERE raised.level = 'urgent'
  ON CONFLICT (practice_id, kind, reference) DO UPDATE SET due_at = excluded.due_at, done_at = NULL, tries = 0
   WHERE message.practice_id = own.practice_id AND message.kind = 'alert_again';
  INSERT INTO public.assessments_sheetscores AS earlier
         (id, practice_id, sheet_id, partner_id, instrument, content_hash, scorer_version, scores, joint_scores,
          quality, safety_unanswered, parameters, primary_score, verdict, scored_at)
  SELECT gen_random_uuid(), own.practice_id, own.id, own.partner_id, own.instrument, own.content_hash,
         scored ->> 'scorer_version', scored -> 'scores', scored -> 'joint_scores', scored -> 'quality',
         CASE jsonb_typeof(scored -> 'safety_unanswered') WHEN 'array'
         THEN ARRAY(SELECT jsonb_array_elements_text(scored -> 'safety_unanswered')) END, scored ->> 'parameters',
         (scored ->> 'primary_score')::float8, scored ->> 'verdict', at
   WHERE jsonb_typeof(scored) = 'object'
  -- The parameters stay those of the first time: a verdict never changes with later data.
  ON CONFLICT (practice_id, sheet_id) DO UPDATE
     SET scores = excluded.scores, joint_scores = excluded.joint_scores, quality = excluded.quality,
         scorer_version = excluded.scorer_version, safety_unanswered = excluded.safety_unanswered,
         primary_score = excluded.primary_score, verdict = excluded.verdict, scored_at = excluded.scored_at
   WHERE earlier.practice_id = own.practice_id;
  UPDATE public.practice_outboxmessage SET done_at = at
   WHERE practice_id = own.practice_id AND kind = 'score_sheet' AND reference = own.id AND due_at = due;
END $$;
