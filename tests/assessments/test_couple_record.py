"""What both share is handed over; nothing in it depends on what one of them said, did or had alone."""

import json

import pytest
from django.http import Http404

from assessments.couple_record import couple_record
from assessments.couple_record import json_file as shared_json
from assessments.partner_record import json_file as own_json
from assessments.passages import (
    decide_passages,
    passages_of,
    request_record,
    request_shared_record,
    requests_treated_by,
)
from assessments.plans import agree_plan, assign_activity
from assessments.weeks import save_week
from clients.sessions import SessionDetails, save_session
from tests.assessments.joint import sheets_of
from tests.factories import (
    as_partner,
    as_staff,
    client_of,
    full_answers,
    make_goal,
    make_plan,
    make_sheet,
    submit,
)
from tests.isolation.acts import ACTS
from tests.isolation.twins import START, world_of

pytestmark = pytest.mark.database


def record_of(therapist, couple, *, ruling: str = "own_notes"):
    """What is handed over of this couple, with every passage ruled like this."""
    with as_staff(therapist):
        asked = request_shared_record(couple, purpose="copy", membership=therapist)
        decide_passages(asked, {one.key: ruling for one in passages_of(asked)}, membership=therapist)
        found = requests_treated_by(therapist).get(pk=asked.pk)
        return couple_record(found, at=START)


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_it_says_nothing_of_what_one_did_alone(alice, smtp, act):
    with world_of(alice, smtp) as world:
        before = record_of(alice, world.couple)
        act(world)
        assert record_of(alice, world.couple) == before
        # The control: it is not empty, and what was done with both stands in it.
        assert (len(before["activities"]), len(before["goals"]), len(before["requests"])) == (1, 1, 1)


def test_what_both_did_stands_in_it(alice, couple, dana):
    """The other control: the same comparison sees what was agreed with both."""
    make_plan(alice, couple, dana)
    before = record_of(alice, couple)
    with as_staff(alice):
        make_goal(couple)
        details = SessionDetails(held_at=START, safety_reviewed=True)
        save_session(couple, details, membership=alice)
    after = record_of(alice, couple)
    assert {name for name in after if after[name] != before[name]} == {"goals", "sessions"}


def test_an_activity_and_a_goal_of_one_are_not_in_it(alice, couple, dana, erin):
    with as_staff(alice):
        plan = agree_plan(couple, membership=alice)
        assign_activity(plan, template="P61", partners=[dana], membership=alice)
        assign_activity(plan, template="P33", partners=[dana, erin], membership=alice)
        make_goal(couple, owner=dana)
    record = record_of(alice, couple)
    assert len(record["activities"]) == 1
    assert record["goals"] == []


def with_a_win(alice, dana, *, shared: bool):
    sheet = make_sheet(alice, dana, "ena-ck")
    with as_partner(dana):
        save_week(sheet, {"small_wins": [{"text": "We laughed", "share_via_therapist": shared}]})


def test_a_small_win_is_in_it_if_its_writer_and_the_therapist_say_so(alice, couple, dana):
    with_a_win(alice, dana, shared=True)
    assert record_of(alice, couple, ruling="own_notes")["notes"] == []
    [note] = record_of(alice, couple, ruling="include")["notes"]
    assert note["text"] == "We laughed"


def test_a_small_win_that_is_not_shared_is_not_so_much_as_asked_about(alice, couple, dana):
    with_a_win(alice, dana, shared=False)
    with as_staff(alice):
        asked = request_shared_record(couple, purpose="copy", membership=alice)
        assert passages_of(asked) == []


def test_a_note_of_a_talk_alone_is_no_passage_of_it(alice, couple, dana):
    with as_staff(alice):
        for kind, partner in (("couple", None), ("one_to_one", dana.id)):
            details = SessionDetails(
                kind=kind, partner=partner, held_at=START, safety_reviewed=True, note=f"note {kind}"
            )
            save_session(couple, details, membership=alice)
        asked = request_shared_record(couple, purpose="copy", membership=alice)
        assert [one.text for one in passages_of(asked)] == ["note couple"]


def test_answers_scores_and_ratings_are_not_in_it(alice, couple, dana, erin):
    make_plan(alice, couple, dana)
    empty = record_of(alice, couple)
    for sheet in sheets_of(alice, couple):
        submit(sheet, full_answers(sheet, 4))
    assert record_of(alice, couple) == empty


def test_the_therapist_asks_decides_and_fetches_both_files_once(alice, couple, dana):
    make_plan(alice, couple, dana)
    browser = client_of(alice)
    where = f"/couples/{couple.id}/record/"
    assert "What both share" in browser.get(where).text
    assert browser.post(where, {"purpose": "copy"}).status_code == 422
    page = browser.post(where, {"purpose": "copy", "safety": "on"})["Location"]
    assert "What both share" in browser.get(page).text
    assert browser.post(f"{page}files/").status_code == 302
    links = [one for one in browser.get(page).text.split('"') if one.startswith("/downloads/")]
    files = {answer["Content-Type"]: answer.content for answer in map(browser.post, links)}
    assert set(files) == {"application/pdf", "application/json"}
    assert json.loads(files["application/json"])["names"] == ["Dana", "Erin"]
    assert [browser.post(one).status_code for one in links] == [404, 404]


def test_a_colleague_and_another_practice_find_nothing(alice, bob, olive, mallory, couple):
    where = f"/couples/{couple.id}/record/"
    page = client_of(alice).post(where, {"purpose": "copy", "safety": "on"})["Location"]
    for member in (bob, olive, mallory):
        browser = client_of(member)
        assert browser.get(where).status_code == browser.get(page).status_code == 404
        assert browser.post(f"{page}files/").status_code == 404


def test_files_of_the_one_are_no_files_of_the_other(alice, couple, dana):
    """A file of what both share is never made of a request for one partner's record, and not the other way round."""
    with as_staff(alice):
        own = request_record(dana, purpose="copy", membership=alice)
        shared = request_shared_record(couple, purpose="copy", membership=alice)
        for make, asked in ((shared_json, own), (own_json, shared)):
            with pytest.raises(Http404):
                make(asked.id, membership=alice)
        assert own_json(own.id, membership=alice).content
        assert shared_json(shared.id, membership=alice).content
