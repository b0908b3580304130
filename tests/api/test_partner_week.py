from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from assessments import plans
from assessments.models import AnswerSheet, Intention, SafetyFlag, WeekReport
from assessments.specific_requests import answer_request, make_request
from clients.couples import allow_own_results
from tests.api.clients import V1, fields, partner_api, problem
from tests.api.test_statements import frame_of, statements
from tests.factories import as_staff, assign, full_answers, make_goal, make_sheet, sheet_of, submit

pytestmark = pytest.mark.database

P = f"{V1}partner/"


@pytest.fixture
def sheets(alice, couple, dana, erin):
    """Both partners' check-in, with an activity, a request and a goal that is due."""
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        plans.assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)
        answer_request(make_request(couple, asked_by=erin, wording="A walk", cadence="weekly"), answer="yes")
        make_goal(couple, review_in=2)
    assignment = assign(alice, couple, "ena-ck")
    return [sheet_of(alice, assignment, partner) for partner in (dana, erin)]


@pytest.fixture
def sheet(sheets):
    return sheets[0]


@pytest.fixture
def program(sheet):
    return partner_api(sheet)


def week_url(sheet):
    return f"{P}weeks/{sheet.week_of.isoformat()}/"


def put(program, sheet, given):
    return program.put(week_url(sheet), given, format="json")


def everything(week, **entry):
    """Something for every part of a week."""
    return {
        "activities": {week["activities"][0]["id"]: entry},
        "requests": {week["requests"][0]["id"]: "missed" if entry["done"] else "kept"},
        "goals": {week["goals"][0]["id"]: entry["done"] - 2},
    }


CALM = {"done": 0, "noticed": 0, "helped": 0, "barrier": "no_time", "note": "a"}
ALARMING = {"done": 4, "noticed": 9, "helped": 4, "barrier": "did_not_feel_safe", "note": "He shouted"}


def test_week_says_what_it_asks_and_who_reads_it(program, sheet):
    week = program.get(week_url(sheet)).json()
    assert (week["monday"], week["audience"]) == (sheet.week_of.isoformat(), "therapist_only")
    [activity] = week["activities"]
    assert (activity["title"], activity["dose"], activity["saved"]) == ("Phone away", "5 times a week", [])
    assert [one["name"] for one in activity["fields"]] == ["done", "noticed", "helped", "barrier", "note"]
    assert [(one["text"], one["made_by_me"]) for one in week["requests"]] == [("A walk", False)]
    assert (week["goals"][0]["levels"]["-2"], week["goals"][0]["is_due"]) == ("0 days", True)
    assert {one["code"] for one in week["barriers"]} >= {"did_not_feel_safe", "other"}
    assert week["after"].startswith("We show this to everyone.")


def test_form_names_its_week(program, sheet, alice, erin):
    assert program.get(f"{P}sheets/").json()["results"][0]["week_of"] == sheet.week_of.isoformat()
    full = make_sheet(alice, erin)
    form = partner_api(full).get(f"{P}sheets/{full.id}/").json()
    assert (form["week_of"], form["asks_intention"]) == (None, True)


def test_what_is_put_is_kept_and_named_only(program, sheet, alice):
    week = program.get(week_url(sheet)).json()
    answer = put(program, sheet, everything(week, **ALARMING))
    assert answer.status_code == 200
    [activity] = answer.json()["activities"]
    assert activity["saved"] == sorted(ALARMING)
    assert "shouted" not in answer.content.decode()
    with as_staff(alice):
        [entry] = WeekReport.objects.get().entries.values()
        assert {**entry, "note": ""} == {**ALARMING, "note": ""}
        assert SafetyFlag.objects.get().rule == "PB1"


def test_answers_are_the_same_bytes_whatever_was_said(program, sheet):
    week = program.get(week_url(sheet)).json()

    def seen(given):
        return put(program, sheet, given).content, program.get(week_url(sheet)).content

    calm = seen(everything(week, **CALM))
    assert seen(everything(week, **ALARMING)) == calm
    assert seen({"small_wins": [{"text": "We sang"}]})[1] != calm[1]


def test_putting_twice_is_putting_once(program, sheet, alice):
    week = program.get(week_url(sheet)).json()
    given = {**everything(week, **CALM), "small_wins": [{"text": "We sang", "share_via_therapist": True}]}
    assert put(program, sheet, given).content == put(program, sheet, given).content
    with as_staff(alice):
        assert WeekReport.objects.count() == 1
    assert program.get(week_url(sheet)).json()["small_wins"] == given["small_wins"]


def test_null_clears_and_what_is_not_named_stays(program, sheet, alice):
    [activity] = program.get(week_url(sheet)).json()["activities"]
    put(program, sheet, {"activities": {activity["id"]: {"done": 3, "helped": 2}}})
    answer = put(program, sheet, {"activities": {activity["id"]: {"done": None}}})
    assert answer.json()["activities"][0]["saved"] == ["helped"]


