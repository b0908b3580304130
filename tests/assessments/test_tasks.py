"""What beat asks for, by the real queue."""

from contextlib import suppress
from queue import Empty

import pytest
from django.conf import settings
from structlog.testing import capture_logs

from assessments.tasks import WORK, for_every_practice, for_practice
from practice.celery import app

pytestmark = pytest.mark.database


def queued() -> list[list[str]]:
    """The arguments of the tasks that wait, which are taken out."""
    found = []
    with app.connection_for_read() as connection, suppress(Empty):
        queue = connection.SimpleQueue(settings.CELERY_TASK_DEFAULT_QUEUE)
        while message := queue.get(block=False):
            message.ack()
            found.append(message.payload[0])
    return found


def test_each_practice_is_a_task_of_its_own(practice, other_practice):
    for_every_practice("digests")
    asked = queued()
    assert sorted(asked) == sorted(["digests", str(one.id)] for one in (practice, other_practice))


@pytest.mark.parametrize("work", WORK)
def test_what_fails_is_said_in_the_log_and_ends_there(work):
    with capture_logs() as said:
        for_practice(work, "no practice")
    assert said == [{"event": "practice_work_failed", "kind": work, "error": "ValueError", "log_level": "warning"}]


def test_the_schedule_asks_for_work_that_there_is():
    every = [one for one in settings.CELERY_BEAT_SCHEDULE.values() if one["task"] == for_every_practice.name]
    assert sorted(one["args"][0] for one in every) == sorted(WORK)
