import pytest

from assessments.instruments.library import FOLDER
from tests.api.clients import V1, api_of, fields, problem

pytestmark = pytest.mark.database

LICENCE = {"holder": "Example Press", "reference": "L-1", "confirmed_by": "Alice"}


@pytest.fixture
def own_file():
    """The shipped check-in under an id of the practice's own."""
    return (FOLDER / "ena-ck-0.2.0.yaml").read_text().replace("id: ena-ck\n", "id: own-ck\n", 1)


def bring(program, definition, licence=LICENCE):
    return program.post(f"{V1}instruments/", {"definition": definition, "licence": licence}, format="json")


def test_shipped_instruments_are_listed_with_their_basis(alice):
    rows = api_of(alice).get(f"{V1}instruments/").json()["results"]
    assert [(row["id"], row["version"]) for row in rows] == [("ena-c", "0.2.0"), ("ena-ck", "0.2.0")]
    assert rows[0]["basis"]["status"] == "provisional"
    assert rows[0]["licence"]["text"] == "CC-BY-4.0"


def test_one_instrument_names_the_audience_of_every_item(alice):
    one = api_of(alice).get(f"{V1}instruments/ena-c@0.2.0/").json()
    assert {item["audience"] for item in one["items"]} == {"joint_ok", "therapist_only", "confidential"}
    assert one["sections"]
    assert problem(api_of(alice).get(f"{V1}instruments/ena-c@9.9.9/")) == (404, "not_found")


def test_an_own_file_is_imported_for_this_practice_only(alice, mallory, own_file):
    answer = bring(api_of(alice), own_file)
    assert answer.status_code == 201, answer.content
    assert api_of(alice).get(f"{V1}instruments/own-ck@0.2.0/").json() == answer.json()
    assert problem(api_of(mallory).get(f"{V1}instruments/own-ck@0.2.0/")) == (404, "not_found")
    assert problem(bring(api_of(alice), own_file)) == (409, "version_exists")


def test_every_fault_of_a_file_is_named_and_nothing_kept(alice, own_file):
    program = api_of(alice)
    answer = bring(program, own_file.replace("version: 0.2.0", "version: two", 1))
    assert problem(answer) == (422, "invalid")
    assert "version" in fields(answer)
    assert len(program.get(f"{V1}instruments/").json()["results"]) == 2


def test_licence_facts_are_needed(alice, own_file):
    answer = bring(api_of(alice), own_file, {"holder": "", "reference": "L-1"})
    assert fields(answer) == ["licence.holder", "licence.confirmed_by"]


def test_an_admin_may_bring_a_licence_and_a_supervisor_not(adam, sue, own_file):
    assert bring(api_of(adam), own_file).status_code == 201
    assert problem(bring(api_of(sue), own_file)) == (404, "not_found")
