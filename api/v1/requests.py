from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked
from api.idempotency import HEADER, idempotent
from api.pagination import PAGE, page_of, page_shape
from api.v1 import plan_shapes as shapes
from api.v1.couples import THERAPISTS
from api.v1.plan_access import READ_BY_CLINICIANS, partner_of, treated, visible
from assessments.models import SpecificRequest
from assessments.request_reading import requests_of, weeks_of
from assessments.specific_requests import LONGEST_WORDING, answer_request, end_request, make_request
from practice import audit
from practice.access import StaffApi


class RequestGiven(serializers.Serializer[Any]):
    asked_by = serializers.UUIDField()
    wording = serializers.CharField(max_length=LONGEST_WORDING)
    cadence = serializers.ChoiceField(SpecificRequest.Cadence.choices)


class RequestChanged(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(
        [choice for choice in SpecificRequest.Answer.choices if choice[0] != SpecificRequest.Answer.OPEN],
        required=False,
    )
    agreed_wording = serializers.CharField(max_length=LONGEST_WORDING, required=False, allow_blank=True)
    ended = serializers.ChoiceField([True], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("answer" in attrs) == ("ended" in attrs):
            raise serializers.ValidationError({"answer": "Give an answer, or end it."}, code="required")
        return attrs


class Requests(Endpoint):
    audience = READ_BY_CLINICIANS

    @extend_schema(operation_id="plan_requests_list", parameters=PAGE, responses=page_shape(shapes.RequestShape))
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = visible(request, couple_id)
        weeks = weeks_of(couple)
        audit.record("requests.read", object_id=couple.id, couple_id=couple.id)
        return page_of(
            request,
            requests_of(couple),
            lambda one: shapes.shown_request(one, weeks.get(str(one.id), ())),
            ordering=("-asked_at", "id"),
        )

    @extend_schema(
        operation_id="plan_requests_create",
        request=RequestGiven,
        responses={201: shapes.RequestShape},
        parameters=[HEADER],
        description="409 `too_many_requests`.",
    )
    @idempotent
    def post(self, request: Request, couple_id: UUID) -> Response:
        couple = treated(request, couple_id)
        given = checked(RequestGiven, request.data)
        made = make_request(couple, **{**given, "asked_by": partner_of(couple, given["asked_by"])})
        return Response(shapes.shown_request(made, ()), status=201)


class OneRequest(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(
        operation_id="plan_requests_change",
        request=RequestChanged,
        responses=shapes.RequestShape,
        description="Its answer, or its end. 409 `request_ended`, `too_many_requests`.",
    )
    def patch(self, request: Request, couple_id: UUID, request_id: UUID) -> Response:
        couple = treated(request, couple_id)
        rows = SpecificRequest.objects.filter(couple=couple).select_related("couple")
        asked = get_object_or_404(rows, pk=request_id)
        given = checked(RequestChanged, request.data)
        if "answer" in given:
            answer_request(asked, **given)
        else:
            end_request(asked)
        return Response(shapes.shown_request(asked, weeks_of(couple).get(str(asked.id), ())))
