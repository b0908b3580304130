"""What the archive of a practice may read: these tables, whole, of one practice. Nothing else, and nothing to write.

They stand in an order in which an import can write them. What a table of a practice is left out for is said in
practice/archive/contents.py.
"""

from practice.database.grants.background import AS_WORKER
from practice.database.grants.rule import ARCHIVE, WORKER, allow

AS_ARCHIVE = "practice_id = app.practice('archive')"
ARCHIVED = (
    "practice_practice",
    "practice_membership",
    "practice_leave",
    "practice_retentionterm",
    "practice_auditevent",
    "practice_outboxmessage",
    "clients_couple",
    "clients_treatment",
    "clients_hold",
    "clients_partner",
    "clients_consent",
    "clients_counselingsession",
    "clients_recordrequest",
    "clients_recorddecision",
    "assessments_importedinstrument",
    "assessments_measurementparameters",
    "assessments_assignment",
    "assessments_wave",
    "assessments_answersheet",
    "clients_invitation",
    "assessments_answers",
    "assessments_sheetscores",
    "assessments_safetyflag",
    "assessments_flagevent",
    "assessments_jointreport",
    "assessments_inboxmark",
    "assessments_repairplan",
    "assessments_activity",
    "assessments_activityholder",
    "assessments_planchange",
    "assessments_specificrequest",
    "assessments_goal",
    "assessments_sessionrating",
    "assessments_intention",
    "assessments_weekreport",
    "assessments_goalrating",
    "assessments_statisticsrelease",
)
# What the worker notes of an archive while it makes it.
NOTED = ("state", "problem", "tries", "rows_expected", "size", "sha256", "finished_at", "removed_at")

FOR_ARCHIVES = [
    rule
    for table in ARCHIVED
    for rule in allow(
        ARCHIVE, table, "SELECT", "id = app.practice('archive')" if table == "practice_practice" else AS_ARCHIVE
    )
] + [
    *allow(WORKER, "practice_archive", "SELECT", AS_WORKER),
    *allow(WORKER, "practice_archive", "UPDATE", AS_WORKER, *NOTED),
    *allow(WORKER, "practice_archivepart", "SELECT INSERT UPDATE", AS_WORKER),
]
