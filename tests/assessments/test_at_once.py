"""G14 and G15 on the product's own acts: what a couple's people do at one moment ends as if they had done it in turn.

Each act is a request of a browser of its own. What the database holds afterwards, and what each was answered, must be
what some order of the same acts, one after the other, leaves.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, permutations
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client

from practice.models import Membership
from tests.attacks import as_maintenance
from tests.factories import assign, client_of, make_couple, partner_client, partner_of, save, sheet_of

pytestmark = pytest.mark.database

numbers = count(1)
ROUNDS = 4
FORM = "ena-c@0.2.0/"
# What is left of a couple, without ids and times.
LEFT = {
    "couple": "SELECT m.name FROM clients_couple c JOIN practice_membership m ON m.id = c.therapist_id WHERE c.id = %s",
    "treatments": "SELECT count(*) FROM clients_treatment WHERE couple_id = %s",
    "assignments": "SELECT instrument, ended_at IS NULL FROM assessments_assignment WHERE couple_id = %s ORDER BY 1, 2",
    "waves": """
        SELECT opened_at IS NULL, closed_at IS NULL, dropped FROM assessments_wave
         WHERE couple_id = %s ORDER BY 1, 2""",
    "sheets": """
        SELECT partner.position, sheet.state, sheet.submitted_at IS NULL,
               (SELECT count(*) FROM assessments_answers a WHERE a.sheet_id = sheet.id AND a.frozen_at IS NULL),
               (SELECT count(*) FROM assessments_sheetscores s WHERE s.sheet_id = sheet.id),
               (SELECT count(*) FROM clients_linkkey k WHERE k.sheet_id = sheet.id AND k.ended_at IS NULL),
               ARRAY(SELECT i.state FROM clients_invitation i WHERE i.sheet_id = sheet.id ORDER BY i.ordinal)
          FROM assessments_answersheet sheet JOIN clients_partner partner ON partner.id = sheet.partner_id
         WHERE sheet.couple_id = %s ORDER BY 1, 2, 3, 4, 5, 6, 7""",
    "partners": "SELECT position, channel FROM clients_partner WHERE couple_id = %s ORDER BY 1",
    "trail": """
        SELECT action, count(*) FROM practice_auditevent
         WHERE couple_id = %s AND action <> 'couple.opened' GROUP BY 1 ORDER BY 1""",
}


@dataclass(frozen=True)
class Scene:
    """A couple that gets mail and has a form, which Dana has begun. Erin has opened hers."""

    couple: UUID
    acts: dict[str, Callable[[], int]]

    def outcome(self, answered: dict[str, int]) -> str:
        left = {name: as_maintenance(sql, self.couple) for name, sql in LEFT.items()}
        return repr((sorted(answered.items()), left))


def posts(browser: Client, path: str, **given: Any) -> Callable[[], int]:
    return lambda: browser.post(path, given).status_code


def scene(alice: Membership, bob: Membership, wanted: Sequence[str]) -> Scene:
    couple = make_couple(alice, label=f"Couple {next(numbers)}", email=True)
    given = assign(alice, couple)
    dana, erin = (sheet_of(alice, given, partner_of(alice, couple, position)) for position in (1, 2))
    save(dana, {"experienced.PR1": 3})
    quiet = {"raise_request_exception": False}
    end, to_bob = f"/assignments/{given.id}/end/", {"couple": str(couple.id), "to": str(bob.id), "confirmed": 1}
    make = {
        "assign": lambda: posts(client_of(alice, **quiet), f"/couples/{couple.id}/assign/", form=FORM, days=4),
        "answer": lambda: posts(partner_client(dana, **quiet), "/p/submit/"),
        "withdraw": lambda: posts(client_of(alice, **quiet), end),
        "hand over": lambda: posts(client_of(alice, **quiet), "/couples/hand-over/", **to_bob),
        "stop": lambda: posts(partner_client(erin, **quiet), "/p/me/", change="in_person"),
    }
    return Scene(couple.id, {name: make[name.rstrip("+")]() for name in wanted})


def in_turn(found: Scene, order: Sequence[str]) -> str:
    return found.outcome({name: found.acts[name]() for name in order})


def at_once(found: Scene) -> str:
    start = threading.Barrier(len(found.acts), timeout=30)

    def act(name: str) -> tuple[str, int]:
        try:
            start.wait()
            return name, found.acts[name]()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(found.acts)) as threads:
        return found.outcome(dict(threads.map(act, found.acts)))


NIGHTLY = pytest.mark.nightly
# "+" is the same act a second time, from another browser.
TOGETHER = [
    pytest.param(("answer", "withdraw", "withdraw+"), id="answer, withdraw twice"),
    pytest.param(("assign", "answer", "withdraw"), id="assign, answer, withdraw", marks=NIGHTLY),
    pytest.param(("assign", "assign+", "withdraw"), id="assign twice, withdraw", marks=NIGHTLY),
    pytest.param(("assign", "withdraw", "stop"), id="assign, withdraw, stop", marks=NIGHTLY),
    pytest.param(("assign", "withdraw", "hand over"), id="assign, withdraw, hand over", marks=NIGHTLY),
]


@pytest.mark.parametrize("acts", TOGETHER)
def test_what_is_done_at_once_ends_as_if_done_in_turn(alice: Membership, bob: Membership, acts: Sequence[str]) -> None:
    serial = {in_turn(scene(alice, bob, acts), order) for order in permutations(acts)}
    for _ in range(ROUNDS):
        assert at_once(scene(alice, bob, acts)) in serial


@pytest.mark.nightly
def test_all_of_it_at_once_ends_as_if_done_in_turn(alice: Membership, bob: Membership) -> None:
    acts = ("assign", "answer", "withdraw", "hand over", "stop")
    serial = {in_turn(scene(alice, bob, acts), order) for order in permutations(acts)}
    for _ in range(10 * ROUNDS):
        assert at_once(scene(alice, bob, acts)) in serial
