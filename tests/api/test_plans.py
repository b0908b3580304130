"""The plan through the API: the same rules as the page, named by stable codes."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from assessments.models import Activity, PlanChange, RepairPlan
from assessments.weeks import save_week
from clients.couples import close_couple
from practice.models import Practice
from tests.api.clients import V1, api_of, fields, problem
from tests.api.test_statements import frame_of, statements
from tests.assessments.test_plan_views import fill, open_gate
from tests.attacks import as_maintenance
from tests.factories import as_partner, as_staff, assign, make_couple, make_sheet, partner_of, sheet_of, submit

pytestmark = pytest.mark.database


@pytest.fixture
def program(alice):
    return api_of(alice)


@pytest.fixture
def plan(couple):
    return f"{V1}couples/{couple.id}/plan/"


def post(program, where, given, **headers):
    return program.post(where, given, format="json", headers=headers)


def add(program, plan, *partners, template="P33", **more):
    given = {"template": template, "partners": [str(one.id) for one in partners], **more}
    return post(program, f"{plan}activities/", given)


def goal(**changed):
    written = {
        "domain": "PR", "behaviour": "Evenings without screens", "how_counted": "Days a week",
        "levels": ["0", "1", "2", "3", "4"], "review_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return {**written, **changed}


def test_before_a_plan_there_is_a_template_and_no_step(program, plan):
    found = program.get(plan).json()
    assert (found["id"], found["template"], found["active_step"], found["focus"]) == (
        None,
        "repair-plan@0.2.0",
        None,
        [],
    )
    assert found["gates"] == [
        {
            "id": "G0",
            "is_open": False,
            "missing": ["safety_check_answered_by_both", "one_to_one_talk_recorded_for_both"],
        }
    ]
    assert [one["t"] for one in found["attainment"]["raters"]] == [None, None, None]
    assert "not for comparing" in found["attainment"]["basis"]["note"]


def test_step_and_focus_are_put_and_what_is_left_out_stays(program, plan):
    changed = program.put(plan, {"active_step": "S3", "focus": ["PR", "LV"]}, format="json").json()
    assert (changed["active_step"], changed["focus"]) == ("S3", ["PR", "LV"])
    again = program.put(plan, {"focus": []}, format="json").json()
    assert (again["id"], again["active_step"], again["focus"]) == (changed["id"], "S3", [])
    assert program.get(plan).json() == again


@pytest.mark.parametrize(
    ("given", "code"),
    [({"active_step": "S9"}, "active_step"), ({"focus": ["XX"]}, "focus"), ({"focus": "PR"}, "invalid")],
)
def test_step_and_focus_that_do_not_fit_are_refused(program, plan, alice, given, code):
    assert problem(program.put(plan, given, format="json")) == (422, code)
    with as_staff(alice):
        assert not RepairPlan.objects.exists()


def test_activity_is_added_changed_and_ended(program, plan, alice, dana, erin):
    made = add(program, plan, dana, erin, dose={"times": 3})
    assert made.status_code == 201
    row = made.json()
    assert {key: row[key] for key in ("template", "title", "dose", "shut_gates", "ended_at")} == {
        "template": "P33", "title": "Phone away", "dose": {"times": 3}, "shut_gates": [], "ended_at": None,
    }  # fmt: skip
    assert set(row["partners"]) == {str(dana.id), str(erin.id)}
    assert program.get(plan).json()["activities"] == [row]
    where = f"{plan}activities/{row['id']}/"
    changed = program.patch(where, {"dose": {"times": 2}, "reason": "Too much"}, format="json").json()
    assert changed == {**row, "dose": {"times": 2}}
    assert program.delete(where, {"reason": "They travel"}, format="json").status_code == 204
    assert program.get(plan).json()["activities"] == []
    assert problem(program.delete(where)) == (409, "activity_ended")
    with as_staff(alice):
        reasons = [one.reason for one in PlanChange.objects.order_by("changed_at")]
    assert reasons == ["", "", "Too much", "They travel"]


def test_gated_activity_needs_an_open_gate_or_a_reason(program, plan, couple, alice, dana, erin):
    assert problem(add(program, plan, dana, erin, template="P31")) == (409, "gated")
    with as_staff(alice):
        assert not RepairPlan.objects.exists()
    forced = add(program, plan, dana, erin, template="P31", override_reason="Agreed in supervision").json()
    assert forced["shut_gates"] == ["G0"]
    open_gate(alice, couple, dana, erin)
    assert program.get(plan).json()["activities"] == [{**forced, "shut_gates": []}]
    assert add(program, plan, dana, template="P32").status_code == 201


def test_limits_have_their_codes(program, plan, dana):
    assert add(program, plan, dana).status_code == 201
    assert problem(add(program, plan, dana)) == (409, "already_held")
    for template in ("P12", "P51"):
        assert add(program, plan, dana, template=template).status_code == 201
    assert problem(add(program, plan, dana, template="P53")) == (409, "too_many_activities")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"template": "P99"}, "template"),
        ({"template": "P41"}, "partners"),
        ({"dose": {"times": 6}}, "dose"),
        ({"dose": {}}, "invalid"),
        ({"template": ""}, "invalid"),
    ],
)
def test_activity_that_does_not_fit_is_refused(program, plan, dana, given, code):
    answer = post(program, f"{plan}activities/", {"template": "P33", "partners": [str(dana.id)], **given})
    assert problem(answer) == (422, code)


def test_partner_of_another_couple_is_unknown(program, plan, alice, trudy):
    own_other = partner_of(alice, make_couple(alice, label="Other"), 1)
    unknown = SimpleNamespace(id="00000000-0000-4000-8000-000000000000")
    answers = {add(program, plan, one).content for one in (trudy, own_other, unknown)}
    assert len(answers) == 1
    assert problem(add(program, plan, trudy)) == (404, "not_found")


def test_what_belongs_to_another_couple_is_unknown_under_this_one(program, plan, alice):
    other = make_couple(alice, label="Other")
    elsewhere, robin = f"{V1}couples/{other.id}/plan/", partner_of(alice, other, 1)
    made = add(program, elsewhere, robin).json()["id"]
    assert problem(program.patch(f"{plan}activities/{made}/", {"dose": {"times": 1}}, format="json")) == (
        404,
        "not_found",
    )
    assert problem(program.delete(f"{plan}activities/{made}/")) == (404, "not_found")
    kept = post(program, f"{elsewhere}goals/", goal()).json()["id"]
    assert problem(post(program, f"{plan}goals/{kept}/ratings/", {"level": 0})) == (404, "not_found")
    assert problem(program.patch(f"{plan}goals/{kept}/", {"ended": True}, format="json")) == (404, "not_found")
    given = {"asked_by": str(robin.id), "wording": "Walk", "cadence": "weekly"}
    asked = post(program, f"{elsewhere}requests/", given).json()["id"]
    assert problem(program.patch(f"{plan}requests/{asked}/", {"ended": True}, format="json")) == (404, "not_found")


def test_a_repeat_with_the_same_key_adds_nothing(program, plan, alice, dana):
    given = {"template": "P33", "partners": [str(dana.id)]}
    first, again = (post(program, f"{plan}activities/", given, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = post(program, f"{plan}activities/", {**given, "template": "P51"}, **{"Idempotency-Key": "one"})
    assert problem(other) == (422, "idempotency_key_reused")
    with as_staff(alice):
        assert Activity.objects.count() == 1


def test_goal_is_written_rated_and_ended(program, plan, dana):
    made = post(program, f"{plan}goals/", goal(weight=2))
    assert made.status_code == 201
    row = made.json()
    assert (row["owner"], row["weight"], row["baseline_level"], row["ended_at"]) == (None, 2, -1, None)
    assert row["levels"] == {"-2": "0", "-1": "1", "0": "2", "1": "3", "2": "4"}
    where = f"{plan}goals/{row['id']}/"
    for given in ({"level": 1}, {"level": -1, "partner": str(dana.id)}):
        rated = post(program, f"{where}ratings/", given)
        assert (rated.status_code, rated.json()["goal"], rated.json()["level"]) == (201, row["id"], given["level"])
    [found] = program.get(f"{plan}goals/").json()["results"]
    assert [one["level"] for one in found["ratings"]] == [-1, None, 1]
    raters = program.get(plan).json()["attainment"]["raters"]
    assert [(one["t"], one["rated"], one["goals"]) for one in raters] == [(40.0, 1, 1), (None, 0, 1), (60.0, 1, 1)]
    assert program.patch(where, {"ended": True}, format="json").json()["ended_at"] is not None


def test_goal_of_one_is_rated_by_that_one_and_the_therapist(program, plan, dana, erin):
    made = post(program, f"{plan}goals/", goal(owner=str(dana.id), domain="IM")).json()
    assert [one["partner"] for one in made["ratings"]] == [str(dana.id), None]
    refused = post(program, f"{plan}goals/{made['id']}/ratings/", {"level": 0, "partner": str(erin.id)})
    assert problem(refused) == (422, "partner")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"domain": "IM"}, "domain"),
        ({"levels": ["0"]}, "levels"),
        ({"levels": ["0", "1", "", "3", "4"]}, "levels"),
        ({"weight": 4}, "weight"),
        ({"review_on": "2020-01-01"}, "review_on"),
    ],
)
def test_goal_that_does_not_fit_names_its_field(program, plan, changed, field):
    answer = post(program, f"{plan}goals/", goal(**changed))
    assert problem(answer) == (422, "invalid")
    assert [one.partition("[")[0] for one in fields(answer)] == [field]


def test_goals_have_a_limit_and_levels_a_scale(program, plan):
    made = [post(program, f"{plan}goals/", goal()) for _ in range(4)]
    assert [one.status_code for one in made] == [201, 201, 201, 409]
    assert problem(made[-1]) == (409, "too_many_goals")
    assert problem(post(program, f"{plan}goals/{made[0].json()['id']}/ratings/", {"level": 3})) == (422, "invalid")


def test_request_is_made_answered_and_ended(program, plan, alice, couple, dana, erin):
    given = {"asked_by": str(dana.id), "wording": "A walk on Sunday", "cadence": "weekly"}
    row = post(program, f"{plan}requests/", given).json()
    assert (row["asked_of"], row["answer"], row["weeks"]) == (str(erin.id), "open", [])
    where = f"{plan}requests/{row['id']}/"
    assert problem(program.patch(where, {"answer": "smaller_yes"}, format="json")) == (422, "agreed_wording")
    assert problem(program.patch(where, {}, format="json")) == (422, "invalid")
    answer = {"answer": "smaller_yes", "agreed_wording": "A short walk"}
    assert program.patch(where, answer, format="json").json()["agreed_wording"] == "A short walk"
    sheet = sheet_of(alice, assign(alice, couple, "ena-ck"), dana)
    with as_partner(dana):
        save_week(sheet, {"requests": {row["id"]: "missed"}})
    [found] = program.get(f"{plan}requests/").json()["results"]
    assert [one["said"] for one in found["weeks"]] == [[{"partner": str(dana.id), "said": "missed"}]]
    assert program.patch(where, {"ended": True}, format="json").json()["ended_at"] is not None
    assert problem(program.patch(where, {"answer": "no"}, format="json")) == (409, "request_ended")


def test_fourth_request_is_refused(program, plan, dana):
    given = {"asked_by": str(dana.id), "wording": "A walk", "cadence": "weekly"}
    made = [post(program, f"{plan}requests/", given) for _ in range(4)]
    assert problem(made[-1]) == (409, "too_many_requests")


def test_suggestions_come_with_rule_numbers_and_basis(program, plan, alice, couple, dana, erin):
    empty = program.get(f"{plan}suggestions/").json()
    assert (empty["wave"], empty["focus"], empty["steps"]) == (None, [], [])
    assignment = assign(alice, couple)
    for partner in (dana, erin):
        submit(sheet_of(alice, assignment, partner))
    found = program.get(f"{plan}suggestions/").json()
    assert found["instrument"] == "ena-c@0.2.0"
    assert (found["basis"]["status"], found["basis"]["high"], found["basis"]["large_gap"]) == ("provisional", 50, 30)
    assert [one["domain"] for one in found["focus"]] == ["PR", "LV"]
    both = next(one for one in found["steps"] if one["rule"] == "high_on_both_sides")
    assert (both["steps"], both["numbers"][0]["gap"]) == (["S3", "S4"], 0.0)
    assert [one["score"] for one in both["numbers"][0]["scores"]] == [50.0, 50.0]


def test_closed_couple_is_read_and_not_changed(program, plan, alice, couple, dana):
    row = add(program, plan, dana).json()
    with as_staff(alice):
        close_couple(couple, reason="separated")
    assert program.get(plan).status_code == 200
    refused = [
        program.put(plan, {"active_step": "S1"}, format="json"),
        add(program, plan, dana, template="P51"),
        program.patch(f"{plan}activities/{row['id']}/", {"dose": {"times": 1}}, format="json"),
        post(program, f"{plan}goals/", goal()),
        post(program, f"{plan}requests/", {"asked_by": str(dana.id), "wording": "x", "cadence": "once"}),
    ]
    assert [problem(one) for one in refused] == [(409, "couple_closed")] * 5


def test_supervisor_reads_where_the_practice_says_so_and_changes_nothing(plan, alice, olive, sue, practice, dana):
    row = add(api_of(alice), plan, dana).json()
    with as_staff(olive):
        Practice.objects.filter(pk=practice.pk).update(supervisors_read_couples=True)
    reader = api_of(sue)
    for path in ("", "suggestions/", "goals/", "requests/"):
        assert reader.get(plan + path).status_code == 200
    assert problem(reader.put(plan, {"active_step": "S1"}, format="json")) == (404, "not_found")
    assert problem(reader.delete(f"{plan}activities/{row['id']}/")) == (404, "not_found")


def test_readings_are_logged_and_say_no_text(program, plan, alice, dana):
    given = {"asked_by": str(dana.id), "wording": "A walk on Sunday", "cadence": "weekly"}
    post(program, f"{plan}requests/", given)
    for path in ("", "suggestions/", "goals/", "requests/"):
        program.get(plan + path)
    rows = as_maintenance("SELECT action, detail::text FROM practice_auditevent")
    assert {"plan.read", "suggestions.read", "goals.read", "requests.read"} <= {action for action, _ in rows}
    assert not any("walk" in detail for _, detail in rows)


def test_lists_and_plan_take_the_same_statements_for_one_and_for_thirty(program, plan, alice, couple, dana):
    submit(make_sheet(alice, dana))
    fill(alice, couple, dana, 1)
    paths = [plan, f"{plan}goals/", f"{plan}requests/", f"{plan}suggestions/"]
    counted = {path: len(statements(lambda path=path: program.get(path))) for path in paths}
    assert max(counted.values()) - frame_of(program, f"{V1}me/") <= 11
    for number in range(2, 31):
        fill(alice, couple, dana, number)
    assert {path: len(statements(lambda path=path: program.get(path))) for path in paths} == counted
    assert len(program.get(f"{plan}goals/").json()["results"]) == 30
    assert len(program.get(f"{plan}goals/?limit=10").json()["results"]) == 10
