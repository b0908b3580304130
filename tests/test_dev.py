import base64
import importlib.machinery
import importlib.util
import os
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest


def load_dev() -> ModuleType:
    path = str(Path(__file__).parent.parent / "dev")
    loader = importlib.machinery.SourceFileLoader("dev", path)
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


dev = load_dev()


@pytest.mark.parametrize("words", [["-n", "4"], ["-n0"], ["--pdb"], ["tests/test_dev.py::test_x"]])
def test_pytest_words_that_decide_about_processes_are_left_alone(words):
    assert dev.pytest_arguments(words) == words


def test_tests_run_in_three_processes():
    assert dev.pytest_arguments(["tests/api", "-x"]) == ["-n", "3", "tests/api", "-x"]


def test_secrets_have_the_shape_that_the_settings_read():
    secrets = dev.new_secrets()
    name, _, key = secrets["ENCRYPTION_KEYS"].partition(":")
    assert (name, len(base64.urlsafe_b64decode(key))) == ("k1", 32)
    assert len(bytes.fromhex(secrets["CONTEXT_KEYS"].removeprefix("k1:"))) == 32
    assert len(set(secrets.values())) == len(secrets)


def test_folder_behind_a_link_is_refused(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(dev.Problem, match="belongs to somebody else"):
        dev.own_folder(tmp_path / "link")


def test_private_file_is_closed_to_others_and_replaced_whole(tmp_path):
    path = tmp_path / "state.json"
    path.write_text("something longer than what follows")
    dev.write_private(path, "{}")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("{}", 0o600)


def test_second_command_in_a_tree_says_what_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "HOME", tmp_path)
    with dev.only_one():
        dev.write_state({"running": "./dev demo (process 7)"})
        with pytest.raises(dev.Problem) as refused, dev.only_one():
            pytest.fail("The lock was given twice.")
        assert str(refused.value) == "./dev demo (process 7) already runs in this tree."
    assert dev.is_running() is False


def test_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(dev.Problem, match=f"Port {port} is taken"):
            dev.check_port(port)


def test_programs_keep_what_they_compile(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    dev.keep_bytecode()
    said = dev.run(sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)")
    assert said == "False\n"


def test_failing_command_shows_the_end_of_what_it_said():
    with pytest.raises(dev.Problem, match="failed:\nlast words"):
        dev.run(sys.executable, "-c", "import sys; sys.exit('last words')")


def test_child_that_ends_early_is_reported_with_its_log(tmp_path):
    children = dev.Children(tmp_path)
    children.start("web", sys.executable, "-c", "import sys; sys.exit('no such module')", env=dict(os.environ))
    with pytest.raises(dev.Problem) as problem:
        children.wait_for("web", lambda: False)
    assert str(problem.value) == f"web has ended. The end of {tmp_path / 'web.log'}:\nno such module"


def install(folder: Path, *programs: str, says: str) -> Path:
    folder.mkdir(parents=True)
    for name in programs:
        (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (folder / name).chmod(0o755)
    return folder


def install_postgres(folder: Path, version: str) -> Path:
    programs = ("initdb", "postgres", "pg_isready", "psql")
    return install(folder, *programs, says=f"postgres (PostgreSQL) {version} (Debian {version}-1)")


def test_newest_postgres_of_the_system_is_taken(tmp_path):
    folders = [install_postgres(tmp_path / version, version) for version in ("9.6.24", "19.0", "18.1")]
    assert dev.system_postgres([tmp_path / "nowhere", *folders]) == tmp_path / "19.0"


def test_postgres_that_is_too_old_is_named_with_the_command_that_helps(tmp_path):
    old = install_postgres(tmp_path / "15", "15.18")
    with pytest.raises(dev.Problem) as refused:
        dev.system_postgres([old])
    assert f"PostgreSQL 15 in {old} is too old" in str(refused.value)
    assert "`apt-get install postgresql-18`" in str(refused.value)


def test_postgres_behind_a_link_is_found_with_all_its_programs(tmp_path):
    folder = install_postgres(tmp_path / "18", "18.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "initdb").symlink_to(folder / "initdb")
    assert dev.system_postgres([tmp_path / "bin"]) == folder


def test_postgres_without_its_programs_does_not_count(tmp_path):
    folder = install_postgres(tmp_path / "18", "18.1")
    (folder / "initdb").unlink()
    with pytest.raises(dev.Problem, match="no PostgreSQL was found"):
        dev.system_postgres([folder])


@pytest.mark.parametrize(
    ("programs", "taken"), [(("redis-server",), "redis-server"), (("redis-server", "valkey-server"), "valkey-server")]
)
def test_valkey_of_the_system_is_taken_before_redis(tmp_path, programs, taken):
    folder = install(tmp_path / "bin", *programs, says="v=9.0.0")
    assert dev.system_valkey([folder]) == folder / taken


def test_missing_valkey_names_the_command_that_helps(tmp_path):
    with pytest.raises(dev.Problem, match=r"`apt-get install valkey-server`.*set REDIS_URL"):
        dev.system_valkey([tmp_path])


def test_servers_that_are_set_win(tmp_path, monkeypatch):
    given = {"DATABASE_URL": "postgres://a", "OWNER_DATABASE_URL": "postgres://b", "REDIS_URL": "redis://c"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    children = dev.Children(tmp_path)
    servers = dev.Servers(tmp_path, keys=dev.new_secrets(), children=children, durable=False)
    servers.start()
    assert children.running == {}
    assert {name: servers.environment()[name] for name in given} == given
    assert servers.environment_of_tests() == {}
