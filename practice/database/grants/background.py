"""What the tasks may do: scoring, the joint report, measurement, statistics, the worker and the audit trail."""

from practice.database.grants.rule import AUDIT, MEASUREMENT, REPORT, SCORING, STATISTICS, WORKER, allow

AS_SCORING = "practice_id = app.practice('scoring')"
SCORED = f"{AS_SCORING} AND partner_id = app.partner()"
AS_WORKER = "practice_id = app.practice('worker')"
AS_REPORT = "practice_id = app.practice('report')"
JOINT_CONSENT = f"{AS_REPORT} AND kind = 'joint_report'"
AS_MEASUREMENT = "practice_id = app.practice('measurement')"
AS_STATISTICS = "practice_id = app.practice('statistics')"
STATISTICS_CONSENT = f"{AS_MEASUREMENT} AND kind = 'statistics'"
AS_AUDIT = "practice_id = app.practice('audit')"
# For good only what was deleted 30 days ago; an uploaded file that nobody confirmed goes after a day.
LONG_DELETED = f"{AS_WORKER} AND deleted_at < now() - '30 days'::interval"
GIVEN_UP = f"{AS_WORKER} AND uploaded_at < now() - '1 day'::interval"
# An answer that was kept for a repeat of the same call.
NOT_REPEATED = f"{AS_WORKER} AND created_at < now() - '30 days'::interval"
# What the worker sees of answers that it moves to another partner: whose they are, never what they say.
WHOSE_ANSWERS = ("practice_id", "id", "sheet_id", "partner_id", "frozen_at")
# What counts in statistics, and nothing of who somebody is.
COUNTED_OF_COUPLE = (
    "practice_id",
    "id",
    "state",
    "closed_reason",
    "closed_at",
    "created_at",
    "episode_started_at",
    "deleted_at",
)
COUNTED_OF_SESSION = ("practice_id", "couple_id", "kind", "held_at", "deleted_at")
COUNTED_OF_ACTIVITY = ("practice_id", "id", "couple_id", "template", "dose")
COUNTED_OF_RELEASE = ("practice_id", "quarter", "made_at", "couples")
COUNTED_OF_WEEK = ("practice_id", "couple_id", "monday", "entries")

