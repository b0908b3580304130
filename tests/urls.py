"""Pages that go wrong on purpose, beside the product's own, for tests of the middleware."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from api.parsing import StrictJson
from clients.access import partner
from clients.models import Couple
from practice import audit, tenancy
from practice.access import public, staff

LABELS = engines["django"].from_string("{% for couple in couples %}{{ couple.label }}\n{% endfor %}")


@staff()
def lazy(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, LABELS, {"couples": Couple.objects.order_by("label")})


@staff()
def streaming(request: HttpRequest) -> Any:
    couples = Couple.objects.all()

    def labels() -> Iterator[str]:
        for couple in couples:
            yield couple.label

    return StreamingHttpResponse(labels())


@staff()
def failing(request: HttpRequest) -> HttpResponse:
    Couple.objects.update(label="changed")
    audit.record("couple.changed")
    raise ZeroDivisionError


@staff()
def refusing(request: HttpRequest) -> HttpResponse:
    Couple.objects.update(label="changed")
    audit.record("couple.changed")
    return HttpResponse(status=409)


@staff()
def failing_while_rendering(request: HttpRequest) -> HttpResponse:
    Couple.objects.update(label="changed")
    broken = engines["django"].from_string("{% for couple in couples %}{{ couple.label }}{% include 1 %}{% endfor %}")
    return TemplateResponse(request, broken, {"couples": Couple.objects.all()})


@public
def anonymous(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, LABELS, {"couples": Couple.objects.all()})


@public
def scope(request: HttpRequest) -> HttpResponse:
    try:
        return HttpResponse(str(tenancy.practice_id()))
    except tenancy.ScopeError:
        return HttpResponse("none")


def what_a_thread_reads() -> str:
    """By the models and by SQL: a thread has a connection of its own, and nobody gave it a scope."""
    try:
        with transaction.atomic():
            try:
                return str(Couple.objects.count())
            except tenancy.ScopeError:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM clients_couple WHERE practice_id = practice_id")
                    return str(cursor.fetchone())
    except DatabaseError as error:
        return f"refused {getattr(error.__cause__, 'sqlstate', '')}"
    finally:
        connection.close()


@staff()
def threaded(request: HttpRequest) -> HttpResponse:
    with ThreadPoolExecutor(1) as thread:
        return HttpResponse(thread.submit(what_a_thread_reads).result())


@staff()
def handed_to_a_thread(request: HttpRequest) -> HttpResponse:
    """A queryset made in the request and read elsewhere."""
    couples = Couple.objects.all()
    with ThreadPoolExecutor(1) as thread:
        return HttpResponse(str(thread.submit(list, couples).result()))


@staff()
async def asynchronous(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(await Couple.objects.acount()))


tries: list[str] = []


def stumble(times: int) -> None:
    """PostgreSQL gives the transaction up, that many times in a row."""
    tries.append("")
    Couple.objects.update(label=Concat("label", Value("!")))
    audit.record("couple.changed")
    if len(tries) <= times:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'given up' USING ERRCODE = '40P01'; END $$")


@staff()
@csrf_exempt
def stumbling(request: HttpRequest, times: int) -> HttpResponse:
    """Answers with what was sent, as a form or as JSON."""
    said = StrictJson().parse(request) if request.content_type == "application/json" else request.POST.get("said", "")
    stumble(times)
    return HttpResponse(str(said))


@staff()
@csrf_exempt
def stumbling_over_an_upload(request: HttpRequest) -> HttpResponse:
    read = cast(UploadedFile, request.FILES["file"]).read()
    stumble(1)
    return HttpResponse(read)


@staff()
def stumbling_and_going_on(request: HttpRequest) -> HttpResponse:
    """Catches the error, in a savepoint, and has an answer."""
    with suppress(DatabaseError), transaction.atomic():
        stumble(1)
    return HttpResponse("went on")


def cross(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Two locks that others take the other way round, and something written between them."""
    tries.append(request.path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [first])
        audit.record("crossed")
        cursor.execute("SELECT pg_sleep(0.2)")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [second])
    return HttpResponse("crossed")


@staff()
def crossing(request: HttpRequest, first: int, second: int) -> HttpResponse:
    return cross(request, first, second)


@partner
def crossing_as_partner(request: HttpRequest, first: int, second: int) -> HttpResponse:
    return cross(request, first, second)


def without_audience(request: HttpRequest) -> HttpResponse:
    return HttpResponse("served")


urlpatterns = [
    path("lazy/", lazy),
    path("streaming/", streaming),
    path("failing/", failing),
    path("refusing/", refusing),
    path("failing-while-rendering/", failing_while_rendering),
    path("anonymous/", anonymous),
    path("scope/", scope),
    path("threaded/", threaded),
    path("handed-to-a-thread/", handed_to_a_thread),
    path("asynchronous/", asynchronous),
    path("stumbling/<int:times>/", stumbling),
    path("stumbling-over-an-upload/", stumbling_over_an_upload),
    path("stumbling-and-going-on/", stumbling_and_going_on),
    path("crossing/<int:first>/<int:second>/", crossing),
    path("p/crossing/<int:first>/<int:second>/", crossing_as_partner),
    path("without-audience/", without_audience),
    path("", include("practice.urls")),
]
