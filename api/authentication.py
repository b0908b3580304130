from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from practice.errors import DomainError


class CsrfFailed(DomainError):
    """A signed-in browser must send the CSRF token with this request."""

    code = "csrf_failed"
    status = 403


class ScopeAuthentication:
    """Who the middleware has found (practice/access.py), for Django REST framework; it looks nobody up."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        found = request._request
        refusal = getattr(found, "refusal", None)
        if refusal is not None:
            raise refusal
        if hasattr(found, "partner_session"):
            return AnonymousUser(), found.partner_session
        if not hasattr(found, "membership"):
            return None
        if not hasattr(found, "api_token"):
            enforce_csrf(request)
        return found.user, getattr(found, "api_token", None)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def enforce_csrf(request: Request) -> None:
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request)
    if check.process_view(request, None, (), {}):  # type: ignore[arg-type]
        raise CsrfFailed


class HasScope(BasePermission):
    """Only those whom the middleware let in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return hasattr(request._request, "membership") or hasattr(request._request, "partner_session")


class ScopeScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.ScopeAuthentication"
    name = ["bearer", "browser"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
        ]
