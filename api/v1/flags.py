from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member
from api.pagination import PAGE, page_of, page_shape
from api.v1.results import FlagShape
from assessments.flags import flags_visible_to
from assessments.models import SafetyFlag
from practice.access import CLINICIANS, StaffApi


class Filters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(SafetyFlag.State.choices, required=False)
    level = serializers.ChoiceField(SafetyFlag.Level.choices, required=False)


class FlagRow(FlagShape):
    couple = serializers.UUIDField(source="couple_id")
    partner = serializers.UUIDField(source="partner_id")
    sheet = serializers.UUIDField(source="sheet_id")
    raised_at = serializers.DateTimeField()


class Flags(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(operation_id="flags_list", parameters=[Filters, *PAGE], responses=page_shape(FlagRow))
    def get(self, request: Request) -> Response:
        flags = flags_visible_to(member(request)).filter(**checked(Filters, request.query_params))
        return page_of(request, flags, lambda flag: FlagRow(flag).data, ordering=("-raised_at", "id"))
