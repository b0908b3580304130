"""The request's transaction and who it belongs to.

RequestTransaction opens the transaction as the gate around everything, rendering included, and goes through the whole
request again where PostgreSQL gave the transaction up for another. RequestScope asks the
view's audience (practice/access.py) who is calling, takes that scope for the view and goes back to the gate, where the
session is saved. An answer of 400 or more rolls back; what other middleware would still write is left out.
"""

from collections.abc import Callable
from copy import copy
from io import BytesIO
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone

from practice import audit, tenancy
from practice.access import audience_of

GetResponse = Callable[[HttpRequest], HttpResponse]

MOST_REPEATS = 3


class NoStore:
    """Nothing that a view answers is kept by a browser or on the way, errors included."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


class RequestTransaction:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        untouched = copy(request)
        response = self._answer(request)
        for _ in range(MOST_REPEATS):
            if response.status_code < 400 or not was_given_up() or not may_be_repeated(request):
                break
            request = repeat_of(untouched, request)
            response = self._answer(request)
        audit.write_refused(audit.take())
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic(durable=True), timezone.override(None):
            response = self.get_response(request)
            if response.streaming and not isinstance(cast(object, response), FileResponse):
                raise ImproperlyConfigured("A streamed answer would run after its transaction.")
            if response.status_code >= 400:  # also one that other middleware answered, or failed to
                transaction.set_rollback(True)
        return response


def was_given_up() -> bool:
    return bool(connection.was_given_up)  # type: ignore[attr-defined]


def may_be_repeated(request: HttpRequest) -> bool:
    """Not where the body was read as it came in, as an upload is: it is gone."""
    return hasattr(request, "_body") or not request._read_started  # type: ignore[attr-defined]


def repeat_of(untouched: HttpRequest, request: HttpRequest) -> HttpRequest:
    """The request as it came, with nothing of what the first time left on it but the body."""
    repeat = copy(untouched)
    if hasattr(request, "_body"):
        repeat._body, repeat._stream = request._body, BytesIO(request._body)
    return repeat


class RequestScope:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        elif connection.scope:  # type: ignore[attr-defined]
            tenancy.finish()
            if request.session.accessed:  # it is saved, with the messages in it, after the view
                tenancy.assume(None)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        return audience_of(view).enter(request)
