"""The pages on which a partner answers: save, skip, resume, finish, and give nothing away."""

import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.instruments.library import latest
from assessments.models import AnswerSheet, SheetScores
from assessments.page_fields import AUDIENCE_LABELS
from assessments.sheets import form_of, values_of
from clients.models import Partner
from practice.content import client_texts
from practice.models import Membership
from tests import factories
from tests.assessments.partner_pages import address, bytes_of, pages_of
from tests.factories import as_staff, partner_client

pytestmark = pytest.mark.database

CHECKED = re.compile(r'name="([^"]+)"\s+value="([^"]+)"\s+checked')
SAVED = re.compile(rb">\s+Saved\s+<")
FRAME = ("BEGIN", "COMMIT", "SET LOCAL ROLE", "clients_partnersession", "django_session")


@pytest.fixture
def sheet(alice: Membership, dana: Partner) -> AnswerSheet:
    return factories.make_sheet(alice, dana)


@pytest.fixture
def browser(sheet: AnswerSheet) -> Client:
    return partner_client(sheet)


def page_with(sheet: AnswerSheet, audience: str):
    """The first page with such a line, and that line."""
    pages = [page for page in pages_of(sheet) if page.kind == "lines"]
    return next((page, line) for page in pages for line in page.lines if line.audience == audience)


def page_of_kind(sheet: AnswerSheet, kind: str):
    return next(page for page in pages_of(sheet) if page.kind == kind)


def stored(sheet: AnswerSheet, therapist: Membership) -> dict[str, int | None]:
    with as_staff(therapist):
        fresh = AnswerSheet.objects.get(pk=sheet.pk)
        return values_of(fresh, form_of(fresh))[0]


def checked(response) -> dict[str, str]:
    return dict(CHECKED.findall(response.content.decode()))


def test_start_says_who_sees_what_before_the_first_line(browser):
    text = browser.get("/p/").content.decode()
    texts = client_texts()
    assert texts["privacy_before_start"]["en"].split(".")[1] in text
    assert texts["limits_of_privacy"]["en"] in text
    assert "If you are in danger now, call 911." in text
    assert browser.post("/p/")["Location"] == "/p/1/"


def test_every_group_says_who_reads_it(browser, sheet):
    for audience, label in AUDIENCE_LABELS.items():
        if any(line.audience == audience for line in latest("ena-c").lines):
            page, _ = page_with(sheet, audience)
            assert str(label) in browser.get(address(page)).content.decode()


def test_continue_saves_the_page_and_goes_on(browser, sheet, alice):
    first = pages_of(sheet)[0]
    response = browser.post("/p/1/", {line.id: "4" for line in first.lines})
    assert (response.status_code, response["Location"]) == (303, "/p/2/")
    assert {stored(sheet, alice)[line.id] for line in first.lines} == {4}
    assert checked(browser.get("/p/1/")) == {line.id: "4" for line in first.lines}


def test_a_line_left_blank_is_skipped_and_a_refusal_is_kept(browser, sheet, alice):
    first, *others = pages_of(sheet)[0].lines
    browser.post("/p/1/", {first.id: "declined"})
    values = stored(sheet, alice)
    assert values[first.id] == -2
    assert [values[line.id] for line in others] == [None] * len(others)
    assert browser.post("/p/")["Location"] == "/p/2/"


def test_one_line_is_saved_on_its_own_with_an_empty_answer(browser, sheet, alice):
    line = pages_of(sheet)[0].lines[0]
    response = browser.post("/p/1/save/", {line.id: "3"})
    assert (response.status_code, response.content) == (204, b"")
    assert stored(sheet, alice)[line.id] == 3
    assert browser.post("/p/1/save/", {line.id: "9"}).status_code == 422
    assert stored(sheet, alice)[line.id] == 3


def test_a_form_resumes_where_it_stopped(browser, sheet):
    for number in (1, 2):
        browser.post(f"/p/{number}/", {})
    another = partner_client(sheet)
    assert another.post("/p/")["Location"] == "/p/3/"
    assert "Continue" in another.get("/p/").content.decode()


