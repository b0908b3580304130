"""The plan of a couple as a program sees it. Free text is there for whoever may read the couple's pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework import serializers

from assessments.goal_reading import Attainment, GoalsReading, read_goal
from assessments.goals import LEVELS
from assessments.models import Activity, Goal, GoalRating, SpecificRequest
from assessments.plan_reading import PlanReading, shut_gates
from assessments.request_reading import Weeks
from assessments.suggested_plan import SuggestedPlan
from clients.models import Partner

ATTAINMENT_NOTE = (
    "T is 50 where every goal was reached as hoped. A summary for this couple, not for comparing couples, partners or "
    "therapists; ratings of different raters are never averaged."
)


class Dose(serializers.Serializer[Any]):
    times = serializers.IntegerField(required=False, help_text="A week.")
    minutes = serializers.IntegerField(required=False)
    once = serializers.BooleanField(required=False)
    as_needed = serializers.BooleanField(required=False)
    every_sessions = serializers.IntegerField(required=False)


class ActivityShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    template = serializers.CharField()
    title = serializers.CharField()
    dose = Dose()
    partners = serializers.ListField(child=serializers.UUIDField(), help_text="Empty where the therapist does it.")
    shut_gates = serializers.ListField(
        child=serializers.CharField(), help_text="Gates it is behind that are shut now. Nothing is withdrawn."
    )
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class GateShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    is_open = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())


class AttainmentRow(serializers.Serializer[Any]):
    partner = serializers.UUIDField(allow_null=True, help_text="Null: the therapist.")
    t = serializers.FloatField(allow_null=True)
    rated = serializers.IntegerField()
    goals = serializers.IntegerField()


class AttainmentBasis(serializers.Serializer[Any]):
    note = serializers.CharField()
    correlation = serializers.FloatField()


class AttainmentShape(serializers.Serializer[Any]):
    raters = AttainmentRow(many=True)
    basis = AttainmentBasis()


class PlanShape(serializers.Serializer[Any]):
    id = serializers.UUIDField(allow_null=True, help_text="Null before a plan is agreed.")
    template = serializers.CharField()
    agreed_at = serializers.DateTimeField(allow_null=True)
    active_step = serializers.CharField(allow_null=True)
    focus = serializers.ListField(child=serializers.CharField())
    gates = GateShape(many=True)
    activities = ActivityShape(many=True)
    attainment = AttainmentShape()


class SuggestedFocusShape(serializers.Serializer[Any]):
    domain = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    highest = serializers.FloatField()
    gap = serializers.FloatField(allow_null=True)


class PartnerScore(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    score = serializers.FloatField(allow_null=True)


class NumbersShape(serializers.Serializer[Any]):
    domain = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    direction = serializers.ChoiceField(["experienced", "self"])
    scores = PartnerScore(many=True)
    gap = serializers.FloatField(allow_null=True)


class SuggestedStepShape(serializers.Serializer[Any]):
    steps = serializers.ListField(child=serializers.CharField())
    rule = serializers.CharField()
    text = serializers.CharField()
    numbers = NumbersShape(many=True)


class SuggestionBasis(serializers.Serializer[Any]):
    status = serializers.CharField()
    note = serializers.CharField()
    measurement = serializers.CharField(allow_null=True)
    high = serializers.IntegerField()
    large_gap = serializers.IntegerField()


class SuggestionsShape(serializers.Serializer[Any]):
    instrument = serializers.CharField()
    wave = serializers.UUIDField(allow_null=True)
    basis = SuggestionBasis()
    focus = SuggestedFocusShape(many=True)
    steps = SuggestedStepShape(many=True)


class RaterShape(serializers.Serializer[Any]):
    partner = serializers.UUIDField(allow_null=True, help_text="Null: the therapist.")
    level = serializers.IntegerField(allow_null=True)
    rated_at = serializers.DateTimeField(allow_null=True)


class GoalShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    owner = serializers.UUIDField(allow_null=True, help_text="Null: the pair.")
    domain = serializers.CharField()
    behaviour = serializers.CharField()
    how_counted = serializers.CharField()
    levels = serializers.DictField(child=serializers.CharField(), help_text="Texts of -2 to 2.")
    baseline_level = serializers.ChoiceField(LEVELS)
    weight = serializers.IntegerField()
    review_on = serializers.DateField()
    written_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ratings = RaterShape(many=True, help_text="The newest of each rater.")


class RatingShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    goal = serializers.UUIDField(source="goal_id")
    partner = serializers.UUIDField(source="partner_id", allow_null=True)
    level = serializers.IntegerField()
    rated_at = serializers.DateTimeField()


class SaidShape(serializers.Serializer[Any]):
    partner = serializers.UUIDField()
    said = serializers.ChoiceField(["kept", "missed"])


class RequestWeekShape(serializers.Serializer[Any]):
    monday = serializers.DateField()
    said = SaidShape(many=True, help_text="Each partner's own word; who said nothing is left out.")


class RequestShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    asked_by = serializers.UUIDField()
    asked_of = serializers.UUIDField()
    wording = serializers.CharField()
    agreed_wording = serializers.CharField(allow_blank=True)
    cadence = serializers.ChoiceField(SpecificRequest.Cadence.choices)
    answer = serializers.ChoiceField(SpecificRequest.Answer.choices)
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    weeks = RequestWeekShape(many=True)


def shown_plan(reading: PlanReading, goals: GoalsReading) -> dict[str, Any]:
    plan = reading.plan
    return {
        "id": plan.id if plan else None,
        "template": reading.template.ref,
        "agreed_at": plan.agreed_at if plan else None,
        "active_step": plan.active_step if plan else None,
        "focus": plan.focus if plan else [],
        "gates": [
            {"id": one.id, "is_open": one.is_open, "missing": list(one.missing)} for one in reading.gates.values()
        ],
        "activities": [shown_activity(one.activity, reading) for one in reading.running],
        "attainment": {
            "raters": [shown_attainment(one) for one in goals.attainment],
            "basis": {"note": ATTAINMENT_NOTE, "correlation": goals.correlation},
        },
    }


def shown_activity(activity: Activity, reading: PlanReading) -> dict[str, Any]:
    """An activity that was read with its holders."""
    gates = shut_gates(reading.template, reading.gates, activity.template)
    return {
        "id": activity.id,
        "template": activity.template,
        "title": reading.template.practices[activity.template]["title"]["en"],
        "dose": activity.dose,
        "partners": list(activity.holder_ids),  # type: ignore[attr-defined]
        "shut_gates": [gate.id for gate in gates],
        "started_at": activity.started_at,
        "ended_at": activity.ended_at,
    }


def shown_attainment(one: Attainment) -> dict[str, Any]:
    return {"partner": key_of(one.partner), "t": one.t, "rated": one.rated, "goals": one.goals}


def shown_suggestions(found: SuggestedPlan) -> dict[str, Any]:
    return {
        "instrument": found.instrument.ref,
        "wave": found.wave.id if found.wave else None,
        "basis": {**found.basis, "high": found.high, "large_gap": found.large_gap},
        "focus": [
            {"domain": one.domain, "label": one.label, "highest": one.highest, "gap": one.gap} for one in found.focus
        ],
        "steps": [
            {
                "steps": [choice.id for choice in one.choices],
                "rule": one.rule,
                "text": one.text,
                "numbers": [
                    {
                        "domain": behind.domain,
                        "label": behind.label,
                        "direction": "self" if behind.about_self else "experienced",
                        "scores": [{"partner": partner.id, "score": score} for partner, score in behind.scores],
                        "gap": behind.gap,
                    }
                    for behind in one.behind
                ],
            }
            for one in found.steps
        ],
    }


def shown_goal(goal: Goal, partners: Sequence[Partner]) -> dict[str, Any]:
    """A goal that was read with its ratings."""
    reading = read_goal(goal, partners, goal.domain)
    plain = (
        "id",
        "domain",
        "behaviour",
        "how_counted",
        "baseline_level",
        "weight",
        "review_on",
        "written_at",
        "ended_at",
    )
    return {
        **{name: getattr(goal, name) for name in plain},
        "owner": goal.owner_id,
        "levels": {str(one.level): one.text for one in reversed(reading.levels)},
        "ratings": [
            {"partner": key_of(one.partner), "level": one.level, "rated_at": one.rated_at} for one in reading.raters
        ],
    }


def shown_rating(rating: GoalRating) -> Any:
    return RatingShape(rating).data


def shown_request(request: SpecificRequest, weeks: Weeks) -> dict[str, Any]:
    plain = ("id", "wording", "agreed_wording", "cadence", "answer", "asked_at", "answered_at", "ended_at")
    return {
        **{name: getattr(request, name) for name in plain},
        "asked_by": request.asked_by_id,
        "asked_of": request.asked_of_id,
        "weeks": [{"monday": monday, "said": list(words_of(said.items()))} for monday, said in weeks],
    }


def words_of(said: Iterable[tuple[Any, str]]) -> Iterable[dict[str, Any]]:
    return ({"partner": partner, "said": word} for partner, word in said)


def key_of(partner: Partner | None) -> Any:
    return partner.id if partner else None
