"""What goes with a couple and what stays: every row of it in every table, and not one row of anybody else."""

import json
from collections.abc import Iterable
from uuid import UUID

import pytest
from django.utils import timezone

from practice.database.grants.erasing import ERASED, STAYS
from practice.models import IdempotencyRecord, Membership
from tests.assessments.retention.closed import ERASE, GOES_AT, YEARS, change, close, erase, keep_for
from tests.attacks import as_maintenance, attacker, catalogue, taken_away
from tests.factories import (
    as_partner,
    end_assignments,
    full_answers,
    make_couple,
    make_download,
    make_plan,
    make_sheet,
    open_session,
    partner_of,
    submit,
)
from tests.worlds import World, make_world

pytestmark = pytest.mark.database
Rows = dict[str, set[str]]
TRAIL = "practice_auditevent"
# Columns that name a member, or a row of the practice itself.
OF_NO_COUPLE = {
    ("account_emailaddress", "user_id"): "users belong to no couple",
    ("knox_authtoken", "user_id"): "users",
    ("mfa_authenticator", "user_id"): "users",
    ("practice_apitoken", "membership_id"): "members",
    ("practice_apitoken", "user_id"): "users",
    ("practice_archive", "asked_by"): "members",
    ("practice_archivepart", "archive_id"): "an archive is of the whole practice",
    ("practice_auditevent", "actor_id"): "members",
    ("practice_calendarfeed", "membership_id"): "members",
    ("practice_download", "offered_to"): "members",
    ("practice_leave", "member_id"): "members",
    ("practice_leave", "recorded_by"): "members",
    ("practice_membership", "cover_id"): "members",
    ("practice_membership", "user_id"): "users",
    ("practice_pooledoptin", "given_by"): "members",
    ("practice_pooledoptin", "withdrawn_by"): "members",
    ("practice_retentionterm", "set_by"): "members",
    ("assessments_pooledrow", "run"): "the making of a release; its rows go with it",
    ("clients_coupleimport", "member_id"): "a file that is not imported names no couple yet",
}
# What the rows of a couple say of members.
BY_MEMBERS = {
    "assigned_by", "by", "changed_by", "decided_by", "handed_over_by", "lifted_by", "placed_by", "recorded_by",
    "released_by", "therapist_id", "written_by",
}  # fmt: skip


def uuid_columns() -> set[tuple[str, str]]:
    rows = catalogue(
        "SELECT relname::text, attname::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND atttypid = 'uuid'::regtype "
        "AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'practice_id')"
    )
    return set(rows)


def unsettled_columns() -> set[tuple[str, str]]:
    """Columns that could lead to a couple, and that neither go with it nor stay for a written reason."""
    gone = {(table, column) for table, columns in ERASED.items() for column in columns}
    by_members = {(table, column) for table in ERASED for column in BY_MEMBERS}
    # A mark, and a table of the couple's, may name a row by another column: whose row it is stands in these already.
    by_the_way = {("assessments_inboxmark", "reference")}
    return uuid_columns() - gone - by_members - by_the_way - set(STAYS) - set(OF_NO_COUPLE)


def test_every_column_that_leads_to_a_couple_is_in_the_order_or_stays_for_a_reason():
    assert unsettled_columns() == set()


def test_a_table_that_nobody_thought_of_is_found():
    hole = "CREATE TABLE clients_letter (practice_id uuid, id uuid, couple_id uuid)"
    with taken_away(hole, restore=["DROP TABLE clients_letter"]):
        assert unsettled_columns() == {("clients_letter", "couple_id")}


def test_whoever_refers_to_a_table_goes_before_it():
    order = list(ERASED)
    rows = catalogue(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    )
    within = [(child, parent) for child, parent in rows if {child, parent} <= set(order) and child != parent]
    assert [pair for pair in within if order.index(pair[0]) > order.index(pair[1])] == []
    # Nothing else refers to what goes.
    assert {child for child, parent in rows if parent in ERASED} - set(order) == set()


