"""What a partner may do alone, and through functions that give back no more than their result."""

from practice.database.grants.rule import DEFINER, PARTNER, allow

AS_PARTNER = "practice_id = app.practice('partner')"
OWN = f"{AS_PARTNER} AND partner_id = app.partner()"
OWN_ROW = f"{AS_PARTNER} AND id = app.partner()"
BETWEEN_PARTNERS = f"{AS_PARTNER} AND (app.partner() = asked_by_id OR app.partner() = asked_of_id)"
OWN_OR_SHARED = f"{AS_PARTNER} AND (owner_id IS NULL OR owner_id = app.partner())"
# What decides whether a partner is shown something, and nothing else of a couple.
SEEN_OF_COUPLE = ("practice_id", "id", "own_results_allowed", "individual_mode", "state")
# What a partner reads of their own record on their own page, and what of it they may change.
OWN_CONTACT = ("name", "email", "phone", "channel", "hours", "time_zone", "reminders_off_at")

FOR_PARTNERS = [
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
]