def test_who_stops_before_the_help_lines_resumes_at_them(browser, sheet):
    after = page_of_kind(sheet, "after")
    for number in range(1, after.number):
        browser.post(f"/p/{number}/", {})
    assert browser.post("/p/")["Location"] == address(after)


@pytest.mark.parametrize("audience", ["therapist_only", "confidential"])
def test_a_write_only_answer_is_never_sent_back(browser, sheet, alice, audience):
    page, line = page_with(sheet, audience)
    browser.post(address(page), {line.id: "4"})
    again = browser.get(address(page))
    assert line.id not in checked(again)
    assert len(SAVED.findall(again.content)) == len(page.lines)
    browser.post(address(page), {})
    assert stored(sheet, alice)[line.id] == 4
    browser.post(address(page), {line.id: "0"})
    assert stored(sheet, alice)[line.id] == 0


def test_a_line_saved_once_is_not_wiped_by_a_stale_page(browser, sheet, alice):
    line = page_with(sheet, "joint_ok")[1]
    browser.post("/p/1/", {line.id: "2"})
    browser.post("/p/1/", {})
    assert stored(sheet, alice)[line.id] == 2


def test_the_checklist_takes_several_boxes(browser, sheet, alice):
    page = page_of_kind(sheet, "context")
    response = browser.post(address(page), {"context.CX": ["work", "money"]})
    assert response["Location"] == f"/p/{page.number + 1}/"
    values = stored(sheet, alice)
    assert [values[f"context.CX.{code}"] for code in ("work", "money", "baby", "none")] == [1, 1, 0, 0]
    again = browser.get(address(page)).content.decode()
    assert "checked" not in again
    assert "Saved. To change it, choose all that fit again." in again
    browser.post(address(page), {})
    assert stored(sheet, alice)["context.CX.work"] == 1


def test_the_checklist_says_what_is_wrong_and_saves_nothing(browser, sheet, alice):
    page = page_of_kind(sheet, "context")
    response = browser.post(address(page), {"context.CX": ["none", "work"]})
    text = response.content.decode()
    assert response.status_code == 422
    assert 'href="#context.CX"' in text
    assert "“None of these” cannot be chosen together with others." in text
    assert "autofocus" in text
    assert "checked" not in text
    assert set(stored(sheet, alice).values()) == {None}


def test_a_box_taken_back_is_taken_back(browser, sheet, alice):
    page = page_of_kind(sheet, "context")
    browser.post(f"{address(page)}save/", {"context.CX": ["breach"]})
    browser.post(f"{address(page)}save/", {})
    assert stored(sheet, alice)["context.CX.breach"] is None


def test_everyone_reads_the_help_lines_after_the_safety_lines(browser, sheet):
    after = [page for page in pages_of(sheet) if page.kind == "after"]
    assert len(after) == 2
    for page in after:
        text = browser.get(address(page)).content.decode()
        assert "We show this to everyone." in text
        assert "1-800-799-7233" in text
        assert "{" not in text.replace("{&quot;", "")


def test_before_sending_only_the_number_of_open_lines_is_said(browser, sheet):
    total = len([line for page in pages_of(sheet) for line in page.lines if line.direction != "context"]) + 1
    assert f"{total} lines are still open" in browser.get("/p/check/").content.decode()
    for page in pages_of(sheet)[:-2]:
        browser.post(address(page), {})
    left = len(pages_of(sheet)[-2].lines)
    text = browser.get("/p/check/").content.decode()
    assert f"{left} lines are still open" in text
    assert f'href="{address(pages_of(sheet)[-2])}"' in text


def test_submitting_freezes_everything(browser, sheet, alice):
    browser.post("/p/1/", {line.id: "4" for line in pages_of(sheet)[0].lines})
    response = browser.post("/p/submit/")
    assert (response.status_code, response["Location"]) == (303, "/p/done/")
    frozen = stored(sheet, alice)
    for closed in ("/p/", "/p/1/", "/p/check/", "/p/decline/"):
        answer = browser.get(closed)
        assert (answer.status_code, answer["Location"]) == (303, "/p/done/")
    for closed in ("/p/1/", "/p/1/save/", "/p/submit/", "/p/decline/"):
        assert browser.post(closed, {"experienced.PR1": "0"}).status_code == 409
    assert stored(sheet, alice) == frozen
    assert checked(browser.get("/p/done/")) == {}
    with as_staff(alice):
        assert SheetScores.objects.filter(sheet=sheet).count() == 1


