"""What the real web server serves in tests: the product, and pages that leave it nothing but PostgreSQL to rely on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from practice.access import public, staff
from practice.database.context import Scope, sign
from tests.attacks import POISON

LABELS = engines["django"].from_string("{% for label in labels %}{{ label }}\n{% endfor %}")
EVERY_LABEL = "SELECT label FROM clients_couple ORDER BY label"


def every_label() -> list[str]:
    """The couples that PostgreSQL lets this transaction read; the statement names no practice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVERY_LABEL)
        return [label for (label,) in cursor.fetchall()]


@staff()
def rows(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, LABELS, {"labels": every_label})


@public
def rows_of_nobody(request: HttpRequest) -> HttpResponse:
    try:
        return HttpResponse("\n".join(every_label()) or "no rows")
    except DatabaseError as error:
        return HttpResponse(f"refused {getattr(error.__cause__, 'sqlstate', '')}")


@staff()
def waiting(request: HttpRequest) -> HttpResponse:
    """Changes a row, then stands in the middle of its transaction for as long as somebody holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_couple SET label = 'changed'")
        cursor.execute("SELECT pg_advisory_xact_lock(13)")
    return HttpResponse("done")


def pool() -> Any:
    return connection.pool  # type: ignore[attr-defined]


@contextmanager
def borrowed(number: int) -> Iterator[list[Any]]:
    taken = [pool().getconn() for _ in range(number)]
    try:
        yield taken
    finally:
        for one in taken:
            one.rollback()
            pool().putconn(one)


@public
def poison(request: HttpRequest) -> HttpResponse:
    """Leaves this member's role and context in the session of every connection of this process."""
    ids = {f"{name}_id": UUID(request.GET[name]) for name in ("practice", "membership")}
    context = sign(Scope.staff(**ids, clinical=True))
    with borrowed(pool().max_size - 1) as others:
        for one in others:
            one.execute(POISON, [context])
            one.commit()
        connection.connection.execute(POISON, [context])
    return HttpResponse("poisoned")


@public
def rows_of_the_session(request: HttpRequest) -> HttpResponse:
    """What code that relies on the session reads."""
    with borrowed(1) as (raw,):
        return HttpResponse("\n".join(label for (label,) in raw.execute(EVERY_LABEL).fetchall()))


urlpatterns = [
    path("rows/", rows),
    path("rows-of-nobody/", rows_of_nobody),
    path("rows-of-the-session/", rows_of_the_session),
    path("waiting/", waiting),
    path("poison/", poison),
    path("", include("tests.urls")),
]
