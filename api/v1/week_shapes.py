"""Shapes of a partner's week: what it asks, the names of what was saved, and what may be given for it."""

from typing import Any

from rest_framework import serializers

from assessments.intentions import choices
from assessments.own_results import OwnResults
from assessments.plan_templates import library as templates
from assessments.week_fields import HELPED, activity_fields, barrier_choices, dose_words
from assessments.week_values import LONGEST_WIN, MOST_WINS, Week, WeekActivity, WeekGoal, WeekRequest
from practice.content import client_texts, placeholders

AUDIENCE = "therapist_only"


class SmallWinShape(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_WIN)
    share_via_therapist = serializers.BooleanField(default=False)


class WeekGiven(serializers.Serializer[Any]):
    """Any part of a week. What is not named stays; null clears a field."""

    activities = serializers.DictField(
        child=serializers.DictField(child=serializers.JSONField(allow_null=True)),
        required=False,
        help_text="By id: done and noticed (0 to 99), helped (0 to 4), barrier (a code), note (text).",
    )
    requests = serializers.DictField(
        child=serializers.JSONField(allow_null=True), required=False, help_text="By id: “kept” or “missed”."
    )
    goals = serializers.DictField(child=serializers.JSONField(), required=False, help_text="By id: -2 to 2.")
    small_wins = serializers.ListField(
        child=SmallWinShape(), required=False, max_length=MOST_WINS, help_text="All of them, each time."
    )


class Coded(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class AskedField(serializers.Serializer[Any]):
    name = serializers.CharField()
    text = serializers.CharField()


class WeekActivityShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    how = serializers.CharField(allow_blank=True)
    done_when = serializers.CharField()
    dose = serializers.CharField(allow_blank=True)
    fields = AskedField(many=True)  # type: ignore[assignment]
    saved = serializers.ListField(child=serializers.CharField(), help_text="The names of fields, never what they hold.")


class WeekRequestShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    text = serializers.CharField()
    cadence = serializers.CharField()
    made_by_me = serializers.BooleanField()
    saved = serializers.BooleanField()


class WeekGoalShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    behaviour = serializers.CharField()
    how_counted = serializers.CharField()
    levels = serializers.DictField(child=serializers.CharField(), help_text="The text of each level, -2 to 2.")
    is_due = serializers.BooleanField(help_text="Only then a level can be given.")
    saved = serializers.BooleanField()


class WeekSaved(serializers.Serializer[Any]):
    monday = serializers.DateField()
    closes_at = serializers.DateTimeField()
    audience = serializers.CharField(help_text="Of everything that is given here.")
    activities = WeekActivityShape(many=True)
    helped = serializers.ListField(child=serializers.CharField(), help_text="The words for 0 to 4.")
    barriers = Coded(many=True)
    requests = WeekRequestShape(many=True)
    goals = WeekGoalShape(many=True)
    small_wins = SmallWinShape(many=True)


class WeekShape(WeekSaved):
    after = serializers.CharField(help_text="Shown to everyone at the end, whatever was said.")
    help_lines = serializers.DictField(help_text="What stands for each {placeholder} of the text.")


class WishGiven(serializers.Serializer[Any]):
    wish = serializers.ChoiceField(
        choices(), allow_null=True, help_text="null is “I would rather not say”, and takes back what was said."
    )


class OwnTopic(serializers.Serializer[Any]):
    domain = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField()


class OwnBasis(serializers.Serializer[Any]):
    status = serializers.CharField()
    note = serializers.CharField()


class OwnResultsShape(serializers.Serializer[Any]):
    basis = OwnBasis()
    topics = OwnTopic(many=True)


def shown_week(week: Week, *, country: str) -> dict[str, Any]:
    after = client_texts()[templates.latest().after_report]["en"]
    return {**saved_week(week), "after": after, "help_lines": placeholders(country)}


def saved_week(week: Week) -> dict[str, Any]:
    return {
        "monday": week.monday,
        "closes_at": week.closes_at,
        "audience": AUDIENCE,
        "activities": [_activity(week, one) for one in week.activities],
        "helped": [str(label) for label in HELPED],
        "barriers": [{"code": one.value, "label": one.label} for one in barrier_choices(week)],
        "requests": [_request(one) for one in week.requests],
        "goals": [_goal(one) for one in week.goals],
        "small_wins": [vars(win) for win in week.small_wins],
    }


def shown_results(results: OwnResults) -> dict[str, Any]:
    return {
        "basis": {"status": results.status, "note": results.note},
        "topics": [vars(topic) for topic in results.topics],
    }


def _activity(week: Week, activity: WeekActivity) -> dict[str, Any]:
    asked = zip(activity.fields, activity_fields(week, activity), strict=True)
    return {
        "id": activity.id,
        "title": activity.title,
        "how": activity.how,
        "done_when": activity.done_when,
        "dose": dose_words(activity.dose),
        "fields": [{"name": name, "text": field.text} for name, field in asked],
        "saved": sorted(activity.saved),
    }


def _request(request: WeekRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "text": request.text,
        "cadence": request.cadence,
        "made_by_me": request.made_by_me,
        "saved": request.is_saved,
    }


def _goal(goal: WeekGoal) -> dict[str, Any]:
    return {
        "id": goal.id,
        "behaviour": goal.behaviour,
        "how_counted": goal.how_counted,
        "levels": {str(level): text for level, text in goal.levels.items()},
        "is_due": goal.is_due,
        "saved": goal.is_saved,
    }
