from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, member
from api.idempotency import HEADER, idempotent
from api.v1.assignments import AssignmentShape, reread
from api.v1.couples import THERAPISTS
from assessments.cadence import pause, resume
from assessments.models import Assignment
from clients.access import couples_treated_by
from practice.access import StaffApi


def treated(request: Request, assignment_id: UUID) -> Assignment:
    found = Assignment.objects.filter(couple__in=couples_treated_by(member(request))).select_related("couple")
    return get_object_or_404(found, pk=assignment_id)


class PauseAssignment(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(request=None, responses=AssignmentShape, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, assignment_id: UUID) -> Response:
        assignment = treated(request, assignment_id)
        pause(assignment)
        return Response(reread([assignment])[0])


class ResumeAssignment(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(request=None, responses=AssignmentShape, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, assignment_id: UUID) -> Response:
        assignment = treated(request, assignment_id)
        resume(assignment)
        return Response(reread([assignment])[0])
