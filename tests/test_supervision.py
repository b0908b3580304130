"""Who reads without treating: every call of a supervisor is on record, and an admin reads no clinical byte."""

from uuid import UUID

import pytest
from django.db import connection

from practice.models import Practice
from practice.practices import as_maintenance as on_owner
from tests.attacks import as_maintenance, tables_with_practice
from tests.factories import as_staff, client_of, full_answers, make_couple, make_sheet, partner_of, submit
from tests.test_routes import PATTERNS, make_objects, request, url

pytestmark = pytest.mark.database
CANARIES = (
    "Zanzibar & Quagga",
    "Zanzibar &amp; Quagga",
    "Zebedee",
    "Quintilla",
    "zebedee@",
    "quintilla@",
)
PARTNERS = ("p/", "f/", "api/v1/partner/")


@pytest.fixture
def supervised(practice) -> Practice:
    with on_owner():
        Practice.objects.using("owner").filter(pk=practice.pk).update(supervisors_read_couples=True)
    return practice


def calls(sue) -> list[tuple]:
    return as_maintenance(
        "SELECT couple_id, detail FROM practice_auditevent WHERE action = 'supervisor.called' AND actor_id = %s", sue.id
    )


def test_supervisor_reads_what_policy_allows_and_each_reading_is_kept(alice, sue, couple, supervised):
    assert client_of(sue).get(f"/couples/{couple.id}/").status_code == 200
    assert calls(sue) == [(couple.id, {"route": "couple"})]
    assert client_of(sue).get(f"/api/v1/couples/{couple.id}/results/").status_code == 200
    assert calls(sue)[1] == (couple.id, {"route": "api-results"})


def test_what_policy_forbids_is_kept_as_refused(sue, couple):
    assert client_of(sue).get(f"/couples/{couple.id}/").status_code == 404
    assert calls(sue) == [(couple.id, {"route": "couple", "refused": True})]


def test_therapist_is_not_a_supervisor(alice, couple):
    client_of(alice).get(f"/couples/{couple.id}/")
    assert as_maintenance("SELECT count(*) FROM practice_auditevent WHERE action = 'supervisor.called'") == [(0,)]


@pytest.fixture
def canaries(alice):
    """A couple with everything on record, each piece of it known by its words."""
    couple = make_couple(alice, label="Zanzibar & Quagga", names=("Zebedee", "Quintilla"), email=True)
    first = partner_of(alice, couple, 1)
    objects, _ = make_objects(alice, couple, first)
    sheet = make_sheet(alice, first, "ena-ck")
    submit(sheet, full_answers(sheet, 4))
    return objects


def staff_routes() -> list[str]:
    return [name for name, where in PATTERNS.items() if not where.startswith(PARTNERS) and name != "account_logout"]


def leaks(browser, objects, methods=("GET", "POST")) -> set[tuple[str, str, str]]:
    found = set()
    for name in staff_routes():
        for method in methods:
            shown = request(browser, method, url(name, objects))
            content = b"".join(shown) if shown.streaming else shown.content
            text = f"{content.decode(errors='replace')} {dict(shown.headers)}"
            found |= {(name, method, one) for one in CANARIES if one in text}
    return found


def test_admin_reads_no_clinical_byte_on_any_route(alice, adam, canaries):
    assert leaks(client_of(adam, raise_request_exception=False), canaries) == set()


def test_sweep_finds_what_the_therapist_reads(alice, canaries):
    found = {name for name, _, _ in leaks(client_of(alice, raise_request_exception=False), canaries, ("GET",))}
    assert {"couples", "couple", "flags", "couple-hand-over", "api-couples"} <= found


def test_admin_reads_none_of_the_clinical_tables(adam, alice, canaries):
    clinical = [table for table in tables_with_practice() if table.startswith(("clients_", "assessments_"))]
    tables = set(clinical) - {"assessments_importedinstrument", "assessments_statisticsrelease"}
    assert len(tables) > 15
    for table in tables:
        with pytest.raises(Exception, match=r"permission denied|another kind of actor"), as_staff(adam):
            rows_in(table, adam.practice_id)


def rows_in(table: str, practice_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(practice_id) FROM {table} WHERE practice_id = %s", [practice_id])
