"""Requests and goals on the plan's page: made, answered, rated and ended, each by whom it belongs to."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.goals import rate_goal
from assessments.models import Goal, SpecificRequest
from assessments.specific_requests import answer_request, make_request
from assessments.weeks import save_week
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.assessments.plan_pages import page, send
from tests.factories import as_partner, as_staff, client_of

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def test_request_is_made_answered_and_ended(browser: Client, alice: Membership, couple: Couple, dana: Partner) -> None:
    given = {"asked_by": str(dana.id), "wording": "A walk on Sunday", "cadence": "weekly"}
    assert send(browser, "request-new", couple, **given).status_code == 302
    with as_staff(alice):
        asked = SpecificRequest.objects.get()
    assert "Dana asked Erin" in page(browser, couple)
    assert send(browser, "request-answer", asked, answer="smaller_yes").status_code == 422
    send(browser, "request-answer", asked, answer="smaller_yes", agreed_wording="A short walk")
    assert "A short walk" in page(browser, couple)
    assert "Asked: A walk on Sunday" in page(browser, couple)
    send(browser, "request-end", asked)
    assert "Write down the answer" not in page(browser, couple)
    assert send(browser, "request-answer", asked, answer="no").status_code == 422


def test_kept_and_missed_stand_apart_by_week(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        asked = make_request(couple, asked_by=dana, wording="A walk on Sunday", cadence="weekly")
        answer_request(asked, answer="yes")
    assignment = factories.assign(alice, couple, "ena-ck")
    for partner, said, shown in ((dana, "kept", "Kept Said nothing"), (erin, "missed", "Kept Missed")):
        sheet = factories.sheet_of(alice, assignment, partner)
        with as_partner(partner):
            save_week(sheet, {"requests": {str(asked.id): said}})
        assert shown in page(browser, couple)
    markup = browser.get(reverse("couple-plan", args=[couple.id])).content.decode()
    folded = markup[markup.rindex("<details", 0, markup.index("Kept or missed")) :]
    assert "Missed" in folded[: folded.index("</details>")]


GOAL = {
    "owner": "pair", "domain": "PR", "behaviour": "Evenings without screens", "how_counted": "Days a week",
    "level_0": "0 days", "level_1": "1 day", "level_2": "3 days", "level_3": "5 days", "level_4": "7 days",
    "baseline_level": -1, "weight": 2,
}  # fmt: skip


def goal_given(**changed: Any) -> dict[str, Any]:
    return {**GOAL, "review_on": (timezone.localdate() + timedelta(days=30)).isoformat(), **changed}


def test_goal_is_written_with_five_levels(browser: Client, alice: Membership, couple: Couple) -> None:
    assert send(browser, "goal-new", couple, **goal_given()).headers["Location"].endswith("#goals")
    shown = page(browser, couple)
    assert "Evenings without screens" in shown
    assert "Of the pair, known to both" in shown
    with as_staff(alice):
        assert (Goal.objects.get().weight, Goal.objects.get().baseline_level) == (2, -1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"level_2": ""}, "level_2"),
        ({"domain": "IM"}, "domain"),
        ({"review_on": "2020-01-01"}, "review_on"),
        ({"behaviour": ""}, "behaviour"),
    ],
)
def test_refused_goal_keeps_everything_written(
    browser: Client, alice: Membership, couple: Couple, changed: dict[str, Any], field: str
) -> None:
    refused = send(browser, "goal-new", couple, **goal_given(**changed))
    body = refused.content.decode()
    assert refused.status_code == 422
    assert f'id="goal-new-{field}_error"' in body
    kept = [text for name, text in GOAL.items() if name not in changed and name.startswith(("level", "how", "beh"))]
    assert [text for text in kept if f'value="{text}"' not in body] == []
    with as_staff(alice):
        assert not Goal.objects.exists()


def test_goal_of_one_may_be_about_any_topic(browser: Client, couple: Couple, erin: Partner) -> None:
    send(browser, "goal-new", couple, **goal_given(owner=str(erin.id), domain="IM"))
    assert "Erin's own, known to Erin and you" in page(browser, couple)


def test_ratings_stand_apart_and_so_does_t(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        goal = factories.make_goal(couple)
    for rater, level in (("therapist", 1), (str(dana.id), -1), (str(dana.id), 0)):
        assert send(browser, "goal-rate", goal, rater=rater, level=level).status_code == 302
    shown = page(browser, couple)
    assert re.search(r"Dana 0: 3 to 4 days .* Erin Not rated yet Therapist \+1: 5 days", shown)
    assert re.search(r"Dana T 50 from 1 of 1 goal Erin No goal rated yet Therapist T 60 from 1 of 1 goal", shown)
    assert "not for comparing couples, partners or therapists" in shown


def test_no_level_is_chosen_beforehand(browser: Client, alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        goal = factories.make_goal(couple)
    assert send(browser, "goal-rate", goal, rater="therapist", level="").status_code == 422


def test_goal_of_one_is_not_rated_by_the_other(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    with as_staff(alice):
        goal = factories.make_goal(couple, owner=dana, domain="IM")
    assert send(browser, "goal-rate", goal, rater=str(erin.id), level=0).status_code == 422


def test_ended_goal_keeps_its_ratings(browser: Client, alice: Membership, couple: Couple) -> None:
    with as_staff(alice):
        goal = factories.make_goal(couple)
        rate_goal(goal, level=2, membership=alice)
    send(browser, "goal-end", goal)
    shown = page(browser, couple)
    assert "Goals that have ended" in shown
    assert "+2: 6 or 7 days" in shown
    assert "Attainment by rater" not in shown
