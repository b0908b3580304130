"""What goes out to partners about a form, and what never does: real mail, a clock that tests turn."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from assessments.answers import decline_sheet
from assessments.assignments import end_assignment
from assessments.cadence import pause
from assessments.models import AnswerSheet, Assignment
from assessments.reminders import remind
from assessments.schedules import Schedule
from clients.couples import PartnerDetails, create_couple, leave, update_partners
from clients.models import Couple, Invitation, LinkKey, Partner
from clients.own_page import set_own_reminders
from clients.reminders import without_reminders
from practice.content import client_texts
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from practice.tasks import sweep_outbox
from tests import attacks
from tests.assessments.mailed import DANA, ERIN, change, given, kinds, pass_days, sent_to
from tests.factories import (
    as_partner,
    as_staff,
    as_worker,
    assign,
    client_of,
    deliver_outbox,
    partner_client,
    partner_of,
    save,
    sheet_of,
    submit,
)

pytestmark = pytest.mark.database

LATER = {"opens_at": None, "remind_on": (2, 3)}


def test_who_has_not_handed_in_is_reminded_on_day_two_and_only_then(clock, alice, mailed, smtp):
    given(alice, mailed)
    pass_days(clock, 1.75)
    assert sent_to(smtp) == [DANA, ERIN]
    pass_days(clock, 10)
    assert sent_to(smtp) == [DANA, DANA, ERIN, ERIN]


def test_reminders_differ_in_kind_and_read_alike(clock, alice, mailed, smtp):
    save(given(alice, mailed), {"experienced.PR1": 3})
    pass_days(clock, 2)
    assert kinds(alice) == [("Dana", "stalled", 1), ("Erin", "not_started", 1)]
    texts = {message.get_content().partition("http")[0] for message in smtp.messages}
    assert texts == {f"{client_texts()['invitation_body']['en']}\r\n\r\n"} or len(texts) == 1
    assert {str(message["Subject"]) for message in smtp.messages} == {client_texts()["invitation_subject"]["en"]}


def test_two_reminders_at_most(clock, alice, mailed, smtp):
    given(alice, mailed, schedule=Schedule(remind_on=(1, 3)))
    pass_days(clock, 6)
    assert sent_to(smtp) == [DANA] * 3 + [ERIN] * 3
    assert kinds(alice)[:2] == [("Dana", "not_started", 1), ("Dana", "not_started", 2)]


def test_reminder_leaves_the_older_link_in_force(clock, alice, mailed, smtp):
    sheet = given(alice, mailed)
    pass_days(clock, 2)
    with as_staff(alice):
        live = LinkKey.objects.filter(practice_id=alice.practice_id, sheet_id=sheet.id, ended_at=None)
        assert live.count() == 2


def ends_by_answer(alice: Membership, sheet: AnswerSheet) -> None:
    submit(sheet)


def ends_by_declining(alice: Membership, sheet: AnswerSheet) -> None:
    with as_partner(sheet.partner):
        decline_sheet(AnswerSheet.objects.get(pk=sheet.pk))


def ends_by_the_therapist(alice: Membership, sheet: AnswerSheet) -> None:
    with as_staff(alice):
        end_assignment(Assignment.objects.get(pk=sheet.wave.assignment_id))


def ends_by_leaving(alice: Membership, sheet: AnswerSheet) -> None:
    with as_staff(alice):
        leave(Partner.objects.get(pk=sheet.partner_id))


def ends_by_no_reminders(alice: Membership, sheet: AnswerSheet) -> None:
    with as_partner(sheet.partner):
        set_own_reminders(wanted=False)


def ends_by_an_unsafe_channel(alice: Membership, sheet: AnswerSheet) -> None:
    change(alice, sheet.couple, channel="none")


def ends_by_unclear_hours(alice: Membership, sheet: AnswerSheet) -> None:
    with as_staff(alice):
        Partner.objects.filter(pk=sheet.partner_id).update(hours="after six")


ENDS = [
    ends_by_answer, ends_by_declining, ends_by_the_therapist, ends_by_leaving, ends_by_no_reminders,
    ends_by_an_unsafe_channel, ends_by_unclear_hours,
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_sent_after_a_stop(clock, alice, mailed, smtp, end):
    """The control is the partner who goes on: Erin is reminded, unless the form ended for both."""
    sheet = given(alice, mailed)
    pass_days(clock, 1)
    smtp.messages.clear()
    end(alice, sheet)
    pass_days(clock, 9)
    assert sent_to(smtp) == ([] if end is ends_by_the_therapist else [ERIN])


@pytest.mark.parametrize("end", [*ENDS[:4], ends_by_an_unsafe_channel])
def test_link_that_waits_is_not_sent_after_a_stop(clock, alice, smtp, end):
    """B17: the message stands in the outbox since before the change."""
    hours = "fri 06:00-07:00"
    with as_staff(alice):
        details = [
            PartnerDetails(name=name, email=f"{name.lower()}@example.org", channel="email", hours=hours)
            for name in ("Dana", "Erin")
        ]
        couple = create_couple(label="D & E", partners=details, therapist=alice)
    assignment = assign(alice, couple, schedule=Schedule(closes_at=timezone.now() + timedelta(days=6)))
    sheet = sheet_of(alice, assignment, partner_of(alice, couple, 1))
    if end is ends_by_an_unsafe_channel:
        one = PartnerDetails(name="Dana", email=DANA, channel="none")
        with as_staff(alice):
            update_partners(couple, [one, details[1]])
    else:
        end(alice, sheet)
    pass_days(clock, 8)
    assert DANA not in sent_to(smtp)
    assert (ERIN in sent_to(smtp)) == (end is not ends_by_the_therapist)


def test_channel_that_becomes_unsafe_after_failed_tries_is_never_used_again(clock, alice, mailed, smtp):
    smtp.refused.add(DANA)
    assign(alice, mailed)
    sweep_outbox()
    change(alice, mailed, channel="none")
    smtp.refused.clear()
    pass_days(clock, 5)
    assert DANA not in sent_to(smtp)


def test_closed_window_sends_nothing_however_late_the_worker_is(clock, alice, mailed, smtp):
    given(alice, mailed)
    smtp.messages.clear()
    clock.shift(timedelta(days=4))
    deliver_outbox()
    assert smtp.messages == []


def test_worker_that_comes_late_sends_the_latest_reminder_alone(clock, alice, mailed, smtp):
    given(alice, mailed, schedule=Schedule(remind_on=(1, 2)))
    clock.shift(timedelta(days=3))
    deliver_outbox()
    assert deliver_outbox() == 0
    assert kinds(alice) == [("Dana", "not_started", 2), ("Erin", "not_started", 2)]


def test_reminder_waits_for_the_safe_hours_on_the_partners_own_clock(clock, alice, mailed, smtp):
    """Nine to ten in New York are 13:00 to 14:00 UTC in May; the practice's clock is UTC."""
    change(alice, mailed, hours="every day 09:00-10:00", time_zone="America/New_York")
    times: list[str] = []
    assign(alice, mailed)
    for _ in range(24 * 4):
        before = len(smtp.messages)
        deliver_outbox()
        mails = smtp.messages[before:]
        times += [f"{timezone.now():%d %H}" for message in mails if message["To"] == DANA]
        clock.shift(timedelta(hours=1))
    assert times == ["03 13", "05 13"]


