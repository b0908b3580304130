"""Goals, requests and suggestions of a plan through the API: the same rules as the page, named by stable codes."""

import pytest

from assessments.weeks import save_week
from tests.api.clients import V1, api_of, fields, problem
from tests.api.plan_calls import goal, post
from tests.factories import as_partner, assign, sheet_of, submit

pytestmark = pytest.mark.database


@pytest.fixture
def program(alice):
    return api_of(alice)


@pytest.fixture
def plan(couple):
    return f"{V1}couples/{couple.id}/plan/"


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
