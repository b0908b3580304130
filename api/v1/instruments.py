from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked
from api.idempotency import HEADER, idempotent
from api.pagination import page_shape, whole_page
from assessments import library
from assessments.access import IMPORTERS
from assessments.instruments.definition import Instrument, Line
from practice.access import ByMethod, StaffApi


class Licence(serializers.Serializer[Any]):
    holder = serializers.CharField(max_length=200)
    reference = serializers.CharField(max_length=200)
    confirmed_by = serializers.CharField(max_length=120)
    expires_on = serializers.DateField(required=False, allow_null=True)
    allowed_modes = serializers.ListField(
        child=serializers.ChoiceField(library.MODES),
        allow_empty=False,
        help_text="`screen` lets it be assigned, `e-mail` lets links go out by e-mail, `print` lets pages be printed.",
    )


class InstrumentFile(serializers.Serializer[Any]):
    definition = serializers.CharField(
        trim_whitespace=False, max_length=512_000, help_text="The definition file, as YAML."
    )
    licence = Licence()


class Basis(serializers.Serializer[Any]):
    status = serializers.CharField()
    note = serializers.CharField()


class InstrumentRow(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    licence = serializers.DictField()
    basis = Basis()
    content_hash = serializers.CharField()


class Choice(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]


class Item(serializers.Serializer[Any]):
    id = serializers.CharField()
    direction = serializers.CharField()
    domain = serializers.CharField(allow_blank=True)
    section = serializers.CharField()
    text = serializers.CharField()
    audience = serializers.ChoiceField(["joint_ok", "therapist_only", "confidential"])
    choices = Choice(many=True)
    codes = serializers.ListField(child=serializers.CharField())
    safety_relevant = serializers.BooleanField()


class InstrumentShape(InstrumentRow):
    sections = serializers.ListField(child=serializers.DictField())
    sittings = serializers.ListField(child=serializers.DictField())
    items = Item(many=True)


def row_of(instrument: Instrument) -> dict[str, Any]:
    return {
        "id": instrument.id,
        "version": instrument.version,
        "title": instrument.title,
        "status": instrument.status,
        "licence": instrument.definition["license"],
        "basis": instrument.basis,
        "content_hash": instrument.content_hash,
    }


def item_of(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "direction": line.direction,
        "domain": line.domain,
        "section": line.section,
        "text": line.text,
        "audience": line.audience,
        "choices": [{"value": option.value, "label": option.label} for option in line.scale],
        "codes": sorted(line.codes),
        "safety_relevant": line.safety_relevant,
    }


def shown(instrument: Instrument) -> dict[str, Any]:
    return {
        **row_of(instrument),
        "sections": instrument.sections,
        "sittings": instrument.sittings,
        "items": [item_of(line) for line in instrument.lines],
    }


class Instruments(Endpoint):
    audience = ByMethod(StaffApi(), POST=StaffApi(*IMPORTERS))

    @extend_schema(operation_id="instruments_list", responses=page_shape(InstrumentRow))
    def get(self, request: Request) -> Response:
        return whole_page([row_of(instrument) for instrument in library.available()])

    @extend_schema(request=InstrumentFile, responses={201: InstrumentShape}, parameters=[HEADER])
    @idempotent
    def post(self, request: Request) -> Response:
        given = checked(InstrumentFile, request.data)
        imported = library.import_instrument(given["definition"], **given["licence"])
        return Response(shown(library.resolve(f"{imported.identifier}@{imported.version}")), status=201)


class OneInstrument(Endpoint):
    audience = StaffApi()

    @extend_schema(responses=InstrumentShape)
    def get(self, request: Request, ref: str) -> Response:
        try:
            return Response(shown(library.resolve(ref)))
        except library.UnknownInstrument as error:
            raise Http404 from error
