"""Pages that go wrong on purpose, beside the product's own, for tests of the middleware."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

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
    path("without-audience/", without_audience),
    path("", include("practice.urls")),
]
