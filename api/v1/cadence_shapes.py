"""How often a form is asked, and on which days of a window its partners are reminded: as given and as shown."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from assessments.models import Assignment
from assessments.schedules import EVERY_WEEKS, MOST_DAYS_BEFORE, MOST_REMINDERS, MOST_TIMES, Schedule


class Cadence(serializers.Serializer[Any]):
    every_weeks = serializers.ChoiceField(EVERY_WEEKS, required=False)
    before_each_session = serializers.BooleanField(
        required=False,
        help_text="Before each planned session with both: moves with the session, and is given up with it.",
    )
    times = serializers.IntegerField(
        min_value=1,
        max_value=MOST_TIMES,
        required=False,
        allow_null=True,
        help_text="Required with `every_weeks`. Before sessions, left out means until it is ended.",
    )
    days_before = serializers.IntegerField(
        min_value=1,
        max_value=MOST_DAYS_BEFORE,
        required=False,
        help_text="Before sessions: how many days before it opens. It closes when the session begins.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("before_each_session"):
            if "every_weeks" in attrs:
                raise serializers.ValidationError(
                    {"every_weeks": "Give either every_weeks or before_each_session."}, code="invalid"
                )
            return attrs
        missing = {name: "Say this for a repeated form." for name in ("every_weeks", "times") if not attrs.get(name)}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        return attrs


class Reminders(serializers.Serializer[Any]):
    days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=60),
        max_length=MOST_REMINDERS,
        help_text="Days after a window opened, the first one first. Empty: no reminder.",
    )


class WindowChanged(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    opens_at = serializers.DateTimeField(required=False, help_text="Only of a wave that has not opened.")
    closes_at = serializers.DateTimeField(required=False)


class AssignmentChanged(serializers.Serializer[Any]):
    """Either the cadence of all that is still to open, or the windows of some waves."""

    opens_at = serializers.DateTimeField(required=False, help_text="Of the next form; else as it would have opened.")
    closes_at = serializers.DateTimeField(required=False)
    cadence = Cadence(required=False)
    reminders = Reminders(required=False)
    waves = WindowChanged(many=True, required=False, allow_empty=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "waves" in attrs and len(attrs) > 1:
            raise serializers.ValidationError({"waves": "Give nothing else beside waves."}, code="invalid")
        if not {"waves", "cadence"} & attrs.keys():
            raise serializers.ValidationError({"cadence": "Give either cadence or waves."}, code="required")
        return attrs


class CadenceShape(serializers.Serializer[Any]):
    every_weeks = serializers.IntegerField(allow_null=True)
    before_each_session = serializers.BooleanField()
    times = serializers.IntegerField(allow_null=True)
    days_before = serializers.IntegerField(allow_null=True)


def schedule_from(given: Mapping[str, Any]) -> Schedule:
    cadence, reminders = given.get("cadence") or {}, given.get("reminders")
    before_sessions = cadence.get("before_each_session", False)
    days = {"days_before": cadence["days_before"]} if "days_before" in cadence else {}
    return Schedule(
        opens_at=given.get("opens_at"),
        closes_at=given.get("closes_at"),
        every_weeks=cadence.get("every_weeks"),
        times=cadence.get("times"),
        before_sessions=before_sessions,
        remind_on=None if reminders is None else tuple(reminders["days"]),
        **days,
    )


def cadence_of(assignment: Assignment) -> dict[str, Any] | None:
    """None for a form that is asked once."""
    if assignment.every_weeks is None and not assignment.before_sessions:
        return None
    return {
        "every_weeks": assignment.every_weeks,
        "before_each_session": assignment.before_sessions,
        "times": assignment.times,
        "days_before": assignment.window.days if assignment.before_sessions else None,
    }
