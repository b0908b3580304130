"""Who is told of an urgent flag and when, over the real outbox and a real SMTP server."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments import flags
from assessments.alerts import MAILS
from assessments.models import AnswerSheet
from practice.content import tells_too_much
from practice.content.wording import claims
from practice.models import Membership, Practice, Role
from practice.practices import as_maintenance
from tests import factories
from tests.assessments.flagged import actions, cover_by, flag_of, raise_flag, run_outbox, trail
from tests.assessments.test_flags import acknowledge, close, reopen
from tests.factories import as_staff, full_answers, make_sheet, save

pytestmark = pytest.mark.database
ALICE, BOB, OLIVE = (f"{name}@riverside.example" for name in ("alice", "bob", "olive"))


@pytest.fixture
def told(smtp):
    """What was sent since the last call: (to, subject), in order of the address."""

    def since() -> list[tuple[str, str]]:
        found, smtp.messages[:] = [(str(one["To"]), str(one["Subject"])) for one in smtp.messages], []
        return sorted(found)

    return since


@pytest.fixture
def flag(alice, bob, dana, told):
    cover_by(alice, bob)
    return raise_flag(alice, dana)


def after(hours: float) -> None:
    """Let the worker run that many hours from now."""
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        run_outbox()


def set_hours(practice, hours):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=practice.pk).update(acknowledge_within_hours=hours)


def test_therapist_and_cover_are_told_at_once_then_cover_then_owners(alice, bob, olive, flag, told, practice):
    factories.make_member(practice, "Orla", role=Role.OWNER)
    gone = factories.make_member(practice, "Otto", role=Role.OWNER)
    with as_maintenance():
        Membership.objects.using("owner").filter(pk=gone.pk).update(is_active=False)
    run_outbox()
    first, waits = "An item needs your attention", "An item is still waiting"
    assert told() == [(ALICE, first), (BOB, first)]
    after(23)
    assert (told(), actions(alice, flag)) == ([], [])
    after(25)
    assert (told(), actions(alice, flag)) == ([(BOB, waits)], [("cover_told", None)])
    after(47)
    assert told() == []
    after(49)
    assert told() == [(OLIVE, waits), ("orla@riverside.example", waits)]
    assert actions(alice, flag) == [("cover_told", None), ("owner_told", None)]
    assert [(action, actor) for action, actor, _ in trail(flag)] == [
        ("flag.cover_told", None),
        ("flag.owner_told", None),
    ]
    after(24 * 30)
    assert told() == []


@pytest.mark.parametrize("answer", [acknowledge, close])
def test_nothing_is_sent_once_somebody_answered(alice, bob, olive, flag, told, answer):
    answer(bob, flag)
    after(0.1)
    after(100)
    assert told() == []


def test_an_answer_after_the_cover_was_told_spares_the_owner(alice, bob, olive, flag, told):
    run_outbox()
    after(25)
    told()
    acknowledge(bob, flag)
    after(100)
    assert told() == []


def test_a_flag_that_was_settled_and_opened_again_escalates_to_nobody(alice, olive, flag, told):
    run_outbox()
    told()
    close(alice, flag)
    reopen(alice, flag)
    after(100)
    assert told() == []


def test_the_practice_sets_the_time(practice, olive, flag, told):
    set_hours(practice, 2)
    run_outbox()
    told()
    after(3)
    assert [to for to, _ in told()] == [BOB]
    after(5)
    assert [to for to, _ in told()] == [OLIVE]


def test_where_nobody_stands_in_the_owner_is_told_in_place_of_the_cover(alice, bob, olive, flag, told):
    cover_by(alice, None)
    run_outbox()
    assert [to for to, _ in told()] == [ALICE]
    after(25)
    assert ([to for to, _ in told()], actions(alice, flag)) == ([OLIVE], [("owner_told", None)])
    after(100)
    assert told() == []


def test_a_mailbox_that_refuses_holds_up_nobody_else(smtp, olive, flag, told):
    smtp.refused |= {ALICE, BOB}
    run_outbox()
    assert told() == []
    after(49)
    assert [to for to, _ in told()] == [OLIVE]
    smtp.refused.clear()
    after(50)
    assert ALICE in {to for to, _ in told()}


def test_a_review_flag_mails_nobody(alice, bob, dana, told):
    cover_by(alice, bob)
    sheet = make_sheet(alice, dana)
    save(sheet, {"experienced.SC1": 1})
    assert flag_of(alice, sheet).level == "review"
    after(100)
    assert told() == []


def test_each_mail_has_an_id_of_its_own_that_a_repeat_keeps(smtp, flag, olive):
    run_outbox()
    after(25)
    after(49)
    ids = [one["Message-ID"] for one in smtp.messages]
    assert len(ids) == len(set(ids)) == 4


def test_two_flags_of_a_partner_are_each_told_of(alice, bob, dana, told):
    cover_by(alice, bob)
    sheet = make_sheet(alice, dana)
    save(sheet, full_answers(sheet, 4))
    with as_staff(alice):
        assert flags.urgent_flags_of(alice) == 2
    run_outbox()
    assert [to for to, _ in told()] == [ALICE, ALICE, BOB, BOB]


def test_no_mail_says_what_it_is_about(smtp, flag, olive):
    for text in MAILS.values():
        assert tells_too_much(" ".join(text)) == claims(" ".join(text)) == []
    run_outbox()
    after(25)
    after(49)
    private = ("Dana", "Erin", "D & E", "SR1", "SC1", "urgent", "flag", "Riverside", "http")
    assert len(smtp.messages) == 4
    for message in smtp.messages:
        text = message.as_string().replace("riverside.example", "")
        assert [word for word in private if word in text] == []
        assert tells_too_much(f"{message['From']} {message['Subject']} {message.get_content()}") == []


def test_closed_flag_opens_again_when_another_line_of_it_is_answered(alice, bob, dana, flag, told):
    run_outbox()
    close(alice, flag)
    told()
    with as_staff(alice):
        sheet = AnswerSheet.objects.select_related("partner").get(pk=flag.sheet_id)
    save(sheet, {"experienced.SC1": 3})
    assert flag_of(alice, sheet).state == "closed"
    save(sheet, {"experienced.SC2": 4})
    run_outbox()
    found = flag_of(alice, sheet)
    assert (found.state, found.raised_at) == ("open", flag.raised_at)
    assert found.lines == ["experienced.SC1", "experienced.SC2"]
    assert actions(alice, flag) == [("closed", alice.id), ("reopened", None)]
    assert told() == [(ALICE, "An item needs your attention"), (BOB, "An item needs your attention")]