def test_a_closed_window_is_answered_like_a_dead_link(browser, sheet, alice):
    dead = Client().get("/p/1/")
    with as_staff(alice):
        AnswerSheet.objects.filter(pk=sheet.pk).update(state=AnswerSheet.State.EXPIRED)
    closed = [browser.get("/p/1/"), browser.post("/p/1/"), browser.post("/p/submit/")]
    assert {repr(bytes_of(answer)) for answer in closed} == {repr(bytes_of(dead))}


def test_a_page_that_is_not_there_is_neutral(browser, sheet):
    for missing in ("/p/0/", f"/p/{len(pages_of(sheet)) + 1}/", "/p/none/"):
        response = browser.get(missing)
        assert response.status_code == 404
        assert b"<title>Form</title>" in response.content
        assert response["Cache-Control"] == "no-store"


def test_no_page_is_kept_named_or_linked_to_the_outside(browser, sheet):
    helps = {b"thehotline.org", b"988lifeline.org", b"findahelpline.com", b"wikipedia.org"}
    for number in range(1, len(pages_of(sheet)) + 1):
        response = browser.get(f"/p/{number}/")
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert b"<title>Form</title>" in response.content
        hosts = re.findall(rb'https?://(?:www\.)?([^/"]+)', response.content)
        assert set(hosts) <= helps


def split(queries: list[dict[str, str]]) -> tuple[int, int, int]:
    """Statements of the frame, of the view, and of the scoring transaction after it."""
    said = [query["sql"] for query in queries]
    begins = [index for index, sql in enumerate(said) if sql == "BEGIN"] + [len(said)]
    request, scoring = said[: begins[1]], said[begins[1] :]
    frame = sum(any(word in sql for word in FRAME) for sql in request)
    return frame, len(request) - frame, len(scoring)


def test_statements_of_saving_and_submitting_are_few(browser, sheet):
    browser.get("/p/1/")
    answers = {line.id: "3" for line in pages_of(sheet)[0].lines}
    asked = [
        ("/p/1/", answers, 5),
        ("/p/1/", answers, 5),
        ("/p/1/save/", dict([*answers.items()][:1]), 5),
        ("/p/submit/", {}, 8),
    ]
    for place, data, most in asked:
        with CaptureQueriesContext(connection) as captured:
            assert browser.post(place, data).status_code < 400
        frame, own, scoring = split(captured.captured_queries)
        assert frame <= 10
        assert own <= most
        assert 0 < scoring <= 5


def test_a_page_with_all_it_loads_is_light(browser, sheet):
    sizes = []
    for page in pages_of(sheet):
        html = browser.get(address(page)).content
        loaded = re.findall(rb'(?:href|src)="/static/([^"]+)"', html)
        parts = [html, *(Path(str(finders.find(path.decode()))).read_bytes() for path in loaded)]
        sizes.append(sum(len(brotli.compress(part)) for part in parts))
    assert max(sizes) <= 30_000


def test_lines_saved_in_any_order_keep_their_places(browser, sheet, alice):
    last = pages_of(sheet)[-2].lines[-1]
    first = pages_of(sheet)[0].lines[0]
    browser.post(f"/p/{len(pages_of(sheet)) - 1}/save/", {last.id: "3"})
    browser.post("/p/1/save/", {first.id: "1"})
    assert {line: value for line, value in stored(sheet, alice).items() if value is not None} == {
        first.id: 1,
        last.id: 3,
    }
    assert browser.post("/p/")["Location"] == "/p/1/"


def test_a_number_too_long_to_read_is_a_fault_of_its_line(browser, sheet):
    page, line = page_with(sheet, "joint_ok")
    assert browser.post(f"/p/{page.number}/", {line.id: "9" * 5000}).status_code == 422
