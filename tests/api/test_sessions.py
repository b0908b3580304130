"""Sessions and what is due, as programs read and write them."""

from typing import Any

import pytest

from assessments.models import Assignment, SessionRating
from clients.models import CounselingSession, Couple
from tests.api.clients import V1, api_of, fields, problem
from tests.api.test_statements import statements
from tests.factories import as_staff, assign, in_days, make_couple, partner_of

pytestmark = pytest.mark.database


@pytest.fixture
def program(alice):
    return api_of(alice)


def url(couple: Couple, session: str = "") -> str:
    return f"{V1}couples/{couple.id}/sessions/{f'{session}/' if session else ''}"


def held(**more: Any) -> dict[str, Any]:
    return {"held_at": in_days(-1).isoformat(), "kind": "couple", "safety_reviewed": True, **more}


def post(program: Any, couple: Couple, **more: Any) -> Any:
    return program.post(url(couple), held(**more), format="json")


def test_session_is_recorded_and_read_back(program, alice, couple, dana, erin):
    given = {"stages": {"S3": 2}, "engagement": {str(dana.id): 3, str(erin.id): 1}, "review": "keep", "note": "Well"}
    answer = post(program, couple, **given)
    assert answer.status_code == 201
    made = answer.json()
    assert {name: made[name] for name in given} == given
    assert (made["kind"], made["partner"], made["planned_at"], made["safety_reviewed"]) == ("couple", None, None, True)
    assert program.get(url(couple)).json() == {"next": None, "previous": None, "results": [made]}
    with as_staff(alice):
        assert CounselingSession.objects.get().written_by == alice.id


def test_planned_session_becomes_held_and_keeps_when_it_was_planned(program, couple, dana):
    planned = {"kind": "one_to_one", "partner": str(dana.id), "planned_at": in_days(1).isoformat()}
    made = program.post(url(couple), planned, format="json").json()
    assert (made["held_at"], made["safety_reviewed"], made["stages"]) == (None, None, {})
    change = {"held_at": in_days(-0.01).isoformat(), "safety_reviewed": False, "engagement": {str(dana.id): 4}}
    changed = program.patch(url(couple, made["id"]), change, format="json").json()
    assert (changed["planned_at"], changed["safety_reviewed"]) == (made["planned_at"], False)
    assert changed["engagement"] == {str(dana.id): 4}


def test_change_leaves_what_it_does_not_name(program, couple, dana):
    made = post(program, couple, stages={"S1": 1}, engagement={str(dana.id): 2}, note="First").json()
    changed = program.patch(url(couple, made["id"]), {"stages": {"S2": 0}}, format="json").json()
    assert changed == {**made, "stages": {"S2": 0}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "group"}, "kind"),
        ({"kind": "one_to_one"}, "partner"),
        ({"held_at": None}, "held_at"),
        ({"held_at": "yesterday"}, "held_at"),
        ({"safety_reviewed": None}, "safety_reviewed"),
        ({"stages": {"S9": 1}}, "stages.S9"),
        ({"stages": {"S1": 5}}, "stages.S1"),
        ({"stages": ["S1"]}, "stages"),
        (
            {"engagement": {"00000000-0000-4000-8000-000000000000": 1}},
            "engagement.00000000-0000-4000-8000-000000000000",
        ),
        ({"review": "stay"}, "review"),
        ({"note": "x" * 10_001}, "note"),
    ],
)
def test_fault_is_named_by_its_field_and_nothing_is_kept(program, alice, couple, change, field):
    answer = post(program, couple, **change)
    assert problem(answer)[0] == 422
    assert fields(answer) == [field]
    with as_staff(alice):
        assert not CounselingSession.objects.exists()


def test_safety_is_never_assumed(program, couple):
    answer = program.post(url(couple), {"kind": "couple", "held_at": in_days(-1).isoformat()}, format="json")
    assert fields(answer) == ["safety_reviewed"]


def test_foreign_partner_is_no_partner_of_this_couple(program, couple, trudy):
    assert fields(post(program, couple, kind="one_to_one", partner=str(trudy.id))) == ["partner"]


def test_closed_couple_gets_no_new_session(program, couple):
    program.patch(f"{V1}couples/{couple.id}/", {"state": "closed", "closed_reason": "completed"}, format="json")
    assert problem(post(program, couple)) == (409, "couple_closed")


