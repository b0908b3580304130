"""A couple's sessions and what the therapist rated after each; and which forms are due."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member
from api.idempotency import HEADER, idempotent
from api.pagination import PAGE, page_of, page_shape, whole_page
from api.v1.couples import THERAPISTS
from assessments.cadence import call_off_session
from assessments.due import KINDS
from assessments.proposals import proposals_of
from assessments.session_ratings import SCALE, Ratings, ratings_of, save_rated_session
from clients.access import couples_treated_by, couples_visible_to
from clients.models import CounselingSession
from clients.sessions import SessionDetails, details_of
from practice.access import CLINICIANS, ByMethod, StaffApi


class Rating(serializers.IntegerField):
    def __init__(self) -> None:
        super().__init__(min_value=SCALE.start, max_value=SCALE.stop - 1)


class SessionChanged(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(CounselingSession.Kind.choices, required=False)
    partner = serializers.UUIDField(required=False, allow_null=True, help_text="Who was there; one to one only.")
    planned_at = serializers.DateTimeField(required=False, allow_null=True)
    held_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Once it took place.")
    stages = serializers.DictField(
        child=Rating(),
        required=False,
        help_text="By step of the plan, such as `S3`: 0 not started to 4 in place. Replaces all stages.",
    )
    engagement = serializers.DictField(
        child=Rating(),
        required=False,
        help_text="By partner id, 0 to 4. Replaces all. Of a talk alone, only who was there is kept.",
    )
    safety_reviewed = serializers.BooleanField(
        required=False, allow_null=True, help_text="Required once held; never assumed."
    )
    review = serializers.ChoiceField(
        CounselingSession.Review.choices, required=False, allow_blank=True, help_text="What a review decided."
    )
    note = serializers.CharField(required=False, allow_blank=True)


class SessionGiven(SessionChanged):
    kind = serializers.ChoiceField(CounselingSession.Kind.choices)


class SessionShape(SessionGiven):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(CounselingSession.Status.choices)
    cancelled_at = serializers.DateTimeField(allow_null=True, help_text="Since when it is called off.")
    couple = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class ProposalShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField([(one, one) for one in KINDS])
    instrument = serializers.CharField(help_text="`id@version`, to give by `POST /assignments/`.")
    due_on = serializers.DateField(help_text="Since when it is due, by the practice's clock.")
    reason = serializers.CharField(help_text="For people; may change.")


def shown(session: CounselingSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "couple": session.couple_id,
        "status": session.status,
        "cancelled_at": session.cancelled_at,
        "created_at": session.created_at,
        **vars(details_of(session)),
        **vars(ratings_of(session)),
    }


def changed(details: SessionDetails, given: Mapping[str, Any]) -> SessionDetails:
    return replace(details, **{name: value for name, value in given.items() if name in vars(details)})


def rated(ratings: Ratings, given: Mapping[str, Any]) -> Ratings:
    return replace(ratings, **{name: value for name, value in given.items() if name in vars(ratings)})


def reread(session: CounselingSession) -> dict[str, Any]:
    return shown(CounselingSession.objects.prefetch_related("ratings").get(pk=session.pk))


class Sessions(Endpoint):
    audience = ByMethod(StaffApi(*CLINICIANS), POST=StaffApi(*THERAPISTS))

    @extend_schema(operation_id="sessions_list", parameters=PAGE, responses=page_shape(SessionShape))
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_visible_to(member(request)), pk=couple_id)
        sessions = CounselingSession.objects.filter(couple=couple).prefetch_related("ratings")
        return page_of(request, sessions, shown)

    @extend_schema(request=SessionGiven, responses={201: SessionShape}, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_treated_by(member(request)), pk=couple_id)
        given = checked(SessionGiven, request.data)
        details, ratings = changed(SessionDetails(), given), rated(Ratings(), given)
        return Response(reread(save_rated_session(couple, details, ratings, membership=member(request))), status=201)


class OneSession(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(request=SessionChanged, responses=SessionShape, description="409 `session_cancelled`.")
    def patch(self, request: Request, couple_id: UUID, session_id: UUID) -> Response:
        session = session_of(request, couple_id, session_id)
        given = checked(SessionChanged, request.data)
        details, ratings = changed(details_of(session), given), rated(ratings_of(session), given)
        save_rated_session(session.couple, details, ratings, membership=member(request), session=session)
        return Response(reread(session))


class SessionCancel(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(
        request=None,
        responses=SessionShape,
        parameters=[HEADER],
        description="A planned session is called off. 409 `session_held`.",
    )
    @idempotent
    def post(self, request: Request, couple_id: UUID, session_id: UUID) -> Response:
        session = session_of(request, couple_id, session_id)
        call_off_session(session)
        return Response(shown(session))


def session_of(request: Request, couple_id: UUID, session_id: UUID) -> CounselingSession:
    treated = couples_treated_by(member(request)).filter(pk=couple_id)
    sessions = CounselingSession.objects.filter(couple__in=treated).select_related("couple")
    return get_object_or_404(sessions.prefetch_related("ratings"), pk=session_id)


class Proposals(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(operation_id="proposals_list", responses=page_shape(ProposalShape))
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_visible_to(member(request)), pk=couple_id)
        found = proposals_of(couple)
        return whole_page([{**vars(one), "instrument": one.instrument} for one in found])
