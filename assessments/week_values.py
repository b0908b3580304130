"""What a partner's week consists of, and what may be given for it. Plain values; assessments/weeks.py keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from practice.errors import InvalidInput, fault

MOST_TIMES = 99
MOST_WINS = 3
LONGEST_WIN = 200
LONGEST_NOTE = 1_000
COUNTS = ("done", "noticed")
KEPT, MISSED = "kept", "missed"


@dataclass(frozen=True)
class WeekActivity:
    """One activity as its holder sees it; `saved` names the fields that were saved."""

    id: str
    template: str
    title: str
    how: str
    done_when: str
    times: int | None
    # As the template writes a dose: {"times": 5, "minutes": 10}, {"once": true}, {"as_needed": true}, …
    dose: Mapping[str, Any]
    fields: tuple[str, ...]
    saved: frozenset[str]


@dataclass(frozen=True)
class WeekRequest:
    id: str
    text: str
    made_by_me: bool
    cadence: str
    is_saved: bool


@dataclass(frozen=True)
class WeekGoal:
    """`levels` are texts by level; `is_due` says whether the goal is rated this week."""

    id: str
    behaviour: str
    how_counted: str
    levels: Mapping[int, str]
    is_private: bool
    is_due: bool
    is_saved: bool


@dataclass(frozen=True)
class SmallWin:
    text: str
    share_via_therapist: bool


@dataclass(frozen=True)
class OwnWeek:
    """A week that a partner has told of; `small_wins` are those that the therapist may pass on."""

    monday: date
    small_wins: tuple[str, ...]


@dataclass(frozen=True)
class Week:
    """What one partner holds in the week that begins on `monday`; open until `closes_at`."""

    monday: date
    closes_at: datetime
    activities: tuple[WeekActivity, ...]
    requests: tuple[WeekRequest, ...]
    goals: tuple[WeekGoal, ...]
    small_wins: tuple[SmallWin, ...]
    barriers: tuple[str, ...]
    is_saved: bool


def week_faults(week: Week, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every fault of what was given for a week, by field. Raises InvalidInput for a part that is no mapping."""
    return list(_faults(week, given))


def _faults(week: Week, given: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    activities = {one.id: one for one in week.activities}
    for key, entry in parts_of(given, "activities"):
        if key not in activities:
            yield fault(f"activities.{key}", "unknown_activity", "This week has no such activity.")
        elif not isinstance(entry, Mapping):
            yield fault(f"activities.{key}", "invalid", "Give the fields of this activity by name.")
        else:
            yield from _entry_faults(week, activities[key], entry)
    for key, word in parts_of(given, "requests"):
        if key not in {one.id for one in week.requests}:
            yield fault(f"requests.{key}", "unknown_request", "This week has no such request.")
        elif word not in (KEPT, MISSED, None):
            yield fault(f"requests.{key}", "value_not_allowed", "Choose kept or missed.")
    for key, level in parts_of(given, "goals"):
        if key not in {one.id for one in week.goals if one.is_due}:
            yield fault(f"goals.{key}", "unknown_goal", "This week has no such goal to rate.")
        elif type(level) is not int or not -2 <= level <= 2:
            yield fault(f"goals.{key}", "value_not_allowed", "Choose one of the five levels.")
    yield from _win_faults(given.get("small_wins"))


def parts_of(given: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    """The entries of one part by id; [] where it was not given."""
    part = given.get(name) or {}
    if not isinstance(part, Mapping):
        raise InvalidInput(f"Give {name} by id.", code=name)
    return [(str(key), value) for key, value in part.items()]


def _entry_faults(week: Week, activity: WeekActivity, entry: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for name, value in entry.items():
        where = f"activities.{activity.id}.{name}"
        if name not in activity.fields:
            yield fault(where, "unknown_field", "This activity has no such field.")
        elif value is None:
            continue
        elif name in COUNTS and (type(value) is not int or not 0 <= value <= MOST_TIMES):
            yield fault(where, "value_not_allowed", f"Give a whole number from 0 to {MOST_TIMES}.")
        elif name == "helped" and (type(value) is not int or not 0 <= value <= 4):
            yield fault(where, "value_not_allowed", "Choose one of the five answers.")
        elif name == "barrier" and value not in week.barriers:
            yield fault(where, "value_not_allowed", "Choose one of the reasons.")
        elif name == "note" and not (isinstance(value, str) and len(value) <= LONGEST_NOTE):
            yield fault(where, "max_length", f"Shorten this to {LONGEST_NOTE} characters.")


def _win_faults(wins: Any) -> Iterator[dict[str, str]]:
    if wins is None:
        return
    if not isinstance(wins, list) or len(wins) > MOST_WINS:
        yield fault("small_wins", "invalid", f"Write up to {MOST_WINS} small wins.")
        return
    for number, win in enumerate(wins):
        text = win.get("text") if isinstance(win, Mapping) else None
        if not isinstance(text, str) or len(text.strip().splitlines()) != 1 or len(text.strip()) > LONGEST_WIN:
            yield fault(
                f"small_wins[{number}].text", "max_length", f"Write one line of up to {LONGEST_WIN} characters."
            )
        elif type(win.get("share_via_therapist", False)) is not bool:  # any other value would pass for a yes
            yield fault(f"small_wins[{number}].share_via_therapist", "invalid", "Say true or false.")
