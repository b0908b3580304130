"""What members may do, each held to their practice; a clinician to more of it than others."""

from practice.database.grants.rule import STAFF, allow

CLINICIAN = "practice_id = app.practice('clinician')"
ANY_STAFF = "practice_id = app.practice('staff')"
OFFERED = f"{ANY_STAFF} AND offered_to = app.actor()"
# What staff plan anew, or ask for again, and see fail. Never an alert: it names a flag that another therapist may have.
KINDS_OF_MESSAGES = ("open_wave", "close_wave", "remind", "send_invitation", "digest", "make_archive", "remove_archive")
ABOUT_MESSAGES = " OR ".join(f"kind = '{kind}'" for kind in KINDS_OF_MESSAGES)
OF_MESSAGES = f"{CLINICIAN} AND ({ABOUT_MESSAGES})"
SEEN_OF_OUTBOX = ("practice_id", "id", "kind", "reference", "created_at", "due_at", "done_at", "tries")

FOR_STAFF = [
    *allow(STAFF, "practice_practice", "SELECT UPDATE", "id = app.practice('staff')"),
    *allow(STAFF, "practice_membership", "SELECT", ANY_STAFF),
    *allow(STAFF, "practice_leave", "SELECT", ANY_STAFF),
    *allow(STAFF, "practice_leave", "INSERT", f"{ANY_STAFF} AND recorded_by = app.actor()"),
    *allow(STAFF, "practice_leave", "UPDATE", ANY_STAFF, "called_off_at"),
    *allow(STAFF, "practice_membership", "UPDATE", f"{CLINICIAN} AND id = app.actor()", "cover_id", "weekly_mail"),
    *allow(STAFF, "practice_apitoken", "SELECT DELETE", f"{ANY_STAFF} AND membership_id = app.actor()"),
    *allow(STAFF, "practice_calendarfeed", "SELECT INSERT", f"{CLINICIAN} AND membership_id = app.actor()"),
    *allow(STAFF, "practice_calendarfeed", "UPDATE", f"{CLINICIAN} AND membership_id = app.actor()", "ended_at"),
    *allow(STAFF, "practice_idempotencyrecord", "SELECT INSERT", f"{ANY_STAFF} AND actor = app.actor()"),
    *allow(STAFF, "practice_download", "SELECT INSERT", OFFERED),
    *allow(STAFF, "practice_download", "UPDATE", OFFERED, "used_at"),
    *allow(STAFF, "practice_archive", "SELECT", CLINICIAN),
    *allow(STAFF, "practice_archive", "INSERT", f"{CLINICIAN} AND asked_by = app.actor()"),
    *allow(STAFF, "practice_archive", "UPDATE", CLINICIAN, "state", "problem", "tries"),
    *allow(STAFF, "practice_pooledoptin", "SELECT", ANY_STAFF),
    *allow(STAFF, "practice_pooledoptin", "INSERT", f"{CLINICIAN} AND given_by = app.actor()"),
    *allow(STAFF, "practice_pooledoptin", "UPDATE", CLINICIAN, "withdrawn_at", "withdrawn_by"),
    *allow(STAFF, "practice_archivepart", "SELECT", CLINICIAN),
    *allow(STAFF, "practice_outboxmessage", "INSERT", CLINICIAN),
    *allow(STAFF, "practice_outboxmessage", "SELECT", OF_MESSAGES, *SEEN_OF_OUTBOX),
    *allow(STAFF, "practice_outboxmessage", "UPDATE", OF_MESSAGES, "due_at", "done_at", "tries"),
    *allow(STAFF, "clients_couple", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "clients_coupleimport", "SELECT INSERT DELETE", f"{CLINICIAN} AND member_id = app.actor()"),
    *allow(STAFF, "clients_treatment", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "clients_partner", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "clients_invitation", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "clients_linkkey", "INSERT", CLINICIAN),
    *allow(STAFF, "clients_linkkey", "SELECT", CLINICIAN, "practice_id", "sheet_id", "invitation_id", "ended_at"),
    *allow(STAFF, "clients_linkkey", "UPDATE", CLINICIAN, "ended_at", "expires_at", "reopen_until"),
    *allow(STAFF, "clients_partnersession", "SELECT", CLINICIAN, "practice_id", "sheet_id", "partner_id", "ended_at"),
    *allow(STAFF, "clients_partnersession", "UPDATE", CLINICIAN, "ended_at"),
    *allow(STAFF, "assessments_importedinstrument", "SELECT INSERT", ANY_STAFF),
    *allow(STAFF, "assessments_assignment", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_wave", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_answersheet", "SELECT INSERT UPDATE", CLINICIAN),
    # What was assigned a moment ago is taken back: nothing that was opened, or that hangs on it, can go.
    *allow(STAFF, "assessments_assignment", "DELETE", CLINICIAN),
    *allow(STAFF, "assessments_wave", "DELETE", f"{CLINICIAN} AND opened_at IS NULL"),
    *allow(STAFF, "assessments_answersheet", "DELETE", f"{CLINICIAN} AND safety_lines IS NULL AND started_at IS NULL"),
    *allow(STAFF, "assessments_answers", "SELECT", CLINICIAN),
    *allow(STAFF, "assessments_sheetscores", "SELECT", CLINICIAN),
    *allow(STAFF, "assessments_safetyflag", "SELECT", CLINICIAN),
    *allow(STAFF, "assessments_safetyflag", "UPDATE", CLINICIAN, "state"),
    *allow(STAFF, "assessments_flagevent", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_jointreport", "SELECT", CLINICIAN),
    *allow(STAFF, "assessments_jointreport", "UPDATE", CLINICIAN, "briefed_at", "withdrawn_at"),
    *allow(STAFF, "assessments_inboxmark", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_measurementparameters", "SELECT", CLINICIAN),
    *allow(STAFF, "clients_consent", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "clients_consent", "UPDATE", CLINICIAN, "withdrawn_at"),
    *allow(STAFF, "clients_counselingsession", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "clients_recordrequest", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "clients_recorddecision", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_sessionrating", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_repairplan", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_activity", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_activity", "UPDATE", CLINICIAN, "dose", "ended_at"),
    *allow(STAFF, "assessments_activityholder", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_planchange", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_specificrequest", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_goal", "SELECT INSERT UPDATE", CLINICIAN),
    *allow(STAFF, "assessments_goalrating", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_intention", "SELECT INSERT", CLINICIAN),
    *allow(STAFF, "assessments_weekreport", "SELECT", CLINICIAN),
    *allow(STAFF, "assessments_statisticsrelease", "SELECT", ANY_STAFF),
]
