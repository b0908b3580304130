"""What one may write for oneself only: who stands in for a member, and what the program did about a flag."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from clients.models import Couple, Partner
from practice.database import grants
from practice.database.context import Scope
from practice.database.grants.rule import SCORING, STAFF
from practice.models import Membership
from tests.assessments.flagged import URGENT, flag_of
from tests.attacks import REFUSED, attacker, one_transaction, outcome
from tests.factories import assign, save, sheet_of

pytestmark = pytest.mark.database
COVER = "UPDATE practice_membership SET cover_id = %s WHERE practice_id = %s AND id = %s"
EVENT = (
    "INSERT INTO assessments_flagevent (id, practice_id, flag_id, partner_id, action, reason, note, at) "
    "VALUES (gen_random_uuid(), %s, %s, %s, 'reopened', '', '', now())"
)


def scope_of(member: Membership, *, clinical: bool = True) -> Scope:
    return Scope.staff(practice_id=member.practice_id, membership_id=member.id, clinical=clinical)


@contextmanager
def held_to_the_practice_alone(table: str, role: str, verb: str) -> Iterator[None]:
    """The control: the policy of one verb without what comes after the tenant predicate."""
    rules = grants.rules()
    [(number, rule)] = [
        (number, rule) for number, rule in enumerate(rules) if (rule.table, rule.role, rule.verb) == (table, role, verb)
    ]
    tenant = rule.rows.partition(" AND ")[0]
    using = f"USING ({tenant})" if verb == "UPDATE" else ""
    name = f"{role.removeprefix('attune_')}_{verb.lower()}_{number}"
    with one_transaction() as connection:
        connection.execute(f"ALTER POLICY {name} ON {table} {using} WITH CHECK ({tenant})".encode())
        yield


def attempts(member: Membership, colleague: Membership) -> list[Any]:
    """A member names a cover for a colleague; somebody without clinical access names one for themselves."""
    values = (colleague.id, member.practice_id)
    with attacker(scope_of(member)) as connection:
        for_colleague = outcome(connection, COVER, member.id, member.practice_id, colleague.id)
    with attacker(scope_of(member, clinical=False)) as connection:
        administrator = outcome(connection, COVER, *values, member.id)
    return [for_colleague, administrator]


def test_a_cover_is_named_for_oneself_only(alice: Membership, bob: Membership) -> None:
    with attacker(scope_of(alice)) as connection:
        assert outcome(connection, COVER, bob.id, alice.practice_id, alice.id) == [(1,)]
    assert attempts(alice, bob) == [[(0,)], REFUSED]
    with held_to_the_practice_alone("practice_membership", STAFF, "UPDATE"):
        assert attempts(alice, bob) == [[(1,)], REFUSED]


def test_scoring_one_partner_notes_nothing_at_the_flag_of_the_other(
    alice: Membership, couple: Couple, dana: Partner, erin: Partner
) -> None:
    assignment = assign(alice, couple)
    sheets = [sheet_of(alice, assignment, partner) for partner in (dana, erin)]
    for sheet in sheets:
        save(sheet, URGENT)
    flags = [flag_of(alice, sheet) for sheet in sheets]

    def noted_by_dana() -> list[Any]:
        with attacker(Scope.scoring(practice_id=alice.practice_id, partner_id=dana.id)) as connection:
            own = outcome(connection, EVENT, alice.practice_id, flags[0].id, dana.id)
            hers = outcome(connection, EVENT, alice.practice_id, flags[1].id, erin.id)
            # As if it were her own: no policy sees the flag, and the key holds an event to the partner of its flag.
            return [own, hers, outcome(connection, EVENT, alice.practice_id, flags[1].id, dana.id)]

    assert noted_by_dana() == [[(1,)], REFUSED, "23503"]
    with held_to_the_practice_alone("assessments_flagevent", SCORING, "INSERT"):
        assert noted_by_dana() == [[(1,)], [(1,)], "23503"]
