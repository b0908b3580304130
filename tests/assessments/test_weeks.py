"""A partner's week: what they hold, what is saved and never read back, and what it raises."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import answers, plans, weeks
from assessments.goals import rate_goal
from assessments.models import Activity, AnswerSheet, GoalRating, SafetyFlag, WeekReport
from assessments.specific_requests import answer_request, make_request
from assessments.week_values import SmallWin, Week
from assessments.weeks import WeekClosed, own_week, save_week
from clients.models import Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests import factories
from tests.factories import as_partner, as_staff

pytestmark = pytest.mark.database


@pytest.fixture
def activity(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> Activity:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        return plans.assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)


@pytest.fixture
def sheet(alice: Membership, dana: Partner, activity: Activity) -> AnswerSheet:
    return factories.make_sheet(alice, dana, "ena-ck")


def save(sheet: AnswerSheet, given: dict[str, Any]) -> None:
    with as_partner(sheet.partner):
        save_week(AnswerSheet.objects.get(pk=sheet.pk), given)


def read(sheet: AnswerSheet) -> Week:
    with as_partner(sheet.partner):
        return own_week(AnswerSheet.objects.get(pk=sheet.pk))


def stored(alice: Membership, partner: Partner) -> WeekReport:
    with as_staff(alice):
        return WeekReport.objects.get(partner=partner)


def test_week_begins_on_the_monday_of_its_wave(sheet: AnswerSheet) -> None:
    opened = timezone.localdate(sheet.opens_at)
    assert sheet.week_of == opened - timedelta(days=opened.weekday())
    assert read(sheet).monday == sheet.week_of


def test_full_form_carries_no_week(alice: Membership, dana: Partner) -> None:
    sheet = factories.make_sheet(alice, dana, "ena-c")
    with pytest.raises(WeekClosed):
        read(sheet)


def test_partner_sees_the_activities_they_hold(alice: Membership, sheet: AnswerSheet, activity: Activity) -> None:
    [shown] = read(sheet).activities
    assert (shown.id, shown.title, shown.times) == (str(activity.id), "Phone away", 5)
    assert shown.fields == ("done", "noticed", "helped", "barrier", "note")


def test_activity_of_the_other_alone_is_not_shown(
    alice: Membership, couple: Couple, sheet: AnswerSheet, erin: Partner
) -> None:
    before = read(sheet)
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        plans.assign_activity(plan, template="P61", partners=[erin], membership=alice)
        factories.make_goal(couple, owner=erin, domain="IM")
    assert read(sheet) == before


def test_what_was_saved_is_named_and_never_shown(alice: Membership, sheet: AnswerSheet, activity: Activity) -> None:
    entry = {"done": 3, "noticed": 2, "helped": 4, "barrier": "no_time", "note": "Quarrel at lunch"}
    save(sheet, {"activities": {str(activity.id): entry}})
    shown = read(sheet)
    assert shown.activities[0].saved == set(entry)
    assert "Quarrel" not in repr(shown)
    report = stored(alice, sheet.partner)
    assert {**report.entries[str(activity.id)], "note": None} == {**entry, "note": None}
    with as_staff(alice):
        assert weeks.open_note(report, str(activity.id)) == "Quarrel at lunch"


def test_correction_changes_what_it_names_and_null_clears(
    alice: Membership, sheet: AnswerSheet, activity: Activity
) -> None:
    save(sheet, {"activities": {str(activity.id): {"done": 3, "helped": 1}}})
    save(sheet, {"activities": {str(activity.id): {"done": 5, "helped": None}}})
    assert stored(alice, sheet.partner).entries == {str(activity.id): {"done": 5}}


def test_entry_of_which_everything_was_cleared_is_shown_as_not_saved(sheet: AnswerSheet, activity: Activity) -> None:
    save(sheet, {"activities": {str(activity.id): {"done": 3}}})
    save(sheet, {"activities": {str(activity.id): {"done": None}}})
    assert read(sheet).activities[0].saved == set()


@pytest.mark.parametrize("share", ["false", 0, None])
def test_win_is_passed_on_by_a_plain_yes_only(sheet: AnswerSheet, share: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(sheet, {"small_wins": [{"text": "We cooked", "share_via_therapist": share}]})
    assert [one["field"] for one in refused.value.faults] == ["small_wins[0].share_via_therapist"]


@pytest.mark.parametrize("text", ["", " ", "We cooked\nand ate", "We cooked\u2028and ate", "x" * 201])
def test_small_win_is_one_line(sheet: AnswerSheet, text: str) -> None:
    save(sheet, {"small_wins": [{"text": "x" * 200}]})
    with pytest.raises(InvalidInput) as refused:
        save(sheet, {"small_wins": [{"text": text}]})
    assert [one["field"] for one in refused.value.faults] == ["small_wins[0].text"]


def test_small_wins_are_the_writers_to_read(alice: Membership, sheet: AnswerSheet) -> None:
    save(sheet, {"small_wins": [{"text": " We cooked ", "share_via_therapist": True}]})
    assert read(sheet).small_wins == (SmallWin("We cooked", True),)
    with as_staff(alice):
        assert weeks.wins_of(WeekReport.objects.get(partner=sheet.partner)) == [SmallWin("We cooked", True)]


def test_week_is_corrected_after_the_form_was_sent(alice: Membership, sheet: AnswerSheet, activity: Activity) -> None:
    factories.submit(sheet)
    save(sheet, {"activities": {str(activity.id): {"done": 1}}})
    assert stored(alice, sheet.partner).entries[str(activity.id)] == {"done": 1}


def test_week_of_a_declined_form_is_taken_like_that_of_a_sent_one(
    alice: Membership, sheet: AnswerSheet, activity: Activity
) -> None:
    with as_partner(sheet.partner):
        answers.decline_sheet(sheet)
    save(sheet, {"activities": {str(activity.id): {"done": 1}}})
    assert stored(alice, sheet.partner).entries[str(activity.id)] == {"done": 1}


def test_closed_week_takes_nothing(alice: Membership, sheet: AnswerSheet, activity: Activity) -> None:
    with time_machine.travel(sheet.closes_at, tick=False), pytest.raises(WeekClosed):
        save(sheet, {"activities": {str(activity.id): {"done": 1}}})
    with as_staff(alice):
        assert not WeekReport.objects.exists()


def test_database_refuses_a_closed_week_whatever_python_says(sheet: AnswerSheet) -> None:
    asked = [sheet.id, weeks.report_id(sheet), "{}", sheet.closes_at]
    refused = pytest.raises(DatabaseError, match="the week is closed")
    with refused, as_partner(sheet.partner), connection.cursor() as cursor:
        cursor.execute("SELECT app.save_week(%s, %s, %s, %s)", asked)


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"done": -1}, "value_not_allowed"),
        ({"done": 100}, "value_not_allowed"),
        ({"done": True}, "value_not_allowed"),
        ({"done": "3"}, "value_not_allowed"),
        ({"helped": 5}, "value_not_allowed"),
        ({"barrier": "lazy"}, "value_not_allowed"),
        ({"note": "x" * 1001}, "max_length"),
        ({"liked": 1}, "unknown_field"),
    ],
)
def test_fault_is_named_and_nothing_is_kept(
    alice: Membership, sheet: AnswerSheet, activity: Activity, entry: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(sheet, {"activities": {str(activity.id): {"helped": 2, **entry}}})
    name = next(iter(entry))
    assert [(one["field"], one["code"]) for one in refused.value.faults] == [(f"activities.{activity.id}.{name}", code)]
    with as_staff(alice):
        assert not WeekReport.objects.exists()


def test_unknown_activity_request_and_goal_are_refused(sheet: AnswerSheet) -> None:
    given = {"activities": {"x": {}}, "requests": {"y": "kept"}, "goals": {"z": 1}, "small_wins": [{"text": ""}]}
    with pytest.raises(InvalidInput) as refused:
        save(sheet, given)
    codes = [one["code"] for one in refused.value.faults]
    assert codes == ["unknown_activity", "unknown_request", "unknown_goal", "max_length"]


def test_not_feeling_safe_raises_a_review_flag(alice: Membership, sheet: AnswerSheet, activity: Activity) -> None:
    save(sheet, {"activities": {str(activity.id): {"barrier": "did_not_feel_safe"}}})
    save(sheet, {"activities": {str(activity.id): {"barrier": "forgot"}}})
    with as_staff(alice):
        flag = SafetyFlag.objects.get()
    assert (flag.rule, flag.level, flag.partner_id) == ("PB1", "review", sheet.partner_id)
    assert flag.lines == [f"{activity.id}.barrier"]


def test_saving_runs_the_same_statements_whatever_was_said(sheet: AnswerSheet, activity: Activity) -> None:
    def statements(barrier: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            save(sheet, {"activities": {str(activity.id): {"barrier": barrier}}})
        return [re.sub("'[^']*'", "?", one["sql"]) for one in captured.captured_queries]

    statements("no_time")
    assert statements("did_not_feel_safe") == statements("no_time")


def test_request_is_shown_to_both_and_kept_or_missed_said_alone(
    alice: Membership, couple: Couple, sheet: AnswerSheet, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        asked = make_request(couple, asked_by=erin, wording="A walk on Sunday", cadence="weekly")
        answer_request(asked, answer="smaller_yes", agreed_wording="A short walk")
    [shown] = read(sheet).requests
    assert (shown.text, shown.made_by_me, shown.is_saved) == ("A short walk", False, False)
    save(sheet, {"requests": {str(asked.id): "missed"}})
    assert read(sheet).requests[0].is_saved
    assert stored(alice, dana).requests == {str(asked.id): "missed"}


def test_goal_is_rated_around_its_review_day(alice: Membership, couple: Couple, sheet: AnswerSheet) -> None:
    with as_staff(alice):
        due, later = (factories.make_goal(couple, review_in=days) for days in (2, 40))
        rate_goal(due, level=1, membership=alice)
    assert {one.id: one.is_due for one in read(sheet).goals} == {str(due.id): True, str(later.id): False}
    save(sheet, {"goals": {str(due.id): 0}})
    save(sheet, {"goals": {str(due.id): -1}})
    with as_staff(alice):
        assert set(GoalRating.objects.values_list("level", "partner_id")) == {(1, None), (-1, sheet.partner_id)}


@pytest.mark.parametrize("table", ["weekreport", "activity", "activityholder", "goal", "specificrequest", "intention"])
def test_partner_reads_no_table_of_the_week(sheet: AnswerSheet, table: str) -> None:
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, as_partner(sheet.partner), connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM assessments_{table} WHERE practice_id = %s", [sheet.practice_id])


def test_week_of_the_other_partner_is_out_of_reach(sheet: AnswerSheet, erin: Partner, activity: Activity) -> None:
    with as_partner(erin), pytest.raises(WeekClosed):
        own_week(sheet)


@pytest.mark.parametrize(("zone", "is_due"), [("Pacific/Kiritimati", True), ("Pacific/Pago_Pago", False)])
def test_goal_is_due_by_the_practices_clock(
    alice: Membership, couple: Couple, dana: Partner, zone: str, is_due: bool
) -> None:
    """On Pago Pago the day is always an earlier one than on Kiritimati, so there the window ends before the review."""
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone=zone)
    sheet = factories.make_sheet(alice, dana, "ena-ck")
    last_day = timezone.localdate(sheet.closes_at, ZoneInfo("Pacific/Kiritimati"))
    with as_staff(alice):
        factories.make_goal(couple, review_in=(last_day - timezone.localdate()).days)
    assert [one.is_due for one in read(sheet).goals] == [is_due]
