"""A suggested agenda for the next session: at most three lines, each with the rule behind it. Plain Python.

The therapist edits it in her head; nothing is stored. Lines about safety are kept apart (`is_private`): where both
partners look on, they are left out before the three are chosen, so that nothing shows that there were any.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

LONGEST = 3
DONE_LITTLE = 0.5
NOTICED_LITTLE = 0.5
OFTEN_ENOUGH = 3
MISSING_IN_A_ROW = 2


RULES = {
    "open_flag": "an urgent or review flag is open",
    "one_to_one_talk_missing": "a partner was not met alone since care began",
    "reliably_worse": "two check-ins in a row beyond the error of a change",
    "cusum_alarm": "small steps the wrong way add up (CUSUM)",
    "form_due": "eight weeks or six sessions since the last full form",
    "check_ins_missing": "two or more check-ins in a row are missing",
    "done_little": "at most half of what was planned, by whoever did most",
    "noticed_little": "at most half of it was noticed; neither is the truth",
    "goal_review_due": "its review day is at most a week away",
    "request_open": "it was asked and not answered yet",
    "wins_to_share": "their writers let you bring them in",
}


@dataclass(frozen=True)
class PartnerFacts:
    """`verdict` is the newest word on the check-ins; `missing` how many of the last check-ins are missing in a row."""

    name: str
    verdict: str = ""
    is_worsening: bool = False
    open_flags: int = 0
    missing: int = 0


@dataclass(frozen=True)
class ActivityFacts:
    """One running activity in the newest reported week, over all who hold it.

    `done` is what each of `holders` says, `noticed` what the other noticed of it.
    """

    title: str
    planned: int | None
    done: tuple[int | None, ...]
    barriers: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    noticed: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Facts:
    partners: Sequence[PartnerFacts] = ()
    activities: Sequence[ActivityFacts] = ()
    goals_due: Sequence[str] = ()
    open_requests: Sequence[str] = ()
    shared_wins: int = 0
    due_forms: Sequence[str] = field(default_factory=tuple)
    talks_missing: bool = False


@dataclass(frozen=True)
class AgendaLine:
    text: str
    rule: str
    is_private: bool = False

    @property
    def why(self) -> str:
        """The rule in words."""
        return RULES[self.rule]


def agenda(facts: Facts, *, in_room: bool = False) -> list[AgendaLine]:
    """The lines, most pressing first. In the room only what both partners know already."""
    lines = [line for line in _lines(facts) if not (in_room and line.is_private)]
    return lines[:LONGEST]


def _lines(facts: Facts) -> Iterator[AgendaLine]:
    yield from _safety_lines(facts)
    yield from _check_in_lines(facts)
    yield from filter(None, map(_activity_line, facts.activities))
    for one in facts.activities:
        yield from islice(_noticed_lines(one), 1)
    yield from (AgendaLine(f"Rate the goal: {goal}", "goal_review_due") for goal in facts.goals_due)
    yield from (AgendaLine(f"A request waits for its answer: {one}", "request_open") for one in facts.open_requests)
    if facts.shared_wins:
        yield AgendaLine(f"Bring in {_count(facts.shared_wins, 'small win')}", "wins_to_share")


def _safety_lines(facts: Facts) -> Iterator[AgendaLine]:
    for one in facts.partners:
        if one.open_flags:
            yield AgendaLine(f"Talk with {one.name} alone: {_count(one.open_flags, 'open flag')}", "open_flag", True)
    if facts.talks_missing:
        yield AgendaLine("Meet each partner alone", "one_to_one_talk_missing", True)


def _check_in_lines(facts: Facts) -> Iterator[AgendaLine]:
    for one in facts.partners:
        if one.verdict == "reliably_worse":
            yield AgendaLine(f"{one.name}’s check-in is reliably worse, twice running", "reliably_worse", True)
        elif one.is_worsening:
            yield AgendaLine(f"{one.name}’s check-ins drift the wrong way", "cusum_alarm", True)
    for form in facts.due_forms:
        yield AgendaLine(f"{form} is due", "form_due", True)
    for one in facts.partners:
        if one.missing >= MISSING_IN_A_ROW:
            text = f"{one.name} left out the last {one.missing} check-ins"
            yield AgendaLine(text, "check_ins_missing", True)


def _activity_line(activity: ActivityFacts) -> AgendaLine | None:
    done = [count for count in activity.done if count is not None]
    if not activity.planned or not done or max(done) > DONE_LITTLE * activity.planned:
        return None
    said = ", ".join(f"“{barrier}”" for barrier in sorted(set(activity.barriers)))
    why = f"; in the way: {said}" if said else ""
    counts = " and ".join(str(count) for count in done)
    return AgendaLine(f"{activity.title}: done {counts} of {activity.planned}{why}", "done_little", True)


def _noticed_lines(activity: ActivityFacts) -> Iterator[AgendaLine]:
    """Done and noticed apart: neither is the truth, and the difference is something to ask about."""
    if len(activity.holders) != 2:
        return
    for done, noticed, names in zip(
        activity.done, activity.noticed, (activity.holders, activity.holders[::-1]), strict=True
    ):
        if done is not None and noticed is not None and done >= OFTEN_ENOUGH and noticed <= NOTICED_LITTLE * done:
            text = f"{activity.title}: {names[0]} says {done} times, {names[1]} noticed {noticed}"
            yield AgendaLine(text, "noticed_little", True)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
