import pytest

from assessments.instruments.library import FOLDER
from tests.api.clients import V1, api_of, fields, problem

pytestmark = pytest.mark.database

LICENCE = {"holder": "Example Press", "reference": "L-1", "confirmed_by": "Alice", "allowed_modes": ["screen"]}


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


def test_an_own_file_is_imported_for_this_practice_only(olive, alice, mallory, own_file):
    answer = bring(api_of(olive), own_file)
    assert answer.status_code == 201, answer.content
    assert api_of(alice).get(f"{V1}instruments/own-ck@0.2.0/").json() == answer.json()
    assert problem(api_of(mallory).get(f"{V1}instruments/own-ck@0.2.0/")) == (404, "not_found")
    assert problem(bring(api_of(olive), own_file)) == (409, "version_exists")


def test_every_fault_of_a_file_is_named_and_nothing_kept(olive, own_file):
    program = api_of(olive)
    answer = bring(program, own_file.replace("version: 0.2.0", "version: two", 1))
    assert problem(answer) == (422, "invalid")
    assert "version" in fields(answer)
    assert len(program.get(f"{V1}instruments/").json()["results"]) == 2


def test_licence_facts_are_needed(olive, own_file):
    answer = bring(api_of(olive), own_file, {"holder": "", "reference": "L-1"})
    assert fields(answer) == ["licence.holder", "licence.confirmed_by", "licence.allowed_modes"]


@pytest.mark.parametrize("modes", [[], ["fax"]])
def test_modes_are_said_and_known(olive, own_file, modes):
    answer = bring(api_of(olive), own_file, {**LICENCE, "allowed_modes": modes})
    assert problem(answer) == (422, "invalid")
    assert [field.removesuffix("[0]") for field in fields(answer)] == ["licence.allowed_modes"]


def test_owner_and_admin_bring_licences_and_nobody_else(olive, adam, alice, sue, own_file):
    for member in (alice, sue):
        assert problem(bring(api_of(member), own_file)) == (404, "not_found")
    assert bring(api_of(adam), own_file).status_code == 201
    other = own_file.replace("id: own-ck", "id: own-other", 1)
    assert bring(api_of(olive), other).status_code == 201
