"""The signed context: what is missing, old, forged or for another kind of actor opens nothing."""

import hashlib
import hmac
import time
import uuid
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings

from clients.models import Couple
from practice.database.context import LIFETIME_SECONDS, Scope, pads, sign
from practice.models import Membership
from tests.attacks import REFUSED, attacker, outcome

pytestmark = pytest.mark.database
READ = "SELECT label FROM clients_couple"
LOGIN = "attune_login"


def clinician(member: Membership) -> Scope:
    return Scope.staff(practice_id=member.practice_id, membership_id=member.id, clinical=True)


def forged(body: str, key: bytes) -> str:
    return f"{body}|{hmac.new(key, body.encode(), hashlib.sha256).hexdigest()}"


def first_key() -> tuple[str, bytes]:
    kid, key = next(iter(settings.CONTEXT_KEYS.items()))
    return kid, bytes.fromhex(key)


def changed(position: int, value: str) -> Callable[[str], str]:
    def change(signed: str) -> str:
        parts = signed.split("|")
        return "|".join([*parts[:position], value, *parts[position + 1 :]])

    return change


FORGERIES: dict[str, Callable[[str], str]] = {
    "empty": lambda signed: "",
    "spaces": lambda signed: "   ",
    "no separator": lambda signed: "context",
    "too short": lambda signed: signed.rpartition("|")[0],
    "too long": lambda signed: f"{signed}|x",
    "one letter changed": lambda signed: signed[:-1] + ("0" if signed[-1] != "0" else "1"),
    "upper case": lambda signed: signed.upper(),
    "no signature": changed(6, ""),
    "unknown key": changed(0, "unknown"),
    "no key": changed(0, ""),
    "another practice": changed(1, str(uuid.uuid4())),
    "longer life": changed(2, str(int(time.time()) + 10**6)),
    "another kind": changed(3, "worker"),
    "another actor": changed(4, str(uuid.uuid4())),
    "another partner": changed(5, str(uuid.uuid4())),
    "own key": lambda signed: forged(signed.rpartition("|")[0], b"attacker"),
    "empty key": lambda signed: forged(signed.rpartition("|")[0], b""),
    "inner pad as the key": lambda signed: forged(signed.rpartition("|")[0], pads(first_key()[1])[0]),
    "plain hash": lambda signed: (
        f"{signed.rpartition('|')[0]}|{hashlib.sha256(signed.rpartition('|')[0].encode()).hexdigest()}"
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_context_is_refused(alice: Membership, couple: Couple, forgery: str) -> None:
    scope = clinician(alice)
    with attacker(scope, context=FORGERIES[forgery](sign(scope))) as connection:
        assert outcome(connection, READ) == REFUSED


def test_signed_context_opens_its_practice(alice: Membership, couple: Couple, other_couple: Couple) -> None:
    with attacker(clinician(alice)) as connection:
        assert outcome(connection, READ) == [("D & E",)]


def test_expired_context_is_refused(alice: Membership, couple: Couple) -> None:
    with time_machine.travel(time.time() - LIFETIME_SECONDS - 5):
        old = sign(clinician(alice))
    with attacker(clinician(alice), context=old) as connection:
        assert outcome(connection, READ) == REFUSED


def test_context_of_an_older_key_is_accepted_while_it_is_known(alice: Membership, couple: Couple) -> None:
    kid, key = first_key()
    body = f"{kid}|{alice.practice_id}|{int(time.time()) + 60}|clinician|{alice.id}|"
    with attacker(clinician(alice), context=forged(body, key)) as connection:
        assert outcome(connection, READ) == [("D & E",)]


@pytest.mark.parametrize("kind", ["administrator", "partner", "scoring", "worker", "audit", "", "staff"])
def test_context_of_another_kind_opens_nothing_to_staff(alice: Membership, couple: Couple, kind: str) -> None:
    kid, key = first_key()
    body = f"{kid}|{alice.practice_id}|{int(time.time()) + 60}|{kind}|{alice.id}|"
    with attacker(clinician(alice), context=forged(body, key)) as connection:
        assert outcome(connection, READ) == REFUSED


@pytest.mark.parametrize("role", ["attune_worker", "attune_scoring", "attune_audit", "attune_partner", "attune_report"])
def test_role_taken_with_the_context_of_staff_opens_nothing(alice: Membership, couple: Couple, role: str) -> None:
    with attacker(clinician(alice)) as connection:
        connection.execute("RESET ROLE")
        connection.execute(f"SET LOCAL ROLE {role}".encode())
        assert outcome(connection, READ) == REFUSED


def test_context_ends_with_the_transaction(alice: Membership, couple: Couple) -> None:
    with attacker(clinician(alice)) as connection:
        connection.rollback()
        assert outcome(connection, "SELECT label FROM public.clients_couple") == REFUSED
        assert outcome(connection, "SELECT current_setting('app.context', true), current_user") == [
            ("", "attune_login")
        ]