def test_repeat_with_one_key_records_one_session(program, alice, couple):
    body = held()
    answers = [program.post(url(couple), body, format="json", headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    with as_staff(alice):
        assert SessionRating.objects.count() == 1


def test_pages_follow_one_another(program, couple):
    made = {post(program, couple).json()["id"] for _ in range(5)}
    where, seen = f"{url(couple)}?limit=2", []
    while where:
        page = program.get(where).json()
        seen += [one["id"] for one in page["results"]]
        where = page["next"]
    assert (len(seen), set(seen)) == (5, made)


def test_thirty_sessions_are_read_like_one(program, couple):
    post(program, couple)
    one = len(statements(lambda: program.get(url(couple))))
    for _ in range(29):
        post(program, couple)
    assert len(statements(lambda: program.get(url(couple)))) == one


def test_session_is_found_under_its_own_couple_only(program, alice, couple):
    made = post(program, couple).json()
    other = make_couple(alice, label="Other")
    assert program.patch(url(other, made["id"]), {"note": "x"}, format="json").status_code == 404


def test_others_neither_read_nor_write(alice, bob, adam, mallory, couple):
    made = post(api_of(alice), couple).json()
    for member in (bob, adam, mallory):
        other = api_of(member)
        for answer in (
            other.get(url(couple)),
            post(other, couple),
            other.patch(url(couple, made["id"]), {"note": "x"}, format="json"),
            other.get(f"{V1}couples/{couple.id}/proposals/"),
        ):
            assert problem(answer) == (404, "not_found")


def test_proposals_say_form_day_and_reason(program, alice, couple):
    found = program.get(f"{V1}couples/{couple.id}/proposals/").json()["results"]
    assert [(one["kind"], one["instrument"]) for one in found] == [
        ("intake", "ena-c@0.2.0"), ("check_in", "ena-ck@0.2.0"),
    ]  # fmt: skip
    assert found[0]["reason"] == "No full form was given since care began."
    assert set(found[0]) == {"kind", "instrument", "due_on", "reason"}


def test_closing_by_the_api_ends_forms_and_may_ask_again(program, alice, couple):
    assign(alice, couple)
    change = {"state": "closed", "closed_reason": "separated", "ask_again": True}
    assert program.patch(f"{V1}couples/{couple.id}/", change, format="json").status_code == 200
    with as_staff(alice):
        ended = {one.follow_up: one.ended_at is not None for one in Assignment.objects.all()}
    assert ended == {False: True, True: False}


def test_opening_again_may_begin_a_new_episode(program, alice, couple):
    where = f"{V1}couples/{couple.id}/"
    program.patch(where, {"state": "closed", "closed_reason": "other", "ask_again": True}, format="json")
    program.patch(where, {"state": "active", "new_episode": True}, format="json")
    with as_staff(alice):
        assert Couple.objects.get().episode_started_at is not None
        assert Assignment.objects.get().ended_at is not None


@pytest.mark.parametrize(
    "change",
    [{"ask_again": True}, {"state": "active", "ask_again": True}, {"new_episode": True},
     {"state": "closed", "closed_reason": "other", "new_episode": True}],
)  # fmt: skip
def test_option_that_goes_with_another_state_is_refused(program, couple, change):
    answer = program.patch(f"{V1}couples/{couple.id}/", change, format="json")
    assert problem(answer) == (422, "invalid")


def test_what_a_partner_wants_is_on_no_page_of_the_api(program, alice, couple):
    made = post(program, couple, kind="one_to_one", partner=str(partner_of(alice, couple, 1).id)).json()
    assert "wish" not in made


def test_planned_session_is_cancelled_and_no_held_one(program, couple):
    planned = {"kind": "couple", "planned_at": in_days(1).isoformat()}
    made = program.post(url(couple), planned, format="json").json()
    assert (made["status"], made["cancelled_at"]) == ("planned", None)
    cancelled = program.post(f"{url(couple, made['id'])}cancel/")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert program.post(f"{url(couple, made['id'])}cancel/").json() == cancelled.json()
    change = {"planned_at": in_days(2).isoformat()}
    assert problem(program.patch(url(couple, made["id"]), change, format="json")) == (409, "session_cancelled")
    done = post(program, couple).json()
    assert done["status"] == "held"
    assert problem(program.post(f"{url(couple, done['id'])}cancel/")) == (409, "session_held")
