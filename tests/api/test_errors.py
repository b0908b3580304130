import base64

import pytest

from tests.api.clients import V1, api_of, partner_api, problem
from tests.factories import make_sheet

pytestmark = pytest.mark.database


@pytest.fixture
def program(alice):
    return api_of(alice)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", (400, "malformed")),
        (b"[" * 100_000, (400, "malformed")),
        (b'{"label": "\\ud800"}', (400, "malformed")),
        (b"9" * 10_000, (400, "malformed")),
        (b"[]", (422, "invalid")),
        (b"null", (422, "invalid")),
        (b'"' + b"x" * 1_100_000 + b'"', (413, "too_large")),
    ],
    ids=["cut", "deep", "surrogate", "long number", "list", "null", "large"],
)
def test_a_body_that_is_no_couple_is_a_problem(program, body, expected):
    answer = program.post(f"{V1}couples/", body, content_type="application/json")
    assert problem(answer) == expected


def test_another_media_type_is_a_problem(program):
    answer = program.post(f"{V1}couples/", "<a/>", content_type="text/xml")
    assert problem(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("delete", "couples/", (405, "method_not_allowed")),
        ("get", "nothing/", (404, "not_found")),
        ("get", "couples/?cursor=x", (404, "not_found")),
        ("get", "couples/?cursor=" + base64.b64encode(b"p=yesterday").decode(), (404, "not_found")),
        ("get", "instruments/%00/", (404, "not_found")),
        ("get", "instruments/ena-c@%F0%9F%98%80/", (404, "not_found")),
    ],
)
def test_what_is_not_there_is_a_problem(program, method, path, expected):
    assert problem(getattr(program, method)(V1 + path)) == expected


@pytest.mark.parametrize("opens_at", ["9999-12-31T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_out_of_reach_is_a_problem(program, couple, opens_at):
    body = {"couple": couple.id, "instrument": "ena-c", "opens_at": opens_at}
    assert program.post(f"{V1}assignments/", body, format="json").status_code == 422


def test_a_line_nobody_could_name_is_a_problem(alice, dana):
    sheet = make_sheet(alice, dana)
    url = f"{V1}partner/sheets/{sheet.id}/answers/"
    program = partner_api(sheet)
    answer = program.patch(url, b'{"answers": {"\\udc00": 1}}', content_type="application/json")
    assert problem(answer) == (400, "malformed")
    answer = program.patch(url, b'{"answers": {"\\u0000": 1}}', content_type="application/json")
    assert problem(answer) == (422, "invalid")


def test_a_key_that_is_too_long_is_a_problem(program):
    answer = program.post(f"{V1}couples/", {}, format="json", headers={"Idempotency-Key": "k" * 201})
    assert problem(answer) == (422, "idempotency_key_too_long")


def test_a_refusal_is_kept_nowhere(program):
    answer = program.post(f"{V1}couples/", {}, format="json")
    assert answer.headers["Cache-Control"] == "no-store"