IN_THE_BACKGROUND = [
    *allow(SCORING, "assessments_answersheet", "SELECT", SCORED),
    *allow(SCORING, "assessments_answers", "SELECT", SCORED),
    *allow(SCORING, "clients_couple", "SELECT", AS_SCORING, "id", "practice_id", "created_at", "episode_started_at"),
    *allow(SCORING, "assessments_importedinstrument", "SELECT", AS_SCORING),
    *allow(SCORING, "assessments_safetyflag", "SELECT INSERT", SCORED),
    *allow(SCORING, "assessments_safetyflag", "UPDATE", SCORED, "lines", "state"),
    *allow(SCORING, "assessments_flagevent", "INSERT", SCORED),
    *allow(SCORING, "assessments_sheetscores", "SELECT INSERT UPDATE", SCORED),
    *allow(SCORING, "practice_outboxmessage", "SELECT INSERT UPDATE", AS_SCORING),
    *allow(SCORING, "assessments_weekreport", "SELECT", SCORED, "practice_id", "partner_id", "sheet_id", "entries"),
    *allow(SCORING, "assessments_measurementparameters", "SELECT", AS_SCORING),
    *allow(
        REPORT,
        "assessments_answersheet",
        "SELECT",
        AS_REPORT,
        "id",
        "practice_id",
        "wave_id",
        "couple_id",
        "partner_id",
        "instrument",
        "content_hash",
        "state",
        "submitted_at",
    ),
    *allow(
        REPORT, "assessments_sheetscores", "SELECT", AS_REPORT, "practice_id", "sheet_id", "partner_id", "joint_scores"
    ),
    *allow(REPORT, "assessments_importedinstrument", "SELECT", AS_REPORT),
    *allow(REPORT, "clients_consent", "SELECT", JOINT_CONSENT, "practice_id", "partner_id", "kind", "withdrawn_at"),
    *allow(REPORT, "assessments_jointreport", "INSERT", f"{AS_REPORT} AND app.both_keys(couple_id, wave_id)"),
    *allow(MEASUREMENT, "assessments_answersheet", "SELECT", AS_MEASUREMENT),
    *allow(MEASUREMENT, "assessments_answers", "SELECT", AS_MEASUREMENT),
    *allow(MEASUREMENT, "assessments_sheetscores", "SELECT", AS_MEASUREMENT),
    *allow(MEASUREMENT, "assessments_importedinstrument", "SELECT", AS_MEASUREMENT),
    *allow(MEASUREMENT, "assessments_measurementparameters", "SELECT INSERT", AS_MEASUREMENT),
    *allow(MEASUREMENT, "clients_couple", "SELECT", AS_MEASUREMENT, *COUNTED_OF_COUPLE),
    *allow(MEASUREMENT, "clients_partner", "SELECT", AS_MEASUREMENT, "practice_id", "id", "couple_id"),
    *allow(
        MEASUREMENT,
        "clients_consent",
        "SELECT",
        STATISTICS_CONSENT,
        *("practice_id", "partner_id", "kind", "version", "given_at", "withdrawn_at"),
    ),
    *allow(MEASUREMENT, "clients_counselingsession", "SELECT", AS_MEASUREMENT, *COUNTED_OF_SESSION),
    *allow(MEASUREMENT, "assessments_activity", "SELECT", AS_MEASUREMENT, *COUNTED_OF_ACTIVITY),
    *allow(MEASUREMENT, "assessments_weekreport", "SELECT", AS_MEASUREMENT, *COUNTED_OF_WEEK),
    *allow(MEASUREMENT, "assessments_statisticsrow", "INSERT DELETE", AS_MEASUREMENT),
    *allow(MEASUREMENT, "assessments_statisticsrow", "SELECT", AS_MEASUREMENT, "practice_id", "id"),
    *allow(MEASUREMENT, "assessments_statisticsrelease", "SELECT", AS_MEASUREMENT, *COUNTED_OF_RELEASE),
    *allow(MEASUREMENT, "practice_pooledoptin", "SELECT", AS_MEASUREMENT, "practice_id", "id", "withdrawn_at"),
    *allow(MEASUREMENT, "assessments_pooledrow", "INSERT", AS_MEASUREMENT),
    *allow(STATISTICS, "assessments_statisticsrow", "SELECT", AS_STATISTICS),
    *allow(STATISTICS, "assessments_statisticsrelease", "INSERT", AS_STATISTICS),
    *allow(WORKER, "practice_practice", "SELECT", "id = app.practice('worker')"),
    *allow(WORKER, "practice_membership", "SELECT", AS_WORKER),
    *allow(WORKER, "practice_leave", "SELECT", AS_WORKER),
    *allow(WORKER, "practice_outboxmessage", "SELECT INSERT UPDATE", AS_WORKER),
    *allow(WORKER, "clients_couple", "SELECT", AS_WORKER),
    *allow(WORKER, "clients_couple", "UPDATE", AS_WORKER, "therapist_id"),
    *allow(WORKER, "clients_treatment", "SELECT INSERT", AS_WORKER),
    *allow(WORKER, "clients_couple", "DELETE", LONG_DELETED),
    *allow(WORKER, "clients_counselingsession", "SELECT", AS_WORKER, "practice_id", "id", "deleted_at"),
    *allow(WORKER, "clients_counselingsession", "DELETE", LONG_DELETED),
    *allow(WORKER, "clients_coupleimport", "SELECT", AS_WORKER, "practice_id", "id", "uploaded_at"),
    *allow(WORKER, "clients_coupleimport", "DELETE", GIVEN_UP),
    *allow(WORKER, "practice_idempotencyrecord", "SELECT", AS_WORKER, "practice_id", "id", "created_at"),
    *allow(WORKER, "practice_idempotencyrecord", "DELETE", NOT_REPEATED),
    *allow(WORKER, "clients_partner", "SELECT", AS_WORKER),
    # To lock a row takes the right to change a column; nothing changes this one.
    *allow(WORKER, "clients_partner", "UPDATE", AS_WORKER, "position"),
    *allow(WORKER, "clients_invitation", "SELECT INSERT UPDATE", AS_WORKER),
    *allow(WORKER, "clients_linkkey", "SELECT INSERT UPDATE", AS_WORKER),
    *allow(WORKER, "assessments_importedinstrument", "SELECT", AS_WORKER),
    *allow(WORKER, "assessments_assignment", "SELECT", AS_WORKER),
    *allow(WORKER, "assessments_wave", "SELECT UPDATE", AS_WORKER),
    *allow(WORKER, "assessments_answersheet", "SELECT UPDATE", AS_WORKER),
    *allow(WORKER, "assessments_answers", "SELECT", AS_WORKER, *WHOSE_ANSWERS),
    *allow(WORKER, "assessments_answers", "UPDATE", f"{AS_WORKER} AND frozen_at IS NULL", "partner_id"),
    *allow(WORKER, "assessments_intention", "SELECT", AS_WORKER, "practice_id", "id", "sheet_id", "partner_id"),
    *allow(WORKER, "assessments_intention", "UPDATE", AS_WORKER, "couple_id", "partner_id"),
    *allow(WORKER, "assessments_weekreport", "SELECT", AS_WORKER, "practice_id", "id", "sheet_id"),
    *allow(WORKER, "assessments_weekreport", "UPDATE", AS_WORKER, "id", "couple_id", "partner_id", "small_wins"),
    *allow(WORKER, "assessments_safetyflag", "SELECT", AS_WORKER),
    *allow(WORKER, "assessments_safetyflag", "UPDATE", AS_WORKER, "couple_id", "partner_id"),
    *allow(WORKER, "assessments_flagevent", "SELECT INSERT", AS_WORKER),
    *allow(AUDIT, "practice_auditevent", "INSERT", AS_AUDIT),
]
