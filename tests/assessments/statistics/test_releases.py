"""Who counts in practice statistics, what is kept of them, and who can read it (F03, F08, F10 to F14)."""

import json
import math
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.models import StatisticsRow
from assessments.statistics.catalogue import catalogue, full_form, shared_scores
from assessments.statistics.releases import refresh_statistics
from assessments.statistics.rows import clamped, fill_rows, last_quarter, mean_of_two, quarter_named
from clients.consents import withdraw_consent
from clients.models import Couple, Partner
from practice import tenancy
from practice.database.context import Scope
from practice.models import Membership
from tests.assessments.statistics.counted import (
    NEXT_QUARTER,
    QUARTER_AFTER,
    agree,
    in_next_quarter,
    make_counted,
    released,
)
from tests.attacks import REFUSED, as_maintenance, attacker, outcome, tables_with_practice
from tests.factories import as_staff, assign, full_answers, sheet_of, submit
from tests.worlds import World, make_world

database = pytest.mark.database
KEPT = {
    "id", "practice_id", "quarter", "outcome", "months", "intake", "latest", "change", "check_ins", "adherence",
    "completion", "timeliness",
}  # fmt: skip


def fill(member: Membership) -> list[dict[str, Any]]:
    at = in_next_quarter()
    with tenancy.begin(Scope.measurement(practice_id=member.practice_id)):
        fill_rows(last_quarter(at), at=at)
    with tenancy.begin(Scope.statistics(practice_id=member.practice_id)):
        return list(StatisticsRow.objects.values())


@database
def test_a_couple_counts_once_both_agree_and_until_one_withdraws(alice: Membership, couple: Couple, dana: Partner):
    assert fill(alice) == []
    agree(alice, couple, 1)
    assert fill(alice) == []
    agree(alice, couple, 2)
    assert len(fill(alice)) == 1
    with as_staff(alice):
        withdraw_consent(dana, kind="statistics")
    assert fill(alice) == []


@database
def test_a_row_keeps_whole_means_of_what_both_gave_and_nothing_else(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
):
    agree(alice, couple)
    for values in ((1, 2), (3, 3)):
        given = assign(alice, couple)
        for partner, value in zip((dana, erin), values, strict=True):
            sheet = sheet_of(alice, given, partner)
            submit(sheet, full_answers(sheet, value))
    alone = sheet_of(alice, assign(alice, couple, "ena-ck"), dana)
    submit(alone)
    [row] = fill(alice)
    assert set(row) == KEPT
    assert set(row["intake"]) == set(row["latest"]) == set(shared_scores(full_form()))
    assert "SC" not in json.dumps(row["intake"])
    assert all(type(value) is int for value in row["intake"].values())
    assert row["check_ins"] == {}
    assert (row["outcome"], row["completion"], row["timeliness"]) == ("in_care", 83, 100)
    assert row["change"]["NEGLECT"] in ("reliably_better", "cannot_tell_yet", "reliably_worse")


@database
def test_rows_of_two_periods_have_no_id_in_common(alice: Membership):
    """F12"""
    make_counted(alice, 3)
    before, after = fill(alice), fill(alice)
    assert len(before) == len(after) == 3
    assert {row["id"] for row in before} & {row["id"] for row in after} == set()
    assert len(as_maintenance("SELECT 1 FROM assessments_statisticsrow")) == 3


@pytest.fixture
def world() -> World:
    return make_world("north", ("Dana", "Erin"))


@database
def test_the_statistics_role_reads_its_own_table_and_no_other(world: World):
    """F11"""
    with attacker(Scope.statistics(practice_id=world.practice.id)) as connection:
        read = {
            table: outcome(connection, f'SELECT count(*) FROM "{table}"')
            for table in (*tables_with_practice(), "practice_user", "practice_practice", "django_session")
        }
    assert read.pop("assessments_statisticsrow") == [(1,)]
    assert set(read.values()) == {REFUSED}


@database
def test_nobody_changes_what_was_released(world: World):
    verbs = ("UPDATE assessments_statisticsrelease SET content = ''", "DELETE FROM assessments_statisticsrelease")
    for scope in world.scopes().values():
        with attacker(scope) as connection:
            assert [outcome(connection, verb) for verb in verbs] == [REFUSED, REFUSED]


@database
def test_eleven_couples_are_released_once_and_ten_never(alice: Membership, olive: Membership):
    """F03"""
    make_counted(alice, 10)
    at = in_next_quarter()
    assert refresh_statistics(alice.practice_id, now=at) is None
    assert released(olive) == []
    make_counted(alice, 1)
    quarter = refresh_statistics(alice.practice_id, now=at)
    assert quarter == last_quarter(at).name
    [first] = released(olive)
    make_counted(alice, 12)
    assert refresh_statistics(alice.practice_id, now=at) is None
    assert released(olive) == [first]
    assert_says_nothing_of_anybody(first[1])


def assert_says_nothing_of_anybody(content: str) -> None:
    """F10"""
    assert json.loads(content)["couples"] == 11
    assert "Canary" not in content
    assert "Pair" not in content
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\d{4}-\d{2}", content)
    assert {key for key in catalogue().dimensions if "SC" in key or "IM" in key or "therapist" in key} == set()


@database
def test_one_couple_less_is_no_new_release_and_eleven_are(alice: Membership, olive: Membership):
    """F04 and F13: whoever withdraws is out at once, and no pair of releases tells who that was."""
    couples = make_counted(alice, 24)
    now = timezone.now()
    assert refresh_statistics(alice.practice_id, now=now + NEXT_QUARTER)
    with time_machine.travel(now + NEXT_QUARTER + timedelta(days=1)):
        leave(alice, couples[0])
    later = now + QUARTER_AFTER
    assert refresh_statistics(alice.practice_id, now=later) is None
    assert as_maintenance("SELECT count(*) FROM assessments_statisticsrow") == [(23,)]
    with time_machine.travel(now + NEXT_QUARTER + timedelta(days=2)):
        for couple in couples[1:11]:
            leave(alice, couple)
    assert refresh_statistics(alice.practice_id, now=later) == last_quarter(later).name
    assert [json.loads(content)["couples"] for _, content in released(olive)] == [24, 13]


def leave(member: Membership, couple: Couple) -> None:
    with as_staff(member):
        withdraw_consent(Partner.objects.get(couple=couple, position=1), kind="statistics")


@database
def test_the_database_keeps_numbers_within_their_bounds(alice: Membership):
    with pytest.raises(IntegrityError), tenancy.begin(Scope.measurement(practice_id=alice.practice_id)):
        StatisticsRow.objects.create(quarter="2026Q1", outcome="in_care", months=61)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_becomes_a_whole_one_within_its_bounds(value: float):
    """F14"""
    found = clamped(value)
    assert type(found) is int
    assert 0 <= found <= 100
    assert math.isnan(value) or not 0 <= value <= 100 or abs(found - value) <= 0.5


def test_a_score_that_one_of_two_has_is_no_score_of_both():
    assert mean_of_two({"PR": (40.0, 45.0), "LV": (30.0, None)}) == {"PR": 43}


def test_quarters_follow_each_other_over_the_year():
    assert quarter_named("2026Q4").end == quarter_named("2027Q1").start
    assert last_quarter(quarter_named("2027Q1").start).name == "2026Q4"
