"""Logs as JSON lines that can be kept: an allow-list of fields, no path, no parameter, no value of a variable.

A path may hold a link's key and a message of a library anything at all, so records from outside are reduced to their
unfilled template, and an exception to its type and the lines of code it went through.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.dispatch import receiver
from django_structlog import signals

Event = MutableMapping[str, Any]

FIELDS = frozenset({"timestamp", "level", "logger", "event", "request_id", "route", "code", "error", "trace", "kind"})


def only_allowed(_: Any, __: str, event: Event) -> Event:
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and not event.get("_from_structlog"):
        event["event"] = str(record.msg)
    return {name: value for name, value in event.items() if name in FIELDS}


def trace_without_values(_: Any, __: str, event: Event) -> Event:
    """Replace exc_info by the exception's type and places in the code."""
    found = event.pop("exc_info", None)
    if found:
        kind, _error, trace = found if isinstance(found, tuple) else sys.exc_info()
        event["error"] = kind.__name__ if kind else ""
        event["trace"] = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
    return event


def configure(options: dict[str, Any]) -> None:
    """Called by Django with the LOGGING setting: {"level": name}."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
            ],
            processors=[trace_without_values, only_allowed, structlog.processors.JSONRenderer()],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options["level"])


@receiver(signals.bind_extra_request_finished_metadata)
def name_the_route(request: Any, **kwargs: Any) -> None:
    match = getattr(request, "resolver_match", None)
    status = getattr(kwargs.get("response"), "status_code", None)
    structlog.contextvars.bind_contextvars(route=match.view_name if match else "none", code=status)
