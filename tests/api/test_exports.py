"""Practice statistics and exports for programs: who may ask for what, and what a token can never do."""

import time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from practice.downloads import OFFERED_FOR
from practice.models import Membership
from tests.api.clients import V1, api_of, fields, problem
from tests.assessments.statistics.counted import make_release
from tests.attacks import as_maintenance
from tests.factories import client_of, make_export
from tests.practice.archives import RECIPIENT, deliver_all, just_signed_in, opened

pytestmark = pytest.mark.database
E = f"{V1}exports/"
CSV = {"kind": "statistics", "format": "csv", "purpose": "planning"}
ARCHIVE = {"kind": "practice_archive", "format": "tar", "purpose": "move", "recipient": RECIPIENT}


def ask(member: Membership, body: dict[str, Any], **more: Any) -> Any:
    return api_of(member).post(E, body, format="json", **more)


def ask_in(browser: Client, body: dict[str, Any]) -> Any:
    return browser.post(E, body, content_type="application/json")


@pytest.fixture
def release(olive: Membership) -> Any:
    return make_release(olive)


def test_statistics_are_those_of_the_release(adam, release):
    first, second = api_of(adam).get(f"{V1}statistics/").json()["results"]
    assert (first["cube"], second["cube"]) == ("outcome", "months")
    assert (first["quarter"], first["couples_in_all"], first["floor"]) == ("2026Q1", 40, 11)
    assert [(cell["couples"], cell["percent"], cell["suppressed"]) for cell in first["cells"]] == [
        (23, 57.5, False),
        (17, 42.5, False),
        (None, None, True),
    ]
    assert first["dimensions"] == [{"label": "State", "meaning": "What it is.", "unit": ""}]


def test_one_cube_of_one_quarter(olive, release):
    make_release(olive, "2026Q2")
    program = api_of(olive)
    newest = program.get(f"{V1}statistics/", {"cube": "months"}).json()["results"]
    earlier = program.get(f"{V1}statistics/", {"cube": "months", "quarter": "2026Q1"}).json()["results"]
    assert [(one["cube"], one["quarter"]) for one in newest + earlier] == [("months", "2026Q2"), ("months", "2026Q1")]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"cube": "therapist"}, (404, "not_found")),
        ({"quarter": "2025Q1"}, (404, "not_found")),
        ({"quarter": "2026"}, (422, "invalid")),
    ],
)
def test_what_was_not_released_is_not_there(adam, release, query, answer):
    assert problem(api_of(adam).get(f"{V1}statistics/", query)) == answer


def test_before_a_release_there_is_an_empty_page(adam, mallory):
    make_release(mallory)
    assert api_of(adam).get(f"{V1}statistics/").json() == {"next": None, "previous": None, "results": []}


def test_a_program_of_an_admin_fetches_a_file_once(adam, release):
    asked = ask(adam, CSV)
    assert asked.status_code == 202
    assert asked.json() | {"id": "", "expires_at": ""} == {
        "id": "", "kind": "statistics", "format": "csv", "state": "ready", "progress": 100, "expires_at": "",
    }  # fmt: skip
    program, where = api_of(adam), f"{E}{asked.json()['id']}/"
    first = program.get(f"{where}file/")
    assert (first.status_code, first["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert first.content.decode().count("2026Q1") == 4
    assert problem(program.get(f"{where}file/")) == (404, "not_found")
    assert program.get(where).json()["state"] == "fetched"


def test_the_file_is_the_one_of_the_page(adam, release):
    where = f"{E}{ask(adam, CSV).json()['id']}/file/"
    browser = client_of(adam)
    browser.post("/statistics/files/", {"quarter": "2026Q1", "purpose": "planning"})
    [(offered,)] = as_maintenance("SELECT id FROM practice_download WHERE kind = 'statistics_csv' AND used_at IS NULL"
                                  " ORDER BY created_at DESC LIMIT 1")  # fmt: skip
    assert api_of(adam).get(where).content == browser.post(f"/downloads/{offered}/").content


def test_nobody_else_fetches_it_nor_asks_what_became_of_it(adam, olive, mallory, release):
    where = f"{E}{ask(adam, CSV).json()['id']}/"
    for member in (olive, mallory):
        assert problem(api_of(member).get(where)) == (404, "not_found")
        assert problem(api_of(member).get(f"{where}file/")) == (404, "not_found")
    assert api_of(adam).head(f"{where}file/").status_code == 405
    assert api_of(adam).get(f"{where}file/").status_code == 200


def test_after_ten_minutes_it_is_expired(adam, release):
    where = f"{E}{ask(adam, CSV).json()['id']}/"
    program = api_of(adam)
    with time_machine.travel(timezone.now() + OFFERED_FOR, tick=False):
        assert program.get(where).json()["state"] == "expired"
        assert problem(program.get(f"{where}file/")) == (404, "not_found")


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"purpose": ""}, ["purpose"]),
        ({"purpose": "sale"}, ["purpose"]),
        ({"format": "pdf"}, ["format"]),
        ({"kind": "everything"}, ["kind"]),
    ],
)
def test_an_export_says_what_it_is_for(adam, release, more, wrong):
    answer = ask(adam, CSV | more)
    assert answer.status_code == 422
    assert fields(answer) == wrong
    assert as_maintenance("SELECT count(*) FROM practice_download") == [(0,)]


