"""What tests say in a partner's week, and read of it."""

from assessments import plans
from assessments.models import AnswerSheet, WeekReport
from assessments.specific_requests import answer_request, make_request
from assessments.weeks import own_week
from clients.models import Couple, Partner
from practice.models import Membership
from tests import factories
from tests.factories import as_partner, as_staff

SAFE, UNSAFE = "no_time", "did_not_feel_safe"


def both_check_ins(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> list[AnswerSheet]:
    """Both partners' check-in. Phone away is for both, and a request and a goal that is due are between them."""
    with as_staff(alice):
        plan = plans.agree_plan(couple, membership=alice)
        plans.assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)
        asked = make_request(couple, asked_by=erin, wording="A walk on Sunday", cadence="weekly")
        answer_request(asked, answer="yes")
        factories.make_goal(couple, review_in=2)
        factories.make_goal(couple, owner=dana, domain="IM", review_in=40)
    assignment = factories.assign(alice, couple, "ena-ck")
    return [factories.sheet_of(alice, assignment, partner) for partner in (dana, erin)]


def week_of(sheet: AnswerSheet):
    with as_partner(sheet.partner):
        return own_week(AnswerSheet.objects.get(pk=sheet.pk))


def names_of(sheet: AnswerSheet) -> dict[str, str]:
    """The names of the fields of the first activity, the request and the goal."""
    week = week_of(sheet)
    [activity] = week.activities
    due = next(goal for goal in week.goals if goal.is_due)
    fields = {name: f"activities.{activity.id}.{name}" for name in activity.fields}
    return {**fields, "request": f"requests.{week.requests[0].id}", "goal": f"goals.{due.id}"}


def said(sheet: AnswerSheet, **values: str) -> dict[str, str]:
    names = names_of(sheet)
    return {names[key]: value for key, value in values.items()}


def report_of(alice: Membership, sheet: AnswerSheet) -> WeekReport:
    with as_staff(alice):
        return WeekReport.objects.get(partner=sheet.partner)


def entry_of(alice: Membership, sheet: AnswerSheet) -> dict:
    [entry] = report_of(alice, sheet).entries.values()
    return entry


def text_of(response) -> str:
    return response.content.decode()
