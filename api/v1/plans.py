from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member
from api.idempotency import HEADER, idempotent
from api.v1 import plan_shapes as shapes
from api.v1.couples import THERAPISTS
from api.v1.plan_access import READ_BY_CLINICIANS, partner_of, treated, visible
from assessments.goal_reading import read_goals
from assessments.models import Activity
from assessments.plan_reading import plan_of, with_holders
from assessments.plans import agree_plan, assign_activity, change_dose, end_activity
from assessments.suggested_plan import suggested_plan
from clients.models import Couple
from practice import audit
from practice.access import CLINICIANS, StaffApi

LONGEST_REASON = 500


class PlanGiven(serializers.Serializer[Any]):
    active_step = serializers.CharField(max_length=20, required=False)
    focus = serializers.ListField(child=serializers.CharField(max_length=20), required=False)


class DoseGiven(serializers.Serializer[Any]):
    times = serializers.IntegerField(help_text="A week: what the template asks, or less.")


class ActivityGiven(serializers.Serializer[Any]):
    template = serializers.CharField(max_length=20)
    partners = serializers.ListField(child=serializers.UUIDField(), max_length=2)
    dose = DoseGiven(required=False)
    override_reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, help_text="Why it is right though a gate is shut."
    )


class ActivityChanged(serializers.Serializer[Any]):
    dose = DoseGiven()
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True)


class EndGiven(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True)


class Plan(Endpoint):
    audience = READ_BY_CLINICIANS

    @extend_schema(operation_id="plan", responses=shapes.PlanShape)
    def get(self, request: Request, couple_id: UUID) -> Response:
        return Response(plan_answer(visible(request, couple_id)))

    @extend_schema(
        operation_id="plan_change",
        request=PlanGiven,
        responses=shapes.PlanShape,
        description="Begins a plan, or changes its step and focus; what is left out stays.",
    )
    def put(self, request: Request, couple_id: UUID) -> Response:
        couple = treated(request, couple_id)
        agree_plan(couple, membership=member(request), **checked(PlanGiven, request.data))
        return Response(plan_answer(couple))


def plan_answer(couple: Couple) -> dict[str, Any]:
    reading = plan_of(couple)
    audit.record("plan.read", object_id=couple.id, couple_id=couple.id)
    return shapes.shown_plan(reading, read_goals(couple, reading.partners))


class Suggestions(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(operation_id="plan_suggestions", responses=shapes.SuggestionsShape)
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = visible(request, couple_id)
        audit.record("suggestions.read", object_id=couple.id, couple_id=couple.id)
        return Response(shapes.shown_suggestions(suggested_plan(couple, couple.plans.first())))


class Activities(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(
        operation_id="plan_activities_create",
        request=ActivityGiven,
        responses={201: shapes.ActivityShape},
        parameters=[HEADER],
        description="Begins a plan where there is none. 409 `gated`, `too_many_activities`, `already_held`.",
    )
    @idempotent
    def post(self, request: Request, couple_id: UUID) -> Response:
        couple = treated(request, couple_id)
        given = checked(ActivityGiven, request.data)
        partners = [partner_of(couple, one) for one in dict.fromkeys(given["partners"])]
        with transaction.atomic():
            made = assign_activity(
                agree_plan(couple, membership=member(request)),
                template=given["template"],
                partners=partners,
                membership=member(request),
                times=given.get("dose", {}).get("times"),
                override_reason=given.get("override_reason", ""),
            )
        return Response(activity_answer(couple, made), status=201)


class OneActivity(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(operation_id="plan_activities_change", request=ActivityChanged, responses=shapes.ActivityShape)
    def patch(self, request: Request, couple_id: UUID, activity_id: UUID) -> Response:
        activity = activity_of(treated(request, couple_id), activity_id)
        given = checked(ActivityChanged, request.data)
        change_dose(activity, times=given["dose"]["times"], membership=member(request), reason=given.get("reason", ""))
        return Response(activity_answer(activity.couple, activity))

    @extend_schema(
        operation_id="plan_activities_end",
        request=EndGiven,
        responses={204: None},
        description='Ends it, with `{"reason"}` in the body. What was reported stays.',
    )
    def delete(self, request: Request, couple_id: UUID, activity_id: UUID) -> Response:
        activity = activity_of(treated(request, couple_id), activity_id)
        reason = checked(EndGiven, request.data or {}).get("reason", "")
        end_activity(activity, membership=member(request), reason=reason)
        return Response(status=204)


def activity_of(couple: Couple, activity_id: UUID) -> Activity:
    rows = Activity.objects.filter(couple=couple).select_related("couple", "plan__couple")
    found: Activity = get_object_or_404(rows, pk=activity_id)
    return found


def activity_answer(couple: Couple, activity: Activity) -> dict[str, Any]:
    row = with_holders(Activity.objects.filter(pk=activity.pk)).get()
    return shapes.shown_activity(row, plan_of(couple))
