"""A partner's week: for each activity they hold what was done, noticed and how it helped, and a small win.

What a partner wrote is write-only, as every therapist_only answer is: the week says which fields were saved, never
what they hold. Their own small wins they read until the week closes. Nothing here depends on the other partner.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection
from django.utils import timezone

from assessments import safety
from assessments.goals import level_texts
from assessments.instruments.definition import Json
from assessments.models import AnswerSheet, Goal, SpecificRequest, WeekReport
from assessments.plan_templates import library as templates
from assessments.week_values import OwnWeek, SmallWin, Week, WeekActivity, WeekGoal, WeekRequest, parts_of, week_faults
from practice import audit, tenancy
from practice.database.rows import rows_of
from practice.encryption import decrypt, encrypt, sealed
from practice.errors import DomainError, InvalidInput

# The practice's clock says on which day a goal is due; read here, it costs no statement.
OWN_WEEK = "SELECT app.own_week(%s), time_zone FROM practice_practice WHERE id = %s"
REPORTING_STATES = (*AnswerSheet.OPEN_STATES, AnswerSheet.State.SUBMITTED, AnswerSheet.State.DECLINED)


class WeekClosed(DomainError):
    """This week is closed. Tell your therapist if something should be changed."""

    code = "week_closed"


def own_week(sheet: AnswerSheet) -> Week:
    """The week that is reported with a sheet, as its partner may see it. Raises WeekClosed."""
    refuse_closed_week(sheet)
    with connection.cursor() as cursor:
        cursor.execute(OWN_WEEK, [sheet.id, sheet.practice_id])
        found, time_zone = cursor.fetchone()
    if found is None:
        raise WeekClosed
    return _week(sheet, json.loads(found), ZoneInfo(time_zone))


def own_weeks() -> list[OwnWeek]:
    """The weeks that the partner in scope has told of, newest first. What they said in them is never read back."""
    rows = rows_of(WeekReport, "SELECT * FROM app.own_weeks()")
    for row in rows:
        row.small_wins = sealed(vars(row)["small_wins"])
    return [OwnWeek(row.monday, tuple(win.text for win in wins_of(row) if win.share_via_therapist)) for row in rows]


def save_week(sheet: AnswerSheet, given: Mapping[str, Any]) -> None:
    """Save any part of a week; it can be corrected until it closes. One fault and nothing of the call is kept.

    `given`: "activities" {id: {"done", "noticed", "helped", "barrier", "note"}}, "requests" {id: "kept" | "missed"},
    "goals" {id: -2 to 2}, "small_wins" [{"text", "share_via_therapist"}]. What is not named stays; None clears.
    Raises InvalidInput, WeekClosed.
    """
    week = own_week(sheet)
    faults = week_faults(week, given)
    if faults:
        raise InvalidInput("Some of what was given does not fit; nothing was saved.", faults=faults)
    with _week_errors(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.save_week(%s, %s, %s, %s)",
            [sheet.id, report_id(sheet), json.dumps(_stored(sheet, given)), timezone.now()],
        )
    audit.record("week.saved", object_id=report_id(sheet), couple_id=sheet.couple_id)
    safety.score_after_commit(sheet)


def takes_week(sheet: AnswerSheet) -> bool:
    """Whether a week can be reported with this sheet now. A form that was sent or declined still takes its week."""
    running = sheet.opens_at <= timezone.now() < sheet.closes_at
    return sheet.week_of is not None and sheet.state in REPORTING_STATES and running


def refuse_closed_week(sheet: AnswerSheet) -> None:
    """Raises WeekClosed."""
    if not takes_week(sheet):
        raise WeekClosed


def report_id(sheet: AnswerSheet) -> UUID:
    """The id of a partner's report of a week: the same for every sheet that reports it."""
    return uuid5(sheet.partner_id, f"week of {sheet.week_of}")


def note_place(report: UUID, activity: str) -> str:
    return f"assessments_weekreport.entries.note|{report}|{activity}"


def change_notes(entries: Json, report: str, change: Callable[[str, str], str]) -> Json:
    """The entries of a report with each note given as `change(note, place)` says, for an archive or from one."""
    return {
        key: {**entry, "note": change(entry["note"], note_place(UUID(report), key))} if entry.get("note") else entry
        for key, entry in entries.items()
    }


def open_note(report: WeekReport, activity: str) -> str:
    """The note a partner wrote beside an activity, for the therapist."""
    note = report.entries.get(activity, {}).get("note")
    place = note_place(report.id, activity)
    return decrypt(note, practice_id=tenancy.practice_id(), place=place) if note else ""


