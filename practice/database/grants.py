"""Which role may do what, to which columns of which rows: the one reviewed list.

`manage.py prepare` drops every policy and grant and makes these. Every policy is permissive and begins with the
tenant predicate; a role that is not named for a table reaches no byte of it. The gate's rows (before the practice is
known) hold identities, tokens and ids, never a clinical column.
"""

from dataclasses import dataclass

GATE, STAFF, PARTNER, SCORING = ("attune_gate", "attune_staff", "attune_partner", "attune_scoring")
REPORT, WORKER, MEASUREMENT = "attune_report", "attune_worker", "attune_measurement"
STATISTICS, AUDIT, DEFINER = "attune_statistics", "attune_audit", "attune_definer"
RUNTIME = (GATE, STAFF, PARTNER, SCORING, REPORT, WORKER, MEASUREMENT, STATISTICS, AUDIT)

CLINICIAN = "practice_id = app.practice('clinician')"
ANY_STAFF = "practice_id = app.practice('staff')"
OFFERED = f"{ANY_STAFF} AND offered_to = app.actor()"
AS_PARTNER = "practice_id = app.practice('partner')"
OWN = f"{AS_PARTNER} AND partner_id = app.partner()"
OWN_ROW = f"{AS_PARTNER} AND id = app.partner()"
BETWEEN_PARTNERS = f"{AS_PARTNER} AND (app.partner() = asked_by_id OR app.partner() = asked_of_id)"
OWN_OR_SHARED = f"{AS_PARTNER} AND (owner_id IS NULL OR owner_id = app.partner())"
AS_SCORING = "practice_id = app.practice('scoring')"
SCORED = f"{AS_SCORING} AND partner_id = app.partner()"
# The flags that the policies of the scoring role let it see are those of its one partner.
ABOUT_OWN_FLAG = (
    f"{AS_SCORING} AND EXISTS (SELECT FROM assessments_safetyflag flag"
    " WHERE flag.practice_id = app.practice('scoring') AND flag.id = assessments_flagevent.flag_id)"
)
AS_WORKER = "practice_id = app.practice('worker')"
AS_REPORT = "practice_id = app.practice('report')"
JOINT_CONSENT = f"{AS_REPORT} AND kind = 'joint_report'"
AS_MEASUREMENT = "practice_id = app.practice('measurement')"
AS_STATISTICS = "practice_id = app.practice('statistics')"
STATISTICS_CONSENT = f"{AS_MEASUREMENT} AND kind = 'statistics'"
AS_AUDIT = "practice_id = app.practice('audit')"
EVERY_ROW = "true"
# What staff plan anew, and see fail. Never an alert: it names a flag that another therapist may have.
KINDS_OF_MESSAGES = ("open_wave", "close_wave", "remind", "send_invitation", "digest")
ABOUT_MESSAGES = " OR ".join(f"kind = '{kind}'" for kind in KINDS_OF_MESSAGES)
OF_MESSAGES = f"{CLINICIAN} AND ({ABOUT_MESSAGES})"
SEEN_OF_OUTBOX = ("practice_id", "id", "kind", "reference", "created_at", "due_at", "done_at", "tries")
# For good only what was deleted 30 days ago; an uploaded file that nobody confirmed goes after a day.
LONG_DELETED = f"{AS_WORKER} AND deleted_at < now() - '30 days'::interval"
GIVEN_UP = f"{AS_WORKER} AND uploaded_at < now() - '1 day'::interval"


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

# What decides whether a partner is shown something, and nothing else of a couple.
SEEN_OF_COUPLE = ("practice_id", "id", "own_results_allowed", "individual_mode", "state")
# What a partner reads of their own record on their own page, and what of it they may change.
OWN_CONTACT = ("name", "email", "phone", "channel", "hours", "time_zone", "reminders_off_at")


@dataclass(frozen=True)
class Allow:
    """One verb for one role. No columns means all; `check` is for new rows, as `rows` if left out."""

    role: str
    table: str
    verb: str
    rows: str
    columns: tuple[str, ...] = ()
    check: str = ""


def allow(role: str, table: str, verbs: str, rows: str, *columns: str, check: str = "") -> list[Allow]:
    return [Allow(role, table, verb, rows, columns, check) for verb in verbs.split()]


