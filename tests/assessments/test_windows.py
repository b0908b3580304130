"""When a window opens and closes is put right: for both partners, every link, reminder and message of it."""

import time
from datetime import date, timedelta

import pytest
from django.utils import timezone

from assessments.assignments import open_wave
from assessments.cadence import plan_session
from assessments.models import AnswerSheet, Wave
from assessments.schedules import Schedule
from assessments.windows import FollowsSession, WindowClosed, WindowOpened, change_window, change_windows
from practice.errors import InvalidInput
from tests import factories
from tests.assessments.mailed import DANA, ERIN, change, kinds, pass_days, sent_to
from tests.attacks import as_maintenance
from tests.factories import (
    as_staff,
    as_worker,
    assign,
    client_of,
    deliver_outbox,
    in_days,
    make_sheet,
    partner_client,
)

pytestmark = pytest.mark.database
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@pytest.fixture
def sheet(alice, dana) -> AnswerSheet:
    return make_sheet(alice, dana)


def close(alice, sheet: AnswerSheet, closes_at) -> None:
    with as_staff(alice):
        change_window(Wave.objects.get(pk=sheet.wave_id), closes_at=closes_at)


def test_window_sheets_links_and_the_closing_move_together(alice, sheet):
    browser = partner_client(sheet)
    closes_at = in_days(30)
    close(alice, sheet, closes_at)
    with as_staff(alice):
        wave = Wave.objects.get(pk=sheet.wave_id)
        ends = set(AnswerSheet.objects.filter(wave=wave).values_list("closes_at", flat=True))
    assert (wave.closes_at, ends) == (closes_at, {closes_at})
    due = as_maintenance("SELECT due_at FROM practice_outboxmessage WHERE kind = 'close_wave'")
    links = as_maintenance("SELECT reopen_until FROM clients_linkkey WHERE sheet_id = %s", sheet.id)
    assert {*due, *links} == {(closes_at,)}
    assert browser.get("/p/").status_code == 200


def test_window_that_closes_earlier_is_closed_then(alice, sheet):
    soon = timezone.now() + timedelta(seconds=0.3)
    close(alice, sheet, soon)
    while timezone.now() <= soon:
        time.sleep(0.05)
    factories.deliver_outbox()
    with as_staff(alice):
        assert Wave.objects.get(pk=sheet.wave_id).closed_at is not None
        assert AnswerSheet.objects.get(pk=sheet.pk).state == AnswerSheet.State.EXPIRED


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_time_that_is_over_or_far_off_is_refused(alice, sheet, days):
    with pytest.raises(InvalidInput):
        close(alice, sheet, in_days(days))
    shown = client_of(alice).post(f"/waves/{sheet.wave_id}/window/", {"closes_at": f"{in_days(days):%Y-%m-%dT%H:%M}"})
    assert shown.status_code == 422


def test_a_window_that_has_closed_stays_closed(alice, sheet):
    with as_staff(alice):
        Wave.objects.filter(pk=sheet.wave_id).update(closed_at=timezone.now())
    with pytest.raises(WindowClosed):
        close(alice, sheet, in_days(5))
    shown = client_of(alice).post(f"/waves/{sheet.wave_id}/window/", {"closes_at": f"{in_days(5):%Y-%m-%dT%H:%M}"})
    assert shown.status_code == 409


def test_therapist_changes_it_on_a_page(alice, couple, sheet):
    where = f"/waves/{sheet.wave_id}/window/"
    assert where in client_of(alice).get(f"/couples/{couple.id}/").content.decode()
    wanted = in_days(20).replace(second=0, microsecond=0)
    answer = client_of(alice).post(where, {"closes_at": f"{wanted:%Y-%m-%dT%H:%M}"})
    assert answer["Location"] == f"/couples/{couple.id}/"
    with as_staff(alice):
        assert Wave.objects.get(pk=sheet.wave_id).closes_at == wanted
    rows = as_maintenance("SELECT couple_id FROM practice_auditevent WHERE action = 'wave.window_changed'")
    assert rows == [(couple.id,)]


def waves_of(alice, assignment) -> list[Wave]:
    with as_staff(alice):
        return list(Wave.objects.select_related("assignment").filter(assignment=assignment).order_by("number"))


def shift(alice, wave: Wave, **times) -> None:
    with as_staff(alice):
        change_window(wave, **times)


