-- What partners may read of their own scores, where their therapist allows it to both: the joint_ok part of the last
-- form they sent, by direction and score. They hold no grant on scores; this function reads no other column and no other
-- row. NULL where it is not allowed; allowed without a scored form, `scores` is null.
CREATE OR REPLACE FUNCTION app.own_results(form text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('couple', c.id, 'sheet', last.id, 'instrument', last.instrument,
           'content_hash', last.content_hash, 'scores', (
             SELECT jsonb_object_agg(d.key, (SELECT jsonb_object_agg(one.key, one.value -> 'score') FROM jsonb_each(d.value) one))
               FROM public.assessments_sheetscores s, jsonb_each(s.joint_scores) d
              WHERE s.practice_id = c.practice_id AND s.partner_id = app.partner() AND s.sheet_id = last.id))
    FROM public.clients_couple c
    LEFT JOIN LATERAL (
      SELECT own.id, own.instrument, own.content_hash FROM public.assessments_answersheet own
       WHERE own.practice_id = c.practice_id AND own.partner_id = app.partner() AND own.couple_id = c.id
         AND own.state = 'submitted' AND split_part(own.instrument, '@', 1) = form
       ORDER BY own.submitted_at DESC LIMIT 1) last ON true
   WHERE c.practice_id = app.practice('partner') AND c.own_results_allowed
     AND EXISTS (SELECT 1 FROM public.assessments_answersheet mine
                  WHERE mine.practice_id = c.practice_id AND mine.partner_id = app.partner() AND mine.couple_id = c.id);
$$;
