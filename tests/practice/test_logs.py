import io
import json
import logging

import pytest

from practice.logs import configure


@pytest.fixture
def lines(settings):
    root = logging.getLogger()
    kept = root.handlers, root.level
    configure({"level": "INFO"})
    stream = io.StringIO()
    root.handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = kept


def test_log_of_a_library_keeps_the_template_and_drops_its_values(lines):
    logging.getLogger("django.request").warning("Not Found: %s", "/f/canary-key/")
    assert lines()[0]["event"] == "Not Found: %s"
    assert "canary" not in json.dumps(lines())


def test_log_of_an_error_names_type_and_place_and_no_value(lines):
    try:
        raise ValueError("canary")
    except ValueError:
        logging.getLogger("elsewhere").exception("failed for %s", "canary")
    assert lines()[0]["error"] == "ValueError"
    assert lines()[0]["trace"][0].partition(":")[0] == __file__
    assert "canary" not in json.dumps(lines())


def test_log_drops_a_field_that_nobody_allowed(lines):
    import structlog

    structlog.get_logger("attune").info("saved", answer="canary", kind="line")
    assert lines()[0]["kind"] == "line"
    assert "answer" not in lines()[0]
