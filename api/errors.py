"""Every error of the API is a problem (RFC 9457) with a stable `code`. The one place where errors become answers."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from practice.errors import DomainError

MEDIA_TYPE = "application/problem+json"
# Unknown and foreign are answered alike, byte by byte.
NOT_FOUND = "There is nothing here that you may see."
CODES = {"parse_error": "malformed", "error": "refused"}


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error; None for one that is nobody's fault but ours."""
    if isinstance(error, DomainError):
        return problem(
            error.status,
            error.code,
            str(error),
            retry_after=error.retry_after,
            **({"errors": error.faults} if error.faults else {}),
            **error.members,
        )
    if isinstance(error, (Http404, ObjectDoesNotExist, exceptions.NotFound)):
        return problem(404, "not_found", NOT_FOUND)
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", "At most one megabyte can be sent.")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return problem(422, "invalid", "Some of what was sent does not fit.", errors=list(faults_of(error.detail)))
    if isinstance(error, exceptions.APIException):
        code = str(getattr(error.detail, "code", error.default_code))
        wait = getattr(error, "wait", None)
        return problem(error.status_code, CODES.get(code, code), str(error.detail), retry_after=wait)
    return None


def problem(status: int, code: str, detail: str, *, retry_after: float | None = None, **members: Any) -> Response:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    headers = {}
    if retry_after is not None:
        headers["Retry-After"] = str(round(retry_after))
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response({**body, **members}, status=status, headers=headers, content_type=MEDIA_TYPE)


def faults_of(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Each fault of a validation error, its place written as `partners[0].name`."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from faults_of(inner, _place(path, key))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, (dict, list))
            yield from faults_of(inner, f"{path}[{number}]" if nested else path)
    else:
        yield {"field": path, "code": str(detail.code), "detail": str(detail)}


def _place(path: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return path if key == "non_field_errors" else f"{path}.{key}".removeprefix(".")
