from assessments.models.answers import Answers, MeasurementParameters, SheetScores
from assessments.models.assignment import AnswerSheet, Assignment, Wave
from assessments.models.flags import SafetyFlag
from assessments.models.instrument import ImportedInstrument
from assessments.models.plan import (
    Activity,
    ActivityHolder,
    Goal,
    GoalRating,
    Intention,
    PlanChange,
    RepairPlan,
    SessionRating,
    SpecificRequest,
    WeekReport,
)

__all__ = [
    "Activity",
    "ActivityHolder",
    "AnswerSheet",
    "Answers",
    "Assignment",
    "Goal",
    "GoalRating",
    "ImportedInstrument",
    "Intention",
    "MeasurementParameters",
    "PlanChange",
    "RepairPlan",
    "SafetyFlag",
    "SessionRating",
    "SheetScores",
    "SpecificRequest",
    "Wave",
    "WeekReport",
]
