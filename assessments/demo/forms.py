"""Answers that come to a wanted score: what is missing of it on one line is made up on the next of the same topic."""

from collections.abc import Callable, Iterable
from random import Random

from assessments.instruments.definition import CONTEXT, Line

# The score that is wanted, 0 to 100, by direction and topic.
Wanted = Callable[[str, str], float]
CHECKLIST = ("work", "baby", "money", "oldhurts")
HIGHEST = 4


def answers_for(lines: Iterable[Line], wanted: Wanted, random: Random) -> dict[str, object]:
    """Every line answered, with nothing that raises a flag."""
    owed: dict[tuple[str, bool], float] = {}
    said: dict[str, object] = {}
    for line in lines:
        if line.direction == CONTEXT:
            said["context.CX"] = sorted(random.sample(CHECKLIST, 2))
            continue
        topic = (line.domain, line.direction == "enacted")
        due = owed.get(topic, 0.0) + wanted(line.direction, line.domain) / 100 * HIGHEST
        missing = _answer(line, due, random)
        # What a safety line does not say is not made up elsewhere.
        owed[topic] = 0.0 if line.safety_relevant else due - missing
        said[line.id] = HIGHEST - missing if line.reverse else missing
    return said


def _answer(line: Line, due: float, random: Random) -> int:
    if line.domain == "SC":
        return 0
    missing = min(HIGHEST, max(0, round(due + random.uniform(-0.7, 0.7))))
    return min(missing, 1) if line.safety_relevant else missing
