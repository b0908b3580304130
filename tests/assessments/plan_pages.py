"""What tests do on the page of a plan."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import plans
from assessments.goals import end_goal, rate_goal
from assessments.models import Activity, PlanChange
from assessments.specific_requests import end_request, make_request
from clients.models import Couple, Partner
from clients.sessions import SessionDetails, save_session
from practice.models import Membership
from tests import factories
from tests.factories import as_staff


def assign(alice: Membership, couple: Couple, template: str, *partners: Partner, **options: Any) -> Activity:
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        return plans.assign_activity(plan, template=template, partners=partners, membership=alice, **options)


def text_of(response: Any) -> str:
    """What is read, without markup."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain.replace("&#x27;", "'"))


def page(browser: Client, couple: Couple) -> str:
    return text_of(browser.get(reverse("couple-plan", args=[couple.id])))


def send(browser: Client, name: str, one: Any, **given: Any) -> Any:
    return browser.post(reverse(f"couple-plan-{name}", args=[one.id]), given)


def open_gate(alice: Membership, couple: Couple, *partners: Partner) -> None:
    assignment = factories.assign(alice, couple)
    for partner in partners:
        sheet = factories.sheet_of(alice, assignment, partner)
        factories.submit(sheet, factories.full_answers(sheet, 0))
        with as_staff(alice):
            details = SessionDetails(
                kind="one_to_one", partner=partner.id, held_at=timezone.now(), safety_reviewed=True
            )
            save_session(couple, details, membership=alice)


def statements(browser: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(where).status_code == 200
    sent = [query["sql"] for query in captured.captured_queries]
    return sent.index("COMMIT") + 1 if "COMMIT" in sent else len(sent)


def fill(alice: Membership, couple: Couple, dana: Partner, number: int) -> None:
    """One more of everything, past the limits of the domain."""
    now = timezone.now()
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        row = {"plan": plan, "couple": couple, "template": "P33", "dose": {"times": 5}, "assigned_by": alice.id}
        made = Activity.objects.create(**row, started_at=now)
        made.holders.create(partner=dana, asks_noticed=False)
        kept = {
            "couple": couple,
            "activity": made,
            "kind": "added",
            "detail": {"template": "P33", "dose": {"times": 5}},
        }
        PlanChange.objects.create(**kept, reason=f"No {number}", changed_by=alice.id, changed_at=now)
        rate_goal(goal := factories.make_goal(couple), level=0, membership=alice)
        end_goal(goal)
        end_request(make_request(couple, asked_by=dana, wording=f"Walk {number}", cadence="weekly"))
