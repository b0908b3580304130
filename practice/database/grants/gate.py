"""Looked up before the practice is known. Policies that do not begin with the tenant predicate are here alone."""

from practice.database.grants.rule import GATE, WORKER, allow

EVERY_ROW = "true"
# What each page says of the practice; the last is for the warning that help lines wait to be confirmed again.
SEEN_OF_PRACTICE = ("id", "slug", "name", "time_zone", "resources_confirmed_at")

AT_THE_GATE = [
    *allow(GATE, "django_session", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "practice_user", "SELECT UPDATE", EVERY_ROW),
    *allow(GATE, "account_emailaddress", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "mfa_authenticator", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "practice_apitoken", "SELECT INSERT UPDATE DELETE", EVERY_ROW),
    *allow(GATE, "practice_calendarfeed", "SELECT", EVERY_ROW),
    *allow(GATE, "practice_membership", "SELECT", EVERY_ROW),
    *allow(GATE, "practice_practice", "SELECT", EVERY_ROW, *SEEN_OF_PRACTICE),
    *allow(GATE, "clients_linkkey", "SELECT", EVERY_ROW),
    *allow(GATE, "clients_linkkey", "UPDATE", EVERY_ROW, "opened_at", "browser_hash"),
    *allow(GATE, "clients_partnersession", "SELECT INSERT", EVERY_ROW),
    *allow(GATE, "clients_partnersession", "UPDATE", EVERY_ROW, "idle_at"),
    *allow(GATE, "practice_outboxmessage", "SELECT", EVERY_ROW),
    *allow(GATE, "practice_outboxmessage", "UPDATE", EVERY_ROW, "done_at", "due_at", "tries", "last_error"),
    *allow(WORKER, "practice_user", "SELECT", EVERY_ROW, "id", "email", "name"),
]
