"""Each check of the function that erases, taken away in turn: then, and only then, what it keeps is erased."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import assessments
from clients.models import Couple
from practice.database.context import Scope
from tests.assessments.retention.closed import ERASE, GOES_AT, KEPT, YEARS, change, close, keep_for, settle_in
from tests.assessments.retention.keeping import (
    flag_open,
    follow_up_planned,
    held,
    hold_lifted_just_now,
    record_asked_for,
)
from tests.attacks import attacker, one_transaction, outcome
from tests.factories import as_staff, make_sheet

pytestmark = pytest.mark.database
SOURCE = (Path(assessments.__file__).parent / "eraser.sql").read_text()


def in_care(alice, couple, dana):
    """Not closed, though it was once: a date of closing alone is not enough."""
    close(alice, couple)
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(state="active", closed_reason="")


def sheet_left_open(alice, couple, dana):
    make_sheet(alice, dana)
    close(alice, couple)
    change("UPDATE assessments_wave SET closed_at = now()")


def wave_to_come(alice, couple, dana):
    close(alice, couple)
    follow_up_planned(alice, couple, dana)
    change("UPDATE assessments_answersheet SET state = 'withdrawn'")


def closed(keep):
    def kept(alice, couple, dana):
        keep(alice, couple, dana)
        close(alice, couple)

    kept.__name__ = keep.__name__
    return kept


def term_not_over(alice, couple, dana):
    close(alice, couple, at=timezone.now() - timedelta(days=YEARS * 365))


def shorter_term_to_come(alice, couple, dana):
    close(alice, couple)
    keep_for(alice, YEARS, before=30, takes_effect_on=date(2090, 1, 1))


def other_country(alice, couple, dana):
    close(alice, couple)
    settle_in(alice, country="DE")


def first_term_to_come(alice, couple, dana):
    close(alice, couple)
    keep_for(alice, YEARS, takes_effect_on=date(2090, 1, 1))


HOLD = "AND (hold.lifted_at IS NULL OR (hold.lifted_at AT TIME ZONE zone)::date + 30 > today)"
CHECKS = {
    in_care: ("AND state = 'closed' AND deleted_at", "AND deleted_at"),
    term_not_over: ("IF today <= last THEN", "IF false THEN"),
    shorter_term_to_come: ("greatest(years, term.years_before)", "years"),
    first_term_to_come: ("OR today < term.takes_effect_on AND term.years_before IS NULL THEN", "THEN"),
    other_country: ("term.country IS DISTINCT FROM land OR", ""),
    closed(held): (HOLD, "AND hold.lifted_at IS NOT NULL AND (hold.lifted_at AT TIME ZONE zone)::date + 30 > today"),
    closed(hold_lifted_just_now): (HOLD, "AND hold.lifted_at IS NULL"),
    closed(flag_open): ("AND flag.state <> 'closed'", "AND false"),
    sheet_left_open: ("AND sheet.state IN ('not_opened', 'started')", "AND false"),
    wave_to_come: ("AND wave.closed_at IS NULL", "AND false"),
    closed(record_asked_for): ("AND request.recorded_at >", "AND false AND request.recorded_at >"),
}


@pytest.mark.parametrize("keep", CHECKS, ids=lambda keep: keep.__name__)
def test_each_check_keeps_something_that_nothing_else_keeps(alice, couple, dana, keep):
    keep_for(alice)
    keep(alice, couple, dana)
    check, nothing = CHECKS[keep]
    assert SOURCE.count(check) == 1
    scope = Scope.worker(practice_id=alice.practice_id)
    given = (couple.id, YEARS, timezone.now())

    def erased(source):
        with one_transaction() as database:
            database.execute("SET LOCAL ROLE attune_eraser")
            database.execute(source)
            database.execute("RESET ROLE")
            with attacker(scope) as connection:
                return outcome(connection, ERASE, *given) != KEPT

    assert (erased(SOURCE), erased(SOURCE.replace(check, nothing))) == (False, True)


@pytest.mark.parametrize(("bound", "nothing"), [("least(at, now())", "at")])
def test_a_worker_that_lies_about_the_time_is_held_by_the_clock_of_the_database(alice, couple, bound, nothing):
    keep_for(alice)
    close(alice, couple, at=timezone.now() - timedelta(days=YEARS * 365))
    later = GOES_AT.replace(year=2090)
    with one_transaction() as database:
        database.execute("SET LOCAL ROLE attune_eraser")
        database.execute(SOURCE.replace(bound, nothing))
        database.execute("RESET ROLE")
        with attacker(Scope.worker(practice_id=alice.practice_id)) as connection:
            assert outcome(connection, ERASE, couple.id, YEARS, later) != KEPT
    with attacker(Scope.worker(practice_id=alice.practice_id)) as connection:
        assert outcome(connection, ERASE, couple.id, YEARS, later) == KEPT
