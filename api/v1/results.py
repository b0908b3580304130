from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member
from assessments.models import AnswerSheet, SafetyFlag
from assessments.results import results_of
from clients.access import couples_visible_to
from practice.access import CLINICIANS, StaffApi


class Filters(serializers.Serializer[Any]):
    instrument = serializers.CharField(max_length=80, default="ena-c")
    wave = serializers.UUIDField(required=False)


class ScoreShape(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    band = serializers.CharField(allow_null=True)
    answered = serializers.IntegerField()
    of = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


class GapShape(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    band = serializers.CharField(allow_null=True)
    standard_error = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class MeanShape(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class FlagShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    level = serializers.ChoiceField(SafetyFlag.Level.choices)
    rule = serializers.CharField()
    state = serializers.ChoiceField(SafetyFlag.State.choices)


class PartnerResult(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    sheet = serializers.UUIDField()
    state = serializers.ChoiceField(AnswerSheet.State.choices)
    submitted_at = serializers.DateTimeField(allow_null=True)
    scores = serializers.DictField(child=serializers.DictField(child=ScoreShape()))
    quality = serializers.ListField(child=serializers.CharField())
    flags = FlagShape(many=True)


class Note(serializers.Serializer[Any]):
    rule = serializers.CharField()
    level = serializers.CharField()


class WaveResult(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    partners = PartnerResult(many=True)
    notes = Note(many=True)
    gaps = serializers.DictField(child=serializers.DictField(child=GapShape()))
    couple_mean = serializers.DictField(child=MeanShape())


class ResultBasis(serializers.Serializer[Any]):
    status = serializers.CharField()
    note = serializers.CharField()
    measurement = serializers.CharField(allow_null=True)


class ResultsShape(serializers.Serializer[Any]):
    instrument = serializers.CharField()
    basis = ResultBasis()
    waves = WaveResult(many=True)


class Results(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(parameters=[Filters], responses=ResultsShape)
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_visible_to(member(request)), pk=couple_id)
        filters = checked(Filters, request.query_params)
        results = results_of(couple, **filters)
        if "wave" in filters and not results["waves"]:
            raise Http404
        return Response(results)
