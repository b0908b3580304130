"""E08: exactly the couples whose day has come go, by the practice's clock, and nothing that is kept (E06, G15, F13)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.ending import resume_care
from assessments.flags import close_flag
from clients.holds import lift_hold
from clients.models import Couple, Hold
from practice.downloads import take_download
from practice.retention import anniversary
from practice.tasks import sweep_outbox
from tests.assessments.flagged import again, raise_flag
from tests.assessments.retention import keeping
from tests.assessments.retention.closed import (
    CLOSED_AT,
    ERASE,
    GOES_AT,
    KEPT,
    YEARS,
    asked_for,
    change,
    close,
    erase,
    keep_for,
    make_closed,
    on_record,
    refused,
    settle_in,
)
from tests.attacks import REFUSED, as_maintenance, attacker, outcome
from tests.factories import (
    as_staff,
    do_for_every_practice,
    end_assignments,
    make_couple,
    make_download,
    make_sheet,
    partner_of,
)
from tests.worlds import World

pytestmark = pytest.mark.database
ZONES = ["UTC", "Pacific/Auckland", "America/New_York", "Europe/Berlin", "Pacific/Kiritimati", "America/Santiago"]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("zone", "closed_at", "goes_at"),
    [
        ("UTC", utc(2016, 5, 17, 12), utc(2023, 5, 18)),
        ("UTC", utc(2016, 2, 29, 12), utc(2023, 3, 2)),
        ("UTC", utc(2017, 2, 28, 12), utc(2024, 2, 29)),
        ("Pacific/Auckland", utc(2016, 5, 17, 11, 59), utc(2023, 5, 17, 12)),
        ("Pacific/Auckland", utc(2016, 5, 17, 12), utc(2023, 5, 18, 12)),
        # Summer time when it was closed, winter time when it goes.
        ("America/New_York", utc(2016, 3, 13, 4, 59), utc(2023, 3, 13, 4)),
        ("Pacific/Auckland", utc(2016, 4, 2, 10, 59), utc(2023, 4, 2, 12)),
        # Clocks are put forward at midnight of the day on which it goes: that day begins at one.
        ("America/Santiago", utc(2016, 9, 2, 12), utc(2023, 9, 3, 4)),
    ],
)
def test_the_last_second_of_the_anniversary_keeps_and_the_next_day_does_not(alice, couple, zone, closed_at, goes_at):
    settle_in(alice, time_zone=zone)
    close(alice, couple, at=closed_at)
    keep_for(alice)
    before = goes_at - timedelta(seconds=1)
    assert refused(alice, couple, at=before) == KEPT
    assert erase(alice, couple, at=before) is False
    assert refused(alice, couple, at=goes_at) != KEPT
    assert erase(alice, couple, at=goes_at) is True
    assert on_record() == set()


moments = st.tuples(st.sampled_from(ZONES), st.integers(-3, 3), st.integers(0, 86_399))


@given(st.lists(moments, min_size=1, max_size=4), st.sampled_from(ZONES), st.integers(1, 8), st.booleans())
def test_exactly_the_set_goes(alice, drawn, zone, years, leap):
    """Closings within days of the term, to the second, in one practice whose clock is anywhere."""
    at = utc(2024, 3, 1, 11) if leap else utc(2023, 5, 18, 11)
    settle_in(alice, time_zone=zone)
    keep_for(alice, years)
    closings = [at.replace(year=at.year - years) + timedelta(days=day, seconds=second) for _, day, second in drawn]
    couples = {make_closed(alice, at=closed_at): closed_at for closed_at in closings}
    today = at.astimezone(ZoneInfo(zone)).date()
    gone = {one for one in couples if erase(alice, one, at=at)}
    expected = {
        one
        for one, closed_at in couples.items()
        if today > anniversary(closed_at.astimezone(ZoneInfo(zone)).date(), years)
    }
    assert gone == expected
    assert on_record() & {one.id for one in couples} == {one.id for one in set(couples) - expected}


@given(st.sampled_from(ZONES), st.integers(0, 3000), st.integers(0, 86_399), st.integers(-200_000, 200_000))
def test_the_worker_is_asked_for_what_is_due_on_any_day(alice, couple, zone, day, second, apart):
    """Closed about seven years before a day to come, to the second."""
    now = utc(2030, 1, 1) + timedelta(days=day, seconds=second)
    closed_at = datetime.combine(anniversary(now.date(), -YEARS), now.timetz()) + timedelta(seconds=apart)
    settle_in(alice, time_zone=zone)
    keep_for(alice)
    close(alice, couple, at=closed_at)
    with time_machine.travel(now, tick=False):
        do_for_every_practice("plan_erasing")
    today = now.astimezone(ZoneInfo(zone)).date()
    due = today > anniversary(closed_at.astimezone(ZoneInfo(zone)).date(), YEARS)
    assert asked_for() == ([couple.id] if due else [])
    change("DELETE FROM practice_outboxmessage WHERE kind = 'erase_couple'")


def test_beat_and_outbox_erase_once_and_say_what_went(alice, couple):
    close(alice, couple)
    kept = close(alice, make_couple(alice, label="Kept"), at=timezone.now() - timedelta(days=300))
    keep_for(alice)
    do_for_every_practice("plan_erasing")
    do_for_every_practice("plan_erasing")
    sweep_outbox()
    sweep_outbox()
    assert on_record() == {kept.id}
    [(who, about, detail)] = as_maintenance(
        "SELECT actor_id, couple_id, detail FROM practice_auditevent WHERE action = 'couple.erased'"
    )
    assert (who, about, detail) == (
        None,
        couple.id,
        {"years": 7, "rows": {"practice_outboxmessage": 1, "clients_partner": 2, "clients_couple": 1}},
    )
    assert asked_for() == []


def test_without_a_term_nothing_goes(alice, couple):
    close(alice, couple)
    do_for_every_practice("plan_erasing")
    assert asked_for() == []
    assert (erase(alice, couple), refused(alice, couple)) == (False, KEPT)


def test_a_term_for_another_country_is_none(alice, couple):
    close(alice, couple)
    keep_for(alice, country="DE")
    assert (erase(alice, couple), refused(alice, couple)) == (False, KEPT)


def test_a_law_that_asks_for_longer_than_the_term_is_kept(alice, couple):
    settle_in(alice, country="DE")
    close(alice, couple)
    keep_for(alice, 7, country="DE")
    assert erase(alice, couple) is False
    assert erase(alice, couple, at=GOES_AT.replace(year=2026) - timedelta(days=1)) is False
    assert erase(alice, couple, at=GOES_AT.replace(year=2026)) is True


def test_a_shorter_term_waits_for_its_day_and_a_longer_one_does_not(alice, couple):
    close(alice, couple)
    keep_for(alice, 7, before=10, takes_effect_on=date(2024, 1, 1))
    for at in (GOES_AT, utc(2023, 12, 31, 23)):
        assert (erase(alice, couple, at=at), refused(alice, couple, at=at)) == (False, KEPT)
    keep_for(alice, 9, before=7, takes_effect_on=date(2024, 1, 1))
    for at in (GOES_AT, utc(2024, 1, 1)):
        assert (erase(alice, couple, at=at), refused(alice, couple, at=at)) == (False, KEPT)
    assert erase(alice, couple, at=utc(2025, 5, 18)) is True


def test_a_first_term_waits_for_its_day(alice, couple):
    close(alice, couple)
    keep_for(alice, 7, takes_effect_on=date(2024, 1, 1))
    assert (erase(alice, couple), refused(alice, couple)) == (False, KEPT)
    assert erase(alice, couple, at=utc(2024, 1, 1)) is True


@pytest.mark.parametrize(
    "keep",
    [
        keeping.flag_open,
        keeping.flag_acknowledged,
        keeping.sheet_open,
        keeping.record_asked_for,
        keeping.shared_record_asked_for,
        keeping.held,
        keeping.hold_lifted_just_now,
    ],
)
def test_what_keeps_a_couple_keeps_it_in_the_program_and_in_the_database(alice, couple, dana, keep):
    keep(alice, couple, dana)
    close(alice, couple)
    keep_for(alice)
    now = timezone.now()
    assert (erase(alice, couple, at=now), refused(alice, couple, at=now)) == (False, KEPT)
    assert on_record() == {couple.id}


def test_a_follow_up_that_is_still_to_come_keeps_it(alice, couple, dana):
    close(alice, couple)
    keeping.follow_up_planned(alice, couple, dana)
    keep_for(alice)
    assert (erase(alice, couple), refused(alice, couple)) == (False, KEPT)


def test_what_was_settled_keeps_no_more(alice, couple, dana):
    flag = raise_flag(alice, dana)
    _, download = make_download(alice, dana)
    keeping.held(alice, couple, dana)
    close(alice, couple)
    end_assignments(alice, couple)
    flag = again(alice, flag)
    with as_staff(alice):
        take_download(download, membership=alice)
        close_flag(flag, reason="discussed_alone", note="We talked", membership=alice)
        lift_hold(couple, membership=alice)
        Hold.objects.update(lifted_at=timezone.now() - timedelta(days=30))
    keep_for(alice)
    assert erase(alice, couple, at=timezone.now()) is True
    assert on_record() == set()


def test_a_couple_in_care_or_opened_again_is_kept(alice, couple):
    keep_for(alice)
    assert (erase(alice, couple), refused(alice, couple)) == (False, KEPT)
    close(alice, couple)
    with as_staff(alice):
        resume_care(Couple.objects.get(pk=couple.pk))
    assert (erase(alice, couple), refused(alice, couple)) == (False, KEPT)


def test_the_worker_can_neither_shorten_the_term_nor_say_that_it_is_later(alice, couple):
    soon = timezone.now() - timedelta(days=YEARS * 365)
    close(alice, couple, at=soon)
    keep_for(alice)
    tomorrow = timezone.now() + timedelta(days=400)
    assert refused(alice, couple, at=tomorrow, years=0) == KEPT
    close(alice, couple, at=CLOSED_AT)
    assert refused(alice, couple, years=8) == KEPT
    assert refused(alice, couple, at=tomorrow, years=0) != KEPT


def test_nobody_else_may_call_it(alice, couple, dana):
    sheet = make_sheet(alice, dana)
    close(alice, couple)
    keep_for(alice)
    for kind, scope in World(alice.practice, alice, couple, dana, sheet).scopes().items():
        with attacker(scope) as connection:
            allowed = outcome(connection, ERASE, couple.id, YEARS, GOES_AT) != REFUSED
            assert allowed is (kind == "worker"), kind


def test_another_practice_cannot_erase_it(alice, couple, mallory):
    close(alice, couple)
    keep_for(alice)
    keep_for(mallory)
    assert refused(mallory, couple) == KEPT
    assert erase(mallory, couple) is False
    assert partner_of(alice, couple, 1).couple_id == couple.id
