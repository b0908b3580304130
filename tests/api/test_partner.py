from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from tests.api.clients import V1, bearing, fields, partner_api, problem
from tests.factories import assign, full_answers, hand_over, make_sheet, sheet_of

pytestmark = pytest.mark.database

P = f"{V1}partner/"


@pytest.fixture
def sheet(alice, dana):
    return make_sheet(alice, dana)


@pytest.fixture
def program(sheet):
    return partner_api(sheet)


def patch(program, sheet, answers, **more):
    return program.patch(f"{P}sheets/{sheet.id}/answers/", {"answers": answers, **more}, format="json")


def end(program, sheet, how, **headers):
    return program.post(f"{P}sheets/{sheet.id}/{how}/", headers=headers)


def lines_of(form):
    return {line["id"]: line for page in form["pages"] for group in page["groups"] for line in group["lines"]}


def test_a_link_opens_once(alice, sheet):
    key = hand_over(alice, sheet).key
    opened = APIClient().post(f"{P}open/", {"key": key}, format="json")
    assert (opened.status_code, opened.json().keys()) == (200, {"token", "expires_at"})
    assert bearing(opened.json()["token"]).get(f"{P}sheets/").json()["results"][0]["id"] == str(sheet.id)
    again = APIClient().post(f"{P}open/", {"key": key}, format="json")
    wrong = APIClient().post(f"{P}open/", {"key": "x" * 43}, format="json")
    assert problem(again) == (410, "link_ended")
    assert again.content == wrong.content


def test_a_newer_link_ends_the_older(alice, sheet):
    older = hand_over(alice, sheet).key
    hand_over(alice, sheet)
    assert problem(APIClient().post(f"{P}open/", {"key": older}, format="json")) == (410, "link_ended")


def test_the_form_says_who_reads_each_line(program, sheet):
    form = program.get(f"{P}sheets/{sheet.id}/").json()
    assert [page["number"] for page in form["pages"]] == list(range(1, len(form["pages"]) + 1))
    assert (form["answered"], form["next_page"], form["state"]) == (0, 1, "not_opened")
    assert {group["audience"] for page in form["pages"] for group in page["groups"]} <= {
        "joint_ok",
        "therapist_only",
        "confidential",
    }
    (checklist,) = [page["checklist"] for page in form["pages"] if page["checklist"]]
    assert checklist["id"] == "context.CX"
    assert form["total"] == len(lines_of(form)) + 1
    assert "Please answer alone." in form["before_start"][0]
    assert form["help_lines"]["emergency_number"] == "911"


def test_saving_counts_and_never_says_what(program, sheet):
    low = patch(program, sheet, {"experienced.PR1": 0, "self.IM4": "declined"}).json()
    assert low["answered"] == 2
    assert patch(program, sheet, {"experienced.PR1": 4, "self.IM4": 4}).json() == low


def test_only_joint_values_come_back(program, sheet):
    patch(program, sheet, full_answers(sheet))
    form = program.get(f"{P}sheets/{sheet.id}/").json()
    audiences = {
        line["id"]: group["audience"] for page in form["pages"] for group in page["groups"] for line in group["lines"]
    }
    lines = lines_of(form)
    assert {key for key, line in lines.items() if "value" in line} == {
        key for key, audience in audiences.items() if audience == "joint_ok"
    }
    assert all(line["saved"] for line in lines.values())
    assert lines["experienced.PR1"]["value"] == 3
    assert "confidential" in audiences.values()


def test_null_clears_a_line(program, sheet):
    patch(program, sheet, {"experienced.PR1": 3})
    patch(program, sheet, {"experienced.PR1": None})
    assert lines_of(program.get(f"{P}sheets/{sheet.id}/").json())["experienced.PR1"]["value"] is None


@pytest.mark.parametrize(
    ("answers", "field", "code"),
    [
        ({"experienced.PR1": 3, "experienced.PR2": 5}, "answers.experienced.PR2", "value_not_allowed"),
        ({"experienced.PR1": 3, "experienced.PR2": True}, "answers.experienced.PR2", "value_not_allowed"),
        ({"experienced.PR1": 3, "experienced.PR2": -1}, "answers.experienced.PR2", "value_not_allowed"),
        ({"experienced.PR1": 3, "no.LINE": 1}, "answers.no.LINE", "unknown_line"),
        ({"experienced.PR1": 3, "context.CX": ["nothing"]}, "answers.context.CX", "unknown_option"),
    ],
)
def test_one_fault_and_nothing_of_the_call_is_kept(program, sheet, answers, field, code):
    answer = patch(program, sheet, answers)
    assert problem(answer) == (422, "invalid")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
    assert program.get(f"{P}sheets/").json()["results"][0]["answered"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "answers"), ({"answers": [1]}, "answers"), ({"answers": {}, "seconds": {"a": -1}}, "seconds.a")],
)
def test_the_shape_is_checked(program, sheet, body, field):
    answer = program.patch(f"{P}sheets/{sheet.id}/answers/", body, format="json")
    assert (problem(answer), fields(answer)) == ((422, "invalid"), [field])


def test_submitting_freezes(program, sheet):
    patch(program, sheet, {"experienced.PR1": 3})
    first = end(program, sheet, "submit", **{"Idempotency-Key": "one"})
    assert (first.status_code, first.json()) == (200, {"id": str(sheet.id), "state": "submitted"})
    assert end(program, sheet, "submit", **{"Idempotency-Key": "one"}).content == first.content
    assert problem(end(program, sheet, "submit")) == (409, "already_submitted")
    assert problem(end(program, sheet, "submit", **{"Idempotency-Key": "two"})) == (409, "already_submitted")
    assert problem(patch(program, sheet, {"experienced.PR1": 4})) == (409, "already_submitted")
    assert program.get(f"{P}sheets/").json()["results"] == []


def test_a_key_of_submit_does_not_decline(program, sheet):
    end(program, sheet, "submit", **{"Idempotency-Key": "one"})
    answer = end(program, sheet, "decline", **{"Idempotency-Key": "one"})
    assert problem(answer) == (422, "idempotency_key_reused")


def test_declining_ends_answering(program, sheet):
    assert end(program, sheet, "decline").json()["state"] == "declined"
    assert problem(patch(program, sheet, {"experienced.PR1": 3})) == (409, "sheet_closed")


def test_no_sheet_but_the_own_one_exists(alice, couple, dana, erin, trudy, mallory):
    assignment = assign(alice, couple)
    own, hers = (sheet_of(alice, assignment, partner) for partner in (dana, erin))
    foreign = make_sheet(mallory, trudy)
    program = partner_api(own)
    assert program.get(f"{P}sheets/{own.id}/").status_code == 200
    unknown = program.get(f"{P}sheets/{uuid4()}/").content
    for other in (hers, foreign):
        assert program.get(f"{P}sheets/{other.id}/").content == unknown
        assert patch(program, other, {"experienced.PR1": 3}).content == unknown
        assert end(program, other, "submit").content == unknown


def test_a_partner_token_reaches_nothing_of_staff(program):
    for path in ("me/", "couples/", "flags/", "tokens/", "instruments/"):
        assert problem(program.get(V1 + path)) == (401, "invalid_token")


def test_nobody_else_has_a_form(program):
    assert problem(bearing("x").get(f"{P}sheets/")) == (401, "invalid_token")
    assert problem(APIClient().get(f"{P}sheets/")) == (401, "not_authenticated")
    assert program.get(f"{P}sheets/").json()["results"]
