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
from api.v1 import plan_shapes as shapes
from api.v1.couples import THERAPISTS
from api.v1.plan_access import READ_BY_CLINICIANS, partner_of, treated, visible
from assessments.goal_reading import goals_of
from assessments.goals import LEVELS, LONGEST_TEXT, end_goal, rate_goal, write_goal
from assessments.models import Goal
from clients.models import Couple
from practice import audit
from practice.access import StaffApi


class GoalGiven(serializers.Serializer[Any]):
    owner = serializers.UUIDField(allow_null=True, default=None, help_text="A partner; null for the pair.")
    domain = serializers.CharField(max_length=20)
    behaviour = serializers.CharField(max_length=LONGEST_TEXT)
    how_counted = serializers.CharField(max_length=LONGEST_TEXT)
    levels = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TEXT), min_length=5, max_length=5, help_text="From -2 to 2."
    )
    baseline_level = serializers.ChoiceField(LEVELS, default=-1)
    weight = serializers.ChoiceField([1, 2, 3], default=1)
    review_on = serializers.DateField()


class RatingGiven(serializers.Serializer[Any]):
    level = serializers.ChoiceField(LEVELS)
    partner = serializers.UUIDField(
        allow_null=True, default=None, help_text="Who said so; null for the therapist's own view."
    )


class Ended(serializers.Serializer[Any]):
    ended = serializers.ChoiceField([True])


class Goals(Endpoint):
    audience = READ_BY_CLINICIANS

    @extend_schema(operation_id="plan_goals_list", parameters=PAGE, responses=page_shape(shapes.GoalShape))
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = visible(request, couple_id)
        partners = list(couple.partners.all())
        audit.record("goals.read", object_id=couple.id, couple_id=couple.id)
        order = ("-written_at", "id")
        return page_of(request, goals_of(couple), lambda one: shapes.shown_goal(one, partners), ordering=order)

    @extend_schema(
        operation_id="plan_goals_create",
        request=GoalGiven,
        responses={201: shapes.GoalShape},
        parameters=[HEADER],
        description="409 `too_many_goals`.",
    )
    @idempotent
    def post(self, request: Request, couple_id: UUID) -> Response:
        couple = treated(request, couple_id)
        given = checked(GoalGiven, request.data)
        owner = partner_of(couple, given["owner"]) if given["owner"] else None
        made = write_goal(couple, **{**given, "owner": owner})
        return Response(goal_answer(couple, made.id), status=201)


class OneGoal(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(operation_id="plan_goals_end", request=Ended, responses=shapes.GoalShape)
    def patch(self, request: Request, couple_id: UUID, goal_id: UUID) -> Response:
        couple = treated(request, couple_id)
        goal = get_object_or_404(Goal.objects.filter(couple=couple), pk=goal_id)
        checked(Ended, request.data)
        end_goal(goal)
        return Response(goal_answer(couple, goal.id))


class GoalRatings(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(
        operation_id="plan_goals_rate",
        request=RatingGiven,
        responses={201: shapes.RatingShape},
        parameters=[HEADER],
    )
    @idempotent
    def post(self, request: Request, couple_id: UUID, goal_id: UUID) -> Response:
        couple = treated(request, couple_id)
        goal = get_object_or_404(Goal.objects.filter(couple=couple), pk=goal_id)
        given = checked(RatingGiven, request.data)
        partner = partner_of(couple, given["partner"]) if given["partner"] else None
        made = rate_goal(goal, level=given["level"], membership=member(request), partner=partner)
        return Response(shapes.shown_rating(made), status=201)


def goal_answer(couple: Couple, goal_id: UUID) -> dict[str, Any]:
    return shapes.shown_goal(goals_of(couple).get(pk=goal_id), list(couple.partners.all()))
