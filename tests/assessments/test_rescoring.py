import pytest
from django.core.management import call_command
from django.db import connections

from assessments.models import SheetScores
from assessments.rescoring import Rescored, rescore
from practice.database.context import Scope
from practice.practices import OWNER, as_maintenance
from practice.tenancy import begin
from tests import factories

pytestmark = pytest.mark.database


@pytest.fixture
def sheet(alice, dana):
    sheet = factories.make_sheet(alice, dana)
    factories.submit(sheet)
    return sheet


def stored(sheet):
    with begin(Scope.scoring(practice_id=sheet.practice_id, partner_id=sheet.partner_id)):
        kept = SheetScores.objects.filter(sheet_id=sheet.id)
        return kept.values("instrument", "content_hash", "scorer_version", "scores", "quality").get()


def as_operator(statement):
    with as_maintenance(), connections[OWNER].cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1


def test_rescoring_changes_nothing(practice, sheet):
    before = stored(sheet)
    assert before["scores"]["experienced"]
    assert rescore(practice.id) == Rescored(sheets=1, differed=0)
    assert stored(sheet) == before


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM assessments_sheetscores",
        """UPDATE assessments_sheetscores SET scores = '{}', quality = '["uniform"]'""",
        "UPDATE assessments_sheetscores SET scorer_version = '0'",
    ],
)
def test_rescoring_repairs_what_was_removed_or_changed(practice, sheet, damage):
    before = stored(sheet)
    as_operator(damage)
    assert rescore(practice.id) == Rescored(sheets=1, differed=1)
    assert stored(sheet) == before


def test_sheets_not_submitted_get_no_scores(practice, alice, dana):
    factories.save(factories.make_sheet(alice, dana), {"experienced.PR1": 3})
    assert rescore(practice.id) == Rescored(sheets=0, differed=0)


def test_rescoring_one_practice_leaves_the_others(sheet, mallory, trudy, capsys):
    factories.submit(factories.make_sheet(mallory, trudy))
    as_operator(f"UPDATE assessments_sheetscores SET scorer_version = '0' WHERE sheet_id = '{sheet.id}'")
    call_command("rescore", practice="hillcrest")
    assert stored(sheet)["scorer_version"] == "0"
    call_command("rescore")
    assert capsys.readouterr().out.splitlines() == [
        "hillcrest: 1 sheets, 0 differed",
        "hillcrest: 1 sheets, 0 differed",
        "riverside: 1 sheets, 1 differed",
    ]
