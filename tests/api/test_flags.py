import pytest

from tests.api.clients import V1, api_of, fields, problem
from tests.assessments.flagged import actions, again, cover_by, raise_flag

pytestmark = pytest.mark.database
CLOSING = {"reason": "false_alarm", "note": "Meant another line."}


@pytest.fixture
def flag(alice, dana):
    return raise_flag(alice, dana)


def do(member, flag, act, body=None, **more):
    return api_of(member).post(f"{V1}flags/{flag.id}/{act}/", body or {}, format="json", **more)


def test_a_flag_goes_through_its_states(alice, flag):
    acted = [do(alice, flag, act, CLOSING) for act in ("acknowledge", "close", "reopen")]
    assert [one.status_code for one in acted] == [200] * 3
    assert [one.json()["state"] for one in acted] == ["acknowledged", "closed", "open"]
    assert acted[0].json().keys() == {"id", "level", "rule", "state", "couple", "partner", "sheet", "raised_at"}
    assert [action for action, _ in actions(alice, flag)] == ["acknowledged", "closed", "reopened"]


def test_what_comes_too_late_has_a_code(alice, flag):
    assert problem(do(alice, flag, "reopen")) == (409, "flag_not_closed")
    do(alice, flag, "acknowledge")
    assert problem(do(alice, flag, "acknowledge")) == (409, "flag_acknowledged")
    do(alice, flag, "close", CLOSING)
    for act in ("acknowledge", "close"):
        assert problem(do(alice, flag, act, CLOSING)) == (409, "flag_closed")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["reason", "note"]),
        ({"reason": "x", "note": "y"}, ["reason"]),
        ({"reason": "other"}, ["note"]),
        ({"reason": "other", "note": "  "}, ["note"]),
    ],
)
def test_closing_needs_a_reason_and_a_note(alice, flag, body, wrong):
    response = do(alice, flag, "close", body)
    assert response.status_code == 422
    assert fields(response) == wrong
    assert again(alice, flag).state == "open"


def test_a_repeat_with_its_key_takes_effect_once(alice, flag):
    answers = [do(alice, flag, "acknowledge", headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len(actions(alice, flag)) == 1


def test_the_cover_acts_and_nobody_else(alice, bob, olive, sue, adam, mallory, flag):
    cover_by(alice, bob)
    for member in (olive, sue, adam, mallory):
        for act in ("acknowledge", "close", "reopen"):
            assert problem(do(member, flag, act, CLOSING)) == (404, "not_found")
    assert actions(alice, flag) == []
    assert do(bob, flag, "acknowledge").json()["state"] == "acknowledged"


def test_no_call_closes_several(alice, flag):
    program = api_of(alice)
    for path in ("flags/", "flags/close/", "flags/acknowledge/"):
        assert program.post(f"{V1}{path}", {"flags": [str(flag.id)], **CLOSING}, format="json").status_code in (
            404,
            405,
        )
    assert actions(alice, flag) == []
