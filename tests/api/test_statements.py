"""How many statements a call sends, beyond the frame of every request: none grows with the data."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Couple
from tests.api.clients import V1, api_of, partner_api
from tests.api.test_couples import NEW
from tests.factories import as_staff, assign, full_answers, make_couple, make_sheet, partner_of, save, sheet_of, submit

pytestmark = pytest.mark.database


def statements(call):
    """The statements of a request, up to its own COMMIT."""
    with CaptureQueriesContext(connection) as captured:
        assert call().status_code < 300
    sent = [query["sql"] for query in captured.captured_queries]
    ends = [number for number, sql in enumerate(sent) if sql == "COMMIT"]
    return sent[: ends[0] + 1] if ends else sent


@pytest.fixture
def own(alice, dana):
    return make_sheet(alice, dana)


def frame_of(program, path):
    """What a request with nothing to do sends."""
    return len(statements(lambda: program.get(path)))


def test_the_frame_is_ten_at_most(alice, own):
    assert frame_of(api_of(alice), f"{V1}me/") <= 10
    assert frame_of(partner_api(own), f"{V1}partner/sheets/") - 1 <= 10


def test_saving_is_five_at_most(own):
    program = partner_api(own)
    frame = frame_of(program, f"{V1}partner/sheets/") - 1
    url, page = f"{V1}partner/sheets/{own.id}/answers/", {"experienced.PR1": 3, "self.IM4": 1}
    for answers in (page, full_answers(own)):
        sent = statements(lambda answers=answers: program.patch(url, {"answers": answers}, format="json"))
        assert len(sent) - frame <= 5


def test_submitting_is_eight_at_most(own):
    program = partner_api(own)
    frame = frame_of(program, f"{V1}partner/sheets/") - 1
    save(own, full_answers(own))
    sent = statements(lambda: program.post(f"{V1}partner/sheets/{own.id}/submit/", headers={"Idempotency-Key": "one"}))
    assert len(sent) - frame <= 8


def test_results_are_eight_at_most(alice, couple, dana, erin):
    program = api_of(alice)
    assignment = assign(alice, couple)
    for partner in (dana, erin):
        submit(sheet_of(alice, assignment, partner))
    frame = frame_of(program, f"{V1}me/")
    assert len(statements(lambda: program.get(f"{V1}couples/{couple.id}/results/"))) - frame <= 8


@pytest.mark.parametrize("path", ["couples/", "assignments/", "flags/"])
def test_a_list_of_thirty_is_asked_like_a_list_of_one(alice, path):
    program = api_of(alice)

    def grow(number):
        couple = make_couple(alice, label=f"C{number}")
        sheet = make_sheet(alice, partner_of(alice, couple, 1))
        save(sheet, {"experienced.SC1": 4})

    grow(0)
    one = len(statements(lambda: program.get(V1 + path)))
    for number in range(1, 30):
        grow(number)
    assert len(program.get(V1 + path).json()["results"]) >= 30
    assert len(statements(lambda: program.get(V1 + path))) == one


def test_one_key_sent_four_times_at_once_makes_one_couple(alice):
    program = api_of(alice)
    start, bodies = threading.Barrier(4), []

    def send():
        start.wait()
        answer = program.post(f"{V1}couples/", NEW, format="json", headers={"Idempotency-Key": "one"})
        bodies.append((answer.status_code, answer.content))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in bodies] == [201] * 4
    assert len({content for _, content in bodies}) == 1
    with as_staff(alice):
        assert Couple.objects.count() == 1
