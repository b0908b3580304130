"""The pages of a couple with years behind it, and a partner's week, through the real server, against their bare SQL.

One couple with 60 check-ins, weeks and sessions, 12 full forms of both and a plan. In turn within each round: the page
over HTTP, signed in, with tenancy and audit on; then the statements it sends, sent again without Django.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection
from random import Random
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments import assignments, plans  # noqa: E402
from assessments.demo import HILLSIDE, Teller, make_practice  # noqa: E402
from assessments.demo.clock import playing_from  # noqa: E402
from assessments.models import AnswerSheet  # noqa: E402
from benchmarks import _raw, _replay  # noqa: E402
from benchmarks._history import Past, write_past, write_sessions  # noqa: E402
from benchmarks._load import Call, Measured, cpu_seconds, measure, resident_mib, web_server, workers  # noqa: E402
from benchmarks.submit import spread  # noqa: E402
from clients.access import PARTNER_COOKIE  # noqa: E402
from clients.couples import PartnerDetails, create_couple  # noqa: E402
from clients.invitations import open_link  # noqa: E402
from clients.models import Couple, Invitation, Partner  # noqa: E402

AT_ONCE = (1, 8)
CAME_AGO = timedelta(weeks=70)
CHECK_INS, FULL_WAVES = 60, 12
ACTIVITIES = ("P33", "P53", "P51")
COUPLES_OF_PARTNERS = 4
TITLES = ("p50 ms", "p95 ms", "per second", "web CPU ms", "database CPU ms", "bare SQL p50 ms", "of bare SQL")


class Maker:
    """The couple, a therapist who is signed in, and partners who have opened their links."""

    def __init__(self) -> None:
        with playing_from(timezone.now() - CAME_AGO):
            self.therapist = make_practice("Bench", "bench", HILLSIDE)["therapist"]
            self.teller = Teller(self.therapist, Random(1), timezone.now())
            self.couple = self.agreed_couple()
        with self.teller.therapist():
            partners = list(Partner.objects.filter(couple=self.couple))
        past = Past(self.couple, partners, self.therapist.id)
        write_past(past, check_ins=CHECK_INS, full_waves=FULL_WAVES)
        write_sessions(past, count=CHECK_INS)
        self.partners = [token for _ in range(COUPLES_OF_PARTNERS) for token in self.opened_weeks()]
        self.staff = self.signed_in()
        _raw.analyze()

    def agreed_couple(self) -> Couple:
        with self.teller.therapist():
            named = [PartnerDetails(name="Ann"), PartnerDetails(name="Ben")]
            couple = create_couple(label="Bench", partners=named, therapist=self.therapist)
            plan = plans.agree_plan(couple, membership=self.therapist, active_step="S3", focus=["PR", "LV"])
            for template in ACTIVITIES:
                both = list(Partner.objects.filter(couple=couple))
                plans.assign_activity(plan, template=template, partners=both, membership=self.therapist)
        return couple

    def signed_in(self) -> Client:
        browser = Client(headers={"host": "localhost"})
        with transaction.atomic(durable=True):
            self.therapist.user._state.db = "default"
            browser.force_login(self.therapist.user)
        return browser

    def opened_weeks(self) -> list[str]:
        """The tokens of both partners of a new couple, whose check-in is open."""
        couple = self.agreed_couple()
        with self.teller.therapist():
            assignments.assign_instrument(couple, instrument="ena-ck", membership=self.therapist)
            sheets = AnswerSheet.objects.filter(couple=couple).select_related("partner", "couple")
            keys = [assignments.invite_to_sheet(one, delivery=Invitation.Delivery.IN_PERSON).key for one in sheets]
        with transaction.atomic():
            return [open_link(str(key), browser=None).token for key in keys]

    def pages(self) -> dict[str, tuple[str, list[str]]]:
        """By name the address, and the cookies of those who ask for it, in turn."""
        own = f"/couples/{self.couple.id}/"
        name = settings.SESSION_COOKIE_NAME
        staff = [f"{name}={self.staff.cookies[name].value}"]
        partners = [f"{PARTNER_COOKIE}={token}" for token in self.partners]
        staffs = {"couple": own, "prepare": f"{own}prepare/", "progress": f"{own}progress/", "room": f"{own}room/"}
        return {key: (path, staff) for key, path in staffs.items()} | {"week": ("/p/week/1/", partners)}


def get(path: str, cookie: str) -> Call:
    def call(http: HTTPConnection) -> None:
        http.request("GET", path, headers={"Cookie": cookie})
        response = http.getresponse()
        said = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {said[:300]!r}")

    return call


def record(path: str, cookie: str) -> _replay.Recording:
    """The statements of one page, asked for in this process. The first asking loads what is kept in memory."""
    browser = Client(headers={"host": "localhost", "cookie": cookie})
    for _ in range(2):
        with _replay.recording() as found:
            if browser.get(path).status_code != 200:
                raise RuntimeError(f"{path} is not answered here.")
    connection.close()
    return found


class Bench:
    def __init__(self, maker: Maker, port: int, process_id: int) -> None:
        self.pages, self.process_id = maker.pages(), process_id
        self.http = partial(HTTPConnection, "127.0.0.1", port, timeout=60)
        self.recorded = {name: record(path, cookies[0]) for name, (path, cookies) in self.pages.items()}
        self.found: dict[tuple[str, int], list[tuple[Measured, Measured, float, float]]] = defaultdict(list)

    def calls(self, name: str, count: int) -> list[Call]:
        path, cookies = self.pages[name]
        return [get(path, cookies[number % len(cookies)]) for number in range(count)]

    def round(self, count: int, *, at_once: int) -> None:
        for name in self.pages:
            before = self.cpu()
            served = measure(self.calls(name, count), connect=self.http, at_once=at_once)
            web, database = ((end - start) / count * 1000 for start, end in zip(before, self.cpu(), strict=True))
            replay = self.recorded[name].replay()
            bare = measure([replay] * count, connect=_replay.connect, at_once=at_once)
            self.found[name, at_once].append((served, bare, web, database))

    def cpu(self) -> tuple[float, float]:
        return cpu_seconds(workers(self.process_id)), cpu_seconds(_raw.backends())

    def report(self) -> None:
        print(f"{'':10}{'at once':>8}{'statements':>12}" + "".join(f"{title:>17}" for title in TITLES))
        for (name, at_once), rounds in self.found.items():
            columns = [spread(values, form) for values, form in columns_of(rounds)]
            counted = f"{name:10}{at_once:8}{self.recorded[name].count:12}"
            print(counted + "".join(f"{column:>17}" for column in columns))


def columns_of(rounds: Sequence[tuple[Measured, Measured, float, float]]) -> list[tuple[list[float], str]]:
    served, bare = [one[0] for one in rounds], [one[1] for one in rounds]
    return [
        ([one.p50 for one in served], ".1f"),
        ([one.p95 for one in served], ".1f"),
        ([one.rate for one in served], ".0f"),
        ([one[2] for one in rounds], ".1f"),
        ([one[3] for one in rounds], ".1f"),
        ([one.p50 for one in bare], ".1f"),
        ([page.rate / sql.rate for page, sql in zip(served, bare, strict=True)], ".3f"),
    ]


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=60, help="of each page and load")
    options = parser.parse_args(arguments)
    maker = Maker()
    with web_server() as (port, process_id):
        bench = Bench(maker, port, process_id)
        bench.round(16, at_once=8)  # both workers have loaded everything
        bench.found.clear()
        for _ in range(options.rounds):
            for at_once in AT_ONCE:
                bench.round(options.calls, at_once=at_once)
        memory = resident_mib(process_id)
    print(f"{options.rounds} rounds, lowest to highest; {options.calls} calls of each page and load")
    bench.report()
    print("resident: " + ", ".join(f"{name} {size:.0f} MiB" for name, size in memory.items()))


if __name__ == "__main__":
    main()
