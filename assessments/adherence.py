"""How much of what was planned between sessions was done, as each partner reports it week by week.

Pure arithmetic on counts; an activity is a practice of the plan. The rule that must not break: what was not reported
is None and never 0. All of it is the therapist's; no partner sees the other's. Definitions: plan.yaml `adherence`,
clinical/design.md 2.5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any


@dataclass(frozen=True, slots=True)
class ActivityWeek:
    """One activity of one partner in one week.

    `slot` is the time it takes: activities that were agreed to share one have the same. `planned` is None for an
    activity without a number of times a week. `done` is None without a report, and where the report left it out.
    """

    slot: str
    planned: int | None
    done: int | None


def planned_times(dose: Mapping[str, Any]) -> int | None:
    """How often a week a dose of the plan template is planned; None for once, as needed and every few sessions."""
    return dose.get("times")


def counted(weeks: Iterable[ActivityWeek]) -> list[ActivityWeek]:
    """The activities that count, one a slot: those planned for the week, shared slots with the larger planned and done.

    Its length is what the limit of three counted practices is about.
    """
    slots: dict[str, ActivityWeek] = {}
    for week in weeks:
        if week.planned is not None:
            before = slots.get(week.slot, week)
            planned, done = _larger(before.planned, week.planned), _larger(before.done, week.done)
            slots[week.slot] = ActivityWeek(week.slot, planned, done)
    return list(slots.values())


def done_share(week: ActivityWeek) -> float | None:
    """min(1, done / planned); None without a report or for an activity that is not counted.

    Raises ZeroDivisionError for planned 0, which no plan holds.
    """
    if week.planned is None or week.done is None:
        return None
    return min(1.0, week.done / week.planned)


def partner_week(weeks: Iterable[ActivityWeek]) -> float | None:
    """Mean share over the counted activities of one partner that were reported; None where none was."""
    shares = [share for week in counted(weeks) if (share := done_share(week)) is not None]
    return fmean(shares) if shares else None


def coverage(reported: int, *, due: int) -> float | None:
    """Weeks with a report / weeks due; None before the first is due. It stands next to every share."""
    return reported / due if due else None


def noticed_share(noticed: int | None, *, done: int | None) -> float | None:
    """min(1, noticed by the partner / done by oneself); None where either did not report or nothing was done.

    The word is "noticed": it verifies nothing.
    """
    if noticed is None or not done:
        return None
    return min(1.0, noticed / done)


def _larger(one: int | None, other: int | None) -> int | None:
    return max((number for number in (one, other) if number is not None), default=None)
