"""A partner's week, last question and own results for a program: the words of the pages, and nothing read back."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, partner_session
from api.v1.partner import sheet_named
from api.v1.week_shapes import (
    OwnResultsShape,
    WeekGiven,
    WeekSaved,
    WeekShape,
    WishGiven,
    saved_week,
    shown_results,
    shown_week,
)
from assessments.intentions import save_intention
from assessments.models import AnswerSheet
from assessments.own_results import own_results
from assessments.sheets import own_sheet
from assessments.weeks import own_week, save_week
from clients.access import PartnerApi
from practice import tenancy
from practice.models import Practice


def sheet_of_week(request: Request, monday: str) -> AnswerSheet:
    """The sheet this token was opened for, if it carries that week; any other week is unknown."""
    sheet = own_sheet(partner_session(request))
    if sheet.week_of is None or monday != sheet.week_of.isoformat():
        raise Http404
    return sheet


class OneWeek(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_week_retrieve", responses=WeekShape)
    def get(self, request: Request, monday: str) -> Response:
        week = own_week(sheet_of_week(request, monday))
        country = Practice.objects.values_list("country", flat=True).get(pk=tenancy.practice_id())
        return Response(shown_week(week, country=country))

    @extend_schema(operation_id="partner_week_update", request=WeekGiven, responses=WeekSaved)
    def put(self, request: Request, monday: str) -> Response:
        sheet = sheet_of_week(request, monday)
        save_week(sheet, checked(WeekGiven, request.data))
        return Response(saved_week(own_week(sheet)))


class SheetIntention(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_sheet_intention_update", request=WishGiven, responses={204: None})
    def put(self, request: Request, sheet_id: UUID) -> Response:
        save_intention(sheet_named(request, sheet_id), wish=checked(WishGiven, request.data)["wish"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnResultsOfPartner(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_results_retrieve", responses=OwnResultsShape)
    def get(self, request: Request) -> Response:
        found = own_results()
        if found is None:
            raise Http404
        return Response(shown_results(found))
