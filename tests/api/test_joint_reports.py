"""Joint reports for programs: released by the therapist's, read by each partner's own."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from clients.couples import set_individual_mode
from tests import factories
from tests.api.clients import V1, api_of, partner_api, problem
from tests.assessments.joint import agree, calm, close_flags, released, sheets_of, submit_both
from tests.assessments.test_results_view import answers_of
from tests.factories import as_staff, full_answers

pytestmark = pytest.mark.database


@pytest.fixture
def address(couple) -> str:
    return f"{V1}couples/{couple.id}/joint-reports/"


@pytest.fixture
def program(alice):
    return api_of(alice)


def test_what_stands_in_the_way_has_a_code(alice, couple, program, address):
    assert problem(program.post(address, {}, format="json")) == (409, "not_submitted")
    sheets = sheets_of(alice, couple)
    submit_both(sheets, [full_answers(sheets[0], 4), answers_of("B")])
    answer = program.post(address, {}, format="json")
    assert problem(answer) == (409, "flag_open")
    assert answer.json()["missing"] == ["flag_open", "consent_missing"]
    close_flags(alice, couple)
    assert problem(program.post(address, {}, format="json")) == (409, "consent_missing")
    agree(alice, couple)
    assert program.post(address, {}, format="json").status_code == 201
    assert problem(program.post(address, {}, format="json")) == (409, "already_released")


def test_a_release_answers_words_by_partner(alice, couple, dana, erin, program, address):
    sheets = sheets_of(alice, couple)
    submit_both(sheets, [answers_of("A"), answers_of("B")])
    agree(alice, couple)
    close_flags(alice, couple)
    wave = str(sheets[0].wave_id)
    made = program.post(address, {"wave": wave}, format="json", headers={"Idempotency-Key": "one"})
    body = made.json()
    assert (made.status_code, body["couple"], body["wave"], body["withdrawn_at"]) == (201, str(couple.id), wave, None)
    topic = body["content"]["topics"][0]
    assert topic["bands"] == {
        str(dana.id): "Missing: often to almost always",
        str(erin.id): "Missing: rarely to sometimes",
    }
    assert program.get(address).json()["results"] == [body]
    again = program.post(address, {"wave": wave}, format="json", headers={"Idempotency-Key": "one"})
    assert again.json() == body


def test_a_wave_of_another_couple_is_unknown(alice, couple, program, address):
    other = sheets_of(alice, factories.make_couple(alice))[0]
    assert problem(program.post(address, {"wave": str(other.wave_id)}, format="json")) == (404, "not_found")


def test_the_file_is_a_pdf(alice, couple, program, address):
    report = released(alice, couple, [calm(), calm()])
    answer = program.get(f"{address}{report.id}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Summary" in PdfReader(BytesIO(b"".join(answer.streaming_content))).pages[0].extract_text()


def test_what_is_withdrawn_has_no_file(alice, couple, program, address):
    report = released(alice, couple, [calm(), calm()])
    first = program.post(f"{address}{report.id}/withdraw/")
    assert first.json()["withdrawn_at"] is not None
    assert program.post(f"{address}{report.id}/withdraw/").json() == first.json()
    assert problem(program.get(f"{address}{report.id}/pdf/")) == (404, "not_found")


def test_in_individual_mode_there_is_no_file(alice, couple, program, address):
    report = released(alice, couple, [calm(), calm()])
    with as_staff(alice):
        set_individual_mode(couple, on=True)
    assert problem(program.get(f"{address}{report.id}/pdf/")) == (409, "individual_mode")
    assert problem(program.post(address, {}, format="json")) == (409, "individual_mode")


def test_a_partner_lists_what_is_released_and_never_why_not(alice, couple):
    own = partner_api(sheets_of(alice, couple, "ena-ck")[0])
    before = own.get(f"{V1}partner/joint-reports/")
    assert before.json() == {"next": None, "previous": None, "results": []}
    released(alice, couple, [answers_of("A"), answers_of("B")])
    [shown] = own.get(f"{V1}partner/joint-reports/").json()["results"]
    assert shown["topics"][0]["lines"][0] == {
        "about": "What you experience",
        "word": "Missing: often to almost always",
    }
    with as_staff(alice):
        set_individual_mode(couple, on=True)
    assert own.get(f"{V1}partner/joint-reports/").content == before.content
