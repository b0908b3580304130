"""B18: the record of one partner holds theirs alone, changes nothing for the other, and waits for every passage."""

import json
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from assessments.flags import close_flag
from assessments.goals import rate_goal
from assessments.intentions import record_intention
from assessments.models import SafetyFlag
from assessments.partner_record import json_file, partner_record
from assessments.partner_record_pdf import pdf_file
from assessments.passages import PassagesUndecided, decide_passages, passages_of, request_record, requests_treated_by
from assessments.plans import agree_plan, assign_activity
from assessments.specific_requests import make_request
from assessments.weeks import save_week
from clients.sessions import SessionDetails, save_session
from tests.assessments.partner_pages import bytes_of
from tests.attacks import as_maintenance
from tests.factories import (
    as_partner,
    as_staff,
    assign,
    client_of,
    deliver_outbox,
    full_answers,
    make_goal,
    partner_client,
    sheet_of,
    submit,
)

pytestmark = pytest.mark.database


def write(therapist, couple, partner, *, mark: str) -> None:
    """Something of each kind that one partner has on record, every text with a mark of theirs."""
    with as_staff(therapist):
        now = timezone.now()
        alone = SessionDetails(
            kind="one_to_one", partner=partner.id, held_at=now, safety_reviewed=True, note=f"{mark} talk"
        )
        save_session(couple, alone, membership=therapist)
        plan = agree_plan(couple, membership=therapist) if mark == "DANA" else couple.plans.get()
        held = assign_activity(plan, template="P33", partners=[partner], membership=therapist)
        record_intention(partner, wish="improve" if mark == "DANA" else "clarify", membership=therapist)
        goal = make_goal(couple, owner=partner)
        rate_goal(goal, level=2 if mark == "DANA" else -2, membership=therapist, partner=partner)
        for flag in SafetyFlag.objects.filter(partner=partner):
            close_flag(flag, reason="referred", note=f"{mark} flag", membership=therapist)
    sheet = sheet_of(therapist, WEEKLY[couple.id], partner)
    with as_partner(partner):
        note = {str(held.id): {"done": 4, "note": f"{mark} wrote"}}
        save_week(sheet, {"activities": note, "small_wins": [{"text": f"{mark} win"}]})


FULL: dict = {}
WEEKLY: dict = {}


@pytest.fixture
def both(alice, couple, dana, erin):
    """Dana and Erin with as much on record each; the answers of the one are all 4, of the other all 2."""
    FULL[couple.id] = full = assign(alice, couple)
    for partner, value in ((dana, 4), (erin, 2)):
        sheet = sheet_of(alice, full, partner)
        submit(sheet, full_answers(sheet, value))
    WEEKLY[couple.id] = assign(alice, couple, "ena-ck")
    with as_staff(alice):
        save_session(
            couple, SessionDetails(held_at=timezone.now(), safety_reviewed=True, note="BOTH note"), membership=alice
        )
    write(alice, couple, dana, mark="DANA")
    write(alice, couple, erin, mark="ERIN")
    with as_staff(alice):
        make_request(couple, asked_by=erin, wording="A walk on Sunday", cadence="weekly")
    return couple


def asked(therapist, partner):
    with as_staff(therapist):
        return request_record(partner, purpose="copy", membership=therapist)


def decide(therapist, request, ruling="include"):
    with as_staff(therapist):
        rulings = {one.key: ruling for one in passages_of(request)}
        decide_passages(request, rulings, membership=therapist)


def record_of(therapist, partner):
    request = asked(therapist, partner)
    decide(therapist, request)
    with as_staff(therapist):
        found = requests_treated_by(therapist).get(pk=request.pk)
        return partner_record(found, found.partner, at=found.recorded_at)


