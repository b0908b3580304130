"""Which role may call which function of the database."""

from practice.database.grants.rule import (
    ARCHIVE,
    AUDIT,
    DEFINER,
    ERASER,
    MEASUREMENT,
    PARTNER,
    POOL,
    REPORT,
    RETENTION,
    SCORING,
    STAFF,
    STATISTICS,
    WORKER,
)

FUNCTIONS = {
    "app.practice(text)": (
        *(STAFF, PARTNER, SCORING, REPORT, WORKER, MEASUREMENT, STATISTICS, ARCHIVE, RETENTION, AUDIT),
        *(DEFINER, ERASER),
    ),
    "app.pool()": (POOL,),
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
    "app.own_weeks()": (PARTNER,),
    "app.save_week(uuid, uuid, jsonb, timestamptz)": (PARTNER,),
    "app.save_intention(uuid, text, timestamptz)": (PARTNER,),
    "app.own_results(text)": (PARTNER,),
    "app.own_joint_reports()": (PARTNER,),
    "app.both_keys(uuid, uuid)": (REPORT,),
    "app.keep_scores(uuid, jsonb, jsonb, timestamptz, timestamptz)": (SCORING,),
    "app.erase_couple(uuid, integer, timestamptz)": (WORKER,),
}
# Whose function it is, where it is not the definer's.
OF_ERASER = frozenset({"app.erase_couple(uuid, integer, timestamptz)"})
