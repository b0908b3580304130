"""The exports of a large practice against bare COPY of the same rows in the same round, with the memory they take.

One practice with copies of one couple: ten check-ins and two full forms of both, weeks, sessions and a plan. Each
export runs in a process of its own. Of the archive: the tables of forms, answers, scores and weeks, as text and
encrypted. Of the statistics: drawing their rows, and each file of a release.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments import plans  # noqa: E402
from assessments.demo import HILLSIDE, Teller, make_practice  # noqa: E402
from assessments.demo.clock import playing_from  # noqa: E402
from assessments.statistics.releases import refresh_statistics  # noqa: E402
from assessments.statistics.rows import last_quarter  # noqa: E402
from benchmarks._copies import copy_couple  # noqa: E402
from benchmarks._history import Past, write_past, write_sessions  # noqa: E402
from benchmarks.submit import spread  # noqa: E402
from clients.consents import record_consent  # noqa: E402
from clients.couples import PartnerDetails, create_couple  # noqa: E402
from clients.models import Partner  # noqa: E402

CAME_AGO = timedelta(weeks=52)
CHECK_INS, FULL_WAVES, SESSIONS = 10, 2, 8
SHEETS_A_COUPLE = 2 * (CHECK_INS + FULL_WAVES)
TABLES = (
    "assessments_answersheet",
    "assessments_answers",
    "assessments_sheetscores",
    "assessments_weekreport",
)
FILES = ("statistics_csv", "statistics_xlsx", "statistics_parquet")
TITLES = ("seconds", "of bare COPY", "peak MiB", "above its start", "MB written")
Took = dict[str, float]


def make_couples(sheets: int) -> UUID:
    """The practice, with so many sheets."""
    began = timezone.now() - CAME_AGO
    with playing_from(began):
        members = make_practice("Bench", "bench", HILLSIDE)
        therapist = members["therapist"]
        teller = Teller(therapist, Random(1), began)
        with teller.therapist():
            named = [PartnerDetails(name="Ann"), PartnerDetails(name="Ben")]
            couple = create_couple(label="Bench", partners=named, therapist=therapist)
            both = list(Partner.objects.filter(couple=couple))
            for partner in both:
                record_consent(partner, kind="statistics", version="1")
            plan = plans.agree_plan(couple, membership=therapist, active_step="S3", focus=["PR", "LV"])
            plans.assign_activity(plan, template="P33", partners=both, membership=therapist)
    past, ended = Past(couple, both, therapist.id), last_quarter(timezone.now()).end - timedelta(days=1)
    write_past(past, check_ins=CHECK_INS, full_waves=FULL_WAVES, until=ended)
    write_sessions(past, count=SESSIONS, until=ended)
    copy_couple(couple.id, count=max(1, round(sheets / SHEETS_A_COUPLE) - 1))
    return therapist.practice_id


def exported(way: str, subject: str, practice_id: UUID) -> Took:
    command = [sys.executable, "-m", "benchmarks._exporting", way, subject, str(practice_id)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: Took = json.loads(done.stdout.splitlines()[-1])
    return found


def table_of(subject: str, ways: Sequence[str], practice_id: UUID, *, rounds: int) -> None:
    """A line for bare COPY and for each way, of rounds that ran all of them in turn."""
    found = [{way: exported(way, subject, practice_id) for way in ("bare", *ways)} for _ in range(rounds)]
    for way in ("bare", *ways):
        show(f"{subject} {way}", [one[way] for one in found], [one["bare"] for one in found])


def show(name: str, took: Sequence[Took], bare: Sequence[Took]) -> None:
    columns = (
        spread([one["seconds"] for one in took], ".2f"),
        spread([one["seconds"] / other["seconds"] for one, other in zip(took, bare, strict=True)], ".2f"),
        spread([one["peak"] for one in took], ".0f"),
        spread([one["peak"] - one["before"] for one in took], ".0f"),
        f"{took[-1]['size'] / 1e6:.1f}",
    )
    print(f"{name:>34}" + "".join(f"{column:>18}" for column in columns), flush=True)


def main(arguments: Any = None) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench export", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sheets", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    practice_id = make_couples(options.sheets)
    print(f"{options.rounds} rounds, lowest to highest; {options.sheets} sheets of one practice")
    print(f"{'':>34}" + "".join(f"{title:>18}" for title in TITLES))
    for table in TABLES:
        table_of(table, ("text", "part"), practice_id, rounds=options.rounds)
    table_of("rows", ("rows",), practice_id, rounds=options.rounds)
    refresh_statistics(practice_id, now=timezone.now())
    connections.close_all()
    for kind in FILES:
        took = [exported("file", kind, practice_id) for _ in range(options.rounds)]
        show(kind, took, took)


if __name__ == "__main__":
    main()
