"""E07: what an older backup brings back is erased again, by the rule itself or by the list. And what is left (F13)."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments.erased import erased_couples
from assessments.models import StatisticsRelease, StatisticsRow
from assessments.statistics.releases import may_follow, refresh_statistics
from assessments.statistics.rows import counted_couples, last_quarter
from clients.holds import place_hold
from clients.models import Couple
from practice import tenancy
from practice.database.context import Scope
from practice.tasks import sweep_outbox
from tests.assessments.retention.closed import CLOSED_AT, change, close, erase, keep_for, on_record
from tests.assessments.statistics.counted import agree, make_counted
from tests.attacks import as_maintenance
from tests.factories import as_staff, do_for_every_practice, make_couple

pytestmark = pytest.mark.database


def restore(alice, couple):
    """The couple as an older backup has it."""
    given = {"state": "closed", "closed_reason": "completed", "closed_at": CLOSED_AT, "created_at": CLOSED_AT}
    with as_staff(alice):
        Couple(id=couple.id, label=couple.label, therapist=alice, **given).save(force_insert=True)


def listed(path: Path) -> Path:
    with path.open("w") as out:
        call_command("erased_couples", stdout=out)
    return path


@pytest.fixture
def gone(alice, couple):
    close(alice, couple)
    keep_for(alice)
    assert erase(alice, couple) is True
    return couple


def test_what_a_backup_brings_back_goes_again_by_itself(alice, gone):
    restore(alice, gone)
    do_for_every_practice("plan_erasing")
    sweep_outbox()
    assert on_record() == set()


def test_the_list_erases_what_it_names_and_says_what_became_of_each(alice, gone, tmp_path, capsys):
    path = listed(tmp_path / "erased.txt")
    assert [(one.practice_id, one.couple_id) for one in erased_couples()] == [(alice.practice_id, gone.id)]
    call_command("erase_again", path)
    restore(alice, gone)
    call_command("erase_again", path)
    assert capsys.readouterr().out.splitlines() == [f"{gone.id} not here", f"{gone.id} erased"]
    assert on_record() == set()


def test_the_list_gets_round_nothing(alice, gone, tmp_path):
    path = listed(tmp_path / "erased.txt")
    restore(alice, gone)
    with as_staff(alice):
        place_hold(Couple.objects.get(pk=gone.pk), reason="A court asked", membership=alice)
    with pytest.raises(CommandError, match="Some are kept"):
        call_command("erase_again", path)
    assert on_record() == {gone.id}


def test_a_file_that_is_no_list_is_refused(tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("not a list")
    with pytest.raises(CommandError, match="no list"):
        call_command("erase_again", path)


def counted(alice):
    """What each row that is counted says, drawn anew."""
    refresh_statistics(alice.practice_id, now=timezone.now())
    with tenancy.begin(Scope.statistics(practice_id=alice.practice_id)):
        return sorted(StatisticsRow.objects.values_list("outcome", "months"))


def test_erasing_changes_no_row_that_is_counted_and_no_release(alice, couple):
    """A couple goes a year after it was closed at the earliest; the quarter that is counted begins half a year ago."""
    stays = make_couple(alice, label="Stays", names=("Fay", "Gus"))
    for one in (couple, stays):
        agree(alice, one)
    with as_staff(alice):
        Couple.objects.update(created_at=timezone.now() - timedelta(days=900))
    close(alice, couple, at=timezone.now() - timedelta(days=368))
    keep_for(alice, 1)
    assert len(before := counted(alice)) == 1
    ids = as_maintenance("SELECT id FROM assessments_statisticsrow")
    assert erase(alice, couple, at=timezone.now()) is True
    assert counted(alice) == before
    assert set(as_maintenance("SELECT id FROM assessments_statisticsrow")).isdisjoint(ids)


def test_no_release_follows_one_that_an_erased_couple_was_counted_in(alice, couple):
    """F13: eleven of twelve are left; to tell of them too would tell what the twelfth was."""
    couples = make_counted(alice, 12)
    then = timezone.now() - timedelta(days=460)
    for table, column in (("clients_couple", "created_at"), ("clients_consent", "given_at")):
        change(f"UPDATE {table} SET {column} = now() - interval '3 years'")
    close(alice, couples[0], at=timezone.now() - timedelta(days=400))
    quarter = last_quarter(then).name
    with tenancy.begin(Scope.statistics(practice_id=alice.practice_id)):
        StatisticsRelease(quarter=quarter, content="{}", couples=12, made_at=then).save(force_insert=True)
    keep_for(alice, 1)
    assert erase(alice, couples[0], at=timezone.now()) is True
    assert refresh_statistics(alice.practice_id, now=timezone.now()) is None
    assert as_maintenance("SELECT couples FROM assessments_statisticsrelease") == [(12,)]
    # The control: the rows that are left look as if nobody had gone.
    with tenancy.begin(Scope.measurement(practice_id=alice.practice_id)):
        left = [counted_couples(last_quarter(one), at=one) for one in (then, timezone.now())]
    assert (len(left[0]), may_follow(left[0], left[1])) == (11, True)
