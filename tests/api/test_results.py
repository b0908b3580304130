import pytest
from django.db import connections

from clients.couples import leave
from tests.api.clients import V1, api_of, problem
from tests.factories import as_staff, assign, full_answers, make_sheet, sheet_of, submit

pytestmark = pytest.mark.database


def audited(action):
    """Who did this, to which couple."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET ROLE attune_maintenance")
        cursor.execute("SELECT actor_id, couple_id FROM practice_auditevent WHERE action = %s", [action])
        found = cursor.fetchall()
        cursor.execute("RESET ROLE")
    return found


@pytest.fixture
def answered(alice, couple, dana, erin):
    assignment = assign(alice, couple)
    sheets = [sheet_of(alice, assignment, partner) for partner in (dana, erin)]
    for sheet, value in zip(sheets, (3, 1), strict=True):
        submit(sheet, full_answers(sheet, value))
    return sheets


def test_results_stand_beside_their_basis(alice, couple, dana, erin, answered):
    results = api_of(alice).get(f"{V1}couples/{couple.id}/results/?instrument=ena-c").json()
    assert results["instrument"] == "ena-c@0.2.0"
    assert results["basis"]["status"] == "provisional"
    (wave,) = results["waves"]
    assert [one["partner"] for one in wave["partners"]] == [str(dana.id), str(erin.id)]
    score = wave["partners"][0]["scores"]["experienced"]["PR"]
    assert (score["answered"], score["of"], score["reason"]) == (4, 4, None)
    assert wave["gaps"].keys() == {str(dana.id), str(erin.id)}
    assert wave["gaps"][str(dana.id)]["PR"].keys() == {"score", "band", "standard_error", "reason"}


def test_the_partner_who_goes_on_alone_has_gaps_that_say_why_they_are_null(alice, couple, dana, erin):
    with as_staff(alice):
        leave(erin)
    submit(make_sheet(alice, dana))
    (wave,) = api_of(alice).get(f"{V1}couples/{couple.id}/results/").json()["waves"]
    assert wave["partners"][0]["scores"]["enacted"]["PR"]["score"] is not None
    assert wave["gaps"].keys() == {str(dana.id)}
    gap = wave["gaps"][str(dana.id)]["PR"]
    assert (gap["score"], gap["band"], gap["reason"]) == (None, None, "side_missing")
    assert wave["couple_mean"]["NEGLECT"] == {"score": None, "reason": "side_missing"}
    assert wave["notes"] == []


def test_no_single_answer_is_given_to_programs(alice, couple, answered):
    body = api_of(alice).get(f"{V1}couples/{couple.id}/results/").content.decode()
    assert "experienced.PR1" not in body
    assert "lines" not in body


def test_a_reading_is_logged(alice, couple, answered):
    api_of(alice).get(f"{V1}couples/{couple.id}/results/")
    assert audited("results.read") == [(alice.id, couple.id)]


def test_unknown_and_foreign_results_are_alike(alice, bob, adam, mallory, couple, answered):
    unknown = api_of(alice).get(f"{V1}couples/{answered[0].id}/results/")
    assert problem(unknown) == (404, "not_found")
    for member in (bob, adam, mallory):
        assert api_of(member).get(f"{V1}couples/{couple.id}/results/").content == unknown.content
    missing_wave = api_of(alice).get(f"{V1}couples/{couple.id}/results/?wave={couple.id}")
    assert missing_wave.content == unknown.content


def test_flags_name_rules_and_no_lines(alice, bob, couple, answered):
    rows = api_of(alice).get(f"{V1}flags/").json()["results"]
    assert rows
    assert all(
        row.keys() == {"id", "couple", "partner", "sheet", "level", "rule", "state", "raised_at"} for row in rows
    )
    assert api_of(bob).get(f"{V1}flags/").json()["results"] == []


def test_flags_are_filtered(alice, answered):
    program = api_of(alice)
    every = program.get(f"{V1}flags/").json()["results"]
    urgent = program.get(f"{V1}flags/?level=urgent&state=open").json()["results"]
    assert urgent == [row for row in every if row["level"] == "urgent"] != []
    assert program.get(f"{V1}flags/?state=closed").json()["results"] == []
    assert problem(program.get(f"{V1}flags/?level=mild")) == (422, "invalid")