def test_every_fault_is_named_and_nothing_is_kept(program, sheet, alice, erin, couple):
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        hers = plans.assign_activity(plan, template="P61", partners=[erin], membership=alice)
    [activity] = program.get(week_url(sheet)).json()["activities"]
    given = {"activities": {activity["id"]: {"done": "3", "helped": 2}, str(hers.id): {"done": 1}}}
    answer = put(program, sheet, given)
    assert problem(answer) == (422, "invalid")
    assert fields(answer) == [f"activities.{activity['id']}.done", f"activities.{hers.id}"]
    with as_staff(alice):
        assert not WeekReport.objects.exists()
    assert put(program, sheet, {"activities": {activity["id"]: {"done": 3}}}).status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"activities": []}, "activities"),
        ({"small_wins": [{"text": ""}]}, "small_wins[0].text"),
        ({"small_wins": [{"text": "x", "share_via_therapist": "perhaps"}]}, "small_wins[0].share_via_therapist"),
        ({"small_wins": [{"text": "x"}] * 4}, "small_wins"),
    ],
)
def test_shape_is_checked(program, sheet, given, field):
    answer = put(program, sheet, given)
    assert (problem(answer), fields(answer)) == ((422, "invalid"), [field])


def test_another_week_is_unknown(program, sheet, alice, dana):
    unknown = program.get(f"{P}weeks/2020-01-06/")
    assert problem(unknown) == (404, "not_found")
    others = [sheet.week_of + timedelta(days=days) for days in (-7, 1, 7)]
    for other in [*(day.isoformat() for day in others), "soon", sheet.week_of.strftime("%Y%m%d")]:
        assert program.get(f"{P}weeks/{other}/").content == unknown.content
        assert program.put(f"{P}weeks/{other}/", {}, format="json").content == unknown.content
    assert program.get(week_url(sheet)).status_code == 200


def test_week_is_corrected_after_sending_until_it_closes(sheet, alice):
    program = partner_api(sheet)
    submit(sheet)
    assert put(program, sheet, {"small_wins": [{"text": "We sang"}]}).status_code == 200
    with as_staff(alice):
        AnswerSheet.objects.filter(pk=sheet.pk).update(closes_at=timezone.now())
    assert problem(program.get(week_url(sheet))) == (409, "week_closed")
    assert problem(put(program, sheet, {})) == (409, "week_closed")


def test_week_is_few_statements(program, sheet):
    frame = frame_of(program, f"{P}sheets/") - 1
    week = program.get(week_url(sheet)).json()
    given = everything(week, **ALARMING)
    assert len(statements(lambda: program.get(week_url(sheet)))) - frame <= 6
    assert len(statements(lambda: put(program, sheet, given))) - frame <= 6


@pytest.fixture
def full(alice, dana):
    return make_sheet(alice, dana)


def wish(program, sheet, value):
    return program.put(f"{P}sheets/{sheet.id}/intention/", {"wish": value}, format="json")


def wishes(alice):
    with as_staff(alice):
        return list(Intention.objects.values_list("wish", flat=True))


def test_intention_is_kept_changed_and_taken_back_alike(full, alice):
    program, answers = partner_api(full), []
    for value, kept in (("improve", ["improve"]), ("clarify", ["clarify"]), (None, [])):
        answers.append(wish(program, full, value))
        assert wishes(alice) == kept
    assert {(one.status_code, one.content) for one in answers} == {(204, b"")}


def test_intention_takes_the_two_wishes_only(full, alice):
    program = partner_api(full)
    for given in ({"wish": "leave"}, {}):
        answer = program.put(f"{P}sheets/{full.id}/intention/", given, format="json")
        assert (problem(answer), fields(answer)) == ((422, "invalid"), ["wish"])
    submit(full)
    assert problem(wish(program, full, "improve")) == (409, "already_submitted")
    assert wishes(alice) == []


def test_intention_belongs_to_the_own_full_form(program, sheet, full):
    unknown = wish(program, sheet, "improve")
    assert problem(unknown) == (404, "not_found")
    assert wish(program, full, "improve").content == unknown.content
    assert program.put(f"{P}sheets/{uuid4()}/intention/", {"wish": "improve"}, format="json").content == unknown.content


def test_own_results_are_words_where_they_are_allowed(alice, couple, full):
    program = partner_api(full)
    submit(full, full_answers(full, 4))
    assert problem(program.get(f"{P}results/")) == (404, "not_found")
    with as_staff(alice):
        allow_own_results(couple, allowed=True)
    found = program.get(f"{P}results/")
    assert found.json()["basis"]["status"] == "provisional"
    assert [one["domain"] for one in found.json()["topics"]] == ["PR", "LV", "AA", "RF", "RP", "CR"]
    assert {one["words"] for one in found.json()["topics"]} == {"Missing: sometimes to often"}
    assert not any(character.isdigit() for character in found.content.decode())


SHARED = {"text": "We laughed", "share_via_therapist": True}
KEPT = {"text": "I slept", "share_via_therapist": False}


def test_own_data_names_the_weeks_and_the_wins_that_may_be_passed_on(sheets, program):
    """Erin tells of the same week, and nothing of hers is there."""
    hers = partner_api(sheets[1])
    where = f"weeks/{sheets[0].week_of}/"
    activity = program.get(f"{P}{where}").json()["activities"][0]["id"]
    before = program.get(f"{P}me/data/").json()["weeks"]
    hers.put(f"{P}{where}", {"small_wins": [{"text": "She smiled", "share_via_therapist": True}]}, format="json")
    assert (before, program.get(f"{P}me/data/").json()["weeks"]) == ([], [])
    told = {"small_wins": [SHARED, KEPT], "activities": {activity: {"done": 2, "note": "Late"}}}
    program.put(f"{P}{where}", told, format="json")
    expected = [{"monday": sheets[0].week_of.isoformat(), "small_wins": ["We laughed"]}]
    assert program.get(f"{P}me/data/").json()["weeks"] == expected
