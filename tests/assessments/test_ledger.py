"""What was practised beside what moved, from records made by hand."""

import pytest

from assessments.change import Verdict
from assessments.ledger import LedgerRow, adherence, ledger
from assessments.record import CoupleRecord
from tests.assessments.records import DANA, ERIN, MONDAY, WEEK, check_ins_of, full_form, held, made, report

PHONE = held("P33")


def both_due(weeks: int, **given) -> CoupleRecord:
    """Both could report in so many weeks."""
    scores = (50,) * weeks
    return made(*check_ins_of(DANA, *scores), *check_ins_of(ERIN, *scores), activities=[PHONE], **given)


def row_of(record: CoupleRecord, name: str) -> LedgerRow:
    return next(row for row in ledger(record) if row.partner.name == name)


def test_a_week_without_a_report_is_none_and_not_zero():
    record = both_due(2, reports=[report(DANA, 1, [(PHONE, {"done": 0})])])
    assert [week.done for week in row_of(record, "Dana").weeks] == [None, 0]
    assert [week.done for week in row_of(record, "Erin").weeks] == [None, None]
    assert row_of(record, "Dana").reported == 1


def test_noticed_comes_from_the_other():
    reports = [
        report(DANA, 0, [(PHONE, {"done": 4, "noticed": 1})]),
        report(ERIN, 0, [(PHONE, {"done": 5, "noticed": 2})]),
    ]
    record = both_due(1, reports=reports)
    assert [(week.done, week.noticed) for week in row_of(record, "Dana").weeks] == [(4, 2)]
    assert [(week.done, week.noticed) for week in row_of(record, "Erin").weeks] == [(5, 1)]
    assert row_of(record, "Dana").weeks[0].noticed_share == 0.5


def test_what_the_other_did_not_say_is_none():
    record = both_due(1, reports=[report(DANA, 0, [(PHONE, {"done": 4, "noticed": 1})])])
    assert row_of(record, "Dana").weeks[0].noticed is None


def test_an_activity_of_one_is_noticed_by_nobody():
    own = held("P61", who=[DANA])
    record = made(*check_ins_of(DANA, 50), activities=[own], reports=[report(ERIN, 0, [(own, {"noticed": 3})])])
    [row] = ledger(record)
    assert (row.partner.name, row.weeks[0].planned, row.weeks[0].noticed) == ("Dana", None, None)


def test_only_the_weeks_in_which_it_ran_count():
    late = held("P51", started_at=MONDAY + WEEK, ended_at=MONDAY + 2 * WEEK)
    record = made(*check_ins_of(DANA, 50, 50, 50, 50), activities=[late])
    assert [week.monday for week in row_of(record, "Dana").weeks] == [(MONDAY + n * WEEK).date() for n in (1, 2)]


@pytest.mark.parametrize(
    ("done", "share"), [((3, 7, 1, 9), 0.7333), ((None, 7, None, None), 1), ((0, 0, 0, 0), 0), ((None,) * 4, None)]
)
def test_adherence_of_the_newest_reported_week(done, share):
    activities = [held("P33", times=5), held("P53", times=7), held("P51", times=3), held("P43", times=7)]
    entries = [(one, {} if count is None else {"done": count}) for one, count in zip(activities, done, strict=True)]
    record = made(*check_ins_of(DANA, 50, 50), activities=activities, reports=[report(DANA, 0, entries)])
    found = adherence(record)[0]
    assert (found.share if found.share is None else round(found.share, 4)) == share
    assert (found.reported, found.due, found.coverage) == (1, 2, 0.5)


def test_adherence_without_a_report_is_none():
    found = adherence(both_due(3))[1]
    assert (found.share, found.monday, found.coverage) == (None, None, 0)


def test_movement_is_that_of_the_forms_around_the_activity():
    forms = [full_form(DANA, week, level) for week, level in ((-1, 90), (0, 70), (3, 60), (6, 20), (9, 80))]
    ran = held("P33", started_at=MONDAY + WEEK, ended_at=MONDAY + 5 * WEEK)
    record = made(*forms, *check_ins_of(DANA, 50), activities=[ran])
    [moved] = row_of(record, "Dana").movements
    assert (moved.label, moved.before, moved.after, moved.waves) == ("Presence and responsiveness", 70, 20, 3)
    assert moved.verdict == Verdict.RELIABLY_BETTER


def test_one_form_is_no_movement():
    record = made(full_form(DANA, 0, 70), *check_ins_of(DANA, 50), activities=[PHONE])
    assert row_of(record, "Dana").movements == ()
