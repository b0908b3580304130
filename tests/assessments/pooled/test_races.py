"""F06 and F07: many at once, and a worker killed between the noise and the commit."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.parse import quote
from uuid import UUID

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection, connections
from django.utils import timezone

from assessments.pooled.releases import BudgetSpent, draw_release
from tests.assessments.pooled.pools import PLENTY, SIZES, content, count, fill, make_pool, quarter, release, spent
from tests.attacks import connect, superuser
from tests.server import wait_until

pytestmark = pytest.mark.database
WAITING = """
SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO "assessments_pooledrelease"%'
"""
THREADS, TRIES = 50, 20


@pytest.fixture
def without_pool(monkeypatch) -> Iterator[None]:
    """Each thread gets a connection of its own at once."""
    given = connections.settings["default"]
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(given, "OPTIONS", {key: value for key, value in given["OPTIONS"].items() if key != "pool"})
        yield
        connection.close()


def drawn_at_once(runs: list[tuple[str, UUID]], practices: list[UUID]) -> Counter[str]:
    now = timezone.now()

    def draw(named: tuple[str, UUID]) -> str:
        for _ in range(TRIES):
            try:
                made = draw_release(named[0], run=named[1], practices=practices, now=now)
                return "released" if made.content else "too few"
            except BudgetSpent:
                return "refused"
            except OperationalError:
                continue  # waited too long for the lock, and has spent nothing
            finally:
                connection.close()
        return "gave up"

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(threads.map(draw, runs))


def test_fifty_at_once_spend_no_more_than_a_year_may_take(without_pool):
    """F06"""
    practices = [owner.practice_id for owner in make_pool(1, 1, 1)]
    run = fill(practices, "1980Q1", each=150)
    quarters = [f"{1990 + n // 4}Q{n % 4 + 1}" for n in range(THREADS)]
    assert drawn_at_once([(name, run) for name in quarters], practices) == {"released": 4, "refused": THREADS - 4}
    assert spent() == Decimal(2)


def test_fifty_at_once_for_one_quarter_are_one_draw(without_pool):
    practices = [owner.practice_id for owner in make_pool(1, 1, 1)]
    run = fill(practices, "2020Q1", each=150)
    assert drawn_at_once([("2020Q1", run)] * THREADS, practices) == {"released": THREADS}
    assert (spent(), count("SELECT count(*) FROM assessments_pooledrelease")) == (Decimal("0.5"), 1)


def command(*words: str) -> subprocess.Popen[bytes]:
    given = connections["default"].settings_dict
    login = f"{given['USER']}:{quote(given['PASSWORD'])}"
    environment = {name: value for name, value in os.environ.items() if "OWNER_" not in name} | {
        "DATABASE_URL": f"postgres://{login}@{given['HOST']}:{given['PORT']}/{given['NAME']}",
        "STATISTICS_EPSILON": str(PLENTY),
        "STATISTICS_EPSILON_PER_YEAR": str(PLENTY),
        "STATISTICS_EPSILON_PER_COUPLE": str(PLENTY),
    }
    words = (sys.executable, "manage.py", "pooled_statistics", *words)
    return subprocess.Popen(words, env=environment, cwd=configured.BASE_DIR, stdout=subprocess.DEVNULL)  # noqa: S603


def waiting_inserts() -> int:
    with superuser() as connection:
        return connection.execute(WAITING).rowcount


def test_a_worker_killed_between_the_noise_and_the_commit_leaves_neither(tmp_path, plenty):
    """F07: its row waits for another of the same quarter, so the noise is drawn. The next run draws once."""
    make_pool()
    with connect("owner") as other:
        other.execute("SET LOCAL ROLE attune_maintenance")
        other.execute(
            "INSERT INTO assessments_pooledrelease (id, quarter, made_at, epsilon, content, files) "
            "VALUES (gen_random_uuid(), %s, now(), 1, '', '{}')",
            [quarter().name],
        )
        killed = command("--to", str(tmp_path))
        wait_until(lambda: waiting_inserts() > 0, seconds=60)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        other.rollback()
    assert [spent(), count("SELECT count(*) FROM assessments_pooledrelease")] == [0, 0]
    assert content(release())["couples"] == sum(SIZES)
    assert (spent(), count("SELECT count(*) FROM assessments_pooledrow")) == (PLENTY, 0)


def test_what_a_killed_run_left_goes_with_the_next(plenty):
    owner = make_pool()[0]
    for name in (quarter().name, "2020Q1"):
        fill([owner.practice_id], name, each=5)
    release()
    assert count("SELECT count(*) FROM assessments_pooledrow") == 0
