"""Where answers lie and who gets them back: joint_ok to their writer until submit, everything else to nobody."""

from typing import Any

import pytest

from assessments.answers import AlreadySubmitted, save_answers, submit_sheet
from assessments.models import AnswerSheet
from assessments.sheets import form_of
from clients.models import Couple, Partner
from practice.database.context import Scope
from practice.errors import InvalidInput
from practice.models import Membership
from tests.attacks import REFUSED, as_maintenance, attacker, connect, outcome
from tests.factories import as_partner, assign, full_answers, practice_of, save, sheet_of, submit

pytestmark = pytest.mark.database
AUDIENCES = {"joint_ok", "therapist_only", "confidential"}


@pytest.fixture
def sheets(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> tuple[AnswerSheet, AnswerSheet]:
    assignment = assign(alice, couple)
    return sheet_of(alice, assignment, dana), sheet_of(alice, assignment, erin)


@pytest.fixture
def sheet(sheets: tuple[AnswerSheet, AnswerSheet]) -> AnswerSheet:
    return sheets[0]


def stored(sheet: AnswerSheet) -> dict[str, list[int | None]]:
    rows = as_maintenance("SELECT audience, values FROM assessments_answers WHERE sheet_id = %s", sheet.id)
    return dict(rows)


def shown(sheet: AnswerSheet) -> dict[str, int | str | None]:
    with as_partner(sheet.partner):
        return form_of(AnswerSheet.objects.get(pk=sheet.pk)).values


def asked(sheet: AnswerSheet, audience: str) -> list[str]:
    with as_partner(sheet.partner):
        lines = form_of(AnswerSheet.objects.get(pk=sheet.pk)).lines
    return [line.id for line in lines if line.audience == audience and line.direction != "context"]


def call(sheet: AnswerSheet, function: str, *params: Any) -> Any:
    """A definer function as the partner of the sheet, below the domain functions."""
    scope = Scope.partner(practice_id=practice_of(sheet), partner_id=sheet.partner_id)
    with attacker(scope) as login:
        return outcome(login, f"SELECT {function}", *params)


SAVE = "app.save_answers(%s, ARRAY[%s], ARRAY[0], ARRAY[3]::smallint[], ARRAY[NULL]::smallint[], ARRAY[0], now())"
FINISH = "app.finish_sheet(%s, 'submitted', now())"


def test_sheet_has_lines_of_every_audience(sheet: AnswerSheet) -> None:
    save(sheet, full_answers(sheet))
    assert set(stored(sheet)) == AUDIENCES


@pytest.mark.parametrize("audience", sorted(AUDIENCES))
def test_value_lies_in_the_row_of_its_audience(sheet: AnswerSheet, audience: str) -> None:
    save(sheet, dict.fromkeys(asked(sheet, audience), 4))
    assert set(stored(sheet)) == {audience}
    assert set(stored(sheet)[audience]) - {None} == {4}


@pytest.mark.parametrize(("given", "value"), [(0, 0), (4, 4), ("not_applicable", -1), ("declined", -2), (None, None)])
def test_value_is_stored_as_its_code(sheet: AnswerSheet, given: Any, value: int | None) -> None:
    line = next(
        one
        for one in _form(sheet).lines
        if one.audience == "joint_ok" and (not isinstance(given, str) or given in one.codes)
    )
    save(sheet, {line.id: given})
    assert stored(sheet)["joint_ok"][line.position] == value


def _form(sheet: AnswerSheet) -> Any:
    with as_partner(sheet.partner):
        return form_of(AnswerSheet.objects.get(pk=sheet.pk))


def test_partner_sees_own_joint_values_until_submit(sheet: AnswerSheet) -> None:
    [first, *_] = asked(sheet, "joint_ok")
    save(sheet, {first: 2})
    assert {line: value for line, value in shown(sheet).items() if value is not None} == {first: 2}


def test_partner_never_sees_other_values(sheet: AnswerSheet) -> None:
    lines = asked(sheet, "therapist_only") + asked(sheet, "confidential")
    save(sheet, dict.fromkeys(lines, 4))
    assert [line for line in lines if line in shown(sheet)] == []
    assert {line for line in lines if line in _form(sheet).saved} == set(lines)


def test_partner_sees_nothing_after_submit(sheet: AnswerSheet) -> None:
    submit(sheet)
    assert shown(sheet) == {}
    assert call(sheet, "app.own_answers(%s)", sheet.id) == [(None,)]


@pytest.mark.parametrize(
    "change",
    [
        "state = 'expired'",
        "state = 'withdrawn'",
        "state = 'declined'",
        "state = 'submitted'",
        "opens_at = now() - interval '2 days', closes_at = now() - interval '1 second'",
        "opens_at = now() + interval '1 hour'",
    ],
)
def test_partner_sees_nothing_of_a_sheet_that_cannot_be_answered(sheet: AnswerSheet, change: str) -> None:
    [first, *_] = asked(sheet, "joint_ok")
    save(sheet, {first: 2})
    assert call(sheet, "app.own_answers(%s)", sheet.id) != [(None,)]
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute(f"UPDATE assessments_answersheet SET {change}")
    assert call(sheet, "app.own_answers(%s)", sheet.id) == [(None,)]


def test_partner_sees_nothing_of_the_other(sheets: tuple[AnswerSheet, AnswerSheet]) -> None:
    own, other = sheets
    save(other, full_answers(other))
    assert shown(own) == {}
    assert call(own, "app.own_answers(%s)", other.id) == [(None,)]


@pytest.mark.parametrize("function", [FINISH, SAVE.replace("ARRAY[%s]", "ARRAY['joint_ok']")])
def test_partner_cannot_write_on_the_sheet_of_the_other(sheets: tuple[AnswerSheet, AnswerSheet], function: str) -> None:
    own, other = sheets
    assert call(own, function, other.id) == "P0002"


def test_partner_cannot_write_on_a_sheet_of_another_practice(sheet: AnswerSheet, trudy: Partner) -> None:
    scope = Scope.partner(practice_id=practice_of(trudy), partner_id=sheet.partner_id)
    with attacker(scope) as login:
        assert outcome(login, f"SELECT {FINISH}", sheet.id) == "P0002"


@pytest.mark.parametrize("audience", sorted(AUDIENCES))
def test_submitted_sheet_takes_no_value(sheet: AnswerSheet, audience: str) -> None:
    submit(sheet)
    before = stored(sheet)
    assert call(sheet, SAVE, sheet.id, audience) == "AT002"
    assert call(sheet, FINISH, sheet.id) == "AT002"
    assert stored(sheet) == before


def test_submitted_sheet_is_refused_by_the_domain(sheet: AnswerSheet) -> None:
    submit(sheet)
    with as_partner(sheet.partner):
        again = AnswerSheet.objects.get(pk=sheet.pk)
        with pytest.raises(AlreadySubmitted):
            save_answers(again, {"experienced.PR1": 0})
        with pytest.raises(AlreadySubmitted):
            submit_sheet(again)


@pytest.mark.parametrize("state", ["expired", "withdrawn", "declined"])
def test_sheet_that_is_closed_takes_no_value(sheet: AnswerSheet, state: str) -> None:
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute("UPDATE assessments_answersheet SET state = %s", [state])
    assert call(sheet, SAVE, sheet.id, "joint_ok") == "AT001"


def test_submit_freezes_every_row_at_once(sheet: AnswerSheet) -> None:
    submit(sheet)
    frozen = as_maintenance("SELECT DISTINCT frozen_at FROM assessments_answers WHERE sheet_id = %s", sheet.id)
    assert (len(frozen), frozen[0][0] is None) == (1, False)


def test_frozen_row_is_out_of_reach_of_the_functions_too(sheet: AnswerSheet) -> None:
    """Even a sheet set back by hand cannot have its frozen values changed."""
    submit(sheet)
    before = stored(sheet)
    with connect("owner") as owner:
        owner.execute("SET LOCAL ROLE attune_maintenance")
        owner.execute("UPDATE assessments_answersheet SET state = 'started'")
    assert call(sheet, SAVE, sheet.id, "joint_ok") == REFUSED
    assert stored(sheet) == before


ROWS, VALUES = "SELECT count(*) FROM assessments_answers", "SELECT values FROM assessments_answers"
# The worker moves a form that was started by the wrong one: it sees whose rows they are, and nothing in them.
TRIED = [(kind, sql) for kind in ("partner", "administrator", "audit") for sql in (ROWS, VALUES)] + [("worker", VALUES)]


@pytest.mark.parametrize(("kind", "sql"), TRIED)
def test_values_are_read_by_clinicians_and_the_scorer_only(sheet: AnswerSheet, kind: str, sql: str) -> None:
    submit(sheet)
    ids: dict[str, Any] = {"practice_id": practice_of(sheet)}
    scopes = {
        "partner": Scope.partner(**ids, partner_id=sheet.partner_id),
        "worker": Scope.worker(**ids),
        "administrator": Scope.staff(**ids, membership_id=sheet.couple.therapist_id, clinical=False),
        "audit": Scope.worker(**ids).for_audit(),
    }
    with attacker(scopes[kind]) as login:
        assert outcome(login, sql) == REFUSED


def test_scorer_reads_one_partner_only(sheets: tuple[AnswerSheet, AnswerSheet]) -> None:
    for one in sheets:
        save(one, full_answers(one))
    scope = Scope.scoring(practice_id=practice_of(sheets[0]), partner_id=sheets[0].partner_id)
    with attacker(scope) as login:
        assert outcome(login, "SELECT DISTINCT sheet_id FROM assessments_answers") == [(sheets[0].id,)]


def test_one_fault_keeps_nothing_of_the_call(sheet: AnswerSheet) -> None:
    [first, *_] = asked(sheet, "joint_ok")
    with pytest.raises(InvalidInput), as_partner(sheet.partner):
        save_answers(AnswerSheet.objects.get(pk=sheet.pk), {first: 3, "experienced.NONE": 3})
    assert stored(sheet) == {}


def test_lines_saved_one_by_one_add_up(sheet: AnswerSheet) -> None:
    given = {line: number % 5 for number, line in enumerate(asked(sheet, "joint_ok")[:6])}
    for line in reversed(given):
        save(sheet, {line: given[line]})
    assert {line: value for line, value in shown(sheet).items() if value is not None} == given


def test_unknown_outcome_is_refused(sheet: AnswerSheet) -> None:
    assert call(sheet, "app.finish_sheet(%s, 'started', now())", sheet.id) == "22023"


KEEP = "app.keep_scores(%s, '[]', NULL, now(), now())"


def test_partner_cannot_write_scores(sheet: AnswerSheet) -> None:
    assert call(sheet, KEEP, sheet.id) == REFUSED


def test_scorer_writes_for_one_partner_only(sheets: tuple[AnswerSheet, AnswerSheet]) -> None:
    own, other = sheets
    scope = Scope.scoring(practice_id=practice_of(own), partner_id=own.partner_id)
    with attacker(scope) as login:
        assert outcome(login, f"SELECT {KEEP}", other.id) == "P0002"
