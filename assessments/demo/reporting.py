"""What a partner reports of a week: what they did, what they noticed of the other, what got in the way."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from assessments.demo.courses import Aim, Asked, Course, Given, History, said_of_request
from assessments.models import Activity, Goal, SpecificRequest
from clients.models import Couple, Partner

UNSAFE = "did_not_feel_safe"
NOTES = ("Late shifts again.", "We forgot on two days.", "It felt odd at first, then less.", "The children were ill.")


@dataclass
class Cast:
    """A couple and what they hold by now; partners by position."""

    couple: Couple
    partners: dict[int, Partner]
    activities: list[tuple[Given, Activity]] = field(default_factory=list)
    requests: list[tuple[Asked, SpecificRequest]] = field(default_factory=list)
    goals: list[tuple[Aim, Goal]] = field(default_factory=list)


class Reporter:
    """Reports of one couple. What one did is settled for the week before either of them writes."""

    def __init__(self, history: History, cast: Cast, random: Random) -> None:
        self.history, self.cast, self.random = history, cast, random
        self.done: dict[tuple[str, int], int] = {}

    def begin_week(self, week: int) -> None:
        self.done = {
            (given.template, position): self._done(given, activity, self.course(position))
            for given, activity in self.running(week)
            for position in given.who
        }

    def running(self, week: int) -> list[tuple[Given, Activity]]:
        """What was agreed in a session before this week's, and not ended by then."""
        held = ((given, one) for given, one in self.cast.activities if given.week < week)
        return [(given, one) for given, one in held if given.until is None or week <= given.until]

    def course(self, position: int) -> Course:
        return self.history.courses[position - 1]

    def report(self, position: int, week: int) -> dict[str, Any]:
        """The week as `save_week` takes it."""
        own = [(given, one) for given, one in self.running(week) if position in given.who]
        return {
            "activities": {str(one.id): self._entry(given, one, position, week) for given, one in own},
            "requests": {
                str(one.id): said_of_request(asked.kept[position != asked.by], week)
                for asked, one in self.cast.requests
                if asked.week < week and asked.answer in SpecificRequest.AGREED
            },
            "goals": {
                str(one.id): aim.reached[position - 1]
                for aim, one in self.cast.goals
                if aim.review == week and aim.owner in (None, position) and aim.reached[position - 1] is not None
            },
            "small_wins": [
                {"text": text, "share_via_therapist": may_share}
                for when, who, text, may_share in self.history.wins
                if (when, who) == (week, position)
            ],
        }

    def _done(self, given: Given, activity: Activity, course: Course) -> int:
        planned: int = activity.dose.get("times", 1)
        return min(planned, max(0, round(planned * course.does + self.random.uniform(-0.6, 0.6))))

    def _entry(self, given: Given, activity: Activity, position: int, week: int) -> dict[str, Any]:
        course, done = self.course(position), self.done[given.template, position]
        entry: dict[str, Any] = {"done": done, "helped": min(4, max(0, course.helped + self.random.randint(-1, 1)))}
        if len(given.who) > 1:
            entry["noticed"] = round(self.done[given.template, 3 - position] * course.notices)
        if 2 * done < activity.dose.get("times", 1):
            entry["barrier"] = course.barrier
        if (week, position) == (self.history.unsafe_week, 1):
            entry["barrier"] = UNSAFE
        if self.random.random() < 0.08:
            entry["note"] = self.random.choice(NOTES)
        return entry
