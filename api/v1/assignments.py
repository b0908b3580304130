from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked, member
from api.idempotency import HEADER, idempotent
from api.pagination import PAGE, page_of, page_shape
from api.v1.cadence_shapes import AssignmentChanged, Cadence, CadenceShape, Reminders, cadence_of, schedule_from
from api.v1.couples import THERAPISTS
from assessments import library
from assessments.assignments import assign_instrument, assign_to_couples, end_assignment, invite_to_sheet
from assessments.bulk import MOST_COUPLES
from assessments.cadence import change_cadence
from assessments.instruments.definition import Instrument
from assessments.messages import sheets_invited_by
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.sheets import answered_of, form_of
from assessments.windows import change_windows
from clients.access import couples_treated_by, couples_visible_to
from clients.models import Invitation
from practice.access import CLINICIANS, ByMethod, StaffApi
from practice.models import Membership

FindInstrument = Callable[[str, str], Instrument]


class AssignmentGiven(serializers.Serializer[Any]):
    couple = serializers.UUIDField(required=False)
    couples = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_empty=False, max_length=MOST_COUPLES
    )
    instrument = serializers.CharField(max_length=80)
    sitting = serializers.CharField(max_length=40, required=False)
    opens_at = serializers.DateTimeField(required=False)
    closes_at = serializers.DateTimeField(required=False)
    cadence = Cadence(required=False)
    reminders = Reminders(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("couple" in attrs) == ("couples" in attrs):
            raise serializers.ValidationError({"couple": "Give either couple or couples."}, code="required")
        return attrs


class Filters(serializers.Serializer[Any]):
    couple = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(AnswerSheet.State.choices, required=False, help_text="Of any of its sheets.")
    overdue = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="A window ended with a sheet that was not submitted."
    )


class SheetShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    partner = serializers.UUIDField()
    state = serializers.ChoiceField(AnswerSheet.State.choices)
    answered = serializers.IntegerField()
    total = serializers.IntegerField()


class WaveShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    session = serializers.UUIDField(allow_null=True, help_text="The session that it is asked before.")
    dropped = serializers.ChoiceField(
        Wave.Dropped.choices, allow_blank=True, help_text="Why it was given up; empty where it was not."
    )
    sheets = SheetShape(many=True)


class AssignmentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    couple = serializers.UUIDField()
    instrument = serializers.CharField()
    sitting = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(allow_null=True)
    cadence = CadenceShape(allow_null=True, help_text="Null for a form that is asked once.")
    reminders = Reminders()
    waves = WaveShape(many=True)


class Skipped(serializers.Serializer[Any]):
    couple = serializers.UUIDField()
    code = serializers.CharField()


class AssignmentsShape(serializers.Serializer[Any]):
    assignments = AssignmentShape(many=True)
    skipped = Skipped(many=True)


MADE = PolymorphicProxySerializer(
    component_name="Assigned", serializers=[AssignmentShape, AssignmentsShape], resource_type_field_name=None
)


class InvitationGiven(serializers.Serializer[Any]):
    delivery = serializers.ChoiceField(Invitation.Delivery.choices)


class InvitationShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(Invitation.State.choices)
    url = serializers.CharField(required=False, help_text="In person only, and once.")
    key = serializers.CharField(required=False, help_text="In person only, and once.")


