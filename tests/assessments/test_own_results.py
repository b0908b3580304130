"""What a partner may see of their own last form: words, where the therapist allows it to both, and nothing more."""

import re

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from assessments.models import AnswerSheet, SheetScores
from clients.couples import allow_own_results
from clients.models import Couple, Partner
from practice.content import client_texts
from practice.models import Membership
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.attacks import as_maintenance
from tests.factories import as_partner, as_staff, full_answers, partner_client, submit

pytestmark = pytest.mark.database

PLACE = "/p/results/"
LINK = b'href="/p/results/"'


@pytest.fixture
def sheets(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> list[AnswerSheet]:
    assignment = factories.assign(alice, couple)
    return [factories.sheet_of(alice, assignment, partner) for partner in (dana, erin)]


def allow(alice: Membership, couple: Couple, allowed: bool = True) -> None:
    with as_staff(alice):
        allow_own_results(couple, allowed=allowed)


def topics(response) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt>\s+<dd>\s+([^<]+?)\s+</dd>", response.content.decode())
    return dict(found)


def sent(sheet: AnswerSheet, given: dict):
    """A browser that sent the form, with these answers besides."""
    browser = partner_client(sheet)
    submit(sheet, given)
    return browser


def mixed(sheet: AnswerSheet) -> dict:
    """Listening missing, presence on the edge of a band, affection left out."""
    given = full_answers(sheet, 0)
    levels = {"LV1": 4, "LV2": 4, "LV3": 0, "LV4": 0, "PR1": 4, "PR2": 2, "PR3": 2, "PR4": 0}
    given |= {f"experienced.{item}": value for item, value in levels.items()}
    return given | {f"experienced.AA{number}": "declined" for number in (1, 2)}


def test_results_are_words_of_the_own_experience(alice, couple, sheets):
    browser = sent(sheets[0], mixed(sheets[0]))
    allow(alice, couple)
    response = browser.get(PLACE)
    found = topics(response)
    assert list(found) == [
        "Presence and responsiveness", "Listening and validation", "Affection and appreciation",
        "Reliability and follow-through", "Reciprocity and priority", "Conflict and repair",
    ]  # fmt: skip
    assert found["Affection and appreciation"] == client_texts()["joint_report_missing"]["en"]
    assert all(words.startswith("Missing: ") for topic, words in found.items() if topic[0] != "A")
    assert "They are not norms and not a diagnosis." in response.content.decode()


def test_page_holds_no_number(alice, couple, sheets):
    browser = sent(sheets[0], mixed(sheets[0]))
    allow(alice, couple)
    shown = re.search(r"<h1>.*</main>", browser.get(PLACE).content.decode(), re.DOTALL)
    assert shown
    assert re.findall(r"\d", re.sub(r"<[^>]*>", "", shown[0])) == []


def test_where_it_is_not_allowed_there_is_no_page_and_no_link(alice, couple, sheets):
    browser = sent(sheets[0], mixed(sheets[0]))
    assert LINK not in browser.get("/p/done/").content
    closed = browser.get(PLACE)
    assert bytes_of(closed) == bytes_of(Client().get("/p/1/"))
    allow(alice, couple)
    assert LINK in browser.get("/p/done/").content
    assert browser.get(PLACE).status_code == 200
    allow(alice, couple, False)
    assert bytes_of(browser.get(PLACE)) == bytes_of(closed)


def test_every_missing_topic_has_the_same_words(alice, couple, sheets):
    """A form that was never sent, one that was declined and one sent empty read alike."""
    allow(alice, couple)
    dana, erin = (partner_client(one) for one in sheets)
    unsent = topics(dana.get(PLACE))
    assert set(unsent.values()) == {"No summary for this topic."}
    erin.post("/p/decline/")
    dana.post("/p/submit/")
    assert topics(dana.get(PLACE)) == topics(erin.get(PLACE)) == unsent
    assert bytes_of(dana.get("/p/done/")) == bytes_of(erin.get("/p/done/"))


@pytest.mark.parametrize("value", [0, 2, 4, "declined"])
def test_private_answers_change_nothing(alice, couple, sheets, value):
    shared = {line: 3 for line in full_answers(sheets[0]) if re.match(r"experienced\.(PR|LV|AA|RF|RP|CR)", line)}
    allow(alice, couple)
    answered = [
        sent(one, {**full_answers(one, worst), **shared}) for one, worst in zip(sheets, (value, 1), strict=True)
    ]
    first, second = (bytes_of(browser.get(PLACE)) for browser in answered)
    assert first == second


def test_nothing_depends_on_the_other_partner(alice, couple, sheets):
    browser = sent(sheets[0], mixed(sheets[0]))
    allow(alice, couple)
    before = bytes_of(browser.get(PLACE)), bytes_of(browser.get("/p/done/"))
    submit(sheets[1], full_answers(sheets[1], 4))
    assert (bytes_of(browser.get(PLACE)), bytes_of(browser.get("/p/done/"))) == before


def test_newest_form_that_was_sent_is_shown(alice, couple, dana, sheets):
    submit(sheets[0], full_answers(sheets[0], 2))
    with as_staff(alice):
        AnswerSheet.objects.exclude(pk=sheets[0].pk).update(state="withdrawn")
    newer = factories.make_sheet(alice, dana)
    allow(alice, couple)
    browser = partner_client(newer)
    older = topics(browser.get(PLACE))
    submit(newer, {"experienced.PR1": 0, "experienced.PR2": 0, "experienced.PR3": 0})
    newest = topics(browser.get(PLACE))
    assert "No summary for this topic." not in older.values()
    assert list(newest.values()).count("No summary for this topic.") == 5


def test_reading_is_audited(alice, couple, sheets):
    browser = sent(sheets[0], mixed(sheets[0]))
    allow(alice, couple)
    browser.get(PLACE)
    read = as_maintenance("SELECT partner_id, object_id FROM practice_auditevent WHERE action = 'own_results.read'")
    assert read == [(sheets[0].partner_id, sheets[0].id)]


@pytest.mark.parametrize("table", ["assessments_sheetscores", "clients_couple"])
def test_partner_reads_scores_through_the_function_only(alice, couple, sheets, table):
    submit(sheets[0])
    allow(alice, couple)
    refused = pytest.raises(DatabaseError, match="permission denied")
    with refused, as_partner(sheets[0].partner), connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {table} WHERE practice_id = %s", [sheets[0].practice_id])
    with as_staff(alice):
        assert SheetScores.objects.get().joint_scores


def test_function_gives_shared_scores_of_the_own_form_only(alice, couple, sheets):
    for sheet, value in zip(sheets, (1, 4), strict=True):
        submit(sheet, full_answers(sheet, value))
    found = []
    for allowed in (False, True):
        allow(alice, couple, allowed)
        with as_partner(sheets[0].partner), connection.cursor() as cursor:
            cursor.execute("SELECT app.own_results('ena-c')")
            found.append((cursor.fetchone() or [None])[0])
    assert found[0] is None
    assert str(sheets[0].id) in found[1]
    assert str(sheets[1].id) not in found[1]
    assert not re.search(r'"(RS|IM|RC|CP|answered|reason)"', found[1])
