"""The request's transaction and who it belongs to.

RequestTransaction opens the transaction as the gate around everything, rendering included. RequestScope asks the
view's audience (practice/access.py) who is calling, takes that scope for the view and goes back to the gate, where the
session is saved. An answer of 400 or more rolls back; what other middleware would still write is left out.
"""

from collections.abc import Callable
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone

from practice import audit, tenancy
from practice.access import audience_of

GetResponse = Callable[[HttpRequest], HttpResponse]


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
        with transaction.atomic(durable=True), timezone.override(None):
            response = self.get_response(request)
            if response.streaming and not isinstance(cast(object, response), FileResponse):
                raise ImproperlyConfigured("A streamed answer would run after its transaction.")
            if response.status_code >= 400:  # also one that other middleware answered, or failed to
                transaction.set_rollback(True)
        audit.write_refused(audit.take())
        return response


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
