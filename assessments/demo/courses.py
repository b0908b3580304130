"""What a history is made of: how each partner's answers go, and what the couple agrees. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assessments.week_values import KEPT, MISSED


@dataclass(frozen=True)
class Course:
    """How one partner's forms and weeks go; scores are 0 to 100, lower is better.

    `check_ins` by week, None where none was handed in; `experienced` and `enacted` at intake and at each review.
    `does` is the share of what was planned that they do, `notices` the share of the other's that they notice; `helped`
    is 0 to 4.
    """

    check_ins: Sequence[int | None]
    experienced: Sequence[int]
    enacted: Sequence[int]
    does: float = 0.8
    notices: float = 0.8
    helped: int = 2
    barrier: str = "no_time"
    wish: str = "improve"


@dataclass(frozen=True)
class Given:
    """An activity agreed in the session of a week, for whom (positions), and the week of the session that ends it."""

    template: str
    week: int = 1
    who: tuple[int, ...] = (1, 2)
    times: int | None = None
    until: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Asked:
    """A request of one partner, its answer, and whether it was kept as (asker, asked) say, week by week."""

    by: int
    wording: str
    answer: str = "yes"
    agreed: str = ""
    cadence: str = "weekly"
    week: int = 1
    kept: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Aim:
    """A goal written in the session of a week and rated before that of another: levels of both and the therapist."""

    domain: str
    behaviour: str
    how_counted: str
    levels: tuple[str, str, str, str, str]
    reached: tuple[int | None, int | None, int | None]
    review: int
    week: int = 1
    owner: int | None = None


@dataclass(frozen=True)
class History:
    """Months of one couple, week by week: a session a week, with a check-in before each.

    `reviews` are the weeks of the full forms after intake, `steps` the active step from the session of a week on.
    `talks` are weeks after whose session each partner was met alone.
    """

    name: str
    partners: tuple[str, str]
    courses: tuple[Course, Course]
    focus: tuple[str, str]
    activities: tuple[Given, ...]
    therapist: str = "therapist"
    steps: Mapping[int, str] = field(default_factory=lambda: {1: "S3"})
    reviews: tuple[int, ...] = (7,)
    requests: tuple[Asked, ...] = ()
    aims: tuple[Aim, ...] = ()
    wins: tuple[tuple[int, int, str, bool], ...] = ()
    stages: Sequence[int] = (0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3)
    engagement: tuple[int, int] = (3, 3)
    weeks: int = 12
    ended_weeks_ago: int = 0
    ending: str = ""
    left_after: int | None = None
    own_results: bool = False
    unsafe_week: int | None = None


def series(written: str) -> tuple[int | None, ...]:
    """Scores by week as they are written, "-" for a check-in that was not handed in."""
    return tuple(None if one == "-" else int(one) for one in written.split())


def said_of_request(kept: float, week: int) -> str:
    """Kept in that share of weeks, evenly spread."""
    return KEPT if int((week + 1) * kept) > int(week * kept) else MISSED
