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


def test_tests_run_in_two_processes():
    assert dev.pytest_arguments(["tests/api", "-x"]) == ["-n", "2", "tests/api", "-x"]


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


def test_failing_command_shows_the_end_of_what_it_said():
    with pytest.raises(dev.Problem, match="failed:\nlast words"):
        dev.run(sys.executable, "-c", "import sys; sys.exit('last words')")


def test_child_that_ends_early_is_reported_with_its_log(tmp_path):
    children = dev.Children(tmp_path)
    children.start("web", sys.executable, "-c", "import sys; sys.exit('no such module')", env=dict(os.environ))
    with pytest.raises(dev.Problem) as problem:
        children.wait_for("web", lambda: False)
    assert str(problem.value) == f"web has ended. The end of {tmp_path / 'web.log'}:\nno such module"
