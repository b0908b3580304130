from assessments.models.answers import Answers, SheetScores
from assessments.models.assignment import AnswerSheet, Assignment, Wave
from assessments.models.flags import SafetyFlag
from assessments.models.instrument import ImportedInstrument

__all__ = ["AnswerSheet", "Answers", "Assignment", "ImportedInstrument", "SafetyFlag", "SheetScores", "Wave"]
