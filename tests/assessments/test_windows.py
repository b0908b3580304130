"""When a window closes is put right: for both partners, every link to it, and the message that closes it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import AnswerSheet, Wave
from assessments.windows import WindowClosed, change_closing
from practice.errors import InvalidInput
from tests import factories
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, in_days, make_sheet, partner_client

pytestmark = pytest.mark.database


@pytest.fixture
def sheet(alice, dana) -> AnswerSheet:
    return make_sheet(alice, dana)


def change(alice, sheet: AnswerSheet, closes_at) -> None:
    with as_staff(alice):
        change_closing(Wave.objects.get(pk=sheet.wave_id), closes_at)


def test_window_sheets_links_and_the_closing_move_together(alice, sheet):
    browser = partner_client(sheet)
    closes_at = in_days(30)
    change(alice, sheet, closes_at)
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
    change(alice, sheet, soon)
    while timezone.now() <= soon:
        time.sleep(0.05)
    factories.deliver_outbox()
    with as_staff(alice):
        assert Wave.objects.get(pk=sheet.wave_id).closed_at is not None
        assert AnswerSheet.objects.get(pk=sheet.pk).state == AnswerSheet.State.EXPIRED


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_time_that_is_over_or_far_off_is_refused(alice, sheet, days):
    with pytest.raises(InvalidInput):
        change(alice, sheet, in_days(days))
    shown = client_of(alice).post(f"/waves/{sheet.wave_id}/closing/", {"closes_at": f"{in_days(days):%Y-%m-%dT%H:%M}"})
    assert shown.status_code == 422


def test_a_window_that_has_closed_stays_closed(alice, sheet):
    with as_staff(alice):
        Wave.objects.filter(pk=sheet.wave_id).update(closed_at=timezone.now())
    with pytest.raises(WindowClosed):
        change(alice, sheet, in_days(5))
    shown = client_of(alice).post(f"/waves/{sheet.wave_id}/closing/", {"closes_at": f"{in_days(5):%Y-%m-%dT%H:%M}"})
    assert shown.status_code == 409


def test_therapist_changes_it_on_a_page(alice, couple, sheet):
    where = f"/waves/{sheet.wave_id}/closing/"
    assert where in client_of(alice).get(f"/couples/{couple.id}/").content.decode()
    wanted = in_days(20).replace(second=0, microsecond=0)
    answer = client_of(alice).post(where, {"closes_at": f"{wanted:%Y-%m-%dT%H:%M}"})
    assert answer["Location"] == f"/couples/{couple.id}/"
    with as_staff(alice):
        assert Wave.objects.get(pk=sheet.wave_id).closes_at == wanted
    rows = as_maintenance("SELECT couple_id FROM practice_auditevent WHERE action = 'wave.closing_changed'")
    assert rows == [(couple.id,)]
