"""Real processes on the test database: the web server as the product starts it, and PgBouncer."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

INI = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = {servers}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready: Callable[[], bool], *, seconds: float = 30) -> None:
    """To look may open a connection of its own, which costs both sides more than the pause."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if ready():
            return
        pause.wait(0.1)
    raise AssertionError(f"Not within {seconds} seconds.")


@contextmanager
def started(command: list[str], port: int, **options: object) -> Iterator[int]:
    """A process that listens on this port, for the length of the block; its id."""
    with subprocess.Popen(command, **options) as process:  # type: ignore[call-overload]  # noqa: S603
        try:
            wait_until(lambda: process.poll() is not None or answers(port))
            assert process.poll() is None
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def pgbouncer(*, servers: int) -> Iterator[int]:
    """The port of a PgBouncer in transaction mode, with at most so many connections to PostgreSQL."""
    # Not below pytest's own folder, which must stay closed to the user that PgBouncer runs as.
    with TemporaryDirectory(prefix="attune-pgbouncer-") as name:
        yield from _pgbouncer(Path(name), servers)


def _pgbouncer(folder: Path, servers: int) -> Iterator[int]:
    given, listen = connections["default"].settings_dict, free_port()
    users, ini = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{given["USER"]}" "{given["PASSWORD"]}"\n')
    ini.write_text(INI.format(host=given["HOST"], port=given["PORT"], listen=listen, users=users, servers=servers))
    command = [os.environ["PGBOUNCER"], "-q", str(ini)]
    if os.geteuid() == 0:
        for path in (folder, users, ini):
            shutil.chown(path, "nobody")
        command[1:1] = ["-u", "nobody"]
    with started(command, listen):
        yield listen


def application() -> WSGIHandler:
    """For gunicorn: the product with the pages of tests/served.py."""
    settings.ROOT_URLCONF = "tests.served"
    served = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)  # before the workers are forked, not at the first request of each
    return served


@dataclass(frozen=True)
class WebServer:
    port: int
    process_id: int

    def workers(self) -> set[int]:
        return {
            int(one) for one in Path(f"/proc/{self.process_id}/task/{self.process_id}/children").read_text().split()
        }

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=30)


@contextmanager
def web_server(*, database_port: object = None, pool: bool = True) -> Iterator[WebServer]:
    """gunicorn with 2 workers of 4 threads and tests/served.py, on the test database."""
    given, port = connections["default"].settings_dict, free_port()
    login, address = f"{given['USER']}:{quote(given['PASSWORD'])}", f"{given['HOST']}:{database_port or given['PORT']}"
    environment = {name: value for name, value in os.environ.items() if "OWNER_" not in name and "SUPER" not in name}
    environment |= {
        "DATABASE_URL": f"postgres://{login}@{address}/{given['NAME']}",
        "DATABASE_POOL": str(int(pool)),
        "DATABASE_POOL_SIZE": "4",
        "REDIS_URL": settings.REDIS_URL,
        "LOG_LEVEL": "CRITICAL",
    }
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "gunicorn",
        "tests.server:application()",
        f"--bind=127.0.0.1:{port}",
    ]
    command += ["--worker-class=gthread", "--workers=2", "--threads=4", "--keep-alive=60", "--no-control-socket"]
    command += ["--log-level=critical", "--preload"]  # a worker that was killed is back at once
    with started(command, port, env=environment, cwd=settings.BASE_DIR) as process_id:
        yield WebServer(port, process_id)


def visit(connection: HTTPConnection, path: str, client: Client | None = None) -> str:
    """What a page says to this client's cookies."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} if client else {}
    connection.request("GET", path, headers={"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())})
    return connection.getresponse().read().decode()