# Looked up before the practice is known. Policies that do not begin with the tenant predicate are here alone.
AT_THE_GATE = [
    *allow(GATE, "django_session", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "practice_user", "SELECT UPDATE", EVERY_ROW),
    *allow(GATE, "account_emailaddress", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "mfa_authenticator", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "practice_apitoken", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "practice_calendarfeed", "SELECT", EVERY_ROW),
    *allow(GATE, "practice_membership", "SELECT", EVERY_ROW),
    *allow(GATE, "practice_practice", "SELECT", EVERY_ROW, "id", "slug", "name", "time_zone"),
    *allow(GATE, "clients_linkkey", "SELECT", EVERY_ROW),
    *allow(GATE, "clients_linkkey", "UPDATE", EVERY_ROW, "opened_at", "browser_hash"),
    *allow(GATE, "clients_partnersession", "SELECT INSERT", EVERY_ROW),
    *allow(GATE, "clients_partnersession", "UPDATE", EVERY_ROW, "idle_at"),
    *allow(GATE, "practice_outboxmessage", "SELECT", EVERY_ROW),
    *allow(GATE, "practice_outboxmessage", "UPDATE", EVERY_ROW, "done_at", "due_at", "tries", "last_error"),
    *allow(WORKER, "practice_user", "SELECT", EVERY_ROW, "id", "email", "name"),
]

IN_A_PRACTICE = [
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
    *allow(
        PARTNER, "practice_practice", "SELECT", "id = app.practice('partner')", "id", "country", "time_zone", "exit_url"
    ),
    *allow(PARTNER, "practice_idempotencyrecord", "SELECT INSERT", f"{AS_PARTNER} AND actor = app.partner()"),
    *allow(PARTNER, "clients_partnersession", "SELECT UPDATE", OWN, "id", "practice_id", "partner_id", "ended_at"),
    *allow(PARTNER, "assessments_answersheet", "SELECT", OWN),
    *allow(
        PARTNER,
        "assessments_importedinstrument",
        "SELECT",
        AS_PARTNER,
        "practice_id",
        "id",
        "identifier",
        "version",
        "content_hash",
        "source",
    ),
    *allow(DEFINER, "assessments_answersheet", "SELECT UPDATE", OWN),
    *allow(DEFINER, "assessments_answers", "SELECT INSERT", OWN),
    *allow(DEFINER, "assessments_answers", "UPDATE", f"{OWN} AND frozen_at IS NULL", check=OWN),
    *allow(DEFINER, "clients_linkkey", "SELECT UPDATE", OWN),
    *allow(DEFINER, "assessments_activityholder", "SELECT", OWN),
    *allow(DEFINER, "assessments_activity", "SELECT", AS_PARTNER),
    *allow(DEFINER, "assessments_repairplan", "SELECT", AS_PARTNER),
    *allow(DEFINER, "assessments_specificrequest", "SELECT", BETWEEN_PARTNERS),
    *allow(DEFINER, "assessments_goal", "SELECT", OWN_OR_SHARED),
    *allow(DEFINER, "assessments_goalrating", "SELECT INSERT UPDATE", OWN),
    *allow(DEFINER, "assessments_weekreport", "SELECT INSERT UPDATE", OWN),
    *allow(DEFINER, "assessments_intention", "SELECT INSERT UPDATE", OWN),
    *allow(DEFINER, "assessments_intention", "DELETE", f"{OWN} AND sheet_id IS NOT NULL"),
    *allow(DEFINER, "assessments_sheetscores", "SELECT", OWN, "practice_id", "partner_id", "sheet_id", "joint_scores"),
    *allow(DEFINER, "assessments_jointreport", "SELECT", AS_PARTNER),
    *allow(DEFINER, "clients_partner", "SELECT", AS_PARTNER, "practice_id", "id", "couple_id", "state", *OWN_CONTACT),
    *allow(DEFINER, "clients_partner", "UPDATE", OWN_ROW, *OWN_CONTACT[3:]),
    *allow(DEFINER, "clients_couple", "SELECT", AS_PARTNER, *SEEN_OF_COUPLE),
    *allow(DEFINER, "clients_consent", "SELECT", AS_PARTNER),
    *allow(DEFINER, "clients_consent", "INSERT", OWN),
    *allow(DEFINER, "clients_consent", "UPDATE", OWN, "withdrawn_at"),
    *allow(DEFINER, "practice_outboxmessage", "SELECT INSERT UPDATE", AS_PARTNER),
    *allow(SCORING, "assessments_answersheet", "SELECT", SCORED),
    *allow(SCORING, "assessments_answers", "SELECT", SCORED),
    *allow(SCORING, "clients_couple", "SELECT", AS_SCORING, "id", "practice_id", "created_at", "episode_started_at"),
    *allow(SCORING, "assessments_importedinstrument", "SELECT", AS_SCORING),
    *allow(SCORING, "assessments_safetyflag", "SELECT INSERT", SCORED),
    *allow(SCORING, "assessments_safetyflag", "UPDATE", SCORED, "lines", "state"),
    *allow(SCORING, "assessments_flagevent", "INSERT", ABOUT_OWN_FLAG),
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
        *("practice_id", "partner_id", "kind", "given_at", "withdrawn_at"),
    ),
    *allow(MEASUREMENT, "clients_counselingsession", "SELECT", AS_MEASUREMENT, *COUNTED_OF_SESSION),
    *allow(MEASUREMENT, "assessments_activity", "SELECT", AS_MEASUREMENT, *COUNTED_OF_ACTIVITY),
    *allow(MEASUREMENT, "assessments_weekreport", "SELECT", AS_MEASUREMENT, *COUNTED_OF_WEEK),
    *allow(MEASUREMENT, "assessments_statisticsrow", "INSERT DELETE", AS_MEASUREMENT),
    *allow(MEASUREMENT, "assessments_statisticsrow", "SELECT", AS_MEASUREMENT, "practice_id", "id"),
    *allow(MEASUREMENT, "assessments_statisticsrelease", "SELECT", AS_MEASUREMENT, *COUNTED_OF_RELEASE),
    *allow(STATISTICS, "assessments_statisticsrow", "SELECT", AS_STATISTICS),
    *allow(STATISTICS, "assessments_statisticsrelease", "INSERT", AS_STATISTICS),
    *allow(STAFF, "assessments_statisticsrelease", "SELECT", ANY_STAFF),
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
    *allow(WORKER, "assessments_safetyflag", "SELECT", AS_WORKER),
    *allow(WORKER, "assessments_safetyflag", "UPDATE", AS_WORKER, "couple_id", "partner_id"),
    *allow(WORKER, "assessments_flagevent", "SELECT INSERT", AS_WORKER),
    *allow(AUDIT, "practice_auditevent", "INSERT", AS_AUDIT),
]

