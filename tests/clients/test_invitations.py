"""When a link goes out by mail, and what the mail says."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.assignments import invite_to_sheet
from assessments.models import AnswerSheet
from assessments.schedules import Schedule
from clients.couples import PartnerDetails, create_couple, update_partners
from clients.models import Couple, Invitation, Partner
from clients.reachability import OutsideSafeHours
from clients.safe_hours import DAYS
from practice.content import client_texts
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests import attacks
from tests.factories import as_staff, assign, client_of, deliver_outbox, partner_of, sheet_of

pytestmark = pytest.mark.database

MORNING = timedelta(hours=9)


def tomorrow(hours: float = 0) -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, hours=hours)


def at_nine(moment: datetime) -> str:
    """Safe hours from nine to ten on the day of a moment, and on no other."""
    return f"{DAYS[moment.weekday()]} 09:00-10:00"


@pytest.fixture
def at_noon():
    """So that no test meets midnight, or hours of today that are still to come."""
    with time_machine.travel(tomorrow(12)):
        yield


def couple_with(alice: Membership, *, hours: str = "", neutral_name: str = "") -> Couple:
    """Dana with these, Erin with none; both by mail."""
    dana = PartnerDetails(
        name="Dana", email="dana@example.org", channel="email", hours=hours, neutral_name=neutral_name
    )
    erin = PartnerDetails(name="Erin", email="erin@example.org", channel="email")
    with as_staff(alice):
        return create_couple(label="D & E", partners=[dana, erin], therapist=alice)


def states(alice: Membership) -> dict[str, str]:
    with as_staff(alice):
        return {one.partner.name: one.state for one in Invitation.objects.select_related("partner")}


def sent_to(smtp) -> list[str]:
    return [str(message["To"]) for message in smtp.messages]


def test_a_mail_waits_for_the_safe_hours_and_then_goes(at_noon, alice, smtp):
    assign(alice, couple_with(alice, hours=at_nine(tomorrow())))
    deliver_outbox()
    assert sent_to(smtp) == ["erin@example.org"]
    with as_staff(alice):
        couple_id = Couple.objects.values_list("id", flat=True).get()
    assert b"waits for the safe hours" in client_of(alice).get(f"/couples/{couple_id}/").content
    with time_machine.travel(tomorrow(8.99)):
        assert deliver_outbox() == 0
    with time_machine.travel(tomorrow(9)):
        deliver_outbox()
    assert sent_to(smtp) == ["erin@example.org", "dana@example.org"]
    assert states(alice) == {"Dana": "sent", "Erin": "sent"}


def test_safe_hours_are_on_the_clock_of_the_practice(at_noon, alice, smtp):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone="Asia/Tokyo")
    assign(alice, couple_with(alice, hours=at_nine(tomorrow())))
    rows = attacks.as_maintenance("SELECT due_at FROM practice_outboxmessage WHERE kind = 'send_invitation' ORDER BY 1")
    assert rows[-1][0] == tomorrow()


def test_a_worker_that_comes_too_late_waits_for_the_next_hours(at_noon, alice, smtp):
    hours = f"{DAYS[tomorrow().weekday()]}, {DAYS[tomorrow(24).weekday()]} 09:00-10:00"
    assign(alice, couple_with(alice, hours=hours))
    with time_machine.travel(tomorrow(11)):
        deliver_outbox()
        assert deliver_outbox() == 0
    assert sent_to(smtp) == ["erin@example.org"]
    assert states(alice)["Dana"] == "queued"
    with time_machine.travel(tomorrow(24 + 9.5)):
        deliver_outbox()
    assert states(alice)["Dana"] == "sent"


def test_hours_that_changed_meanwhile_count(at_noon, alice, smtp):
    couple = couple_with(alice, hours=at_nine(tomorrow()))
    assign(alice, couple)
    later = PartnerDetails(name="Dana", email="dana@example.org", channel="email", hours=at_nine(tomorrow(48)))
    with as_staff(alice):
        update_partners(couple, [later, PartnerDetails(name="Erin", email="erin@example.org", channel="email")])
    with time_machine.travel(tomorrow(9)):
        deliver_outbox()
    assert states(alice)["Dana"] == "queued"
    with time_machine.travel(tomorrow(48 + 9)):
        deliver_outbox()
    assert states(alice)["Dana"] == "sent"


def test_a_window_without_safe_hours_fails_where_the_therapist_sees_it(at_noon, alice, smtp):
    schedule = Schedule(closes_at=tomorrow(9))
    assign(alice, couple_with(alice, hours=at_nine(tomorrow())), schedule=schedule)
    deliver_outbox()
    assert states(alice) == {"Dana": "failed", "Erin": "sent"}
    assert sent_to(smtp) == ["erin@example.org"]


def test_hours_of_old_that_cannot_be_read_send_nothing(at_noon, alice, smtp):
    couple = couple_with(alice)
    with as_staff(alice):
        Partner.objects.filter(position=1).update(hours="after six")
    assign(alice, couple)
    deliver_outbox()
    assert states(alice) == {"Dana": "failed", "Erin": "sent"}


def test_a_link_that_cannot_be_sent_leaves_the_older_one_alone(at_noon, alice, smtp):
    couple = couple_with(alice, hours=at_nine(tomorrow()))
    assignment = assign(alice, couple, schedule=Schedule(closes_at=tomorrow(9)))
    sheet = sheet_of(alice, assignment, partner_of(alice, couple, 1))
    with as_staff(alice):
        invite_to_sheet(sheet, delivery="in_person")
    with pytest.raises(OutsideSafeHours), as_staff(alice):
        invite_to_sheet(AnswerSheet.objects.select_related("partner", "couple").get(pk=sheet.pk), delivery="email")
    with as_staff(alice):
        assert Invitation.objects.filter(sheet_id=sheet.id, state="handed_over").count() == 1


def bodies(smtp) -> dict[str, str]:
    return {str(message["To"]): message.get_content().replace("\r\n", "\n") for message in smtp.messages}


def test_the_neutral_name_is_the_greeting_and_the_own_name_is_nowhere(alice, smtp):
    assign(alice, couple_with(alice, neutral_name="Sam\n  K"))
    deliver_outbox()
    text = client_texts()["invitation_body"]["en"]
    mails = bodies(smtp)
    assert mails["dana@example.org"].startswith(f"Sam K,\n\n{text}\n\nhttp")
    assert mails["erin@example.org"].startswith(f"{text}\n\nhttp")
    for message in smtp.messages:
        whole = message.as_string().replace("dana@example.org", "").replace("erin@example.org", "")
        assert not any(name in whole for name in ("Dana", "Erin"))


def test_a_neutral_name_of_old_that_tells_too_much_is_left_out(alice, smtp):
    couple = couple_with(alice, neutral_name="Sam")
    with as_staff(alice):
        for partner in Partner.objects.filter(couple=couple, position=1):
            partner.neutral_name = "Couple therapy"
            partner.save(update_fields=["neutral_name"])
    assign(alice, couple)
    deliver_outbox()
    assert "therapy" not in bodies(smtp)["dana@example.org"]