def with_waves(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    sheets = AnswerSheet.objects.select_related("partner").order_by("partner__position")
    waves = Wave.objects.order_by("number").prefetch_related(Prefetch("sheets", sheets))
    return assignments.prefetch_related(Prefetch("waves", waves))


def assignments_seen_by(membership: Membership) -> QuerySet[Assignment]:
    return with_waves(Assignment.objects.filter(couple__in=couples_visible_to(membership)))


def filtered(assignments: QuerySet[Assignment], filters: dict[str, Any]) -> QuerySet[Assignment]:
    sheets = AnswerSheet.objects.filter(wave__assignment=OuterRef("pk"))
    if "couple" in filters:
        assignments = assignments.filter(couple=filters["couple"])
    if "state" in filters:
        assignments = assignments.filter(Exists(sheets.filter(state=filters["state"])))
    if filters["overdue"] is not None:
        unanswered = (*AnswerSheet.OPEN_STATES, AnswerSheet.State.EXPIRED)
        late = Exists(sheets.filter(state__in=unanswered, closes_at__lte=timezone.now()))
        assignments = assignments.filter(late if filters["overdue"] else ~late)
    return assignments


def shown(assignment: Assignment, *, find: FindInstrument = library.resolve) -> dict[str, Any]:
    instrument = find(assignment.instrument, assignment.content_hash)
    return {
        "id": assignment.id,
        "couple": assignment.couple_id,
        "instrument": assignment.instrument,
        "sitting": assignment.sitting,
        "created_at": assignment.created_at,
        "ended_at": assignment.ended_at,
        "paused_at": assignment.paused_at,
        "cadence": cadence_of(assignment),
        "reminders": {"days": assignment.remind_on},
        "waves": [wave_of(wave, instrument) for wave in assignment.waves.all()],
    }


def wave_of(wave: Wave, instrument: Instrument) -> dict[str, Any]:
    return {
        "id": wave.id,
        "number": wave.number,
        "opens_at": wave.opens_at,
        "closes_at": wave.closes_at,
        "session": wave.session_id,
        "dropped": wave.dropped,
        "sheets": [sheet_of(sheet, instrument) for sheet in wave.sheets.all()],
    }


def sheet_of(sheet: AnswerSheet, instrument: Instrument) -> dict[str, Any]:
    answered, total = answered_of(form_of(sheet, instrument=instrument))
    return {
        "id": sheet.id,
        "partner": sheet.partner_id,
        "state": sheet.state,
        "answered": answered,
        "total": total,
    }


def reread(assignments: list[Assignment]) -> list[dict[str, Any]]:
    """As they are now, in the order given."""
    rows = with_waves(Assignment.objects.filter(pk__in=[one.pk for one in assignments]))
    find = cache(library.resolve)
    by_id = {row.pk: shown(row, find=find) for row in rows}
    return [by_id[one.pk] for one in assignments]


class Assignments(Endpoint):
    audience = ByMethod(StaffApi(*CLINICIANS), POST=StaffApi(*THERAPISTS))

    @extend_schema(operation_id="assignments_list", parameters=[Filters, *PAGE], responses=page_shape(AssignmentShape))
    def get(self, request: Request) -> Response:
        filters = checked(Filters, request.query_params)
        show = partial(shown, find=cache(library.resolve))
        return page_of(request, filtered(assignments_seen_by(member(request)), filters), show)

    @extend_schema(
        request=AssignmentGiven,
        responses={201: MADE},
        parameters=[HEADER],
        description="Answers an assignment for `couple`, `{assignments, skipped}` for `couples`.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = checked(AssignmentGiven, request.data)
        options = {
            "instrument": given["instrument"],
            "sitting": given.get("sitting"),
            "membership": member(request),
            "schedule": schedule_from(given),
        }
        couples = couples_treated_by(member(request))
        if "couple" in given:
            assignment = assign_instrument(get_object_or_404(couples, pk=given["couple"]), **options)
            return Response(reread([assignment])[0], status=201)
        found = {couple.id: couple for couple in couples.filter(pk__in=given["couples"])}
        asked = dict.fromkeys(given["couples"])
        made, skipped = assign_to_couples([found[one] for one in asked if one in found], **options)
        unknown = [{"couple": str(one), "code": "not_found"} for one in asked if one not in found]
        return Response({"assignments": reread(made), "skipped": [*skipped, *unknown]}, status=201)


class OneAssignment(Endpoint):
    audience = ByMethod(StaffApi(*CLINICIANS), PATCH=StaffApi(*THERAPISTS))

    @extend_schema(responses=AssignmentShape)
    def get(self, request: Request, assignment_id: UUID) -> Response:
        return Response(shown(get_object_or_404(assignments_seen_by(member(request)), pk=assignment_id)))

    @extend_schema(
        request=AssignmentChanged,
        responses=AssignmentShape,
        description="With `cadence`, plans what is still to open otherwise, `times` times more; what is open stays as "
        "it is. With `waves`, moves when these open and close, for both partners alike: all of them or none.",
    )
    def patch(self, request: Request, assignment_id: UUID) -> Response:
        treated = Assignment.objects.filter(couple__in=couples_treated_by(member(request)))
        assignment = get_object_or_404(treated, pk=assignment_id)
        given = checked(AssignmentChanged, request.data)
        if "waves" in given:
            change_windows(assignment, {one.pop("id"): one for one in given["waves"]})
        else:
            # Windows stay as long as they are, unless this says otherwise.
            change_cadence(assignment, replace(schedule_from(given), window=assignment.window))
        return Response(reread([assignment])[0])


class EndAssignment(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(request=None, responses=AssignmentShape, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, assignment_id: UUID) -> Response:
        treated = Assignment.objects.filter(couple__in=couples_treated_by(member(request)))
        assignment = get_object_or_404(treated, pk=assignment_id)
        end_assignment(assignment)
        return Response(reread([assignment])[0])


class Invitations(Endpoint):
    audience = StaffApi(*THERAPISTS)

    @extend_schema(request=InvitationGiven, responses={201: InvitationShape}, parameters=[HEADER])
    @idempotent
    def post(self, request: Request, sheet_id: UUID) -> Response:
        sheet = get_object_or_404(sheets_invited_by(member(request)).select_related("partner"), pk=sheet_id)
        issued = invite_to_sheet(sheet, delivery=checked(InvitationGiven, request.data)["delivery"])
        once = {} if issued.key is None else {"url": issued.url, "key": issued.key}
        return Response({"id": issued.invitation.id, "state": issued.invitation.state, **once}, status=201)
