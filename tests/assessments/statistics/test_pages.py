"""The page of practice statistics and its files: who sees them, what is drawn, and what a spreadsheet makes of it."""

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pyarrow import parquet
from scipy import stats

from assessments.statistics.chart import wilson_range
from practice.models import Membership
from tests.assessments.statistics.counted import make_release
from tests.attacks import as_maintenance
from tests.factories import client_of

pytestmark = pytest.mark.database
HOSTILE = '=HYPERLINK("http://x.example","y")'
KINDS = ("statistics_csv", "statistics_xlsx", "statistics_parquet", "statistics_codebook")


def make_files(browser: Client) -> dict[str, str]:
    """The address of each file on offer, by kind; those that were used up are not."""
    answer = browser.post(reverse("statistics-files"), {"quarter": "2026Q1", "purpose": "planning"})
    assert answer.status_code == 302
    rows = as_maintenance("SELECT kind, id FROM practice_download WHERE used_at IS NULL ORDER BY created_at")
    return {kind: reverse("download", args=[one]) for kind, one in rows}


def test_below_the_floor_the_page_says_so_and_shows_nothing(olive: Membership):
    page = client_of(olive).get(reverse("statistics")).content.decode()
    assert "at least 11 couples" in page
    assert "<table" not in page
    assert '<svg class="chart' not in page


def test_a_group_that_is_not_told_is_drawn_as_such(adam: Membership):
    make_release(adam)
    page = client_of(adam).get(reverse("statistics")).content.decode()
    # Of the chart for a wide screen, of that for a phone, and in the table.
    assert page.count("stroke-dasharray") == 2
    assert page.count("not told</t") == 3
    assert "57.5 %" in page
    assert "42 to 71 %" in page
    assert "anonymous data" in page


def test_a_table_of_which_nothing_is_told_has_no_chart(olive: Membership):
    make_release(olive)
    page = client_of(olive).get(reverse("statistics"), {"table": "months"}).content.decode()
    assert "Nothing of this table can be told" in page
    assert "<table" not in page


def test_files_are_offered_for_a_purpose_alone(olive: Membership):
    make_release(olive)
    browser = client_of(olive)
    assert browser.post(reverse("statistics-files"), {"quarter": "2026Q1"}).status_code == 422
    assert as_maintenance("SELECT count(*) FROM practice_download") == [(0,)]
    assert tuple(make_files(browser)) == KINDS
    purposes = as_maintenance("SELECT detail->>'purpose' FROM practice_auditevent WHERE action = 'download.offered'")
    assert purposes == [("planning",)] * 4


def test_a_file_is_fetched_once_by_whom_it_was_offered_to(olive: Membership, adam: Membership):
    make_release(olive)
    browser = client_of(olive)
    where = make_files(browser)["statistics_csv"]
    assert client_of(adam).post(where).status_code == 404
    assert [browser.post(where).status_code for _ in range(2)] == [200, 404]


def test_who_is_no_longer_owner_or_admin_fetches_nothing(olive: Membership):
    make_release(olive)
    browser = client_of(olive)
    where = make_files(browser)["statistics_csv"]
    from practice.practices import as_maintenance as as_operator

    with as_operator():
        Membership.objects.using("owner").filter(pk=olive.pk).update(role="therapist")
    assert browser.post(where).status_code == 404


def test_files_say_the_same_and_run_nothing(olive: Membership):
    make_release(olive, label=HOSTILE)
    browser = client_of(olive)
    first = {kind: browser.post(where).content for kind, where in make_files(browser).items()}
    second = {kind: browser.post(where).content for kind, where in make_files(browser).items()}
    assert first == second
    assert f'"\'{HOSTILE.replace(chr(34), chr(34) * 2)}"' in first["statistics_csv"].decode()
    book = openpyxl.load_workbook(io.BytesIO(first["statistics_xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert f"'{HOSTILE}" in [cell.value for cell in cells]
    table = parquet.read_table(io.BytesIO(first["statistics_parquet"]))
    assert table["couples"].to_pylist() == [23, 17, None, None]
    assert table["percent"].to_pylist() == [57.5, 42.5, None, None]
    assert all(field.metadata[b"meaning"] for field in table.schema)


def test_the_codebook_has_a_row_for_each_column_and_each_table(olive: Membership):
    make_release(olive)
    browser = client_of(olive)
    files = make_files(browser)
    codebook = browser.post(files["statistics_codebook"]).content.decode()
    head = browser.post(files["statistics_csv"]).content.decode("utf-8-sig").splitlines()[0].split(",")
    entries = [line.split(",")[:2] for line in codebook.splitlines()[1:]]
    assert entries == [["column", name] for name in head] + [["table", "outcome"], ["table", "months"]]


def test_no_page_or_file_of_another_practice(olive: Membership, mallory: Membership):
    make_release(mallory)
    assert "Nothing can be shown" in client_of(olive).get(reverse("statistics")).content.decode()
    sent = {"quarter": "2026Q1", "purpose": "planning"}
    assert client_of(olive).post(reverse("statistics-files"), sent).status_code == 404


def test_the_range_is_that_of_wilson():
    theirs = stats.binomtest(23, 40).proportion_ci(method="wilson")
    assert wilson_range(23, of=40) == pytest.approx((theirs.low, theirs.high), abs=1e-4)
