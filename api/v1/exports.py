from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, http, member
from api.idempotency import HEADER, idempotent
from assessments.exports import ASKED_BY, KINDS, Wanted, ask_for_export, export_of, take_export
from practice.access import StaffApi
from practice.accounts import signed_in_recently
from practice.downloads import file_response

FORMATS = sorted({form for kind in KINDS.values() for form in kind.files})
TOLD = (
    "`statistics` is for owners and admins; `couple_record` for who treats the couple and `practice_archive` for an "
    "owner. Those two hold more than counts: a token gets 403 `confirmation_required`, with the `page` where a person "
    "asks for them; so does a browser in which nobody has confirmed who they are within five minutes."
)


class ExportGiven(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(list(KINDS))
    format = serializers.ChoiceField(FORMATS)
    purpose = serializers.CharField(
        required=False,
        max_length=20,
        help_text=(
            "statistics: `planning`, `quality` or `reporting`. practice_archive: `move`, `copy` or `authority`. A "
            "couple record keeps the purpose it was asked for."
        ),
    )
    quarter = serializers.RegexField(r"^[0-9]{4}Q[1-4]$", required=False, help_text="Of statistics; else the newest.")
    record = serializers.UUIDField(required=False, help_text="Of couple_record: what was asked for and decided upon.")
    recipient = serializers.CharField(required=False, max_length=100, help_text="Of practice_archive: age1…")


class ExportShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    format = serializers.CharField()
    state = serializers.ChoiceField(["making", "ready", "fetched", "expired", "failed", "removed"])
    progress = serializers.IntegerField(help_text="Percent.")
    expires_at = serializers.DateTimeField(allow_null=True)


def confirmed(request: Request) -> bool:
    """Whether a person sits there who has just confirmed that it is they; no program can."""
    return not hasattr(http(request), "api_token") and signed_in_recently(http(request))


class Exports(Endpoint):
    audience = StaffApi(*ASKED_BY)

    @extend_schema(
        operation_id="export_ask",
        request=ExportGiven,
        responses={202: ExportShape},
        parameters=[HEADER],
        description=f"{TOLD} 409 `passages_undecided`, `archives_unavailable` or `already_making`.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        wanted = Wanted(**checked(ExportGiven, request.data))
        export = ask_for_export(wanted, membership=member(request), confirmed=confirmed(request))
        return Response(ExportShape(export).data, status=202)


class OneExport(Endpoint):
    audience = StaffApi(*ASKED_BY)

    @extend_schema(operation_id="export", responses=ExportShape)
    def get(self, request: Request, export_id: UUID) -> Response:
        return Response(ExportShape(export_of(export_id, membership=member(request))).data)


class ExportFile(Endpoint):
    audience = StaffApi(*ASKED_BY)
    # HEAD would use the file up.
    http_method_names = ("get",)

    @extend_schema(
        operation_id="export_file",
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)},
        description=f"Once, within ten minutes, by whoever asked; 404 afterwards. {TOLD} 409 `export_not_ready`.",
    )
    def get(self, request: Request, export_id: UUID) -> HttpResponse | FileResponse:
        return file_response(take_export(export_id, membership=member(request), confirmed=confirmed(request)))
