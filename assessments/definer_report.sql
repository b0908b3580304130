-- The way to a joint report, for the role that makes one and for the partners who read it.

-- Whether a report of this wave may be kept: both partners of the couple have submitted, and a consent of each is in
-- force. The policy of new reports asks it, so it runs as the report role and reads what that role may. That no flag is
-- open cannot be asked here: the report role never learns of flags.
CREATE OR REPLACE FUNCTION app.both_keys(couple uuid, wave uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(DISTINCT sheet.partner_id) = 2
    FROM public.assessments_answersheet sheet
    JOIN public.clients_consent consent
      ON consent.practice_id = sheet.practice_id AND consent.partner_id = sheet.partner_id
   WHERE sheet.practice_id = app.practice('report') AND sheet.wave_id = wave AND sheet.couple_id = couple
     AND sheet.state = 'submitted'
     AND consent.practice_id = app.practice('report') AND consent.kind = 'joint_report' AND consent.withdrawn_at IS NULL;
$$;

-- The reports that the partner of this context may read now, newest first. [] whether none was released, it was
-- withdrawn, a consent has ended, one of the two takes no further part, individual mode is on or care is closed.
CREATE OR REPLACE FUNCTION app.own_joint_reports() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', report.id, 'content', report.content,
           'released_at', report.released_at) ORDER BY report.released_at DESC, report.id), '[]')
    FROM public.clients_partner own
    JOIN public.clients_couple couple ON couple.practice_id = own.practice_id AND couple.id = own.couple_id
    JOIN public.assessments_jointreport report
      ON report.practice_id = own.practice_id AND report.couple_id = own.couple_id
   WHERE own.practice_id = app.practice('partner') AND own.id = app.partner()
     AND couple.practice_id = app.practice('partner') AND NOT couple.individual_mode AND couple.state <> 'closed'
     AND report.practice_id = app.practice('partner') AND report.withdrawn_at IS NULL
     AND 2 = (SELECT count(DISTINCT consent.partner_id)
                FROM public.clients_consent consent
                JOIN public.clients_partner partner
                  ON partner.practice_id = consent.practice_id AND partner.id = consent.partner_id
               WHERE consent.practice_id = app.practice('partner') AND partner.practice_id = app.practice('partner')
                 AND partner.couple_id = own.couple_id AND partner.state = 'active'
                 AND consent.kind = 'joint_report' AND consent.withdrawn_at IS NULL);
$$;