def test_reminder_day_is_counted_on_the_wall(clock, alice, mailed, smtp):
    """The clocks of New York go forward on 14 March 2027: two days later is an hour early in UTC."""
    clock.move_to(datetime(2027, 3, 13, 9, tzinfo=ZoneInfo("America/New_York")))
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone="America/New_York")
    assign(alice, mailed)
    due = attacks.as_maintenance("SELECT due_at FROM practice_outboxmessage WHERE kind = 'remind'")
    assert {one for (one,) in due} == {datetime(2027, 3, 15, 13, tzinfo=UTC)}


def test_nobody_gets_two_messages_within_a_day(clock, alice, mailed, smtp):
    """The link went out on the second day only, in the first safe hours there were."""
    change(alice, mailed, hours="wed, thu 13:00-23:00")
    clock.shift(timedelta(hours=2))
    sheet = given(alice, mailed)
    with as_staff(alice):
        assert Invitation.objects.get(sheet_id=sheet.id).state == "queued"
    pass_days(clock, 4)
    with as_staff(alice):
        links = Invitation.objects.filter(sheet_id=sheet.id).order_by("sent_at")
        times = [one for one in links.values_list("sent_at", flat=True) if one]
    assert len(times) == 2
    assert times[1] - times[0] >= timedelta(days=1)


def test_pause_sends_no_reminder(clock, alice, mailed, smtp):
    sheet = given(alice, mailed, instrument="ena-ck", schedule=Schedule(every_weeks=1, times=2))
    with as_staff(alice):
        pause(Assignment.objects.get(pk=sheet.wave.assignment_id))
    smtp.messages.clear()
    pass_days(clock, 6)
    assert smtp.messages == []


def test_reminder_that_runs_twice_is_sent_once(clock, alice, mailed, smtp):
    sheet = given(alice, mailed)
    smtp.messages.clear()
    clock.shift(timedelta(days=2))
    for _ in range(3):
        with as_worker(alice.practice):
            remind(sheet.id)
    assert sent_to(smtp) == [DANA]


def test_repeat_after_a_crash_carries_the_same_message_id_and_the_first_key_is_dead(clock, alice, mailed, smtp):
    """G10: the server took the mail, and the commit never came."""
    sheet = given(alice, mailed)
    smtp.messages.clear()
    clock.shift(timedelta(days=2))
    with pytest.raises(ZeroDivisionError), as_worker(alice.practice):
        remind(sheet.id)
        _ = 1 / 0
    deliver_outbox()
    mine = [message for message in smtp.messages if message["To"] == DANA]
    assert len({str(message["Message-ID"]) for message in mine}) == 1
    assert len(mine) == 2
    keys = [message.get_content().rstrip().rpartition("/f/")[2].rstrip("/") for message in mine]
    from clients.invitations import digest

    hashes = [digest(key) for key in keys]
    with as_staff(alice):
        rows = LinkKey.objects.filter(practice_id=alice.practice_id, sheet_id=sheet.id).count()
    assert rows == 2
    found = attacks.as_maintenance("SELECT key_hash FROM clients_linkkey WHERE sheet_id = %s", sheet.id)
    assert [one in {bytes(row[0]) for row in found} for one in hashes] == [False, True]


def test_partner_stops_reminders_on_their_page_and_the_therapist_sees_it(clock, alice, mailed, smtp):
    browser = partner_client(given(alice, mailed))
    assert b"Stop reminders" in browser.get("/p/me/").content
    browser.post("/p/me/", {"change": "stop_reminders"})
    assert b"Send reminders again" in browser.get("/p/me/").content
    page = client_of(alice).get(f"/couples/{mailed.id}/").content.decode()
    assert "Stopped by Dana" in page
    assert "Stopped by Erin" not in page
    with as_staff(alice):
        assert [str(one) for one in without_reminders(Couple.objects.all())] == ["Dana"]
    browser.post("/p/me/", {"change": "allow_reminders"})
    with as_staff(alice):
        assert not without_reminders(Couple.objects.all()).exists()
