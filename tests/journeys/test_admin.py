"""An admin without clinical access: chooses a table, reads it, says what files are for, fetches and opens them."""

from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from playwright.sync_api import expect

from practice.models import Membership
from tests.assessments.statistics.counted import make_release
from tests.journeys.conftest import DESK, DESK_AT_NIGHT, PHONE, Visitor

pytestmark = pytest.mark.database
HOSTILE = '=HYPERLINK("http://x.example","y")'
READ = """
SELECT group_1, couples, percent, suppressed FROM '{}' WHERE "table" = 'outcome' ORDER BY couples DESC NULLS LAST
"""


def sign_in(admin: Visitor, member: Membership) -> None:
    """An admin comes to the team's page: couples are none of theirs."""
    from tests.factories import PASSWORD

    page = admin.page
    page.goto("/statistics/")
    page.get_by_label("Email").fill(member.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Practice statistics")
    admin.look()


def shown(admin: Visitor) -> list[list[str]]:
    """The rows of the table as the page tells them."""
    rows = admin.page.locator("tbody tr").all()
    return [[cell.inner_text().strip() for cell in row.locator("th, td").all()[:3]] for row in rows]


def fetched(admin: Visitor, kind: str, folder: Path) -> Path:
    with admin.page.expect_download() as started:
        admin.page.get_by_role("button", name=f"Fetch the {kind}").click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def in_words(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    """Rows of a file as the page would tell them; text that a spreadsheet would run has a mark before it."""
    return [
        [label.removeprefix("'"), "not told", "–"]
        if hidden
        else [label.removeprefix("'"), str(couples), f"{percent} %"]
        for label, couples, percent, hidden in rows
    ]


def of_workbook(path: Path) -> list[tuple[Any, ...]]:
    rows = list(openpyxl.load_workbook(path)["Statistics"].iter_rows(values_only=True))
    head = [str(name) for name in rows[0]]
    wanted = [head.index(name) for name in ("group_1", "couples", "percent", "suppressed")]
    own = [tuple(row[at] for at in wanted) for row in rows[1:] if row[head.index("table")] == "outcome"]
    return [tuple(row) for row in own]


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_the_files_say_what_the_page_says(visit: Any, adam: Membership, tmp_path: Path, viewport: dict[str, int]):
    make_release(adam, label=HOSTILE)
    make_release(adam, "2026Q2")
    admin = visit(viewport=viewport, accept_downloads=True)
    sign_in(admin, adam)
    admin.page.get_by_label("Quarter").select_option("2026Q1")
    admin.page.get_by_role("button", name="Show").click()
    told = shown(admin)
    assert told == [[HOSTILE, "23", "57.5 %"], ["Else", "17", "42.5 %"], ["Third", "not told", "–"]]
    admin.page.get_by_label("Planning within the practice").check()
    admin.page.get_by_role("button", name="Make the files").click()
    admin.look()
    files = {kind: fetched(admin, kind, tmp_path) for kind in ("CSV", "XLSX", "Parquet", "codebook")}
    for kind in ("CSV", "Parquet"):
        assert in_words(duckdb.sql(READ.format(files[kind])).fetchall()) == told
    assert in_words(of_workbook(files["XLSX"])) == told
    first = [cell for row in openpyxl.load_workbook(files["XLSX"])["Statistics"].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in first}
    assert f"'{HOSTILE}" in [cell.value for cell in first]


def test_a_file_is_not_fetched_twice(visit: Any, adam: Membership, tmp_path: Path):
    make_release(adam)
    admin = visit(viewport=DESK, accept_downloads=True)
    sign_in(admin, adam)
    admin.page.get_by_label("Planning within the practice").check()
    admin.page.get_by_role("button", name="Make the files").click()
    fetched(admin, "CSV", tmp_path)
    admin.page.goto("/statistics/?quarter=2026Q1")
    expect(admin.page.get_by_role("button", name="Fetch the CSV")).to_have_count(0)
    expect(admin.page.get_by_role("button", name="Fetch the XLSX")).to_have_count(1)
