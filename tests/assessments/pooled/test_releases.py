"""Who counts across practices, what is kept, and who can read it (F03, F08, F10 to F13)."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from assessments.models import PooledRow, StatisticsRow
from assessments.pooled.opting import opt_in, opt_out
from assessments.pooled.releases import BudgetSpent, NotOver, TooFewPractices, release_quarter
from assessments.statistics.rows import last_quarter, quarter_named
from clients.consents import withdraw_consent
from clients.couples import close_couple
from clients.models import Couple, Partner
from practice import tenancy
from practice.database.context import Scope, sign
from practice.models import Membership
from practice.tenancy import ScopeError
from tests.assessments.pooled.pools import (
    PLENTY,
    SIZES,
    content,
    count,
    fill,
    make_pool,
    make_pooled,
    release,
    spent,
)
from tests.attacks import REFUSED, attacker, catalogue, outcome
from tests.factories import as_staff, assign, full_answers, sheet_of, submit

pytestmark = pytest.mark.database
WITHOUT_PERSON = ("worker", "report", "measurement", "statistics", "archive")
OWN_TABLES = {"assessments_pooledrow", "assessments_pooledrelease", "assessments_poolbudget"}


def test_a_quarter_is_released_once_and_served_as_it_is(owners):
    """F03: to the byte, and epsilon is spent once. Of the rows that it was drawn from none is left."""
    first = release()
    make_pooled(owners[0], 5)
    again = release()
    assert (again.id, again.content, again.files) == (first.id, first.content, first.files)
    assert spent() == PLENTY
    assert count("SELECT count(*) FROM assessments_pooledrow") == 0
    assert (content(first)["couples"], content(first)["practices"]) == (sum(SIZES), 3)


def test_a_couple_of_many_forms_counts_once(owners):
    """F08: sizes, and each table, count couples."""
    with as_staff(owners[0]):
        couple = Couple.objects.first()
    for _ in range(3):
        given = assign(owners[0], couple)
        for partner in partners(owners[0], couple):
            sheet = sheet_of(owners[0], given, partner)
            submit(sheet, full_answers(sheet))
    found = content(release())
    assert found["couples"] == sum(SIZES)
    assert [sum(cell["couples"] or 0 for cell in table["cells"]) for table in found["tables"]] == [sum(SIZES)] * 5


def partners(owner: Membership, couple: Couple) -> list[Partner]:
    with as_staff(owner):
        return list(Partner.objects.filter(couple=couple))


def test_a_couple_that_went_on_to_another_practice_counts_there_alone(owners):
    """F08"""
    with as_staff(owners[0]):
        close_couple(Couple.objects.first(), reason="transferred")
    assert content(release())["couples"] == sum(SIZES) - 1


def test_who_agreed_to_a_text_without_other_practices_does_not_count(owners):
    make_pooled(owners[0], 3, version="0.2.0")
    make_pooled(owners[1], 2)
    assert content(release())["couples"] == sum(SIZES) + 2


def test_who_withdraws_is_out_of_the_next_release_and_what_was_spent_stays(owners):
    """F13: a couple, and a practice."""
    with as_staff(owners[0]):
        withdraw_consent(Partner.objects.first(), kind="statistics")
    assert content(release())["couples"] == sum(SIZES) - 1
    with as_staff(owners[2]):
        opt_out(owners[2])
    with pytest.raises(TooFewPractices):
        release_quarter(quarter_named("2026Q1"), now=timezone.now())
    assert spent() == PLENTY
    assert count("SELECT count(*) FROM assessments_pooledrow") == 0


def test_a_practice_that_was_not_asked_takes_no_part(plenty, practice, olive):
    make_pool()
    make_pooled(olive, 30)
    assert content(release())["couples"] == sum(SIZES)


def test_a_release_says_nothing_of_anybody(owners):
    """F10"""
    made = release()
    assert "Canary" not in made.content
    assert "Pair" not in made.content
    assert "practice0" not in made.content
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\d{4}-\d{2}", made.content)
    assert [table["id"] for table in content(made)["tables"]] == ["outcome", "months", "latest", "change", "completion"]
    assert {field.name for field in PooledRow._meta.fields} - {"id", "practice_id", "quarter", "run", "score"} == {
        "outcome", "months", "latest", "change", "completion",
    }  # fmt: skip


def test_too_few_couples_take_the_epsilon_of_finding_out_and_the_quarter_is_not_tried_again(settings):
    make_pool(12, 12, 12)
    made = release()
    assert (made.content, made.files, made.epsilon) == ("", {}, Decimal("0.1"))
    assert release().id == made.id
    assert spent() == Decimal("0.1")


def test_two_practices_are_not_drawn_at_all(plenty):
    make_pool(60, 60)
    with pytest.raises(TooFewPractices):
        release()
    assert [spent(), count("SELECT count(*) FROM assessments_pooledrow")] == [0, 0]


def test_a_year_holds_four_releases(settings):
    """The fifth is refused before anybody is counted, and says when to ask again."""
    make_pool(1, 1, 1)
    settings.STATISTICS_EPSILON_PER_YEAR = Decimal("0.8")
    now = timezone.now()
    for number in range(1, 5):
        release_quarter(quarter_named(f"2025Q{number}"), now=now)
    with pytest.raises(BudgetSpent, match=rf"after {now + timedelta(days=365):%Y-%m-%d}"):
        release()
    assert spent() == Decimal("0.4")


def test_a_quarter_that_is_not_over_is_not_drawn(owners):
    now = timezone.now()
    with pytest.raises(NotOver):
        release_quarter(quarter_named(f"{now.year + 1}Q1"), now=now)


@pytest.mark.parametrize(("lifetimes", "old"), [(1, 0), (2, 10)])
def test_a_couple_counts_until_its_lifetime_is_spent(owners, settings, lifetimes: int, old: int):
    """Without an id: whoever came before the end of a quarter that took epsilon may have been in it."""
    settings.STATISTICS_EPSILON_PER_YEAR = PLENTY
    settings.STATISTICS_EPSILON_PER_COUPLE = lifetimes * PLENTY
    now = timezone.now()
    make_pooled(owners[0], 10, came=now - timedelta(days=600))
    release_quarter(last_quarter(now - timedelta(days=400)), now=now - timedelta(days=400))
    assert content(release())["couples"] == sum(SIZES) + old


def every_scope(owner: Membership) -> dict[str, Scope]:
    one = {"practice_id": owner.practice_id, "partner_id": uuid4()}
    alone = {kind: getattr(Scope, kind)(practice_id=owner.practice_id) for kind in WITHOUT_PERSON}
    staff = {"practice_id": owner.practice_id, "membership_id": owner.id}
    members = {"clinician": Scope.staff(**staff, clinical=True), "admin": Scope.staff(**staff, clinical=False)}
    return alone | members | {"partner": Scope.partner(**one), "scoring": Scope.scoring(**one)}


def test_the_pool_role_reads_its_own_tables_and_no_other(olive):
    """F11: 42501 for everything else, and for its own with a context that is signed for somebody else, or with none."""
    names = catalogue(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    )
    fill([olive.practice_id], "2020Q1", each=1)
    with attacker(Scope.pool()) as connection:
        read = {name: outcome(connection, f'SELECT count(*) FROM "{name}"') for (name,) in names}
    assert {name for name, found in read.items() if found != REFUSED} == OWN_TABLES
    for context in [*map(sign, every_scope(olive).values()), ""]:
        with attacker(Scope.pool(), context=context) as connection:
            assert outcome(connection, "SELECT count(*) FROM assessments_pooledrow") == REFUSED


def test_nobody_else_reads_the_pool_or_changes_a_release(olive):
    verbs = ("SELECT 1 FROM {}", "UPDATE {} SET id = id", "DELETE FROM {}")
    for scope in [*every_scope(olive).values(), None]:
        with attacker(scope) as connection:
            tried = [outcome(connection, verb.format(table)) for table in OWN_TABLES for verb in verbs]
        assert set(tried) == {REFUSED}
    with attacker(Scope.pool()) as connection:
        changed = [outcome(connection, verb.format("assessments_pooledrelease")) for verb in verbs[1:]]
    assert changed == [REFUSED, REFUSED]


def test_no_tenant_table_can_be_asked_across_practices():
    with tenancy.begin(Scope.pool()), pytest.raises(ScopeError, match="across practices"):
        StatisticsRow.objects.count()


def test_a_practice_writes_rows_of_its_own_alone_and_reads_none(olive, other_practice):
    """F12: of what it wrote no id is ever seen again."""
    row = (
        "INSERT INTO assessments_pooledrow (id, practice_id, quarter, run, outcome, months, latest, change, completion)"
    )
    values = "SELECT gen_random_uuid(), %s, '2026Q1', gen_random_uuid(), 0, 0, 0, 0, 0"
    with attacker(Scope.measurement(practice_id=olive.practice_id)) as connection:
        assert outcome(connection, f"{row} {values}", other_practice.id) == REFUSED
        assert outcome(connection, f"{row} {values}", olive.practice_id) == [(1,)]
        assert outcome(connection, "SELECT 1 FROM assessments_pooledrow") == REFUSED


def test_joining_twice_is_one_word_and_leaving_is_on_the_trail(olive):
    with as_staff(olive):
        opt_in(olive)
        opt_in(olive)
    with as_staff(olive):
        opt_out(olive)
        opt_out(olive)
    with as_staff(olive):
        opt_in(olive)
    actions = "SELECT json_agg(action ORDER BY at) FROM practice_auditevent WHERE action LIKE 'pool.%'"
    assert count(actions) == ["pool.joined", "pool.left", "pool.joined"]
    assert count("SELECT count(*) FROM practice_pooledoptin") == 2
