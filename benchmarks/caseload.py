"""The list of couples of one therapist, through the real server, against its bare SQL, with other practices beside.

200 couples with 12 check-ins, weeks and a plan. First one other practice holds a million sheets beside, then 1,000 more
practices hold as many again: the statements of the page must be the same, and so must the rows that they read.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from random import Random
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments import plans  # noqa: E402
from assessments.demo import HILLSIDE, Teller, make_practice  # noqa: E402
from assessments.demo.clock import playing_from  # noqa: E402
from benchmarks import _replay  # noqa: E402
from benchmarks._beside import CHECK_INS, add_practices  # noqa: E402
from benchmarks._history import Past, write_past  # noqa: E402
from benchmarks._load import measure, web_server  # noqa: E402
from benchmarks.pages import CAME_AGO, get, record  # noqa: E402
from benchmarks.submit import spread  # noqa: E402
from clients.couples import PartnerDetails, create_couple  # noqa: E402
from clients.models import Couple, Partner  # noqa: E402
from practice.database.base import SET_CONTEXT  # noqa: E402
from practice.database.context import GATE, sign  # noqa: E402

ADDRESS = "/"
BESIDE = (1, 1_000)
TITLES = ("p50 ms", "p95 ms", "bare SQL p50 ms", "of bare SQL")


class Maker:
    """A therapist with couples, signed in."""

    def __init__(self, couples: int) -> None:
        with playing_from(timezone.now() - CAME_AGO):
            self.therapist = make_practice("Bench", "bench", HILLSIDE)["therapist"]
            self.teller = Teller(self.therapist, Random(1), timezone.now())
            made = [self.agreed_couple(number) for number in range(couples)]
        for number, (couple, partners) in enumerate(made):
            past = Past(couple, partners, self.therapist.id)
            write_past(past, check_ins=CHECK_INS, full_waves=0, level=40 + number % 40)
        self.first = made[0][0].id
        browser = Client(headers={"host": "localhost"})
        with transaction.atomic(durable=True):
            self.therapist.user._state.db = "default"
            browser.force_login(self.therapist.user)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"

    def agreed_couple(self, number: int) -> tuple[Couple, list[Partner]]:
        with self.teller.therapist():
            named = [PartnerDetails(name="Ann"), PartnerDetails(name="Ben")]
            couple = create_couple(label=f"Couple {number:03}", partners=named, therapist=self.therapist)
            both = list(Partner.objects.filter(couple=couple))
            plan = plans.agree_plan(couple, membership=self.therapist, active_step="S3", focus=["PR", "LV"])
            plans.assign_activity(plan, template="P33", partners=both, membership=self.therapist)
        return couple, both


@dataclass(frozen=True)
class Plan:
    """How PostgreSQL answered a statement: nodes with their tables and indexes, in order, and how many rows it read."""

    nodes: list[str]
    rows_read: int


def plans_of(recorded: _replay.Recording) -> list[Plan]:
    found, scope = [], object()
    with _replay.connect() as raw, raw.transaction(force_rollback=True), raw.cursor() as cursor:
        for wanted, sql, params in recorded.statements:
            if wanted is not scope:
                cursor.execute(SET_CONTEXT, [wanted.role if wanted else GATE, sign(wanted)])
                scope = wanted
            if sql.startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
                nodes = list(_nodes((cursor.fetchone() or [[{}]])[0][0]["Plan"]))
                found.append(Plan([_named(node) for node in nodes], round(sum(map(_rows_read, nodes)))))
    return found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _named(node: dict[str, Any]) -> str:
    return " ".join(str(node[key]) for key in ("Node Type", "Relation Name", "Index Name") if key in node)


def _rows_read(node: dict[str, Any]) -> float:
    """Of a table; what a filter took out was read too."""
    kept = sum(node.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return kept * node["Actual Loops"] if "Relation Name" in node else 0


def measured(
    cookie: str, recorded: _replay.Recording, http: Callable[[], HTTPConnection], *, rounds: int, calls: int
) -> list[str]:
    """The columns of one row: the page and its bare SQL, in turn within each round."""
    replay, call = recorded.replay(), get(ADDRESS, cookie)
    measure([call] * 16, connect=http, at_once=8)  # both workers have loaded everything
    found = [
        (
            measure([call] * calls, connect=http, at_once=1),
            measure([replay] * calls, connect=_replay.connect, at_once=1),
        )
        for _ in range(rounds)
    ]
    return [
        spread([served.p50 for served, _ in found], ".1f"),
        spread([served.p95 for served, _ in found], ".1f"),
        spread([bare.p50 for _, bare in found], ".1f"),
        spread([served.rate / bare.rate for served, bare in found], ".3f"),
    ]


def compare(here: tuple[list[str], list[Plan]], there: tuple[list[str], list[Plan]]) -> None:
    """What is the same with few and with many practices beside."""
    (statements, plans_here), (others, plans_there) = here, there
    print("same statements: " + ("yes" if statements == others else "NO"))
    read = [sum(plan.rows_read for plan in plans) for plans in (plans_here, plans_there)]
    print("rows read: {} and {}".format(*read))
    different = [pair for pair in zip(plans_here, plans_there, strict=False) if pair[0].nodes != pair[1].nodes]
    print(f"plans that differ: {len(different)} of {len(plans_here)}")
    for one, other in different:
        print(json.dumps({"with one": vars(one), "with many": vars(other)}, indent=1))


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench caseload", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--couples", type=int, default=200)
    parser.add_argument("--sheets", type=int, default=1_000_000, help="of the one practice, and of the 1,000")
    options = parser.parse_args(arguments)
    maker = Maker(options.couples)
    print(
        f"{options.rounds} rounds, lowest to highest; {options.calls} calls, one at a time; {options.couples} couples"
    )
    print(f"{'beside':>10}{'sheets':>12}{'statements':>12}" + "".join(f"{title:>18}" for title in TITLES))
    seen, beside, sheets = [], 0, 0
    with web_server() as (port, _):
        http = partial(HTTPConnection, "127.0.0.1", port, timeout=60)
        for more in BESIDE:
            sheets += add_practices(more, sheets=options.sheets, like=maker.first)
            beside += more
            recorded = record(ADDRESS, maker.cookie)
            columns = measured(maker.cookie, recorded, http, rounds=options.rounds, calls=options.calls)
            counted = f"{beside:>10}{sheets:>12}{recorded.count:>12}"
            print(counted + "".join(f"{column:>18}" for column in columns), flush=True)
            seen.append(([sql for _, sql, _ in recorded.statements], plans_of(recorded)))
    compare(*seen)


if __name__ == "__main__":
    main()
