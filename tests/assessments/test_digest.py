"""The mail on Mondays: how many items wait, once a week by the practice's clock, and nothing of what they are."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.digest import next_monday, plan_digests
from practice import outbox
from practice.cover import take_leave
from practice.models import Membership, OutboxMessage, Practice
from practice.outbox import MOST_TRIES
from practice.practices import as_maintenance
from tests.assessments.flagged import cover_by, raise_flag, run_outbox
from tests.factories import as_staff, as_worker, client_of, do_for_every_practice, make_couple

pytestmark = pytest.mark.database
WEEK = timedelta(days=7)


def in_zone(practice: Practice, name: str) -> None:
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(time_zone=name)


def monday(practice: Practice) -> datetime:
    with as_worker(practice):
        return next_monday(timezone.now())


def run_at(moment: datetime, times: int = 3) -> None:
    with time_machine.travel(moment):
        for _ in range(times):
            do_for_every_practice("digests")
            run_outbox()


def sent(smtp) -> list[tuple[str, str, str]]:
    """To whom, subject and text of the digests sent since the last call."""
    found, smtp.messages[:] = list(smtp.messages), []
    ours = [one for one in found if one["Subject"] == "Items wait for you"]
    return [(one["To"].partition("@")[0], one["Subject"], one.get_content().splitlines()[0]) for one in ours]


def test_it_says_how_many_items_wait_and_nothing_else(clock, alice, practice, couple, dana, smtp, settings):
    raise_flag(alice, dana)
    plan_digests(practice.id)
    run_at(monday(practice))
    ours = [one for one in smtp.messages if one["Subject"] == "Items wait for you"]
    [mail] = [one for one in ours if one["To"] == "alice@riverside.example"]
    # The flag, and the form that ended with one line answered.
    text = mail.get_content().replace("\r\n", "\n")
    assert text == f"2 items wait for you. Please sign in.\n\n{settings.SITE_URL}/\n"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Europe/Berlin"])
def test_it_comes_on_monday_at_seven_of_the_practice_and_once(alice, practice, couple, smtp, zone):
    in_zone(practice, zone)
    plan_digests(practice.id)
    at = monday(practice)
    assert (at.weekday(), at.hour) == (0, 7)
    run_at(at - timedelta(seconds=1))
    assert sent(smtp) == []
    for hours in (0, 1, 30, 6 * 24):
        run_at(at + timedelta(hours=hours))
    assert [to for to, *_ in sent(smtp)] == ["alice"]
    run_at(at + WEEK)
    assert [to for to, *_ in sent(smtp)] == ["alice"]


def test_monday_at_seven_stays_seven_when_the_clocks_change(practice):
    in_zone(practice, "Europe/Berlin")
    with as_worker(practice):
        before, after = (next_monday(datetime(2026, 10, day, 12, tzinfo=UTC)) for day in (18, 25))
    assert (before.hour, after.hour) == (7, 7)
    assert after.astimezone(UTC) - before.astimezone(UTC) == WEEK + timedelta(hours=1)


def test_after_a_standstill_it_is_sent_late_and_once(alice, practice, couple, smtp):
    plan_digests(practice.id)
    at = monday(practice)
    run_at(at + 2 * WEEK + timedelta(days=2))
    assert len(sent(smtp)) == 1
    run_at(at + 3 * WEEK)
    assert len(sent(smtp)) == 1


def test_where_nothing_waits_and_where_it_is_not_wanted_none_is_sent(alice, bob, practice, couple, smtp):
    client_of(alice).post("/inbox/mail/", {"wanted": "no"})
    plan_digests(practice.id)
    at = monday(practice)
    run_at(at)
    assert sent(smtp) == []
    client_of(alice).post("/inbox/mail/", {"wanted": "yes"})
    run_at(at + WEEK)
    assert [to for to, *_ in sent(smtp)] == ["alice"]


def test_the_team_page_offers_it_to_whoever_treats(alice, sue, adam):
    assert b"Your mail on Mondays" in client_of(alice).get("/practice/team/").content
    for member in (sue, adam):
        assert b"Your mail on Mondays" not in client_of(member).get("/practice/team/").content


def test_each_is_told_of_what_they_answer_for(clock, alice, bob, olive, practice, dana, smtp):
    cover_by(alice, bob)
    raise_flag(alice, dana)
    plan_digests(practice.id)
    run_at(monday(practice))
    assert sorted(sent(smtp))[:2] == [
        ("alice", "Items wait for you", "2 items wait for you. Please sign in."),
        ("bob", "Items wait for you", "1 item waits for you. Please sign in."),
    ]


def test_who_is_on_leave_gets_none_and_the_cover_theirs(alice, bob, practice, dana, smtp):
    cover_by(alice, bob)
    raise_flag(alice, dana)
    plan_digests(practice.id)
    day = monday(practice).date()
    with as_staff(alice):
        take_leave(alice, starts_on=day, ends_on=day, recorded_by=alice.id)
    run_at(monday(practice))
    assert [to for to, *_ in sent(smtp)] == ["bob"]


def test_who_has_left_gets_none(alice, practice, couple, smtp):
    plan_digests(practice.id)
    with as_maintenance():
        Membership.objects.using("owner").filter(pk=alice.pk).update(is_active=False)
    run_at(monday(practice))
    assert [to for to, *_ in sent(smtp) if to == "alice"] == []


def test_a_mail_that_was_given_up_is_tried_again_the_next_week(alice, practice, couple, smtp):
    plan_digests(practice.id)
    with as_maintenance():
        OutboxMessage.objects.using("owner").filter(kind="digest").update(
            tries=MOST_TRIES, due_at=timezone.now() - timedelta(days=1)
        )
    outbox_is_silent = outbox.due_ids()
    plan_digests(practice.id)
    run_at(monday(practice))
    assert (outbox_is_silent, [to for to, *_ in sent(smtp)]) == ([], ["alice"])


def test_the_id_of_a_mail_is_that_of_its_member_and_week(alice, bob, practice, couple, smtp):
    """A mailbox that drops what it has seen keeps one mail a week, and each week's."""
    make_couple(bob, label="F & G")
    plan_digests(practice.id)
    at = monday(practice)
    for moment in (at, at + WEEK):
        run_at(moment)
    ids = [str(one["Message-ID"]) for one in smtp.messages if one["Subject"] == "Items wait for you"]
    assert (len(ids), len(set(ids))) == (4, 4)
