from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member, partner_session
from api.idempotency import HEADER, idempotent
from api.pagination import PAGE, page_of, page_shape, whole_page
from api.v1.couples import THERAPISTS
from assessments.joint_pdf import report_pdf
from assessments.joint_reading import own_reports, page_for_both
from assessments.joint_reports import (
    release_joint_report,
    reports_treated_by,
    reports_visible_to,
    shareable_wave,
    withdraw_report,
)
from assessments.models import JointReport
from clients.access import PartnerApi, couples_treated_by, couples_visible_to
from practice.access import CLINICIANS, ByMethod, StaffApi


class WaveGiven(serializers.Serializer[Any]):
    wave = serializers.UUIDField(
        required=False, help_text="Left out: the newest that can be shared, of those with a form handed in."
    )


class TopicShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    bands = serializers.DictField(child=serializers.CharField(), help_text="By partner.")
    gaps = serializers.DictField(child=serializers.CharField(), help_text="By the partner who receives.")
    talk = serializers.CharField(allow_blank=True)


class ReportContent(serializers.Serializer[Any]):
    language = serializers.CharField()
    header = serializers.CharField()
    basis = serializers.CharField()
    topics = TopicShape(many=True)


class JointReportShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    couple = serializers.UUIDField(source="couple_id")
    wave = serializers.UUIDField(source="wave_id")
    released_at = serializers.DateTimeField()
    briefed_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    content = ReportContent()


class LineShape(serializers.Serializer[Any]):
    about = serializers.CharField()
    word = serializers.CharField()


class OwnTopicShape(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    lines = LineShape(many=True)
    talk = serializers.CharField(allow_blank=True)


class OwnReportShape(serializers.Serializer[Any]):
    released_on = serializers.DateField()
    language = serializers.CharField()
    header = serializers.CharField()
    basis = serializers.CharField()
    topics = OwnTopicShape(many=True)


def shown(report: JointReport) -> Any:
    return JointReportShape(report).data


class JointReports(Endpoint):
    audience = ByMethod(StaffApi(*CLINICIANS), POST=StaffApi(*THERAPISTS))

    @extend_schema(operation_id="joint_reports_list", parameters=PAGE, responses=page_shape(JointReportShape))
    def get(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_visible_to(member(request)), pk=couple_id)
        reports = reports_visible_to(member(request)).filter(couple=couple)
        return page_of(request, reports, shown, ordering=("-released_at", "id"))

    @extend_schema(
        operation_id="joint_report_release",
        request=WaveGiven,
        responses={201: JointReportShape},
        parameters=[HEADER],
        description=(
            "409 `not_submitted`, `not_scored`, `flag_open`, `consent_missing`, `individual_mode`, `already_released` "
            "or `couple_closed`; `missing` names all that stand in the way. Partners are never told."
        ),
    )
    @idempotent
    def post(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_treated_by(member(request)), pk=couple_id)
        wave = shareable_wave(couple, checked(WaveGiven, request.data).get("wave"))
        return Response(shown(release_joint_report(couple, wave=wave, membership=member(request))), status=201)


def report_named(request: Request, couple_id: UUID, report_id: UUID) -> JointReport:
    return get_object_or_404(reports_treated_by(member(request)), pk=report_id, couple=couple_id)


class JointReportPdf(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(
        operation_id="joint_report_pdf",
        responses={(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)},
        description="The file for both. 409 `consent_missing` or `individual_mode` when it is so; 404 once withdrawn.",
    )
    def get(self, request: Request, couple_id: UUID, report_id: UUID) -> FileResponse:
        page = page_for_both(report_named(request, couple_id, report_id))
        return FileResponse(BytesIO(report_pdf(page)), filename="summary.pdf", content_type="application/pdf")


class WithdrawJointReport(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(operation_id="joint_report_withdraw", request=None, responses=JointReportShape, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, couple_id: UUID, report_id: UUID) -> Response:
        report = report_named(request, couple_id, report_id)
        withdraw_report(report)
        return Response(shown(report))


class OwnJointReports(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_joint_reports_list", responses=page_shape(OwnReportShape))
    def get(self, request: Request) -> Response:
        found = own_reports(partner_session(request).partner_id)
        return whole_page([OwnReportShape(page).data for page in found])