FUNCTIONS = {
    "app.practice(text)": (STAFF, PARTNER, SCORING, REPORT, WORKER, MEASUREMENT, STATISTICS, AUDIT, DEFINER),
    "app.actor()": (STAFF, DEFINER),
    "app.partner()": (PARTNER, SCORING, DEFINER),
    "app.save_answers(uuid, text[], int[], smallint[], smallint[], int[], timestamptz)": (PARTNER,),
    "app.finish_sheet(uuid, text, timestamptz)": (PARTNER,),
    "app.own_answers(uuid)": (PARTNER,),
    "app.set_own_reminders(boolean, timestamptz)": (PARTNER,),
    "app.own_contact()": (PARTNER,),
    "app.save_own_hours(text, text)": (PARTNER,),
    "app.stop_own_channel(timestamptz)": (PARTNER,),
    "app.own_consents()": (PARTNER,),
    "app.give_own_consent(text, text, timestamptz)": (PARTNER,),
    "app.withdraw_own_consent(text, timestamptz)": (PARTNER,),
    "app.own_week(uuid)": (PARTNER,),
    "app.save_week(uuid, uuid, jsonb, timestamptz)": (PARTNER,),
    "app.save_intention(uuid, text, timestamptz)": (PARTNER,),
    "app.own_results(text)": (PARTNER,),
    "app.own_joint_reports()": (PARTNER,),
    "app.both_keys(uuid, uuid)": (REPORT,),
    "app.keep_scores(uuid, jsonb, jsonb, timestamptz, timestamptz)": (SCORING,),
}


def statements() -> list[str]:
    """SQL that turns every table's policies and grants into exactly this list, in order."""
    result = []
    for number, rule in enumerate([*AT_THE_GATE, *IN_A_PRACTICE]):
        named = ", ".join(f'"{name}"' for name in rule.columns)
        columns = f" ({named})" if named else ""
        result.append(f'GRANT {rule.verb}{columns} ON public."{rule.table}" TO {rule.role}')
        using = f" USING ({rule.rows})" if rule.verb != "INSERT" else ""
        check = f" WITH CHECK ({rule.check or rule.rows})" if rule.verb in ("INSERT", "UPDATE") else ""
        name = f"{rule.role.removeprefix('attune_')}_{rule.verb.lower()}_{number}"
        result.append(f'CREATE POLICY "{name}" ON public."{rule.table}" FOR {rule.verb} TO {rule.role}{using}{check}')
    for function, roles in FUNCTIONS.items():
        result.append(f"GRANT EXECUTE ON FUNCTION {function} TO {', '.join(roles)}")
    return result
