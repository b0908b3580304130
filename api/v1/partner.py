"""What a partner's program may do. No answer here depends on the other partner, or on what was answered."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, partner_session
from api.idempotency import HEADER, idempotent
from api.pagination import page_shape, whole_page
from api.v1.forms import FormRow, FormShape, row_of, shown
from assessments.answers import decline_sheet, save_answers, submit_sheet
from assessments.models import AnswerSheet
from assessments.sheets import form_of, own_sheet
from clients.access import PartnerApi
from clients.invitations import open_link
from practice import tenancy
from practice.access import SIGN_IN
from practice.models import Practice


class LinkKey(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=200)
    pin = serializers.CharField(max_length=40, required=False)


class OpenedLink(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class AnswersGiven(serializers.Serializer[Any]):
    answers = serializers.DictField(
        child=serializers.JSONField(allow_null=True),
        help_text="By line: a number, “not_applicable”, “declined”, null to clear it; a list of codes for a checklist.",
    )
    seconds = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)


class ProgressShape(serializers.Serializer[Any]):
    answered = serializers.IntegerField()
    total = serializers.IntegerField()
    next_page = serializers.IntegerField(allow_null=True)


class Finished(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField([AnswerSheet.State.SUBMITTED, AnswerSheet.State.DECLINED])


def sheet_named(request: Request, sheet_id: UUID) -> AnswerSheet:
    """The sheet this token was opened for; any other is unknown."""
    session = partner_session(request)
    if session.sheet_id != sheet_id:
        raise Http404
    return own_sheet(session)


class OpenLink(Endpoint):
    audience = SIGN_IN
    permission_classes = (AllowAny,)

    @extend_schema(request=LinkKey, responses=OpenedLink, auth=[])
    def post(self, request: Request) -> Response:
        opened = open_link(checked(LinkKey, request.data)["key"], browser=None)
        return Response({"token": opened.token, "expires_at": opened.session.expires_at})


class Sheets(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_sheets_list", responses=page_shape(FormRow))
    def get(self, request: Request) -> Response:
        sheet = own_sheet(partner_session(request))
        still_open = sheet.state in AnswerSheet.OPEN_STATES
        return whole_page([row_of(form_of(sheet))] if still_open else [])


class Sheet(Endpoint):
    audience = PartnerApi()

    @extend_schema(responses=FormShape)
    def get(self, request: Request, sheet_id: UUID) -> Response:
        form = form_of(sheet_named(request, sheet_id))
        country = Practice.objects.values_list("country", flat=True).get(pk=tenancy.practice_id())
        return Response(shown(form, country=country))


class SheetAnswers(Endpoint):
    audience = PartnerApi()

    @extend_schema(request=AnswersGiven, responses=ProgressShape)
    def patch(self, request: Request, sheet_id: UUID) -> Response:
        sheet = sheet_named(request, sheet_id)
        given = checked(AnswersGiven, request.data)
        progress = save_answers(sheet, given["answers"], seconds=given.get("seconds"))
        return Response(vars(progress))


class SubmitSheet(Endpoint):
    audience = PartnerApi()

    @extend_schema(request=None, responses=Finished, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, sheet_id: UUID) -> Response:
        submit_sheet(sheet_named(request, sheet_id))
        return Response({"id": sheet_id, "state": AnswerSheet.State.SUBMITTED})


class DeclineSheet(Endpoint):
    audience = PartnerApi()

    @extend_schema(request=None, responses=Finished, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, sheet_id: UUID) -> Response:
        decline_sheet(sheet_named(request, sheet_id))
        return Response({"id": sheet_id, "state": AnswerSheet.State.DECLINED})
