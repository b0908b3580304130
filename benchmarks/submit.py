"""Page saves and submits through the real server, against the same rows written raw on the same cluster.

Both partners of a couple have the same form: one is served, the other is written raw, in turn within each round.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import django

django.setup()

from benchmarks import _raw  # noqa: E402
from benchmarks._load import Call, Measured, cpu_seconds, measure, resident_mib, web_server, workers  # noqa: E402
from benchmarks._sheets import Maker, Target  # noqa: E402

AT_ONCE = (1, 8, 32)
TITLES = ("per second", "p95 ms", "web CPU ms a call", "database CPU", "raw per second", "of raw")
Pairs = list[tuple[Target, Target]]


def request(target: Target, method: str, path: str, body: Any = None) -> Call:
    headers = {
        "Authorization": f"Bearer {target.token}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
    }
    sent = None if body is None else json.dumps(body).encode()

    def call(connection: HTTPConnection) -> None:
        connection.request(method, f"/api/v1/partner/sheets/{target.sheet_id}/{path}/", sent, headers)
        response = connection.getresponse()
        said = response.read()
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {said[:300]!r}")

    return call


def saves(targets: list[Target], pages: list[dict[str, Any]]) -> list[Call]:
    return [request(target, "PATCH", "answers", {"answers": page}) for target in targets for page in pages]


def submits(targets: list[Target]) -> list[Call]:
    return [request(target, "POST", "submit") for target in targets]


class Bench:
    def __init__(self, maker: Maker, port: int, process_id: int) -> None:
        self.maker = maker
        self.process_id = process_id
        self.pages = maker.pages()
        self.http = partial(HTTPConnection, "127.0.0.1", port, timeout=60)
        self.found: dict[tuple[str, int], list[tuple[Measured, Measured, float, float]]] = defaultdict(list)

    def warm_up(self) -> None:
        """Both workers have loaded everything, and one submitted sheet shows the scores."""
        targets = [self.maker.pair()[0] for _ in range(15)] + [self.maker.first[0]]
        for calls in (saves(targets, self.pages), submits(targets)):
            measure(calls, connect=self.http, at_once=8)

    def round(self, pairs: Pairs, *, at_once: int) -> None:
        served, raw = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        form = self.maker.form
        both = {
            "save": (saves(served, self.pages), _raw.saves(raw, form, each=len(self.pages))),
            "submit": (submits(served), _raw.submits(raw, form, like=self.maker.first[0])),
        }
        for what, (over_http, in_sql) in both.items():
            before = self.cpu()
            product = measure(over_http, connect=self.http, at_once=at_once)
            web, database = (
                (end - start) / len(over_http) * 1000 for start, end in zip(before, self.cpu(), strict=True)
            )
            yardstick = measure(in_sql, connect=_raw.connect, at_once=at_once)
            self.found[what, at_once].append((product, yardstick, web, database))

    def cpu(self) -> tuple[float, float]:
        return cpu_seconds(workers(self.process_id)), cpu_seconds(_raw.backends())

    def report(self) -> None:
        print(f"{'':6}{'at once':>8}" + "".join(f"{title:>18}" for title in TITLES))
        for (what, at_once), rounds in sorted(self.found.items()):
            products, raws, web, database = zip(*rounds, strict=True)
            columns = [
                spread([product.rate for product in products], ".0f"),
                spread([product.p95 for product in products], ".1f"),
                spread(web, ".1f"),
                spread(database, ".1f"),
                spread([raw.rate for raw in raws], ".0f"),
                spread([product.rate / raw.rate for product, raw in zip(products, raws, strict=True)], ".3f"),
            ]
            print(f"{what:6}{at_once:8}" + "".join(f"{column:>18}" for column in columns))


def spread(values: Sequence[float], form: str) -> str:
    """The lowest and the highest of the rounds."""
    return f"{min(values):{form}} to {max(values):{form}}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench submit", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sheets", type=int, default=120, help="of each load; at one at a time, a third of it")
    options = parser.parse_args()
    maker = Maker()
    with web_server() as (port, process_id):
        bench = Bench(maker, port, process_id)
        bench.warm_up()
        for _ in range(options.rounds):
            for at_once in AT_ONCE:
                count = options.sheets // 3 if at_once == 1 else options.sheets
                bench.round([maker.pair() for _ in range(count)], at_once=at_once)
        memory = resident_mib(process_id)
    print(
        f"{options.rounds} rounds, lowest to highest; {options.sheets} sheets a load, {len(bench.pages)} pages of each"
    )
    bench.report()
    print("resident: " + ", ".join(f"{name} {size:.0f} MiB" for name, size in memory.items()))


if __name__ == "__main__":
    main()