def every_row() -> Rows:
    tables = catalogue(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    return {
        table: {json.dumps(row, sort_keys=True) for (row,) in as_maintenance(f'SELECT to_jsonb(t) FROM "{table}" t')}
        for (table,) in tables
        if table not in ("django_migrations", "django_content_type")
    }


def mentioning(rows: Rows, start: UUID) -> Rows:
    """Every row that names the couple, or a row that does, in whatever column: found without the list that erases."""
    known, found = {str(start)}, {table: set[str]() for table in rows}
    while True:
        new = {
            table: {row for row in texts - found[table] if any(one in row for one in known)}
            for table, texts in rows.items()
            if table != TRAIL
        }
        if not any(new.values()):
            return found
        for table, texts in new.items():
            found[table] |= texts
            known |= set(ids(texts))


def ids(texts: Iterable[str]) -> Iterable[str]:
    return (str(row["id"]) for row in map(json.loads, texts) if "id" in row)


def settle(world: World) -> None:
    """Nothing keeps the couple of this world any more, and care ended long ago."""
    end_assignments(world.therapist, world.couple)
    settled = [
        "UPDATE assessments_safetyflag SET state = 'closed'",
        "UPDATE assessments_wave SET closed_at = now() WHERE closed_at IS NULL",
        "UPDATE clients_hold SET lifted_at = placed_at - interval '9 years', lifted_by = placed_by",
        "UPDATE practice_download SET used_at = now()",
    ]
    for statement in settled:
        change(statement)
    close(world.therapist, world.couple)


@pytest.fixture
def north() -> World:
    world = make_world("north", ("Dana", "Erin"))
    settle(world)
    return world


def make_neighbour(therapist: Membership) -> None:
    """Another couple of the same therapist, with rows of most kinds, and closed as long."""
    couple = make_couple(therapist, label="Neighbours", names=("Fay", "Gus"))
    partner = partner_of(therapist, couple, 1)
    sheet = make_sheet(therapist, partner)
    open_session(sheet)
    submit(sheet, full_answers(sheet, 4))
    make_plan(therapist, couple, partner)
    make_download(therapist, partner)
    close(therapist, couple)


def test_every_row_of_the_couple_goes_and_no_row_of_anybody_else(north):
    make_world("south", ("Trudy", "Walter"))
    make_neighbour(north.therapist)
    before = every_row()
    its = mentioning(before, north.couple.id)
    assert {table for table, rows in its.items() if rows} == set(ERASED) - {"practice_idempotencyrecord"}
    assert erase(north.therapist, north.couple) is True
    after = every_row()
    assert {table: len(before[table] - after[table]) for table in before} == {
        table: len(rows) for table, rows in its.items()
    }
    assert {table: after[table] for table in after if table != TRAIL} == {
        table: before[table] - its[table] for table in before if table != TRAIL
    }
    assert mentioning(after, north.couple.id) == {table: set() for table in after}


def test_it_says_what_went_in_the_order_of_the_list(north):
    with attacker(north.scopes()["worker"]) as connection:
        [(counts,)] = connection.execute(ERASE, [north.couple.id, YEARS, GOES_AT]).fetchall()
        assert list(counts) == list(ERASED)
        assert {table for table, number in counts.items() if not number} == {"practice_idempotencyrecord"}


def test_a_partners_repeated_calls_go_too(alice, couple, dana):
    with as_partner(dana):
        IdempotencyRecord.objects.create(
            actor=dana.id, key="one", fingerprint="f" * 64, status=200, body={}, created_at=timezone.now()
        )
    close(alice, couple)
    keep_for(alice)
    assert erase(alice, couple) is True
    assert as_maintenance("SELECT count(*) FROM practice_idempotencyrecord") == [(0,)]


def test_a_row_that_was_forgotten_keeps_the_whole_couple(north):
    """All or nothing: what refers to the couple and is not in the order makes the whole fail."""
    hole = [
        "CREATE TABLE clients_letter (practice_id uuid, couple_id uuid, "
        "FOREIGN KEY (practice_id, couple_id) REFERENCES clients_couple (practice_id, id))",
        f"INSERT INTO clients_letter VALUES ('{north.practice.id}', '{north.couple.id}')",
    ]
    before = every_row()
    with taken_away(*hole, restore=["DROP TABLE clients_letter"]), pytest.raises(Exception, match="clients_letter"):
        erase(north.therapist, north.couple)
    assert every_row() == before
