"""Single answers: who opens them, what is kept of it, and what the weekly report said where it raised a flag."""

import pytest

from assessments.models import Activity, AnswerSheet, SafetyFlag
from clients.models import Couple
from practice.models import Membership
from practice.practices import as_maintenance
from tests.api.clients import api_of, bearing
from tests.assessments.flagged import cover_by, raise_flag
from tests.assessments.test_weeks import activity, save, sheet  # noqa: F401 - fixtures
from tests.attacks import as_maintenance as rows_of
from tests.factories import as_staff, client_of, open_session

pytestmark = pytest.mark.database
SAFETY = "experienced.SC1"


def address(couple: Couple) -> str:
    return f"/couples/{couple.id}/results/lines/"


@pytest.fixture
def flag(alice, dana) -> SafetyFlag:
    return raise_flag(alice, dana)


def open_safety(client, flag):
    return client.post(address(flag.couple), {"sheet": str(flag.sheet_id), "line": SAFETY})


def attempts() -> list[tuple[object, object, dict]]:
    return rows_of(
        "SELECT actor_id, couple_id, detail FROM practice_auditevent WHERE action = 'lines.opened' ORDER BY at"
    )


REFUSED = {"refused": True}


def test_therapist_and_cover_open_a_safety_line(alice, bob, couple, flag):
    cover_by(alice, bob)
    flag.couple = couple
    for member in (alice, bob):
        response = open_safety(client_of(member), flag)
        assert response.status_code == 200
    assert attempts() == [(one.id, couple.id, {"lines": [SAFETY]}) for one in (alice, bob)]


def test_nobody_else_of_the_practice_does_and_the_attempt_is_kept(alice, bob, olive, sue, adam, couple, flag):
    flag.couple = couple
    refused = [bob, olive, sue, adam]
    for member in refused:
        assert open_safety(client_of(member), flag).status_code == 404
    assert attempts() == [(one.id, couple.id, REFUSED) for one in refused]


def test_another_practice_gets_nothing_and_keeps_its_own_attempt(mallory, couple, flag):
    flag.couple = couple
    assert open_safety(client_of(mallory), flag).status_code == 404
    assert attempts() == [(mallory.id, couple.id, REFUSED)]


def test_whose_care_has_ended_opens_nothing_any_more(alice, bob, couple, flag):
    """The couple was handed to a colleague: the former therapist is a co-therapist like any other."""
    flag.couple = couple
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(therapist=bob)
    assert open_safety(client_of(alice), flag).status_code == 404
    assert open_safety(client_of(bob), flag).status_code == 200
    assert attempts() == [(alice.id, couple.id, REFUSED), (bob.id, couple.id, {"lines": [SAFETY]})]


def test_a_member_who_has_ended_gets_no_further_than_signing_in(alice, couple, flag):
    flag.couple = couple
    browser = client_of(alice)
    with as_maintenance():
        Membership.objects.using("owner").filter(pk=alice.pk).update(is_active=False)
    assert open_safety(browser, flag).status_code == 302
    assert attempts() == []


def test_a_token_opens_nothing_not_even_the_therapists(alice, adam, couple, flag):
    flag.couple = couple
    for member in (alice, adam):
        response = open_safety(api_of(member), flag)
        assert (response.status_code, SAFETY.encode() in response.content) == (404, False)
    assert attempts() == [(one.id, couple.id, REFUSED) for one in (alice, adam)]


def test_a_token_nobody_knows_is_sent_to_sign_in(couple, flag):
    flag.couple = couple
    assert open_safety(bearing("attune_nothing"), flag).status_code == 302
    assert attempts() == []


def test_a_partners_token_opens_nothing(alice, couple, dana, flag):
    flag.couple = couple
    with as_staff(alice):
        own = AnswerSheet.objects.select_related("partner", "couple").get(pk=flag.sheet_id)
    assert open_safety(bearing(open_session(own)[0]), flag).status_code == 302


@pytest.fixture
def unsafe(alice: Membership, sheet: AnswerSheet, activity: Activity) -> SafetyFlag:  # noqa: F811
    save(sheet, {"activities": {str(activity.id): {"barrier": "did_not_feel_safe"}}})
    with as_staff(alice):
        return SafetyFlag.objects.select_related("couple").get(rule="PB1")


def open_week(member, flag, *lines):
    given = {"sheet": str(flag.sheet_id), "line": lines or flag.lines}
    return client_of(member).post(address(flag.couple), given)


def test_what_the_week_said_is_opened_by_its_activity_and_logged(alice, unsafe):
    response = open_week(alice, unsafe)
    [(_, [opened])] = response.context["directions"]
    assert (opened.text, opened.answer) == ("Phone away", "Did not feel safe")
    assert b"Phone away" in response.content
    assert attempts() == [(alice.id, unsafe.couple_id, {"lines": unsafe.lines})]


def test_what_was_changed_later_is_said_beside_it(alice, unsafe, sheet, activity):  # noqa: F811
    save(sheet, {"activities": {str(activity.id): {"barrier": "forgot"}}})
    [(_, [opened])] = open_week(alice, unsafe).context["directions"]
    assert opened.answer == "Did not feel safe; changed later to: forgot"


def test_nothing_of_a_week_is_opened_but_what_a_flag_names(alice, sheet, activity, unsafe):  # noqa: F811
    for line in (f"{activity.id}.note", f"{activity.id}.done", f"{sheet.id}.barrier", "x.barrier"):
        assert open_week(alice, unsafe, line).status_code == 404
        assert open_week(alice, unsafe, *unsafe.lines, line).status_code == 404


def test_a_week_without_a_flag_has_nothing_to_open(alice, sheet, activity):  # noqa: F811
    save(sheet, {"activities": {str(activity.id): {"barrier": "forgot"}}})
    given = {"sheet": str(sheet.id), "line": f"{activity.id}.barrier"}
    assert client_of(alice).post(address(sheet.couple), given).status_code == 404


def test_a_page_names_the_week_and_never_what_was_said(alice, unsafe):
    browser = client_of(alice)
    for page in ("results", "prepare"):
        content = browser.get(f"/couples/{unsafe.couple_id}/{page}/").content.decode()
        assert "weekly report" in content
        assert "feel safe" not in content.lower()
