"""During a leave the cover sees whom no message reaches and who stopped reminders, and acts on that and no more."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.inbox import Kind
from assessments.models import AnswerSheet
from clients.models import Couple, Invitation
from clients.own_page import set_own_reminders
from practice.cover import call_off_leave, take_leave, today
from practice.models import Leave, Membership
from tests.api.clients import V1, api_of
from tests.assessments.flagged import cover_by
from tests.assessments.inboxes import items, kinds, names, set_aside
from tests.assessments.mailed import DANA
from tests.attacks import as_maintenance
from tests.factories import (
    as_partner,
    as_staff,
    assign,
    client_of,
    deliver_outbox,
    make_couple,
    make_sheet,
    partner_client,
    partner_of,
    sheet_of,
)

pytestmark = pytest.mark.database
ISSUED = """
SELECT detail ->> 'delivery', actor_id FROM practice_auditevent
 WHERE action = 'invitation.issued' AND actor_id IS NOT NULL ORDER BY at DESC LIMIT 1"""


@pytest.fixture
def leave(alice: Membership, bob: Membership) -> Leave:
    cover_by(alice, bob)
    with as_staff(alice):
        return take_leave(alice, starts_on=today(), ends_on=today() + timedelta(days=7), recorded_by=alice.id)


@pytest.fixture
def unreached(alice: Membership, smtp: Any) -> AnswerSheet:
    """Dana's, whose link could not go out. Erin got hers."""
    couple = make_couple(alice, label="M & N", email=True)
    sheet = sheet_of(alice, assign(alice, couple), partner_of(alice, couple, 1))
    deliver_outbox()
    with as_staff(alice):
        Invitation.objects.filter(sheet_id=sheet.id).update(state=Invitation.State.FAILED)
    return sheet


def invite(member: Membership, sheet: AnswerSheet, delivery: str = "email") -> Any:
    return client_of(member).post(f"/sheets/{sheet.id}/invite/", {"delivery": delivery, "from_inbox": "1"})


def test_what_fails_during_a_leave_waits_for_the_cover_too(alice, bob, couple, unreached, leave):
    assert [names(member, Kind.MESSAGE) for member in (alice, bob)] == [["Dana"], ["Dana"]]
    with as_staff(alice):
        call_off_leave(leave)
    assert [names(member, Kind.MESSAGE) for member in (alice, bob)] == [["Dana"], []]


def test_who_has_no_channel_and_who_stopped_reminders_wait_for_the_cover(alice, bob, dana, leave):
    """The form of the couple that is due stays with the therapist."""
    make_sheet(alice, dana)
    with as_partner(dana):
        set_own_reminders(wanted=False)
    assert kinds(bob) == ["message", "message", "reminders"]


def test_cover_sends_the_link_again_in_place(alice, bob, unreached, leave, smtp):
    page = client_of(bob).get("/inbox/").content.decode()
    assert page.count("Send a new link") == 1
    assert invite(bob, unreached)["Location"] == "/inbox/"
    smtp.messages.clear()
    deliver_outbox()
    assert [message["To"] for message in smtp.messages] == [DANA]
    assert (kinds(bob), as_maintenance(ISSUED)) == ([], [("email", bob.id)])


def test_cover_hands_the_link_over_and_the_partner_opens_it(alice, bob, unreached, leave):
    shown = invite(bob, unreached, "in_person")
    key = shown.context["url"].rstrip("/").rpartition("/")[2]
    browser = Client()
    browser.get(f"/f/{key}/")
    assert browser.post("/f/").status_code == 303


def test_a_program_of_the_cover_does_the_same(bob, unreached, leave):
    where, given = f"{V1}sheets/{unreached.id}/invitations/", {"delivery": "in_person"}
    assert [api_of(bob).post(where, given, format="json").status_code for _ in range(2)] == [201, 404]


def test_cover_sets_both_kinds_aside_and_finds_them_among_what_is_done(alice, bob, unreached, leave):
    with as_partner(unreached.partner):
        set_own_reminders(wanted=False)
    assert [set_aside(bob, item) for item in items(bob)] == [302, 302]
    assert (kinds(bob), names(alice, Kind.MESSAGE), names(alice, Kind.REMINDERS)) == ([], [], [])
    assert client_of(bob).get("/inbox/?show=done").content.decode().count("M &amp; N") == 2


def refusals(bob: Membership, couple: Couple, sheet: AnswerSheet, erin: AnswerSheet) -> set[int]:
    """What a cover still may not do: give a link to who has one, or change anything else of the couple."""
    browser = client_of(bob)
    tries = [
        (f"/sheets/{erin.id}/invite/", {"delivery": "in_person"}),
        (f"/assignments/{sheet.wave.assignment_id}/end/", {}),
        (f"/waves/{sheet.wave_id}/window/", {}),
        (f"/couples/{couple.id}/assign/", {}),
        (f"/sheets/{sheet.id}/move/", {}),
    ]
    return {browser.post(path, given).status_code for path, given in tries}


def test_a_leave_gives_no_other_right(alice, bob, unreached, leave):
    """The control: to their therapist each of these is there."""
    couple = unreached.couple
    with as_staff(alice):
        both = AnswerSheet.objects.select_related("partner", "couple").filter(wave=unreached.wave_id)
        erin = both.get(partner__position=2)
    partner = partner_client(erin)
    assert refusals(bob, couple, unreached, erin) == {404}
    assert partner.get("/p/").status_code == 200
    assert 404 not in refusals(alice, couple, unreached, erin)


def test_without_a_leave_today_a_cover_cannot(alice, bob, sue, unreached, leave):
    with as_staff(alice):
        tomorrow = today() + timedelta(days=1)
        call_off_leave(leave)
        take_leave(alice, starts_on=tomorrow, ends_on=tomorrow, recorded_by=alice.id)
    assert [invite(one, unreached).status_code for one in (bob, sue)] == [404, 404]
    assert kinds(bob) == []
