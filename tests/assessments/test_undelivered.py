"""Messages that no partner got: why, until when it waits, what is on record of what was sent, and text messages."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.assignments import invite_to_sheet
from assessments.messages import messages_needing_decision
from assessments.models import AnswerSheet
from assessments.schedules import Schedule
from clients.couples import PartnerDetails, create_couple
from clients.models import Couple
from practice import outbox
from practice.content import client_texts
from practice.models import Membership, OutboxMessage
from practice.tasks import sweep_outbox
from tests.assessments.mailed import DANA, ERIN, change, given, pass_days, sent_to
from tests.factories import (
    as_staff,
    assign,
    client_of,
    hand_over,
    make_couple,
    sheet_of,
)

pytestmark = pytest.mark.database


def reasons(alice: Membership) -> list[tuple[str, str]]:
    with as_staff(alice):
        return [(str(one.partner), one.reason) for one in messages_needing_decision(Couple.objects.all())]


def test_message_that_failed_for_good_needs_a_decision(clock, alice, mailed, smtp):
    smtp.refused.add(DANA)
    assign(alice, mailed, schedule=Schedule(closes_at=timezone.now() + timedelta(days=14), remind_on=()))
    for _ in range(outbox.MOST_TRIES):
        sweep_outbox()
        clock.shift(timedelta(hours=2))
    assert reasons(alice) == [("Dana", "given_up")]
    assert b"failed many times" in client_of(alice).get(f"/couples/{mailed.id}/").content
    with as_staff(alice):
        sheet = AnswerSheet.objects.select_related("partner", "couple").get(partner__position=1)
        invite_to_sheet(sheet, delivery="in_person")
    assert reasons(alice) == []


def test_no_safe_channel_needs_a_decision_until_the_link_is_handed_over(clock, alice, couple, dana):
    assignment = assign(alice, couple)
    assert reasons(alice) == [("Dana", "no_safe_channel"), ("Erin", "no_safe_channel")]
    hand_over(alice, sheet_of(alice, assignment, dana))
    assert reasons(alice) == [("Erin", "no_safe_channel")]
    clock.shift(timedelta(days=5))
    assert reasons(alice) == []


def test_link_that_ended_with_its_channel_needs_a_decision(clock, alice, mailed, smtp):
    given(alice, mailed)
    assert reasons(alice) == []
    change(alice, mailed, channel="none")
    assert reasons(alice) == [("Dana", "no_safe_channel")]


def test_log_of_messages_holds_no_content(clock, alice, mailed, smtp):
    given(alice, mailed)
    pass_days(clock, 2)
    page = client_of(alice).get(f"/couples/{mailed.id}/").content.decode()
    assert "Reminder, not started 1" in page
    assert client_texts()["invitation_body"]["en"] not in page
    assert "/f/" not in page


def test_text_message_is_written_once_to_the_gateways_folder(clock, alice, smtp, settings, tmp_path):
    settings.TEXT_MESSAGE_SENDER, settings.TEXT_MESSAGE_FOLDER = "practice.text_messages.FileSender", str(tmp_path)
    with as_staff(alice):
        details = [
            PartnerDetails(name=name, phone=f"+1 555 010{number}", channel="sms", neutral_name="Sam")
            for number, name in enumerate(("Dana", "Erin"))
        ]
        couple = create_couple(label="D & E", partners=details, therapist=alice)
    given(alice, couple)
    pass_days(clock, 2)
    texts = [json.loads(path.read_text()) for path in sorted(tmp_path.glob("*.json"))]
    assert sorted(text["to"] for text in texts) == ["+1 555 0100"] * 2 + ["+1 555 0101"] * 2
    assert all("Dana" not in text["body"] and text["body"].startswith("Sam,") for text in texts)
    assert smtp.messages == []


def test_text_message_that_nothing_sends_is_seen_by_the_therapist(clock, alice, settings):
    settings.TEXT_MESSAGE_SENDER = ""
    with as_staff(alice):
        details = [PartnerDetails(name="Dana", phone="1", channel="sms"), PartnerDetails(name="Erin")]
        couple = create_couple(label="D & E", partners=details, therapist=alice)
    given(alice, couple)
    assert reasons(alice) == [("Dana", "failed"), ("Erin", "no_safe_channel")]


def test_statements_for_what_needs_a_decision_do_not_grow(clock, alice, mailed, smtp, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        assign(alice, mailed, schedule=Schedule(closes_at=timezone.now() + timedelta(days=9)))
        with as_staff(alice), CaptureQueriesContext(connection) as captured:
            messages_needing_decision(Couple.objects.all())
        counts.append(len(captured))
        mailed = make_couple(alice, label="F & G", names=("Finn", "Gail"))
    assert counts == [2, 2]


def test_given_up_message_is_not_tried_again_and_the_others_flow(clock, alice, mailed, smtp):
    smtp.refused.add(DANA)
    assign(alice, mailed, schedule=Schedule(closes_at=timezone.now() + timedelta(days=14), remind_on=()))
    for _ in range(outbox.MOST_TRIES + 3):
        sweep_outbox()
        clock.shift(timedelta(hours=2))
    assert sent_to(smtp) == [ERIN]
    with as_staff(alice):
        tries = OutboxMessage.objects.filter(practice_id=alice.practice_id, kind="send_invitation", done_at=None)
        assert list(tries.values_list("tries", flat=True)) == [outbox.MOST_TRIES]
