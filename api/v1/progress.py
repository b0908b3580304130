from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, member
from assessments.change import Verdict
from assessments.progress_json import progress_json
from assessments.record import record_of
from assessments.session_screen import session_screen
from clients.access import couples_visible_to
from practice.access import CLINICIANS, StaffApi

VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


class Parameters(serializers.Serializer[Any]):
    parameters = serializers.CharField(help_text="The version that verdicts are judged by; it never changes later.")
    standard_error = serializers.FloatField(allow_null=True)
    change_error = serializers.FloatField(allow_null=True)


class ChangeBasis(Parameters):
    status = serializers.CharField()
    note = serializers.CharField()
    instrument = serializers.CharField()


class Point(serializers.Serializer[Any]):
    wave = serializers.UUIDField()
    at = serializers.DateTimeField()
    score = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(VERDICTS, allow_null=True)


class Band(serializers.Serializer[Any]):
    low = serializers.FloatField()
    high = serializers.FloatField()


class TrendShape(serializers.Serializer[Any]):
    slope = serializers.FloatField(help_text="Points a week, Theil-Sen.")
    direction = serializers.ChoiceField(["better", "worse"], allow_null=True)


class CheckInSeries(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    score = serializers.CharField()
    better = serializers.ChoiceField(["lower", "higher"])
    points = Point(many=True)
    baseline = serializers.FloatField(allow_null=True)
    band = Band(allow_null=True)
    verdict = serializers.ChoiceField(VERDICTS, allow_null=True)
    verdict_at = serializers.DateTimeField(allow_null=True)
    trend = TrendShape(allow_null=True, help_text="Only from five scored check-ins on.")
    is_worsening = serializers.BooleanField()
    missing = serializers.IntegerField()
    basis = ChangeBasis()


class Change(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(VERDICTS, allow_null=True)


class GapPoint(serializers.Serializer[Any]):
    wave = serializers.UUIDField()
    at = serializers.DateTimeField()
    score = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class GapSeries(serializers.Serializer[Any]):
    receiver = serializers.UUIDField()
    points = GapPoint(many=True)
    standard_error = serializers.FloatField(allow_null=True)
    moved = serializers.BooleanField()


class Domain(serializers.Serializer[Any]):
    domain = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    primary = serializers.BooleanField()
    changes = Change(many=True)
    gaps = GapSeries(many=True)
    basis = Parameters()


class LedgerWeek(serializers.Serializer[Any]):
    monday = serializers.DateField()
    planned = serializers.IntegerField(allow_null=True)
    done = serializers.IntegerField(allow_null=True)
    noticed = serializers.IntegerField(allow_null=True)
    helped = serializers.IntegerField(allow_null=True)


class Movement(serializers.Serializer[Any]):
    domain = serializers.CharField()
    before = serializers.FloatField()
    after = serializers.FloatField()
    verdict = serializers.ChoiceField(VERDICTS, allow_null=True)
    waves = serializers.IntegerField()


class LedgerRow(serializers.Serializer[Any]):
    activity = serializers.UUIDField()
    template = serializers.CharField()
    partner = serializers.UUIDField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    weeks = LedgerWeek(many=True)
    moved_together = Movement(many=True)


class Adherence(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    share = serializers.FloatField(allow_null=True)
    monday = serializers.DateField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True)
    reported = serializers.IntegerField()
    due = serializers.IntegerField()


class GoalRating(serializers.Serializer[Any]):
    rater = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)


class GoalProgress(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    owner = serializers.UUIDField(allow_null=True)
    domain = serializers.CharField()
    weight = serializers.IntegerField()
    review_on = serializers.DateField()
    ratings = GoalRating(many=True)


class Attainment(serializers.Serializer[Any]):
    rater = serializers.CharField()
    t = serializers.FloatField(allow_null=True)


class SmallWin(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    text = serializers.CharField()
    share_via_therapist = serializers.BooleanField()


class Companion(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    instrument = serializers.CharField()
    score = serializers.CharField()
    better = serializers.ChoiceField(["lower", "higher"])
    at = serializers.DateTimeField()
    value = serializers.FloatField()
    before = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(VERDICTS, allow_null=True)


class ProgressBasis(serializers.Serializer[Any]):
    check_ins = ChangeBasis(allow_null=True)
    domains = ChangeBasis(allow_null=True)


class CoupleProgress(serializers.Serializer[Any]):
    couple = serializers.UUIDField()
    since = serializers.DateTimeField()
    check_ins = CheckInSeries(many=True)
    domains = Domain(many=True)
    full_waves = serializers.IntegerField()
    ledger = LedgerRow(many=True)
    adherence = Adherence(many=True)
    goals = GoalProgress(many=True)
    goal_attainment = Attainment(many=True)
    small_wins = SmallWin(many=True)
    companions = Companion(many=True)
    basis = ProgressBasis()


class Progress(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(responses=CoupleProgress)
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_visible_to(member(request)), pk=couple_id)
        return Response(progress_json(session_screen(record_of(couple))))
