"""What a partner settles about themselves, and what is kept of them: never a single answer, which goes by hand."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint, checked
from api.v1.week_shapes import OwnResultsShape, shown_results
from assessments.own_results import own_results
from assessments.weeks import own_weeks
from clients.access import PartnerApi
from clients.models import Consent, Partner
from clients.own_page import (
    OwnPage,
    give_own_consent,
    own_contact,
    own_page,
    save_own_hours,
    set_own_reminders,
    stop_own_channel,
    withdraw_own_consent,
)
from practice.errors import InvalidInput, fault


class ConsentShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(Consent.Kind.choices)
    version = serializers.CharField(allow_null=True, help_text="What was agreed to last; null for never.")
    given_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    current = serializers.CharField(help_text="The version that is given now; empty for the practice's own text.")


class ChoicesShape(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(Partner.Channel.choices)
    hours = serializers.CharField()
    time_zone = serializers.CharField(help_text="Empty is the practice's.")
    reminders = serializers.BooleanField()
    consents = ConsentShape(many=True)


class ChoicesGiven(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(
        Partner.Channel.choices, required=False, help_text="Stopped here by “none”; only the practice opens one."
    )
    hours = serializers.CharField(max_length=40, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    reminders = serializers.BooleanField(required=False)
    consents = serializers.DictField(child=serializers.BooleanField(), required=False, help_text="By kind: agreed?")


class ContactShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    channel = serializers.ChoiceField(Partner.Channel.choices)
    address = serializers.CharField(help_text="Mostly hidden: whoever holds the telephone reads this.")
    hours = serializers.CharField()
    time_zone = serializers.CharField()


class OwnWeekShape(serializers.Serializer[Any]):
    monday = serializers.DateField()
    small_wins = serializers.ListField(
        child=serializers.CharField(), help_text="Their own, as far as the therapist may pass them on."
    )


class DataShape(serializers.Serializer[Any]):
    contact = ContactShape()
    consents = ConsentShape(many=True)
    weeks = OwnWeekShape(many=True, help_text="The weeks they told of, the newest first.")
    results = OwnResultsShape(allow_null=True)


def shown_choices(page: OwnPage) -> dict[str, Any]:
    own = page.partner
    return {
        "channel": own.channel,
        "hours": own.hours,
        "time_zone": own.time_zone,
        "reminders": page.wants_reminders,
        "consents": shown_consents(page),
    }


def shown_consents(page: OwnPage) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind,
            "version": one.newest.version if one.newest else None,
            "given_at": one.newest.given_at if one.newest else None,
            "withdrawn_at": one.newest.withdrawn_at if one.newest else None,
            "current": one.current,
        }
        for one in page.standings
    ]


class OwnChoices(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_me_retrieve", responses=ChoicesShape)
    def get(self, request: Request) -> Response:
        return Response(shown_choices(own_page()))

    @extend_schema(operation_id="partner_me_update", request=ChoicesGiven, responses=ChoicesShape)
    def patch(self, request: Request) -> Response:
        given = checked(ChoicesGiven, request.data)
        own = own_contact()
        if "hours" in given or "time_zone" in given:
            save_own_hours(hours=given.get("hours", own.hours), zone=given.get("time_zone", own.time_zone))
        if given.get("channel") == Partner.Channel.NONE:
            stop_own_channel()
        elif given.get("channel", own.channel) != own.channel:
            told = "Only the practice opens a channel: tell your therapist which address is safe."
            raise InvalidInput(told, faults=[fault("channel", "not_opened_here", told)])
        if "reminders" in given:
            set_own_reminders(wanted=given["reminders"])
        for kind, agreed in given.get("consents", {}).items():
            (give_own_consent if agreed else withdraw_own_consent)(kind)
        return Response(shown_choices(own_page()))


class OwnData(Endpoint):
    audience = PartnerApi()

    @extend_schema(operation_id="partner_me_data_retrieve", responses=DataShape)
    def get(self, request: Request) -> Response:
        page, results = own_page(), own_results()
        own = page.partner
        return Response(
            {
                "contact": {
                    "name": own.name,
                    "channel": own.channel,
                    "address": page.address,
                    "hours": own.hours,
                    "time_zone": own.time_zone,
                },
                "consents": shown_consents(page),
                "weeks": [vars(week) for week in own_weeks()],
                "results": shown_results(results) if results else None,
            }
        )
