"""The plan's page: what it shows to whom, and that each form makes one change or says why not."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from assessments import plans
from assessments.models import Activity, RepairPlan
from clients.couples import close_couple, leave
from clients.models import Couple, Partner
from practice.models import Membership, Practice
from tests import factories
from tests.assessments.plan_pages import assign, fill, open_gate, page, send, statements, text_of
from tests.factories import as_staff, client_of

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


@pytest.fixture
def activity(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> Activity:
    return assign(alice, couple, "P33", dana, erin)


def test_page_before_a_plan_shows_what_could_begin(browser: Client, couple: Couple) -> None:
    shown = page(browser, couple)
    assert "No plan yet" in shown
    assert "Practices of all steps" in shown
    assert "Suggestions come from a full form that was handed in" in shown


def test_step_is_made_active_with_one_button(browser: Client, alice: Membership, couple: Couple) -> None:
    where = reverse("couple-plan", args=[couple.id])
    answer = browser.post(where, {"active_step": "S3"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{where}#plan")
    assert "Now: Tune in" in page(browser, couple)
    assert "Active step changed: Check that it is safe and right to start → Tune in" in page(browser, couple)


def test_unknown_step_is_refused_on_the_page(browser: Client, alice: Membership, couple: Couple) -> None:
    answer = browser.post(reverse("couple-plan", args=[couple.id]), {"active_step": "S9"})
    assert answer.status_code == 422
    assert "The plan has no such step." in text_of(answer)
    with as_staff(alice):
        assert not RepairPlan.objects.exists()


def test_focus_is_chosen_and_emptied(browser: Client, alice: Membership, couple: Couple) -> None:
    where = reverse("couple-plan", args=[couple.id])
    for focus in (["PR", "LV"], []):
        browser.post(where, {"change_focus": "yes", "focus": focus})
        with as_staff(alice):
            assert RepairPlan.objects.get(couple=couple).focus == focus


def test_suggestions_come_with_their_numbers_and_one_button_each(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    assignment = factories.assign(alice, couple)
    for partner, level in ((dana, 3), (erin, 1)):
        sheet = factories.sheet_of(alice, assignment, partner)
        factories.submit(sheet, factories.full_answers(sheet, level))
    shown = page(browser, couple)
    assert shown.count("Use as focus") == 2
    assert "Make this the active step" in shown
    assert "High is 50 or more, a large gap 30 or more." in shown
    assert "Provisional, not a diagnosis." in shown


def test_suggested_domain_in_focus_is_not_offered_again(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    factories.submit(factories.make_sheet(alice, dana))
    found = re.findall(
        r'name="focus"\s+value="(\w+)"', browser.get(reverse("couple-plan", args=[couple.id])).content.decode()
    )
    browser.post(reverse("couple-plan", args=[couple.id]), {"change_focus": "yes", "focus": found[:1]})
    assert page(browser, couple).count("In focus") == 1


def test_activity_is_added_from_the_page(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    answer = send(browser, "activity-new", couple, template="P33", partners="both", times=3)
    assert answer.headers["Location"].endswith("#activities")
    shown = page(browser, couple)
    assert "Dana and Erin · 3 times a week" in shown
    assert "Dana: 1 of 3 weekly" in shown
    with as_staff(alice):
        assert Activity.objects.get().holders.count() == 2


def test_practice_of_one_is_given_to_that_one(
    browser: Client, alice: Membership, couple: Couple, erin: Partner
) -> None:
    send(browser, "activity-new", couple, template="P61", partners=str(erin.id))
    with as_staff(alice):
        assert [one.partner_id for one in Activity.objects.get().holders.all()] == [erin.id]


def test_gated_practice_says_not_available_yet_with_the_reason_behind(browser: Client, couple: Couple) -> None:
    shown = page(browser, couple)
    assert "Not available yet." in shown
    assert "No talk alone is recorded since care began: Dana, Erin." in shown
    assert "No safety check answered in full in the last 60 days, nor a talk alone since: Dana, Erin." in shown


def test_gated_practice_needs_a_reason_and_keeps_it(browser: Client, alice: Membership, couple: Couple) -> None:
    refused = send(browser, "activity-new", couple, template="P31", times=5)
    assert refused.status_code == 422
    assert "Why it is right all the same: This field is required." in text_of(refused)
    send(browser, "activity-new", couple, template="P31", times=5, override_reason="Agreed in supervision")
    assert "Activity added against the gate: Ten-minute daily check-in" in page(browser, couple)
    assert "Agreed in supervision" in page(browser, couple)


def test_refused_form_keeps_what_was_written_and_stands_open(browser: Client, couple: Couple) -> None:
    refused = send(browser, "activity-new", couple, template="P33", partners="both", times=9).content.decode()
    assert 'id="add-P33-times"' in refused
    assert 'value="9"' in refused
    assert re.search(r'<details class="more offer" open>\s*<summary>\s*<span>Phone away', refused)


def test_fourth_weekly_activity_is_refused_on_the_page(
    browser: Client, alice: Membership, couple: Couple, dana: Partner
) -> None:
    for template in ("P12", "P33", "P51"):
        assign(alice, couple, template, dana)
    refused = send(browser, "activity-new", couple, template="P53", partners=str(dana.id), times=1)
    assert refused.status_code == 422
    assert "at most three counted activities" in text_of(refused)


def test_unknown_practice_is_nothing(browser: Client, couple: Couple) -> None:
    assert send(browser, "activity-new", couple, template="P99").status_code == 404


def test_refused_first_activity_begins_no_plan(browser: Client, alice: Membership, couple: Couple) -> None:
    refused = send(browser, "activity-new", couple, template="P33", partners="both", times=0)
    assert "No plan yet" in text_of(refused)
    with as_staff(alice):
        assert not RepairPlan.objects.exists()


def test_running_gated_activity_is_listed_and_stays(
    browser: Client, alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    open_gate(alice, couple, dana, erin)
    assign(alice, couple, "P31", dana, erin)
    assert "Still running" not in page(browser, couple)
    sheet = factories.make_sheet(alice, dana)
    factories.save(sheet, {"experienced.SC1": 3})
    shown = page(browser, couple)
    assert "Still running; nothing is withdrawn" in shown
    assert "A flag that is urgent or to review is not closed yet." in shown
    assert "Dana and Erin · 5 times a week" in shown


def test_dose_changes_and_activity_ends_with_reasons(
    browser: Client, alice: Membership, couple: Couple, activity: Activity
) -> None:
    assert send(browser, "activity-dose", activity, times=2, reason="Too much").status_code == 302
    assert "Phone away: 5 times a week → 2 times a week" in page(browser, couple)
    assert send(browser, "activity-end", activity).status_code == 422
    assert send(browser, "activity-end", activity, reason="They travel").status_code == 302
    shown = page(browser, couple)
    assert "Nothing is asked of anybody yet." in shown
    assert "Activity ended: Phone away" in shown
    assert "They travel" in shown


def test_dose_above_the_plans_is_refused_beside_its_field(browser: Client, activity: Activity) -> None:
    refused = send(browser, "activity-dose", activity, times=6)
    assert refused.status_code == 422
    assert f'id="dose-{activity.id}-times_error"' in refused.content.decode()


def test_ended_activity_is_not_changed(browser: Client, alice: Membership, activity: Activity) -> None:
    with as_staff(alice):
        plans.end_activity(activity, membership=alice)
    assert send(browser, "activity-dose", activity, times=2).status_code == 404
    assert send(browser, "activity-end", activity, reason="Again").status_code == 422


@pytest.fixture
def supervised(practice: Practice, olive: Membership) -> None:
    with as_staff(olive):
        Practice.objects.filter(pk=practice.pk).update(supervisors_read_couples=True)


def test_supervisor_reads_and_changes_nothing(
    alice: Membership, sue: Membership, couple: Couple, activity: Activity, supervised: None
) -> None:
    browser = client_of(sue)
    found = browser.get(reverse("couple-plan", args=[couple.id])).content.decode()
    assert "Phone away" in found
    assert '<form method="post"' not in found.split("<main")[1]
    assert 'method="post"' not in found.split("<main")[1]
    assert browser.post(reverse("couple-plan", args=[couple.id]), {"active_step": "S3"}).status_code == 404
    assert send(browser, "activity-end", activity, reason="No").status_code == 404


def test_closed_couple_is_read_and_not_changed(
    browser: Client, alice: Membership, couple: Couple, activity: Activity
) -> None:
    with as_staff(alice):
        close_couple(couple, reason="separated")
    found = browser.get(reverse("couple-plan", args=[couple.id])).content.decode()
    assert 'method="post"' not in found.split("<main")[1]
    assert "Care is closed" in found


def test_partner_who_left_is_given_nothing(
    browser: Client, alice: Membership, couple: Couple, erin: Partner, dana: Partner
) -> None:
    with as_staff(alice):
        leave(erin)
    assert send(browser, "activity-new", couple, template="P33", partners="both", times=1).status_code == 422
    assert send(browser, "activity-new", couple, template="P41", times=1).status_code == 422
    assert send(browser, "activity-new", couple, template="P33", partners=str(dana.id), times=1).status_code == 302


def test_page_takes_the_same_few_statements_for_one_and_for_thirty(
    browser: Client, alice: Membership, couple: Couple, dana: Partner
) -> None:
    where = reverse("couple-plan", args=[couple.id])
    factories.submit(factories.make_sheet(alice, dana))
    fill(alice, couple, dana, 1)
    frame = statements(browser, reverse("couple-new"))
    one = statements(browser, where)
    assert one - frame <= 14
    for number in range(2, 31):
        fill(alice, couple, dana, number)
    assert statements(browser, where) == one


def test_history_says_that_it_goes_on_and_where(
    browser: Client, alice: Membership, couple: Couple, activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.plan_history.HISTORY_PAGE", 3)
    assert "The newest" not in page(browser, couple)
    with as_staff(alice):
        for times in (1, 2, 3, 4, 5):
            plans.change_dose(activity, times=times, membership=alice, reason=f"Reason {times}")
    where, seen = f"{reverse('couple-plan', args=[couple.id])}", []
    address = where
    while address:
        shown = browser.get(address).content.decode()
        history = shown[shown.index('id="history"') :]
        assert ("The newest 3 changes" in history, "Newest changes" in history) == (address == where, address != where)
        seen += re.findall(r"Reason \d", history)
        older = re.search(r'href="[^"]*(\?before=[^#"]+)#history"', history)
        address = where + older[1] if older else ""
    assert seen == [f"Reason {times}" for times in (5, 4, 3, 2, 1)]
    for unknown in ("x", activity.id):
        assert browser.get(f"{where}?before={unknown}").status_code == 404