def text_of_pdf(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_record_holds_everything_of_one_partner_and_nothing_of_the_other(alice, both, dana, erin):
    record = record_of(alice, dana)
    said = json.dumps(record)
    assert [name for name, part in record.items() if not part] == ["consents"]
    assert {
        mark for mark in ("DANA talk", "DANA flag", "DANA wrote", "DANA win", "BOTH note") if mark not in said
    } == set()
    assert [word for word in ("ERIN", "Erin", str(erin.id), "Find out") if word in said] == []
    asked_lines = set(full_answers(sheet_of(alice, FULL[both.id], dana))) - {"context.CX"}
    assert {one["line"] for one in record["forms"][0]["answers"]} >= asked_lines
    assert {one["answer"] for one in record["forms"][0]["answers"] if one["line"] == "experienced.SC1"} == {
        "Very often"
    }


def test_record_does_not_change_with_anything_of_the_other(alice, both, dana, erin):
    """The control: what changes of Dana's does change it."""
    before = record_of(alice, dana)
    with as_staff(alice):
        save_session(
            both,
            SessionDetails(kind="one_to_one", partner=erin.id, held_at=timezone.now(), safety_reviewed=True, note="X"),
            membership=alice,
        )
        rate_goal(both.goals.get(owner=erin), level=0, membership=alice, partner=erin)
        record_intention(erin, wish="improve", membership=alice)
    sheet = sheet_of(alice, WEEKLY[both.id], erin)
    submit(sheet, full_answers(sheet, 4))
    again = record_of(alice, dana)
    assert {**again, "made_at": ""} == {**before, "made_at": ""}
    with as_staff(alice):
        record_intention(dana, wish="clarify", membership=alice)
    assert record_of(alice, dana)["intentions"] != before["intentions"]


def test_nothing_is_made_before_every_passage_is_decided(alice, both, dana):
    request = asked(alice, dana)
    with as_staff(alice):
        passages = passages_of(request)
        assert [one.text for one in passages if one.ruling] == []
        first, *rest = passages
        decide_passages(request, {one.key: "other_partner" for one in rest}, membership=alice)
        with pytest.raises(PassagesUndecided):
            json_file(request.id, membership=alice)
        decide_passages(request, {first.key: "include"}, membership=alice)
        assert [one["text"] for one in json.loads(json_file(request.id, membership=alice).content)["notes"]] == [
            first.text
        ]


def test_a_passage_that_was_changed_is_decided_anew(alice, both, dana):
    request = asked(alice, dana)
    decide(alice, request)
    with as_staff(alice):
        session = both.sessions.get(kind="couple")
        save_session(
            both,
            SessionDetails(held_at=session.held_at, safety_reviewed=True, note="BOTH, and Erin said more"),
            membership=alice,
            session=session,
        )
        with pytest.raises(PassagesUndecided):
            json_file(request.id, membership=alice)


def test_paper_says_what_the_file_says(alice, both, dana):
    request = asked(alice, dana)
    decide(alice, request)
    with as_staff(alice):
        content = pdf_file(request.id, membership=alice).content
    text = text_of_pdf(content)
    assert [
        word for word in ("DANA talk", "DANA flag", "DANA wrote", "DANA win", "BOTH note") if word not in text
    ] == []
    assert [word for word in ("ERIN", "Erin", "Find out") if word in text] == []


def partners_pages(sheet):
    browser = partner_client(sheet)
    return [bytes_of(page) for page in map(browser.get, ("/p/", "/p/1/", "/p/week/1/", "/p/summary/", "/p/help/"))]


def test_the_other_is_neither_told_nor_shown_anything(alice, both, dana, erin, smtp):
    """The whole way through the pages: what Erin can reach is byte for byte what it was, and no mail goes out."""
    sheet = sheet_of(alice, WEEKLY[both.id], erin)
    partners_pages(sheet)
    before = partners_pages(sheet)
    browser = client_of(alice)
    where = browser.post(f"/partners/{dana.id}/record/", {"purpose": "copy", "identity": "on", "safety": "on"})[
        "Location"
    ]
    form = browser.get(where).context["form"]
    assert browser.post(f"{where}files/").status_code == 409
    assert browser.post(where, dict.fromkeys(form.fields, "include")).status_code == 302
    assert browser.post(f"{where}files/").status_code == 302
    downloads = browser.get(where).context["downloads"]
    files = [browser.post(f"/downloads/{one.id}/") for one, _ in downloads]
    assert sorted(one["Content-Disposition"] for one in files) == [
        'attachment; filename="record.json"',
        'attachment; filename="record.pdf"',
    ]
    assert {one["Cache-Control"] for one in files} == {"no-store"}
    deliver_outbox()
    assert [message["Subject"] for message in smtp.messages] == []
    assert partners_pages(sheet) == before


def test_what_was_done_is_on_the_trail(alice, both, dana):
    request = asked(alice, dana)
    decide(alice, request)
    with as_staff(alice):
        json_file(request.id, membership=alice)
    actions = as_maintenance(
        "SELECT action FROM practice_auditevent WHERE action LIKE 'record.%%' AND object_id = %s", request.id
    )
    assert sorted(actions) == [("record.decided",), ("record.made",), ("record.requested",)]


@pytest.mark.parametrize("missing", ["purpose", "identity", "safety"])
def test_purpose_identity_and_safety_are_asked_for(alice, dana, missing):
    given = {"purpose": "copy", "identity": "on", "safety": "on"}
    del given[missing]
    answer = client_of(alice).post(f"/partners/{dana.id}/record/", given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [missing])
    assert as_maintenance("SELECT count(*) FROM clients_recordrequest") == [(0,)]
