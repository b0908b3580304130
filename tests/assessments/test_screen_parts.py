"""The parts of the screen, from records made by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessments.check_in_reading import check_in_rows
from assessments.ledger import ledger
from assessments.ledger_reading import ledger_tables
from assessments.models import SpecificRequest
from assessments.progress import check_ins
from assessments.screen_parts import asked_request, header_of
from assessments.session_screen import session_screen
from clients.models import CounselingSession, Couple, Partner
from tests.assessments.records import (
    COUPLE,
    DANA,
    ERIN,
    MONDAY,
    PRACTICE,
    WEEK,
    check_ins_of,
    full_form,
    held,
    made,
    report,
)


def couple_session(week: int) -> CounselingSession:
    session = CounselingSession(practice_id=PRACTICE, couple=COUPLE, kind="couple", held_at=MONDAY + week * WEEK)
    session.rating = None  # type: ignore[attr-defined]
    return session


def rules(record, *, weeks: int) -> list[str]:
    return [line.rule for line in session_screen(record, now=MONDAY + weeks * WEEK).agenda]


@pytest.mark.parametrize(("weeks", "sessions", "is_due"), [(7, 5, False), (7, 6, True), (8, 0, True), (7.9, 0, False)])
def test_a_full_form_is_due_after_six_sessions_or_eight_weeks(weeks, sessions, is_due):
    record = replace(
        made(full_form(DANA, 0, 50)), sessions=tuple(couple_session(number + 1) for number in range(sessions))
    )
    due = header_of(record, MONDAY + timedelta(weeks=weeks)).due
    assert ("review" in [one.kind for one in due]) == is_due


def test_what_is_due_is_what_the_couples_page_proposes():
    assert [one.kind for one in header_of(made(), MONDAY + 20 * WEEK).due] == ["intake", "check_in"]
    closed = Couple(
        practice_id=PRACTICE,
        created_at=MONDAY,
        state=Couple.State.CLOSED,
        closed_reason="completed",
        closed_at=MONDAY + WEEK,
    )
    record = replace(made(full_form(DANA, 0, 50)), couple=closed)
    assert [one.kind for one in header_of(record, MONDAY + 2 * WEEK).due] == []
    assert [one.kind for one in header_of(record, MONDAY + 20 * WEEK).due] == ["follow_up"]


def test_a_due_form_and_missing_talks_are_on_the_agenda():
    assert rules(made(full_form(DANA, 0, 50)), weeks=9) == ["one_to_one_talk_missing", "form_due"]


def test_one_who_left_is_not_said_to_miss_check_ins():
    missed = check_ins_of(ERIN, 50, None, None, None)
    left = Partner(id=ERIN.id, practice_id=PRACTICE, position=2, name="Erin", state=Partner.State.LEFT)
    assert "check_ins_missing" in rules(made(*missed), weeks=1)
    assert "check_ins_missing" not in rules(made(*missed, partners=(DANA, left)), weeks=1)


def test_a_request_says_what_each_says_and_nothing_of_weeks_without_a_word():
    asked = SpecificRequest(practice_id=PRACTICE, wording="A walk", cadence="weekly")
    reports = [report(DANA, week, []) for week in range(3)]
    for one, word in zip(reports, ("kept", "missed", None), strict=True):
        one.requests = {str(asked.id): word} if word else {}
    found = asked_request(made(reports=reports), asked)
    assert [(partner.name, kept, of) for partner, kept, of in found.said] == [("Dana", 1, 2)]


def test_a_check_in_is_one_row_with_a_place_for_each():
    record = made(*check_ins_of(DANA, 60, 50), *check_ins_of(ERIN, 40))
    rows = check_in_rows(check_ins(record), last=None)
    assert [[point.score if point else None for point in row.points] for row in rows] == [[60, 40], [50, None]]
    assert check_in_rows(check_ins(record), last=1) == rows[1:]


def test_an_activity_is_one_table_with_a_line_for_what_each_says():
    phone = held("P33", times=4)
    reports = [
        report(DANA, 0, [(phone, {"done": 3, "noticed": 1, "helped": 2})]),
        report(ERIN, 1, [(phone, {"done": 0})]),
    ]
    record = made(*check_ins_of(DANA, 50, 50), *check_ins_of(ERIN, 50, 50), activities=[phone], reports=reports)
    [table] = ledger_tables(ledger(record))
    assert (table.title, table.planned) == ("Phone away", 4)
    assert table.reported == (("Dana", 1, 2), ("Erin", 1, 2))
    assert [(line.kind, line.partner, line.counts) for line in table.lines] == [
        ("done", "Dana", (3, None)),
        ("noticed", "Erin", (None, None)),
        ("helped", "Dana", (2, None)),
        ("done", "Erin", (None, 0)),
        ("noticed", "Dana", (1, None)),
        ("helped", "Erin", (None, None)),
    ]