def test_a_window_that_has_not_opened_opens_at_the_new_time_and_sends_each_link_once(clock, alice, mailed, smtp):
    given = assign(alice, mailed, "ena-ck", schedule=Schedule(opens_at=in_days(2), remind_on=(2,)))
    [wave] = waves_of(alice, given)
    shift(alice, wave, opens_at=in_days(9), closes_at=in_days(13))
    with as_staff(alice):
        sheets = AnswerSheet.objects.filter(wave=wave).values_list("opens_at", "closes_at", "week_of")
        assert set(sheets) == {(in_days(9), in_days(13), date(2027, 5, 10))}
    pass_days(clock, 8.75)
    assert sent_to(smtp) == []
    pass_days(clock, 2)
    assert sent_to(smtp) == [DANA, ERIN]
    pass_days(clock, 1)
    assert kinds(alice) == [("Dana", "not_started", 1), ("Erin", "not_started", 1)]


def test_a_window_that_opens_earlier_opens_once(clock, alice, mailed, smtp):
    given = assign(alice, mailed, schedule=Schedule(opens_at=in_days(6), remind_on=()))
    shift(alice, waves_of(alice, given)[0], opens_at=in_days(1))
    pass_days(clock, 8)
    assert sent_to(smtp) == [DANA, ERIN]


def test_a_worker_that_was_about_to_open_it_leaves_it(clock, alice, mailed, smtp, practice):
    """The message was due, and waited for the therapist's change."""
    given = assign(alice, mailed, schedule=Schedule(opens_at=in_days(2)))
    [wave] = waves_of(alice, given)
    shift(alice, wave, opens_at=in_days(3), closes_at=in_days(8))
    with as_worker(practice):
        open_wave(wave.id)
    assert waves_of(alice, given)[0].opened_at is None


def test_a_reminder_comes_after_all_where_a_later_closing_leaves_safe_hours_and_never_twice(clock, alice, mailed, smtp):
    """On a Wednesday nothing can be sent before Friday's closing to who may be reached on Saturdays."""
    given = assign(alice, mailed)
    deliver_outbox()
    change(alice, mailed, hours="sat 09:00-23:00")
    pass_days(clock, 3)
    assert sent_to(smtp) == [DANA, ERIN, ERIN]
    for days in (9, 10, 11):
        shift(alice, waves_of(alice, given)[0], closes_at=in_days(days))
        pass_days(clock, 2)
    assert sent_to(smtp) == [DANA, DANA, ERIN, ERIN]


def test_what_has_opened_opens_no_other_time(alice, sheet):
    with as_staff(alice), pytest.raises(WindowOpened):
        change_window(Wave.objects.get(pk=sheet.wave_id), opens_at=in_days(1))
    page = client_of(alice).get(f"/waves/{sheet.wave_id}/window/").content.decode()
    assert ("The window opens" in page, "The window closes" in page) == (False, True)


def test_a_window_before_a_session_opens_and_closes_with_it(alice, couple):
    with as_staff(alice):
        plan_session(couple, at=in_days(10), membership=alice)
    given = assign(alice, couple, "ena-ck", schedule=Schedule(before_sessions=True))
    for times in ({"opens_at": in_days(2)}, {"closes_at": in_days(9)}):
        with pytest.raises(FollowsSession):
            shift(alice, waves_of(alice, given)[0], **times)
    assert "/window/" not in client_of(alice).get(f"/couples/{couple.id}/").content.decode()


def test_two_windows_of_one_form_never_overlap_and_move_together(alice, couple):
    given = assign(alice, couple, "ena-ck", schedule=Schedule(opens_at=in_days(1), every_weeks=1, times=2))
    first, second = waves_of(alice, given)
    for times in ({"closes_at": second.opens_at + HOUR}, {"opens_at": second.opens_at, "closes_at": in_days(20)}):
        with pytest.raises(InvalidInput, match="The next form opens before that"):
            shift(alice, first, **times)
    with pytest.raises(InvalidInput, match="The form before this one"):
        shift(alice, second, opens_at=first.closes_at - HOUR)
    later = {one.id: {"opens_at": one.opens_at + WEEK, "closes_at": one.closes_at + WEEK} for one in (first, second)}
    with as_staff(alice):
        change_windows(given, later)
    assert [one.opens_at for one in waves_of(alice, given)] == [one.opens_at + WEEK for one in (first, second)]


def test_therapist_changes_the_opening_on_a_page_and_leaves_the_rest(alice, couple):
    given = assign(alice, couple, schedule=Schedule(opens_at=in_days(3)))
    [wave] = waves_of(alice, given)
    wanted = in_days(2).replace(second=0, microsecond=0)
    sent = {"opens_at": f"{wanted:%Y-%m-%dT%H:%M}", "closes_at": f"{wave.closes_at:%Y-%m-%dT%H:%M}"}
    assert client_of(alice).post(f"/waves/{wave.id}/window/", sent).status_code == 302
    [changed] = waves_of(alice, given)
    assert (changed.opens_at, changed.closes_at) == (wanted, wave.closes_at)
