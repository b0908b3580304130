from typing import Any, cast

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from api.parsing import StrictJson
from clients.models import PartnerSession
from practice.access import Audience
from practice.models import Membership


class Endpoint(APIView):
    """A view of the API, which says its audience."""

    audience: Audience
    parser_classes = (StrictJson,)


def http(request: Request) -> HttpRequest:
    return request._request


def member(request: Request) -> Membership:
    return cast(Membership, vars(request._request)["membership"])


def partner_session(request: Request) -> PartnerSession:
    return cast(PartnerSession, vars(request._request)["partner_session"])


def checked(shape: type[Serializer[Any]], data: Any, **options: Any) -> dict[str, Any]:
    """What was sent, if it has this shape. Raises ValidationError."""
    serializer = shape(data=data, **options)
    serializer.is_valid(raise_exception=True)
    return cast(dict[str, Any], serializer.validated_data)
