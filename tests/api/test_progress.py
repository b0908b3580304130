"""GET /couples/{id}/progress/: what moved, with the basis of every number."""

from typing import Any

import pytest

from assessments import plans
from assessments.weeks import save_week
from clients.models import Couple, Partner
from practice.models import Membership
from tests.api.clients import V1, api_of
from tests.factories import as_partner, as_staff, assign, full_answers, make_sheet, sheet_of, submit

pytestmark = pytest.mark.database


@pytest.fixture
def told(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> dict[str, Any]:
    """Dana's check-in with her week, and a full form of both."""
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        activity = plans.assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)
    sheet = make_sheet(alice, dana, "ena-ck")
    with as_partner(dana):
        wins = [{"text": "We cooked", "share_via_therapist": False}]
        save_week(sheet, {"activities": {str(activity.id): {"done": 4, "helped": 3}}, "small_wins": wins})
    submit(sheet)
    full = assign(alice, couple)
    for partner in (dana, erin):
        own = sheet_of(alice, full, partner)
        submit(own, full_answers(own, 1))
    return {"activity": activity, "sheet": sheet}


def test_progress_tells_check_ins_domains_and_ledger(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner, told: dict[str, Any]
) -> None:
    body = api_of(alice).get(f"{V1}couples/{couple.id}/progress/").json()
    series = {one["partner"]: one for one in body["check_ins"]}
    mine = series[str(dana.id)]
    assert [point["score"] for point in mine["points"]] == [mine["baseline"]]
    assert (mine["verdict"], mine["trend"], series[str(erin.id)]["missing"]) == (None, None, 1)
    assert mine["basis"]["parameters"] == "start-1"
    assert mine["basis"]["status"] == "provisional"
    assert {one["domain"] for one in body["domains"]} == {"NEGLECT", "PR", "LV", "AA", "RF", "RP", "CR", "RS"}
    [of_dana] = [row for row in body["ledger"] if row["partner"] == str(dana.id)]
    assert [(week["planned"], week["done"], week["noticed"], week["helped"]) for week in of_dana["weeks"]] == [
        (5, 4, None, 3)
    ]
    adherence = {one["partner"]: one for one in body["adherence"]}
    assert (adherence[str(dana.id)]["share"], adherence[str(erin.id)]["share"]) == (0.8, None)


def test_foreign_and_unknown_couples_are_the_same(bob: Membership, couple: Couple, told: Any) -> None:
    foreign = api_of(bob).get(f"{V1}couples/{couple.id}/progress/")
    unknown = api_of(bob).get(f"{V1}couples/{told['sheet'].id}/progress/")
    assert (foreign.status_code, foreign.json()) == (unknown.status_code, unknown.json())
