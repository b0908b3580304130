"""Whether time tells what a partner said: to the other, in whose world nothing or something was said, and to whoever
looks on while it is said.

Through the real server, one request at a time, in random order. Of each kind of request the times of two groups of
couples are compared by Kolmogorov and Smirnov's test: p is how often groups alike in all would differ as much.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from random import Random
from statistics import median
from typing import Any

import django

django.setup()

from scipy.stats import ks_2samp  # noqa: E402

from benchmarks._load import Call, web_server  # noqa: E402
from benchmarks._sheets import Maker, Target, full_answers  # noqa: E402
from benchmarks.submit import request  # noqa: E402
from clients.access import PARTNER_COOKIE  # noqa: E402

PAGES = ("/p/", "/p/1/", "/p/check/", "/p/summary/", "/p/help/")
GROUPS = ("nothing", "calm", "alarming")


@dataclass(frozen=True)
class Timed:
    """One request to come: what kind it is, of which group, and of whom."""

    kind: str
    group: str
    call: Call


def page(target: Target, path: str) -> Call:
    def call(connection: HTTPConnection) -> None:
        connection.request("GET", path, headers={"Cookie": f"{PARTNER_COOKIE}={target.token}"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")

    return call


def said(maker: Maker, group: str) -> dict[str, Any]:
    """Every line: as calm or as alarming as it can be."""
    calm = full_answers(maker.form)
    return {line: 4 if group == "alarming" and not line.startswith("context") else one for line, one in calm.items()}


def answering(maker: Maker, group: str, target: Target) -> list[Timed]:
    """What the one who answers sends: all lines, and the end."""
    given = {"answers": said(maker, group)}
    calls = {"save": request(target, "PATCH", "answers", given), "submit": request(target, "POST", "submit")}
    return [Timed(f"answers: {kind}", group, call) for kind, call in calls.items()]


def looking(group: str, target: Target) -> list[Timed]:
    """What the other asks for."""
    return [Timed(f"the other: {path}", group, page(target, path)) for path in PAGES]


def timed(port: int, rounds: Sequence[list[Timed]]) -> dict[tuple[str, str], list[float]]:
    """Milliseconds by kind and group. The requests of one round keep their order; rounds are in random order."""
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for one in Random(2).sample(rounds, len(rounds)):
        for asked in one:
            start = time.perf_counter()
            asked.call(connection)
            took[asked.kind, asked.group].append((time.perf_counter() - start) * 1000)
    connection.close()
    return took


def report(took: dict[tuple[str, str], list[float]]) -> None:
    print(f"{'':32}{'groups':>22}{'samples':>9}{'medians, ms':>16}{'p':>8}")
    for kind in dict.fromkeys(kind for kind, _ in took):
        groups = [group for group in GROUPS if (kind, group) in took]
        for one in groups[:-1]:
            first, second = took[kind, one], took[kind, groups[-1]]
            p = ks_2samp(first, second).pvalue
            medians = f"{median(first):.2f} / {median(second):.2f}"
            print(f"{kind:32}{f'{one} / {groups[-1]}':>22}{len(first):9}{medians:>16}{p:8.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench twins", description=__doc__)
    parser.add_argument("--couples", type=int, default=200, help="of each group")
    options = parser.parse_args()
    maker = Maker()
    couples = [(group, *maker.pair()) for _ in range(options.couples) for group in GROUPS]
    with web_server() as (port, _):
        warm = [maker.pair() for _ in range(10)]
        timed(port, [answering(maker, "alarming", erin) + looking("alarming", dana) for dana, erin in warm])
        # First all that is said, then all that is looked at, so that no page comes right after a submit.
        speaking = [answering(maker, group, erin) for group, _, erin in couples if group != GROUPS[0]]
        report(timed(port, speaking) | timed(port, [looking(group, dana) for group, dana, _ in couples]))


if __name__ == "__main__":
    main()
