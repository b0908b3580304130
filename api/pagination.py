from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

PAGE = [
    OpenApiParameter("cursor", str, description="Where the page begins, from `next` or `previous`."),
    OpenApiParameter("limit", int, description="Rows a page, at most 200."),
]


class CursorPages(CursorPagination):
    """`{next, previous, results}`; the order is total, so that no row is skipped or shown twice."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = ("-created_at", "id")


def page_of(
    request: Request,
    rows: QuerySet[Any],
    show: Callable[[Any], Any],
    *,
    ordering: tuple[str, str] = ("-created_at", "id"),
) -> Response:
    """One page of rows. The last field of `ordering` must make it total."""
    pages = CursorPages()
    pages.ordering = ordering
    try:
        page = pages.paginate_queryset(rows, request) or []
    except ValidationError as error:  # a cursor that we never gave
        raise Http404 from error
    return pages.get_paginated_response([show(row) for row in page])


def whole_page(rows: Sequence[Any]) -> Response:
    """A short list that is always whole, in the shape of a page."""
    return Response({"next": None, "previous": None, "results": rows})


def page_shape(row: type[serializers.Serializer[Any]]) -> Any:
    """The schema of a page of such rows."""
    link = serializers.URLField(allow_null=True)
    return inline_serializer(
        f"{row.__name__}Page",
        {"next": link, "previous": serializers.URLField(allow_null=True), "results": row(many=True)},
    )
