"""G08: a task that could outlast the broker's patience is refused before anything runs."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from practice.celery import app, refuse_overlong


def conf(limit: float | None, patience: int = 600) -> SimpleNamespace:
    return SimpleNamespace(task_time_limit=limit, broker_transport_options={"visibility_timeout": patience})


@pytest.mark.parametrize("limit", [None, 0, 600, 601])
def test_a_limit_that_does_not_end_in_time_is_refused(limit: float | None) -> None:
    with pytest.raises(ImproperlyConfigured, match="CELERY_TASK_TIME_LIMIT"):
        refuse_overlong(conf(limit))


def test_a_limit_below_is_taken() -> None:
    refuse_overlong(conf(599))
    refuse_overlong(app.conf)


def test_no_task_has_a_limit_of_its_own() -> None:
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    assert len(ours) >= 4
    assert {task.time_limit for task in ours} <= {None, app.conf.task_time_limit}


@pytest.mark.parametrize(
    ("limit", "patience", "starts"), [(599, 600, True), (600, 600, False)], ids=["in time", "too long"]
)
def test_the_worker_starts_only_in_time(tmp_path: Path, limit: int, patience: int, starts: bool) -> None:
    said = f"from practice.settings import *\nCELERY_TASK_TIME_LIMIT = {limit}\n"
    said += f"CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout'] = {patience}\n"
    (tmp_path / "overlong.py").write_text(said)
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "overlong", "PYTHONPATH": path}
    command = [sys.executable, "-m", "celery", "-A", "practice.celery", "report"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)  # noqa: S603
    assert (ran.returncode == 0) is starts
    assert ("CELERY_TASK_TIME_LIMIT" in ran.stderr) is not starts
