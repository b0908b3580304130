"""How a partner's week is spread over pages: one activity a page, then requests, due goals, a small win, help lines.

Rule that must not break: pages follow from what this partner holds and from nothing that anybody said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assessments.week_values import Week, WeekActivity, WeekGoal, WeekRequest

Kind = Literal["activity", "requests", "goals", "wins", "after"]


@dataclass(frozen=True)
class WeekPage:
    """One page of a week, numbered from 1. `is_saved` says whether anything on it was saved, never what."""

    number: int
    kind: Kind
    activity: WeekActivity | None = None
    requests: tuple[WeekRequest, ...] = ()
    goals: tuple[WeekGoal, ...] = ()
    is_saved: bool = False


def week_pages(week: Week) -> tuple[WeekPage, ...]:
    """The pages of a week. Without anything to do there are two: a small win and the help lines."""
    return tuple(_pages(week))


def page_to_resume(week: Week) -> int:
    """The number of the page after the last one on which something was saved."""
    return max((page.number for page in week_pages(week) if page.is_saved), default=0) + 1


def _pages(week: Week) -> Iterator[WeekPage]:
    number = 1
    for activity in week.activities:
        yield WeekPage(number, "activity", activity=activity, is_saved=bool(activity.saved))
        number += 1
    if week.requests:
        saved = any(one.is_saved for one in week.requests)
        yield WeekPage(number, "requests", requests=week.requests, is_saved=saved)
        number += 1
    if due := tuple(goal for goal in week.goals if goal.is_due):
        yield WeekPage(number, "goals", goals=due, is_saved=any(one.is_saved for one in due))
        number += 1
    yield WeekPage(number, "wins", is_saved=bool(week.small_wins))
    yield WeekPage(number + 1, "after")