def wins_of(report: WeekReport) -> list[SmallWin]:
    return [SmallWin(**one) for one in json.loads(report.small_wins or "[]")]


def is_due(goal_review_on: date, sheet: AnswerSheet, zone: ZoneInfo) -> bool:
    """Whether a goal is rated with this sheet: its review day lies in the window or in the six days before.

    The days are those of `zone`, the practice's clock.
    """
    opens, closes = timezone.localdate(sheet.opens_at, zone), timezone.localdate(sheet.closes_at, zone)
    return opens - timedelta(days=6) <= goal_review_on <= closes


def _week(sheet: AnswerSheet, found: Json, zone: ZoneInfo) -> Week:
    report = found["report"] or {"id": None, "small_wins": "", "entries": {}, "requests": [], "goals": []}
    opened = WeekReport(id=report_id(sheet), practice_id=sheet.practice_id, small_wins=sealed(report["small_wins"]))
    template = templates.latest()
    if sheet.week_of is None:
        raise WeekClosed
    return Week(
        monday=sheet.week_of,
        closes_at=sheet.closes_at,
        activities=tuple(_activity(one, report["entries"].get(one["id"], [])) for one in found["activities"]),
        requests=tuple(_request(sheet, one, one["id"] in report["requests"]) for one in found["requests"]),
        goals=tuple(_goal(sheet, one, one["id"] in report["goals"], zone) for one in found["goals"]),
        small_wins=tuple(wins_of(opened)),
        barriers=template.barriers,
        is_saved=found["report"] is not None,
    )


def _activity(one: Json, saved: list[str]) -> WeekActivity:
    practice = templates.get(one["plan"]).practices[one["template"]]
    return WeekActivity(
        id=one["id"],
        template=one["template"],
        title=practice["title"]["en"],
        how=practice.get("how", {}).get("en", ""),
        done_when=practice["done_when"]["en"],
        times=one["dose"].get("times"),
        dose=one["dose"],
        fields=("done", *(["noticed"] if one["asks_noticed"] else []), "helped", "barrier", "note"),
        saved=frozenset(saved),
    )


def _request(sheet: AnswerSheet, one: Json, is_saved: bool) -> WeekRequest:
    made = SpecificRequest(
        id=UUID(one["id"]),
        practice_id=sheet.practice_id,
        wording=sealed(one["wording"]),
        agreed_wording=sealed(one["agreed_wording"]),
    )
    return WeekRequest(
        id=one["id"],
        text=made.agreed_wording or made.wording,
        made_by_me=one["asked_by"] == str(sheet.partner_id),
        cadence=str(SpecificRequest.Cadence(one["cadence"]).label),
        is_saved=is_saved,
    )


def _goal(sheet: AnswerSheet, one: Json, is_saved: bool, zone: ZoneInfo) -> WeekGoal:
    texts = {name: sealed(one[name]) for name in ("behaviour", "how_counted", "levels")}
    goal = Goal(id=UUID(one["id"]), practice_id=sheet.practice_id, **texts)
    return WeekGoal(
        id=one["id"],
        behaviour=goal.behaviour,
        how_counted=goal.how_counted,
        levels=level_texts(goal),
        is_private=one["owner"] is not None,
        is_due=is_due(date.fromisoformat(one["review_on"]), sheet, zone),
        is_saved=is_saved,
    )


def _stored(sheet: AnswerSheet, given: Mapping[str, Any]) -> Json:
    report, practice = report_id(sheet), tenancy.practice_id()
    entries: Json = {key: dict(entry) for key, entry in parts_of(given, "activities")}
    for key, entry in entries.items():
        if "note" in entry:
            note = (entry["note"] or "").strip()
            entry["note"] = encrypt(note, practice_id=practice, place=note_place(report, key)) if note else None
    stored: Json = {
        "entries": entries,
        "requests": dict(parts_of(given, "requests")),
        "goals": dict(parts_of(given, "goals")),
    }
    if given.get("small_wins") is not None:
        wins = [
            {"text": win["text"].strip(), "share_via_therapist": bool(win.get("share_via_therapist"))}
            for win in given["small_wins"]
        ]
        place = f"{WeekReport._meta.db_table}.small_wins|{report}"
        stored["small_wins"] = encrypt(json.dumps(wins), practice_id=practice, place=place)
    return stored


@contextmanager
def _week_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != "AT001":
            raise
        raise WeekClosed from error
