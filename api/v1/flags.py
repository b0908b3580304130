from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member
from api.idempotency import HEADER, idempotent
from api.pagination import PAGE, page_of, page_shape
from api.v1.results import FlagShape
from assessments.flags import (
    LONGEST_NOTE,
    acknowledge_flag,
    close_flag,
    flags_answered_by,
    flags_visible_to,
    reopen_flag,
)
from assessments.models import FlagEvent, SafetyFlag
from practice.access import CLINICIANS, StaffApi
from practice.models import TREATING


class Filters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(SafetyFlag.State.choices, required=False)
    level = serializers.ChoiceField(SafetyFlag.Level.choices, required=False)


class FlagRow(FlagShape):
    couple = serializers.UUIDField(source="couple_id")
    partner = serializers.UUIDField(source="partner_id")
    sheet = serializers.UUIDField(source="sheet_id")
    raised_at = serializers.DateTimeField()


class Closing(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(FlagEvent.Reason.choices)
    note = serializers.CharField(max_length=LONGEST_NOTE)


class Flags(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(operation_id="flags_list", parameters=[Filters, *PAGE], responses=page_shape(FlagRow))
    def get(self, request: Request) -> Response:
        flags = flags_visible_to(member(request)).filter(**checked(Filters, request.query_params))
        return page_of(request, flags, lambda flag: FlagRow(flag).data, ordering=("-raised_at", "id"))


class AcknowledgeFlag(Endpoint):
    audience = StaffApi(*TREATING)

    @extend_schema(request=None, responses=FlagRow, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, flag_id: UUID) -> Response:
        return acted(request, flag_id, acknowledge_flag)


class CloseFlag(Endpoint):
    audience = StaffApi(*TREATING)

    @extend_schema(request=Closing, responses=FlagRow, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, flag_id: UUID) -> Response:
        return acted(request, flag_id, close_flag, given=Closing)


class ReopenFlag(Endpoint):
    audience = StaffApi(*TREATING)

    @extend_schema(request=None, responses=FlagRow, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, flag_id: UUID) -> Response:
        return acted(request, flag_id, reopen_flag)


def acted(
    request: Request, flag_id: UUID, act: Callable[..., None], *, given: type[serializers.Serializer[Any]] | None = None
) -> Response:
    """The flag as it is after the act."""
    flag = get_object_or_404(flags_answered_by(member(request)), pk=flag_id)
    act(flag, membership=member(request), **(checked(given, request.data) if given else {}))
    flag.refresh_from_db(fields=["state"])
    return Response(FlagRow(flag).data)
