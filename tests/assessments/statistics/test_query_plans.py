"""What statistics and exports ask reads the rows of one practice, however many lie beside it.

Explained without row security, so that the statement itself must hold it. Sequential scans are discouraged: what is
left of them has no index that begins with the practice.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from assessments.exports import STATISTICS, Wanted, ask_for_export
from assessments.models import StatisticsRow
from assessments.statistics.catalogue import catalogue
from assessments.statistics.releases import counts_of, stored_release
from assessments.statistics.rows import fill_rows, last_quarter
from benchmarks._copies import copying
from practice import tenancy
from practice.archive.contents import tables
from practice.archive.parts import select_count, select_fingerprint, select_rows
from practice.database.context import Scope
from practice.models import Membership
from practice.practices import OWNER, as_maintenance
from tests.assessments.statistics.counted import in_next_quarter, make_counted, make_release
from tests.factories import as_staff, assign, full_answers, partner_of, sheet_of, submit
from tests.statements import tenant_tables

pytestmark = pytest.mark.database
OWN = re.compile(r'(?:"?\w+"?\.)?"?practice_id"? = (%\(practice\)s|%s|\'[0-9a-f-]{36}\')')
Statement = tuple[str, Any]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """The SELECT and DELETE statements that are sent."""
    found: list[Statement] = []

    def keep(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(SELECT|WITH|DELETE)", sql) and any(table in sql for table in tenant_tables()):
            found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield found


def asked_by_statistics(member: Membership) -> list[Statement]:
    at, practice = in_next_quarter(), member.practice_id
    with recorded() as found:
        with tenancy.begin(Scope.measurement(practice_id=practice)):
            fill_rows(last_quarter(at), at=at)
        with tenancy.begin(Scope.statistics(practice_id=practice)):
            counts_of(StatisticsRow.objects.filter(quarter=last_quarter(at).name).iterator(), catalogue())
        with as_staff(member):
            stored_release("")
            stored_release("2026Q1")
            ask_for_export(Wanted(STATISTICS, "csv", "planning"), membership=member, confirmed=False)
    return found


def asked_by_archive(member: Membership) -> list[Statement]:
    asks = (select_rows, select_fingerprint, select_count)
    return [(ask(table, member.practice_id).as_string(None), None) for table in tables() for ask in asks]


def unbounded(statement: Statement) -> list[str]:
    """The nodes of its plan that read a table of practices by something else than the practice."""
    sql, params = statement
    with as_maintenance(), connections[OWNER].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return list(_unbounded(plan[0]["Plan"]))


def _unbounded(plan: dict[str, Any]) -> Iterator[str]:
    reads = plan["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan")
    if reads and "practice_id" not in plan.get("Index Cond", "") and not is_the_practice_itself(plan):
        yield f"{plan['Node Type']} {plan.get('Relation Name', '')} {plan.get('Index Name', '')}"
    for inner in plan.get("Plans", []):
        yield from _unbounded(inner)


def is_the_practice_itself(plan: dict[str, Any]) -> bool:
    return plan.get("Index Name") == "practice_practice_pkey"


def with_beside(member: Membership, practices: int) -> None:
    """Some hundred rows of each table in so many practices beside."""
    couple = make_counted(member, 12)[0]
    make_release(member)
    given = assign(member, couple)
    for position in (1, 2):
        sheet = sheet_of(member, given, partner_of(member, couple, position))
        submit(sheet, full_answers(sheet))
    with as_maintenance(), connections[OWNER].cursor() as cursor:
        for statement in copying(elsewhere=True):
            if practices:
                cursor.execute(statement, {"like": couple.id, "practices": practices, "count": 300})
    with connections[OWNER].cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("practices", [0, 30])
def test_statistics_and_exports_scan_no_other_practice(olive: Membership, practices: int):
    with_beside(olive, practices)
    statements = asked_by_statistics(olive) + asked_by_archive(olive)
    assert len(statements) > 3 * len(tables())
    assert {sql: found for sql, params in statements if (found := unbounded((sql, params)))} == {}


def test_the_same_without_its_practice_is_found(olive: Membership):
    with_beside(olive, 30)
    statements = [one for one in asked_by_statistics(olive) + asked_by_archive(olive) if OWN.search(one[0])]
    assert [sql for sql, params in statements if not unbounded((OWN.sub(r"\1 IS NOT NULL", sql), params))] == []
