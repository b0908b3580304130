"""The list of couples without names, as a file and by a program."""

import csv
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from assessments.caseload_rows import initials
from clients.models import Couple
from practice.models import Membership
from practice.tables import as_cell
from tests import factories
from tests.assessments.caseloads import make_check_ins, make_overdue, plan_session
from tests.assessments.test_therapist_views import statements
from tests.factories import (
    as_staff,
    client_of,
    full_answers,
    make_couple,
    make_flagged,
    submit,
)

pytestmark = pytest.mark.database


@pytest.fixture
def browser(alice: Membership) -> Client:
    return client_of(alice)


def test_hidden_names_are_initials_until_they_are_shown_again(browser, couple, dana):
    assert browser.post("/couples/names/").status_code == 302
    page = browser.get("/").content.decode()
    assert "Dana" not in page
    assert "Erin" not in page
    assert "Dana" not in browser.get("/couples.csv").content.decode()
    browser.post("/couples/names/")
    assert "Dana" in browser.get("/").content.decode()


def test_hidden_names_are_hidden_on_the_other_lists_too(browser, alice, couple, dana):
    with as_staff(alice):
        Couple.objects.filter(pk=couple.pk).update(label="Danaerin")
    submit_urgent = factories.make_sheet(alice, dana)
    submit(submit_urgent, full_answers(submit_urgent, 4))
    plan_session(alice, couple, timezone.now())
    shown = [browser.get(address).content.decode() for address in ("/flags/", "/calendar/")]
    assert all("Danaerin" in page for page in shown)
    browser.post("/couples/names/")
    hidden = [browser.get(address).content.decode() for address in ("/flags/", "/calendar/")]
    assert ["Danaerin" in page for page in hidden] == [False, False]


@pytest.mark.parametrize(("text", "letters"), [("Maya & Jonas K.", "M & J K"), ("  ", ""), ("Ü", "Ü")])
def test_initials(text, letters):
    assert initials(text) == letters


def test_the_csv_holds_what_the_filter_shows(browser, alice):
    make_flagged(alice, "=cmd()")
    make_couple(alice, label="Other")
    response = browser.get("/couples.csv?need=flag")
    head, *lines = csv.reader(StringIO(response.content.decode("utf-8-sig")))
    assert response["Content-Disposition"] == 'attachment; filename="couples.csv"'
    assert head[0] == "Couple"
    assert [line[0] for line in lines] == ["'=cmd()", "'=cmd()"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text):
    assert as_cell(text) == f"'{text}"
    assert as_cell("a=1") == "a=1"
    assert as_cell(-1) == -1


def test_the_api_says_the_same(browser, alice, couple, dana, erin):
    make_check_ins(alice, dana, 1, 3, 3)
    make_overdue(alice, "Late")
    found = browser.get("/api/v1/caseload/").json()["results"]
    assert [(one["label"], one["need"]) for one in found] == [("D & E", "worse"), ("Late", "overdue")]
    assert found[0]["verdict"] == {str(dana.id): "reliably_worse", str(erin.id): None}
    assert found[0]["plan"] is None
    assert [one["label"] for one in browser.get("/api/v1/caseload/?overdue=true").json()["results"]] == ["Late"]
    assert [one["label"] for one in browser.get("/api/v1/caseload/?flagged=false").json()["results"]] == [
        "D & E",
        "Late",
    ]
    assert browser.get("/api/v1/caseload/?ordering=size").status_code == 422
    assert browser.get("/api/v1/caseload/?cursor=x").status_code == 404


@pytest.mark.parametrize("ordering", ["need", "label"])
def test_the_pages_of_the_api_follow_each_other(browser, alice, ordering):
    for number in range(5):
        make_flagged(alice, f"C {number}") if number % 2 else make_couple(alice, label=f"C {number}")
    found, address = [], f"/api/v1/caseload/?limit=2&ordering={ordering}"
    while address:
        page = browser.get(address).json()
        found += [one["label"] for one in page["results"]]
        address = page["next"]
    wanted = ["C 0", "C 1", "C 2", "C 3", "C 4"] if ordering == "label" else ["C 1", "C 3", "C 0", "C 2", "C 4"]
    assert found == wanted


def test_the_api_asks_as_little_for_thirty_as_for_one(browser, alice):
    make_flagged(alice, "first")
    one = statements(browser, "/api/v1/caseload/")
    for number in range(29):
        factories.assign(alice, make_couple(alice, label=f"C {number}"))
    assert statements(browser, "/api/v1/caseload/") == one
