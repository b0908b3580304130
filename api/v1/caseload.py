from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.endpoint import Endpoint, checked, member
from api.pagination import PAGE, CursorPages, page_shape
from api.v1.progress import VERDICTS
from assessments.caseload import Listed, caseload, chosen, page_of
from assessments.caseload_rows import CaseloadRow, PartnerRow, rows_of
from clients.models import Couple
from practice.access import CLINICIANS, StaffApi

ORDERINGS = ("need", "label")


class Asked(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Couple.State.choices, required=False)
    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)
    flagged = serializers.BooleanField(required=False, allow_null=True, default=None)
    search = serializers.CharField(required=False, allow_blank=True, default="")
    ordering = serializers.ChoiceField(ORDERINGS, required=False, default="need")
    cursor = serializers.CharField(required=False, default="")
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=CursorPages.max_page_size, default=CursorPages.page_size
    )


class OpenFlags(serializers.Serializer[Any]):
    urgent = serializers.IntegerField()
    review = serializers.IntegerField()


class PlanStanding(serializers.Serializer[Any]):
    active_step = serializers.CharField()
    adherence = serializers.DictField(
        child=serializers.FloatField(allow_null=True), help_text="By partner, of the week last reported, 0 to 1."
    )


class CaseloadShape(serializers.Serializer[Any]):
    couple = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    therapist = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(Couple.State.choices)
    need = serializers.CharField(help_text="Why the couple stands where it stands.")
    next_session_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.BooleanField()
    open_flags = OpenFlags()
    last_checkin_at = serializers.DateTimeField(allow_null=True)
    verdict = serializers.DictField(
        child=serializers.ChoiceField(VERDICTS, allow_null=True), help_text="By partner; null before there is one."
    )
    plan = PlanStanding(allow_null=True)


class Caseload(Endpoint):
    audience = StaffApi(*CLINICIANS)

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=list(Couple.State)),
            OpenApiParameter("overdue", bool),
            OpenApiParameter("flagged", bool, description="With an open urgent or review flag."),
            OpenApiParameter("search", str, description="Part of the label."),
            OpenApiParameter("ordering", str, enum=ORDERINGS, description="`need`: who needs somebody first."),
            *PAGE,
        ],
        responses=page_shape(CaseloadShape),
    )
    def get(self, request: Request) -> Response:
        asked = checked(Asked, request.query_params.dict())
        now = timezone.now()
        couples = chosen(caseload(member(request), now=now), search=asked["search"], state=asked.get("state", ""))
        fits = [one for one in couples if _fits(one, asked)]
        page = page_of(fits, size=asked["limit"], after=asked["cursor"], by_label=asked["ordering"] == "label")
        following = replace_query_param(request.build_absolute_uri(), "cursor", page.after) if page.after else None
        rows = [_shown(row) for row in rows_of(page.couples, now=now)]
        return Response({"next": following, "previous": None, "results": rows})


def _fits(couple: Listed, asked: dict[str, Any]) -> bool:
    wanted = {"overdue": asked["overdue"], "flag": asked["flagged"]}
    return all(value is None or couple.has(need) == value for need, value in wanted.items())


def _shown(row: CaseloadRow) -> dict[str, Any]:
    return {
        "couple": row.couple.id,
        "label": row.label,
        "therapist": row.couple.therapist_id,
        "state": row.couple.state,
        "need": row.need.name.lower(),
        "next_session_at": row.next_session_at,
        "overdue": row.overdue,
        "open_flags": {"urgent": row.urgent, "review": row.review},
        "last_checkin_at": max((one.last_check_in_at for one in row.partners if one.last_check_in_at), default=None),
        "verdict": {str(one.partner.id): one.verdict or None for one in row.partners},
        "plan": {"active_step": row.active_step, "adherence": _adherence(row.partners)} if row.active_step else None,
    }


def _adherence(partners: tuple[PartnerRow, ...]) -> dict[str, float | None]:
    return {str(one.partner.id): one.adherence for one in partners}
