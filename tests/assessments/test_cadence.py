"""How often a form is asked: by weeks and before sessions, paused, changed and stopped."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from assessments.assignments import AlreadyAssigned, end_assignment
from assessments.cadence import (
    AssignmentEnded,
    NotRepeated,
    call_off_session,
    change_cadence,
    move_session,
    pause,
    plan_session,
    resume,
)
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule, days_later
from clients.models import CounselingSession, Couple, Invitation, LinkKey
from practice.errors import InvalidInput
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests.factories import as_staff, assign, deliver_outbox, in_days, make_couple, partner_of, sheet_of, submit

pytestmark = pytest.mark.database

BEFORE = Schedule(before_sessions=True, days_before=4)


@pytest.fixture
def at_noon():
    with time_machine.travel(datetime(2027, 5, 3, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def plan(alice: Membership, couple: Couple, days: float) -> CounselingSession:
    with as_staff(alice):
        return plan_session(couple, at=in_days(days), membership=alice)


def waves(alice: Membership, assignment: Assignment) -> list[tuple[float, float, str]]:
    """Of each wave, in how many days it opens and closes, and what became of it."""
    with as_staff(alice):
        return [
            (
                round((one.opens_at - timezone.now()) / timedelta(days=1), 2),
                round((one.closes_at - timezone.now()) / timedelta(days=1), 2),
                one.dropped or ("open" if one.opened_at and not one.closed_at else "closed" if one.closed_at else ""),
            )
            for one in Wave.objects.filter(assignment=assignment).order_by("number")
        ]


def move(alice: Membership, session: CounselingSession, days: float) -> None:
    with as_staff(alice):
        found = CounselingSession.objects.select_related("couple").get(pk=session.pk)
        move_session(found, at=in_days(days), membership=alice)


def off(alice: Membership, session: CounselingSession) -> None:
    with as_staff(alice):
        call_off_session(CounselingSession.objects.select_related("couple").get(pk=session.pk))


def reread(alice: Membership, assignment: Assignment) -> Assignment:
    return Assignment.objects.select_related("couple").get(pk=assignment.pk)


def test_form_before_each_session_opens_days_before_and_closes_when_it_begins(at_noon, alice, couple):
    plan(alice, couple, 10)
    assignment = assign(alice, couple, "ena-ck", schedule=BEFORE)
    plan(alice, couple, 17)
    assert waves(alice, assignment) == [(6, 10, ""), (13, 17, "")]


def test_sessions_close_together_share_no_day(at_noon, alice, couple):
    plan(alice, couple, 10)
    plan(alice, couple, 12)
    assert waves(alice, assign(alice, couple, "ena-ck", schedule=BEFORE)) == [(6, 10, ""), (10, 12, "")]


def test_session_soon_opens_the_form_now(at_noon, alice, couple):
    plan(alice, couple, 1)
    assert waves(alice, assign(alice, couple, "ena-ck", schedule=BEFORE)) == [(0, 1, "open")]


def test_form_follows_a_session_that_moves(at_noon, alice, couple):
    session = plan(alice, couple, 10)
    assignment = assign(alice, couple, "ena-ck", schedule=BEFORE)
    move(alice, session, 20)
    assert waves(alice, assignment) == [(16, 20, "")]
    at_noon.shift(timedelta(days=7))
    assert deliver_outbox() == 0
    at_noon.shift(timedelta(days=9))
    deliver_outbox()
    assert waves(alice, assignment) == [(0, 4, "open")]


def test_form_that_is_open_closes_with_its_session_and_is_not_asked_again(at_noon, alice, smtp):
    couple = make_couple(alice, email=True)
    session = plan(alice, couple, 2)
    assignment = assign(alice, couple, "ena-ck", schedule=BEFORE)
    deliver_outbox()
    move(alice, session, 9)
    assert waves(alice, assignment) == [(0, 9, "open")]
    with as_staff(alice):
        closings = {*AnswerSheet.objects.values_list("closes_at", flat=True)}
        closings |= {*Invitation.objects.values_list("closes_at", flat=True)}
        links = LinkKey.objects.filter(practice_id=alice.practice_id, ended_at=None).count()
    assert (closings, links) == ({in_days(9)}, 2)
    at_noon.shift(timedelta(days=3))
    deliver_outbox()
    assert waves(alice, assignment) == [(-3, 6, "open")]


def test_form_is_dropped_with_its_session_for_both_alike(at_noon, alice, couple, dana, erin):
    soon, later = plan(alice, couple, 1), plan(alice, couple, 10)
    assignment = assign(alice, couple, "ena-ck", schedule=BEFORE)
    submit(sheet_of(alice, assignment, dana))
    off(alice, soon)
    off(alice, later)
    assert [one[2] for one in waves(alice, assignment)] == ["session", "session"]
    with as_staff(alice):
        states = list(AnswerSheet.objects.order_by("opens_at", "partner__position").values_list("state", flat=True))
    assert states == ["submitted", "withdrawn", "withdrawn", "withdrawn"]


def test_session_that_was_called_off_is_neither_moved_nor_followed(at_noon, alice, couple):
    session = plan(alice, couple, 10)
    off(alice, session)
    with pytest.raises(Exception, match="cancelled"):
        move(alice, session, 12)
    assert waves(alice, assign(alice, couple, "ena-ck", schedule=BEFORE)) == []


def test_talk_alone_asks_nobody(at_noon, alice, couple, dana):
    from clients.sessions import SessionDetails, save_session

    with as_staff(alice):
        details = SessionDetails(kind="one_to_one", partner=dana.id, planned_at=in_days(5))
        save_session(couple, details, membership=alice)
    assert waves(alice, assign(alice, couple, "ena-ck", schedule=BEFORE)) == []


def test_form_before_sessions_is_given_once(at_noon, alice, couple):
    assign(alice, couple, "ena-ck", schedule=BEFORE)
    with pytest.raises(AlreadyAssigned):
        assign(alice, couple, "ena-ck", schedule=Schedule(every_weeks=1, times=2))


def test_form_before_sessions_ends_after_so_many(at_noon, alice, couple):
    schedule = Schedule(before_sessions=True, days_before=2, times=1)
    plan(alice, couple, 1)
    assignment = assign(alice, couple, "ena-ck", schedule=schedule)
    plan(alice, couple, 8)
    assert waves(alice, assignment) == [(0, 1, "open")]


def test_pause_opens_nothing_and_resuming_goes_on(at_noon, alice, couple):
    assignment = assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(1), every_weeks=1, times=3))
    with as_staff(alice):
        pause(reread(alice, assignment))
    at_noon.shift(timedelta(days=9))
    deliver_outbox()
    assert [one[2] for one in waves(alice, assignment)] == ["paused", "", ""]
    with as_staff(alice):
        resume(reread(alice, assignment))
    assert [one[2] for one in waves(alice, assignment)] == ["paused", "open", ""]
    at_noon.shift(timedelta(days=6))
    deliver_outbox()
    assert [one[2] for one in waves(alice, assignment)] == ["paused", "closed", "open"]


def test_nobody_is_late_with_a_form_that_fell_into_a_pause(at_noon, alice, couple):
    assignment = assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(1), every_weeks=1, times=2))
    with as_staff(alice):
        pause(reread(alice, assignment))
    at_noon.shift(timedelta(days=6))
    deliver_outbox()
    with as_staff(alice):
        first = AnswerSheet.objects.filter(wave__number=1).values_list("state", flat=True)
        assert set(first) == {"withdrawn"}


def test_change_keeps_what_is_open_and_plans_the_rest_anew(at_noon, alice, couple):
    assignment = assign(alice, couple, "ena-ck", schedule=Schedule(every_weeks=1, times=4))
    with as_staff(alice):
        change_cadence(reread(alice, assignment), Schedule(every_weeks=2, times=2))
    assert waves(alice, assignment) == [(0, 4, "open"), (7, 11, ""), (21, 25, ""), (21, 25, "changed")]


def test_change_to_before_sessions_and_back(at_noon, alice, couple):
    plan(alice, couple, 10)
    assignment = assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(2), every_weeks=1, times=2))
    with as_staff(alice):
        change_cadence(reread(alice, assignment), BEFORE)
    assert [one[2] for one in waves(alice, assignment)] == ["changed", "changed", ""]
    with as_staff(alice):
        change_cadence(reread(alice, assignment), Schedule(every_weeks=4, times=1))
    assert [one[2] for one in waves(alice, assignment)] == ["changed", "changed", "changed", ""]


def test_what_has_ended_or_is_asked_once_is_not_changed(at_noon, alice, couple):
    once = assign(alice, couple)
    with as_staff(alice), pytest.raises(NotRepeated):
        pause(reread(alice, once))
    with as_staff(alice):
        end_assignment(reread(alice, once))
    for change in (pause, resume, lambda one: change_cadence(one, BEFORE)):
        with as_staff(alice), pytest.raises(AssignmentEnded):
            change(reread(alice, once))


@pytest.mark.parametrize(
    ("schedule", "code"),
    [
        (Schedule(every_weeks=3, times=2), "every_weeks"),
        (Schedule(every_weeks=1, before_sessions=True), "every_weeks"),
        (Schedule(times=2), "times"),
        (Schedule(before_sessions=True, days_before=0), "days_before"),
        (Schedule(remind_on=(1, 2, 3)), "reminders"),
        (Schedule(remind_on=(3, 2)), "reminders"),
        (Schedule(remind_on=(4,)), "reminders"),
        (Schedule(before_sessions=True, days_before=2, remind_on=(2,)), "reminders"),
    ],
)
def test_schedule_that_does_not_fit_is_refused(schedule, code):
    with pytest.raises(InvalidInput) as refused:
        schedule.windows(timezone.now(), ZoneInfo("UTC"))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("zone", "first", "clock"),
    [
        ("America/New_York", "2026-10-28 09:00", ["09:00"] * 4),  # clocks go back on 1 November
        ("America/New_York", "2026-03-04 09:00", ["09:00"] * 4),  # and forward on 8 March
        ("Australia/Lord_Howe", "2026-03-30 18:30", ["18:30"] * 4),  # by half an hour, on 5 April
        ("Europe/Berlin", "2026-12-24 23:30", ["23:30"] * 4),  # over the end of the year
    ],
)
def test_forms_open_at_the_same_time_on_the_wall(zone, first, clock):
    opens_at = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
    schedule = Schedule(opens_at=opens_at, every_weeks=1, times=4)
    found = schedule.windows(opens_at - timedelta(days=1), ZoneInfo(zone))
    local = [one.opens_at.astimezone(ZoneInfo(zone)) for one in found]
    assert [f"{one:%H:%M}" for one in local] == clock
    assert [(one.date() - local[0].date()).days for one in local] == [0, 7, 14, 21]


def test_time_that_the_clocks_leave_out_is_the_next_there_is():
    zone = ZoneInfo("America/New_York")
    later = days_later(datetime(2026, 3, 7, 2, 30, tzinfo=zone), 1, zone)
    assert f"{later.astimezone(zone):%d %H:%M}" == "08 03:30"


def test_form_before_a_session_counts_days_on_the_wall_of_the_practice(alice, couple):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone="America/New_York")
    zone = ZoneInfo("America/New_York")
    with time_machine.travel(datetime(2027, 10, 20, 12, tzinfo=UTC), tick=False):
        with as_staff(alice):
            plan_session(couple, at=datetime(2027, 11, 9, 10, tzinfo=zone), membership=alice)
        assignment = assign(alice, couple, "ena-ck", schedule=BEFORE)
        with as_staff(alice):
            opens_at = Wave.objects.get(assignment=assignment).opens_at
    assert f"{opens_at.astimezone(zone):%m-%d %H:%M}" == "11-05 10:00"


def test_proposals_ask_for_no_second_check_in_beside_one_before_each_session(at_noon, alice, couple):
    from assessments.proposals import proposals_from, proposals_of
    from assessments.record import record_of

    assign(alice, couple, "ena-ck", schedule=BEFORE)
    with as_staff(alice):
        on_page = [one.kind for one in proposals_of(couple)]
        on_screen = [one.kind for one in proposals_from(record_of(couple), now=timezone.now())]
    assert on_page == on_screen == ["intake"]


def test_partner_who_left_does_not_keep_a_session_from_being_planned(at_noon, alice, couple):
    from clients.couples import leave

    assign(alice, couple, "ena-ck", schedule=BEFORE)
    for position in (1, 2):
        partner = partner_of(alice, couple, position)
        with as_staff(alice):
            leave(partner)
    plan(alice, couple, 10)
