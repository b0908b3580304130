from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from api.endpoint import Endpoint
from practice.access import PUBLIC


@extend_schema(exclude=True)
class Missing(Endpoint):
    """What has no address is answered as what nobody may see."""

    audience = PUBLIC
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404