def test_a_repeat_with_its_key_is_one_export(adam, release):
    answers = [ask(adam, CSV, headers={"Idempotency-Key": "one"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert as_maintenance("SELECT count(*) FROM practice_download") == [(1,)]


def test_what_was_asked_and_fetched_is_on_the_trail(adam, release):
    api_of(adam).get(f"{E}{ask(adam, CSV).json()['id']}/file/")
    trail = "SELECT action, detail->>'purpose' FROM practice_auditevent WHERE action LIKE 'download.%%' ORDER BY at"
    assert as_maintenance(trail.replace("%%", "%")) == [
        ("download.offered", "planning"),
        ("download.taken", "planning"),
    ]


@pytest.mark.parametrize("body", [{"kind": "couple_record", "format": "json"}, ARCHIVE])
def test_an_admin_without_clinical_access_gets_statistics_alone(adam, release, body):
    assert problem(ask(adam, body)) == (404, "not_found")
    assert problem(ask_in(just_signed_in(adam), body)) == (404, "not_found")


def test_who_treats_gets_no_statistics_and_a_supervisor_nothing(alice, sue, release):
    assert problem(ask(alice, CSV)) == (404, "not_found")
    assert problem(ask(sue, CSV)) == (404, "not_found")


@pytest.mark.parametrize(("kind", "page"), [("couple_record", "/"), ("practice_archive", "/practice/archives/")])
def test_a_token_never_stands_for_a_person(olive, kind, page):
    """Nor does a browser in which nobody has given a password lately."""
    body = ARCHIVE | {"kind": kind, "format": {"couple_record": "json"}.get(kind, "tar")}
    for answer in (ask(olive, body), ask_in(client_of(olive), body)):
        assert problem(answer) == (403, "confirmation_required")
        assert answer.json()["page"] == page
    assert as_maintenance("SELECT count(*) FROM practice_archive") == [(0,)]
    assert as_maintenance("SELECT count(*) FROM practice_download") == [(0,)]


def test_a_token_does_not_fetch_what_its_member_was_offered_in_a_browser(alice, couple):
    where = f"{E}{make_export(alice, couple)}/"
    assert problem(api_of(alice).get(f"{where}file/")) == (403, "confirmation_required")
    assert api_of(alice).get(where).json()["state"] == "ready"
    assert just_signed_in(alice).get(f"{where}file/").json()["format"] == "attune-couple-record/1"


def test_a_record_is_asked_for_once_its_passages_are_decided(alice, bob, couple, dana):
    make_export(alice, couple)
    [(record,)] = as_maintenance("SELECT id FROM clients_recordrequest WHERE couple_id IS NOT NULL")
    body = {"kind": "couple_record", "format": "pdf", "record": str(record)}
    assert problem(ask_in(just_signed_in(bob), body)) == (404, "not_found")
    asked = ask_in(just_signed_in(alice), body)
    assert (asked.status_code, asked.json()["format"]) == (202, "pdf")


def test_an_archive_is_watched_and_fetched(olive, settings, tmp_path):
    settings.ARCHIVE_FOLDER = str(tmp_path)
    browser = just_signed_in(olive)
    asked = ask_in(browser, ARCHIVE)
    assert (asked.status_code, asked.json()["state"], asked.json()["progress"]) == (202, "making", 0)
    where = f"{E}{asked.json()['id']}/"
    assert problem(browser.get(f"{where}file/")) == (409, "export_not_ready")
    deliver_all()
    assert browser.get(where).json()["state"] == "ready"
    assert problem(api_of(olive).get(f"{where}file/")) == (403, "confirmation_required")
    (tmp_path / "fetched").write_bytes(b"".join(browser.get(f"{where}file/").streaming_content))
    assert "practice_practice" in opened(tmp_path / "fetched")


def test_a_confirmation_is_good_for_five_minutes(olive):
    browser = just_signed_in(olive)
    with time_machine.travel(time.time() + 301, tick=False):
        assert problem(ask_in(browser, ARCHIVE)) == (403, "confirmation_required")
