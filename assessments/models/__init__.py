from assessments.models.answers import Answers, MeasurementParameters, SheetScores
from assessments.models.assignment import AnswerSheet, Assignment, Wave
from assessments.models.flags import FlagEvent, SafetyFlag
from assessments.models.inbox import InboxMark
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
from assessments.models.pool import PoolBudget, PooledRelease, PooledRow
from assessments.models.report import JointReport
from assessments.models.statistics import StatisticsRelease, StatisticsRow

__all__ = [
    "Activity",
    "ActivityHolder",
    "AnswerSheet",
    "Answers",
    "Assignment",
    "FlagEvent",
    "Goal",
    "GoalRating",
    "ImportedInstrument",
    "InboxMark",
    "Intention",
    "JointReport",
    "MeasurementParameters",
    "PlanChange",
    "PoolBudget",
    "PooledRelease",
    "PooledRow",
    "RepairPlan",
    "SafetyFlag",
    "SessionRating",
    "SheetScores",
    "SpecificRequest",
    "StatisticsRelease",
    "StatisticsRow",
    "Wave",
    "WeekReport",
]
