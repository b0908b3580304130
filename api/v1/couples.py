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
from assessments.ending import close_care, resume_care
from clients.access import couples_treated_by, couples_visible_to
from clients.couples import (
    PartnerDetails,
    create_couple,
    leave,
    take_part_again,
    update_couple,
    update_partners,
)
from clients.models import Couple, Partner
from practice.access import CLINICIANS, ByMethod, StaffApi
from practice.models import Membership, Role

THERAPISTS = (Role.OWNER, Role.THERAPIST)


class SafeContact(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(Partner.Channel.choices)
    hours = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text=(
            "Days and times in the partner's time zone, ending on the same day: “weekdays 09:00-15:00”, "
            "“weekends 10:00-12:00”, “every day 18:00-21:30”, “mon, wed 08:00-09:30”. Empty: any time. Messages go "
            "out in these hours only. Anything else is refused as `invalid_hours`."
        ),
    )
    neutral_name = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=80,
        help_text="The first line of messages. Names neither partner and no topic, else refused as `not_neutral`.",
    )
    time_zone = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=64,
        help_text="Of the clock that the hours are read on, such as “Europe/London”. Empty: that of the practice.",
    )


class PartnerGiven(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    email = serializers.CharField(required=False, allow_blank=True, max_length=254)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    safe_contact = SafeContact(required=False, source="*")


class PartnerChanged(PartnerGiven):
    state = serializers.ChoiceField(
        Partner.State.choices,
        required=False,
        help_text="`left`: takes no further part, and links end. `active`: takes part again. The other is never told.",
    )


class PartnerShape(PartnerGiven):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(Partner.State.choices)


class CoupleGiven(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    partners = PartnerGiven(many=True)


class CoupleChanged(serializers.Serializer[Any]):
    label = serializers.CharField(max_length=80, required=False)  # type: ignore[assignment]
    state = serializers.ChoiceField(Couple.State.choices, required=False)
    closed_reason = serializers.ChoiceField(Couple.ClosedReason.choices, required=False)
    ask_again = serializers.BooleanField(
        required=False, help_text="With the state `closed`: give the full form once more, three months later."
    )
    new_episode = serializers.BooleanField(
        required=False, help_text="On opening a closed couple again: change is measured from now on."
    )
    partners = PartnerChanged(many=True, required=False, help_text="Both, in their order; each is replaced.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        state = attrs.get("state")
        wrong = dict.fromkeys(("closed_reason", "ask_again"), "Goes with the state “closed”.")
        wrong = {} if state == Couple.State.CLOSED else wrong
        if state in (None, Couple.State.CLOSED):
            wrong["new_episode"] = "Goes with a state other than “closed”."
        if wrong := {name: told for name, told in wrong.items() if name in attrs}:
            raise serializers.ValidationError(wrong, code="unexpected")
        return attrs


class CoupleShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    therapist = serializers.UUIDField(source="therapist_id", allow_null=True)
    state = serializers.ChoiceField(Couple.State.choices)
    closed_reason = serializers.CharField(allow_blank=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    partners = PartnerShape(many=True)


def shown(couple: Couple) -> Any:
    return CoupleShape(couple).data


class Couples(Endpoint):
    audience = ByMethod(StaffApi(*CLINICIANS), POST=StaffApi(*THERAPISTS))

    @extend_schema(operation_id="couples_list", parameters=PAGE, responses=page_shape(CoupleShape))
    def get(self, request: Request) -> Response:
        return page_of(request, couples_visible_to(member(request)).prefetch_related("partners"), shown)

    @extend_schema(request=CoupleGiven, responses={201: CoupleShape}, parameters=[HEADER])
    @idempotent
    def post(self, request: Request) -> Response:
        given = checked(CoupleGiven, request.data)
        partners = [PartnerDetails(**details) for details in given["partners"]]
        return Response(
            shown(create_couple(label=given["label"], partners=partners, therapist=member(request))), status=201
        )


class OneCouple(Endpoint):
    audience = ByMethod(StaffApi(*CLINICIANS), PATCH=StaffApi(*THERAPISTS))

    @extend_schema(responses=CoupleShape)
    def get(self, request: Request, couple_id: UUID) -> Response:
        couples = couples_visible_to(member(request)).prefetch_related("partners")
        return Response(shown(get_object_or_404(couples, pk=couple_id)))

    @extend_schema(request=CoupleChanged, responses=CoupleShape)
    def patch(self, request: Request, couple_id: UUID) -> Response:
        couple = get_object_or_404(couples_treated_by(member(request)), pk=couple_id)
        given = checked(CoupleChanged, request.data)
        change_state(couple, given, membership=member(request))
        if "label" in given:
            update_couple(couple, label=given["label"])
        if "partners" in given:
            change_partners(couple, given["partners"])
        return Response(shown(couple))


def change_state(couple: Couple, given: dict[str, Any], *, membership: Membership) -> None:
    state = given.get("state", couple.state)
    if state == couple.state:
        return
    if state == Couple.State.CLOSED:
        ask_again = given.get("ask_again", False)
        close_care(couple, reason=given.get("closed_reason", ""), membership=membership, ask_again=ask_again)
        return
    if couple.state == Couple.State.CLOSED:
        resume_care(couple, new_episode=given.get("new_episode", False))
    update_couple(couple, state=state)


def change_partners(couple: Couple, given: list[dict[str, Any]]) -> None:
    states = [details.pop("state", None) for details in given]
    update_partners(couple, [PartnerDetails(**details) for details in given])
    for partner, state in zip(couple.partners.all(), states, strict=True):
        if state == Partner.State.LEFT:
            leave(partner)
        elif state == Partner.State.ACTIVE:
            take_part_again(partner)
