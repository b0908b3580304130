"""What a couple leaves when its term is over: where its rows stand, in the order in which they go, and who may look.

`attune_eraser` is no login. It owns app.erase_couple (assessments/eraser.sql), which the worker alone may call; nobody
else may delete most of these rows at all. `attune_retention` sees when a couple was closed and that something keeps it,
and nothing of what is on record.
"""

from collections.abc import Mapping

from practice.database.grants.background import AS_WORKER
from practice.database.grants.rule import ERASER, RETENTION, WORKER, Allow, allow

AS_RETENTION = "practice_id = app.practice('retention')"
CLOSED = f"{AS_WORKER} AND state = 'closed'"

# Table and the columns by which a row of it belongs to a couple, or to a row that does; whoever refers to a table
# stands before it. The function deletes in this order and says so; tests compare the two, and look for what is missing.
ERASED: Mapping[str, tuple[str, ...]] = {
    "practice_outboxmessage": ("reference",),
    "practice_download": ("reference",),
    "practice_idempotencyrecord": ("actor",),
    "clients_linkkey": ("partner_id", "sheet_id", "invitation_id"),
    "clients_partnersession": ("partner_id", "sheet_id"),
    "assessments_inboxmark": ("couple_id", "partner_id"),
    "assessments_goalrating": ("goal_id", "partner_id", "report_id"),
    "assessments_weekreport": ("couple_id", "partner_id", "sheet_id"),
    "assessments_intention": ("couple_id", "partner_id", "sheet_id"),
    "assessments_sessionrating": ("session_id",),
    "assessments_goal": ("couple_id", "owner_id"),
    "assessments_specificrequest": ("couple_id", "asked_by_id", "asked_of_id"),
    "assessments_planchange": ("couple_id", "activity_id"),
    "assessments_activityholder": ("activity_id", "partner_id"),
    "assessments_activity": ("plan_id", "couple_id"),
    "assessments_repairplan": ("couple_id",),
    "assessments_jointreport": ("couple_id", "wave_id"),
    "assessments_flagevent": ("flag_id", "partner_id"),
    "assessments_safetyflag": ("couple_id", "partner_id", "sheet_id"),
    "assessments_sheetscores": ("sheet_id", "partner_id"),
    "assessments_answers": ("sheet_id", "partner_id"),
    "clients_invitation": ("partner_id", "sheet_id"),
    "assessments_answersheet": ("wave_id", "couple_id", "partner_id"),
    "assessments_wave": ("assignment_id", "couple_id", "session_id"),
    "assessments_assignment": ("couple_id",),
    "clients_recorddecision": ("request_id",),
    "clients_recordrequest": ("partner_id", "couple_id"),
    "clients_counselingsession": ("couple_id", "partner_id"),
    "clients_consent": ("partner_id",),
    "clients_hold": ("couple_id",),
    "clients_treatment": ("couple_id",),
    "clients_partner": ("couple_id",),
    "clients_couple": ("id",),
}
# Rows that name a couple, or what was of one, and stay.
STAYS: Mapping[tuple[str, str], str] = {
    ("practice_auditevent", "couple_id"): "The trail tells what was done: ids and codes, no name and no text.",
    ("practice_auditevent", "partner_id"): "As above: a partner's own acts, by id.",
    ("practice_auditevent", "object_id"): "As above: what was acted on, by id.",
}
# What the function looks at before it erases, beside the columns above.
LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "clients_couple": ("state", "closed_at", "deleted_at"),
    "clients_hold": ("lifted_at",),
    "assessments_safetyflag": ("state",),
    "assessments_answersheet": ("state",),
    "assessments_wave": ("closed_at",),
    "clients_recordrequest": ("recorded_at",),
    "practice_download": ("used_at",),
}
# It has no id of its own.
WITHOUT_ID = "clients_linkkey"


def _erase(table: str, columns: tuple[str, ...]) -> list[Allow]:
    own = () if table == WITHOUT_ID else ("id",)
    seen = dict.fromkeys(("practice_id", *own, *columns, *LOOKED_AT.get(table, ())))
    rows = CLOSED if table == "clients_couple" else AS_WORKER
    return [*allow(ERASER, table, "SELECT", AS_WORKER, *seen), *allow(ERASER, table, "DELETE", rows)]


FOR_ERASING = [
    *(rule for table, columns in ERASED.items() for rule in _erase(table, columns)),
    # To lock a row takes the right to change a column; nothing changes this one.
    *allow(ERASER, "clients_couple", "UPDATE", AS_WORKER, "deleted_at"),
    *allow(ERASER, "practice_practice", "SELECT", "id = app.practice('worker')", "id", "time_zone", "country"),
    *allow(ERASER, "practice_retentionterm", "SELECT", AS_WORKER),
    *allow(WORKER, "practice_retentionterm", "SELECT", AS_WORKER),
    *allow(
        RETENTION, "clients_couple", "SELECT", AS_RETENTION, *("practice_id", "id", "state", "closed_at", "deleted_at")
    ),
    *allow(RETENTION, "clients_partner", "SELECT", AS_RETENTION, "practice_id", "id", "couple_id"),
    *allow(RETENTION, "clients_hold", "SELECT", AS_RETENTION, "practice_id", "id", "couple_id", "lifted_at"),
    *allow(RETENTION, "assessments_safetyflag", "SELECT", AS_RETENTION, "practice_id", "id", "couple_id", "state"),
    *allow(RETENTION, "assessments_answersheet", "SELECT", AS_RETENTION, "practice_id", "id", "couple_id", "state"),
    *allow(RETENTION, "assessments_wave", "SELECT", AS_RETENTION, "practice_id", "id", "couple_id", "closed_at"),
    *allow(
        RETENTION,
        "clients_recordrequest",
        "SELECT",
        AS_RETENTION,
        *("practice_id", "id", "partner_id", "couple_id", "recorded_at"),
    ),
    *allow(RETENTION, "practice_download", "SELECT", AS_RETENTION, "practice_id", "id", "reference", "used_at"),
]
