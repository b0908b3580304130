"""A bounded load: so many clients at once, so many calls in all, and what they took."""

import math
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import Any

Call = Callable[[Any], None]


@dataclass(frozen=True)
class Measured:
    """Calls a second over the whole load, and percentiles of one call in milliseconds."""

    rate: float
    p50: float
    p95: float


def measure(calls: Sequence[Call], *, connect: Callable[[], Any], at_once: int) -> Measured:
    """Make every call once, `at_once` clients taking the next as soon as they are free. Raises the first failure."""
    waiting, took, failures = deque(calls), list[float](), list[Exception]()
    ready = threading.Barrier(at_once + 1)

    def work() -> None:
        with closing(connect()) as client:
            ready.wait()
            try:
                while not failures:
                    call = waiting.popleft()
                    start = time.perf_counter()
                    call(client)
                    took.append(time.perf_counter() - start)
            except IndexError:
                return
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    ready.wait(timeout=60)
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    if failures:
        raise failures[0]
    return Measured(len(took) / seconds, percentile(took, 0.5), percentile(took, 0.95))


def percentile(took: Sequence[float], share: float) -> float:
    """In milliseconds, of seconds."""
    return sorted(took)[math.ceil(share * len(took)) - 1] * 1000


@contextmanager
def web_server() -> Iterator[tuple[int, int]]:
    """The product's web server as the demo starts it, without the owner's address: its port and process id."""
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OWNER_")}
    command = [sys.executable, "-m", "gunicorn", "practice.wsgi", f"--bind=127.0.0.1:{port}", "--no-control-socket"]
    command += ["--worker-class=gthread", "--workers=2", "--threads=4", "--log-level=warning"]
    process = subprocess.Popen(command, env=environment | {"LOG_LEVEL": "WARNING"})
    try:
        wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and process.poll() is None:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request("GET", "/health/live/")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.1)
    raise RuntimeError("The web server does not answer.")


def resident_mib(process_id: int) -> dict[str, float]:
    """Resident memory of the web server's master and of each worker, in MiB."""
    named = {"master": str(process_id)}
    named |= {f"worker {number}": pid for number, pid in enumerate(workers(process_id), start=1)}
    return {name: _resident(pid) for name, pid in named.items()}


def cpu_seconds(process_ids: list[str]) -> float:
    """Processor time that these have used. Other work on the machine does not change it much."""
    ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in process_ids]
    return sum(int(used) for pair in ticks for used in pair) / os.sysconf("SC_CLK_TCK")


def workers(process_id: int) -> list[str]:
    """The process ids of the web server's workers."""
    return Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()


def _resident(process_id: str) -> float:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
