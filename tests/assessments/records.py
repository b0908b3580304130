"""Records of a couple made of plain values, for tests of what is made of a record; nothing here asks the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from assessments.instruments import library
from assessments.instruments.definition import Json
from assessments.measurement import parameters_of
from assessments.models import SafetyFlag, WeekReport
from assessments.plan_templates import library as templates
from assessments.progress import FullForms, full_forms
from assessments.record import CoupleRecord, HeldActivity, ScoredSheet
from assessments.safety import check_in_verdict
from clients.models import Couple, Partner

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WINDOW = timedelta(days=4)
PRACTICE = UUID(int=8)
COUPLE = Couple(id=UUID(int=9), practice_id=PRACTICE, label="D & E", created_at=MONDAY - WEEK)
DANA = Partner(id=UUID(int=1), practice_id=PRACTICE, couple=COUPLE, position=1, name="Dana")
ERIN = Partner(id=UUID(int=2), practice_id=PRACTICE, couple=COUPLE, position=2, name="Erin")
CHECK_IN, FULL = library.latest("ena-ck"), library.latest("ena-c")


def made(
    *sheets: ScoredSheet,
    reports: Sequence[WeekReport] = (),
    activities: Sequence[HeldActivity] = (),
    flags: Sequence[SafetyFlag] = (),
    partners: tuple[Partner, ...] = (DANA, ERIN),
) -> CoupleRecord:
    return CoupleRecord(
        couple=COUPLE,
        partners=partners,
        before_sessions=frozenset(),
        sheets=tuple(sorted(sheets, key=lambda one: one.opens_at)),
        flags=tuple(flags),
        sessions=(),
        plan=None,
        activities=tuple(activities),
        reports=tuple(reports),
        goals=(),
        requests=(),
    )


def check_ins_of(partner: Partner, *scores: float | None) -> list[ScoredSheet]:
    """One check-in a week; None was not handed in."""
    stored = [None if one is None else {"experienced": {"CK": _score(one), "CKJ": _score(one)}} for one in scores]
    return [_check_in(partner, number, stored[: number + 1]) for number in range(len(stored))]


def _check_in(partner: Partner, number: int, until_then: Sequence[Json | None]) -> ScoredSheet:
    at, scores = MONDAY + number * WEEK, until_then[-1]
    handed_in = [one for one in until_then if one is not None]
    verdict = check_in_verdict(CHECK_IN, handed_in, parameters_of(CHECK_IN)) if scores else None
    return ScoredSheet(
        partner=partner.id, wave=UUID(int=1000 + number), instrument=CHECK_IN.ref, content_hash=CHECK_IN.content_hash,
        opens_at=at, closes_at=at + WINDOW, opened_at=at, ended_at=at + WINDOW, submitted_at=at if scores else None,
        state="submitted" if scores else "expired", safety_lines=True, scores=scores, monday=at.date(),
        parameters="start-1" if scores else "", verdict=verdict or "",
    )  # fmt: skip


def full_form(
    partner: Partner, week: int, experienced: float | Mapping[str, float], *, enacted: float = 20
) -> ScoredSheet:
    """A full form handed in so many weeks after the first Monday; one score for all topics, or by topic."""
    at = MONDAY + week * WEEK
    by_topic = experienced if isinstance(experienced, Mapping) else dict.fromkeys(FULL.scores, experienced)
    scores = {"experienced": {key: _score(one) for key, one in by_topic.items()},
              "enacted": {key: _score(enacted) for key in by_topic}}  # fmt: skip
    return ScoredSheet(
        partner=partner.id, wave=UUID(int=2000 + week), instrument=FULL.ref, content_hash=FULL.content_hash,
        opens_at=at, closes_at=at + WINDOW, opened_at=at, ended_at=at + WINDOW, submitted_at=at, state="submitted",
        safety_lines=True, scores=scores, monday=None, parameters="start-1", verdict="",
    )  # fmt: skip


def forms_of(*sheets: ScoredSheet) -> FullForms:
    """What these full forms say."""
    found = full_forms(made(*sheets))
    assert found is not None
    return found


def held(
    template: str, *, times: int | None = None, who: Sequence[Partner] = (DANA, ERIN), **dates: Any
) -> HeldActivity:
    """An activity held from the first Monday on."""
    dose = {**templates.latest().practices[template]["dose"], **({"times": times} if times else {})}
    number = UUID(int=3000 + int(template[1:]))
    started = dates.get("started_at", MONDAY)
    return HeldActivity(number, template, dose, started, dates.get("ended_at"), tuple(one.id for one in who))


def report(partner: Partner, week: int, entries: Sequence[tuple[HeldActivity, Mapping[str, Any]]]) -> WeekReport:
    at = MONDAY + week * WEEK
    said = {str(one.id): dict(entry) for one, entry in entries}
    return WeekReport(practice_id=PRACTICE, partner=partner, monday=at.date(), saved_at=at, entries=said)


def _score(value: float) -> dict[str, Any]:
    return {"score": value, "answered": 4, "of": 4, "reason": None}
