"""The plan through the API: the same rules as the page, named by stable codes."""

from types import SimpleNamespace

import pytest

from assessments.models import Activity, PlanChange, RepairPlan
from clients.couples import close_couple
from practice.models import Practice
from tests.api.clients import V1, api_of, problem
from tests.api.plan_calls import add, goal, post
from tests.api.test_statements import frame_of, statements
from tests.assessments.plan_pages import fill, open_gate
from tests.attacks import as_maintenance
from tests.factories import as_staff, make_couple, make_sheet, partner_of, submit

pytestmark = pytest.mark.database


@pytest.fixture
def program(alice):
    return api_of(alice)


@pytest.fixture
def plan(couple):
    return f"{V1}couples/{couple.id}/plan/"


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
