from uuid import uuid4

import pytest

from tests.api.clients import V1, api_of, fields, partner_api, problem
from tests.factories import assign, in_days, make_couple, make_sheet, save, sheet_of

pytestmark = pytest.mark.database


@pytest.fixture
def program(alice):
    return api_of(alice)


def give(program, **body):
    return program.post(f"{V1}assignments/", {"instrument": "ena-c", **body}, format="json")


def test_a_couple_gets_one_sheet_a_partner(program, couple, dana, erin):
    answer = give(program, couple=couple.id)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["couple"], made["instrument"]) == (str(couple.id), "ena-c@0.2.0")
    (wave,) = made["waves"]
    assert wave["number"] == 1
    assert [(sheet["partner"], sheet["state"], sheet["answered"]) for sheet in wave["sheets"]] == [
        (str(dana.id), "not_opened", 0),
        (str(erin.id), "not_opened", 0),
    ]
    assert wave["sheets"][0]["total"] == wave["sheets"][1]["total"] > 60
    assert program.get(f"{V1}assignments/{made['id']}/").json() == made


def test_a_cadence_makes_waves(program, couple):
    made = give(program, couple=couple.id, instrument="ena-ck", cadence={"every_weeks": 2, "times": 3}).json()
    assert [wave["number"] for wave in made["waves"]] == [1, 2, 3]


def test_a_form_before_each_session_follows_it_and_is_paused_changed_and_ended(program, alice, couple):
    where = f"{V1}couples/{couple.id}/sessions/"
    session = program.post(where, {"kind": "couple", "planned_at": in_days(10)}, format="json").json()
    cadence = {"before_each_session": True, "days_before": 3}
    made = give(program, couple=couple.id, instrument="ena-ck", cadence=cadence, reminders={"days": [1]}).json()
    assert made["cadence"] == {"every_weeks": None, "before_each_session": True, "times": None, "days_before": 3}
    assert made["reminders"] == {"days": [1]}
    [wave] = made["waves"]
    assert (wave["session"], wave["closes_at"]) == (session["id"], session["planned_at"])
    moved = program.patch(f"{where}{session['id']}/", {"planned_at": in_days(12)}, format="json").json()
    one = f"{V1}assignments/{made['id']}/"
    assert program.get(one).json()["waves"][0]["closes_at"] == moved["planned_at"]
    assert program.post(f"{one}pause/").json()["paused_at"]
    assert program.post(f"{one}resume/").json()["paused_at"] is None
    changed = program.patch(one, {"cadence": {"every_weeks": 2, "times": 2}}, format="json").json()
    assert [wave["dropped"] for wave in changed["waves"]] == ["changed", "", ""]
    assert program.post(f"{where}{session['id']}/cancel/").json()["cancelled_at"]
    assert program.post(f"{one}end/").json()["ended_at"]
    assert problem(program.post(f"{one}pause/")) == (409, "assignment_ended")


def iso(moment) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def test_windows_of_waves_are_changed_all_or_none(program, couple):
    cadence = {"every_weeks": 1, "times": 2}
    made = give(program, couple=couple.id, instrument="ena-ck", opens_at=in_days(2), cadence=cadence).json()
    one, [first, second] = f"{V1}assignments/{made['id']}/", made["waves"]
    wanted = [{"id": first["id"], "opens_at": iso(in_days(3))}, {"id": second["id"], "closes_at": iso(in_days(12.5))}]
    changed = program.patch(one, {"waves": wanted}, format="json").json()["waves"]
    assert [wave["opens_at"] for wave in changed] == [wanted[0]["opens_at"], second["opens_at"]]
    assert [wave["closes_at"] for wave in changed] == [first["closes_at"], wanted[1]["closes_at"]]
    wrong = [{"id": first["id"], "opens_at": in_days(4)}, {"id": str(uuid4()), "closes_at": in_days(12)}]
    assert problem(program.patch(one, {"waves": wrong}, format="json")) == (422, "waves")
    assert program.get(one).json()["waves"] == changed
    for said in ({}, {"waves": wanted, "cadence": {"every_weeks": 1, "times": 1}}):
        assert problem(program.patch(one, said, format="json")) == (422, "invalid")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"cadence": {"before_each_session": True, "every_weeks": 2}}, "cadence.every_weeks"),
        ({"cadence": {"every_weeks": 3, "times": 2}}, "cadence.every_weeks"),
        ({"cadence": {"every_weeks": 2}}, "cadence.times"),
        ({"reminders": {"days": 2}}, "reminders.days"),
        ({"reminders": {"days": [1, 2, 3]}}, "reminders.days"),
        ({"couples": [str(uuid4())]}, "couple"),
        ({"opens_at": "tomorrow"}, "opens_at"),
    ],
)
def test_what_cannot_be_done_is_named(program, couple, more, field):
    answer = give(program, couple=couple.id, **more)
    assert problem(answer) == (422, "invalid")
    assert fields(answer) == [field]


def test_an_unknown_instrument_or_sitting_is_refused(program, couple):
    assert problem(give(program, couple=couple.id, instrument="phq-9")) == (422, "unknown_instrument")
    assert problem(give(program, couple=couple.id, sitting="none")) == (422, "sitting")
    assert problem(give(program, couple=couple.id, closes_at=in_days(-1))) == (422, "closes_at")


def test_many_couples_at_once_say_who_was_skipped(program, alice, couple, other_couple):
    second = make_couple(alice, label="F & G")
    assert give(program, couple=couple.id).status_code == 201
    asked = [couple.id, second.id, other_couple.id]
    answer = give(program, couples=asked).json()
    assert [one["couple"] for one in answer["assignments"]] == [str(second.id)]
    assert answer["skipped"] == [
        {"couple": str(couple.id), "code": "already_assigned"},
        {"couple": str(other_couple.id), "code": "not_found"},
    ]
    assert problem(give(program, couple=couple.id)) == (409, "already_assigned")


@pytest.mark.parametrize("who", ["bob", "sue", "adam", "mallory"])
def test_only_the_treating_therapist_assigns_ends_and_invites(program, request, alice, couple, dana, who):
    sheet = make_sheet(alice, dana)
    assignment = program.get(f"{V1}assignments/").json()["results"][0]["id"]
    unknown = program.get(f"{V1}assignments/{uuid4()}/")
    other = api_of(request.getfixturevalue(who))
    refused = [
        give(other, couple=couple.id),
        other.get(f"{V1}assignments/{assignment}/"),
        other.post(f"{V1}assignments/{assignment}/end/"),
        other.post(f"{V1}sheets/{sheet.id}/invitations/", {"delivery": "in_person"}, format="json"),
    ]
    assert [answer.content for answer in refused] == [unknown.content] * 4


def test_the_list_is_filtered(program, alice, couple, dana):
    second = make_couple(alice, label="F & G")
    started = make_sheet(alice, dana)
    save(started, {"experienced.PR1": 3})
    assign(alice, second)

    def listed(query):
        return [one["couple"] for one in program.get(f"{V1}assignments/?{query}").json()["results"]]

    assert listed("") == [str(second.id), str(couple.id)]
    assert listed(f"couple={couple.id}") == [str(couple.id)]
    assert listed("state=started") == [str(couple.id)]
    assert listed("state=submitted") == listed("overdue=true") == []
    assert listed("overdue=false") == [str(second.id), str(couple.id)]
    assert problem(program.get(f"{V1}assignments/?state=lost")) == (422, "invalid")


def test_ending_withdraws_open_sheets(program, alice, dana):
    sheet = make_sheet(alice, dana)
    partner = partner_api(sheet)
    assignment = program.get(f"{V1}assignments/").json()["results"][0]["id"]
    ended = program.post(f"{V1}assignments/{assignment}/end/").json()
    assert {one["state"] for one in ended["waves"][0]["sheets"]} == {"withdrawn"}
    answer = partner.patch(f"{V1}partner/sheets/{sheet.id}/answers/", {"answers": {}}, format="json")
    assert problem(answer) == (409, "sheet_closed")


def test_a_link_handed_over_is_shown_once(program, alice, dana):
    sheet = make_sheet(alice, dana)
    url = f"{V1}sheets/{sheet.id}/invitations/"
    first, again = (
        program.post(url, {"delivery": "in_person"}, format="json", headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert first.json()["url"].endswith(f"/f/{first.json()['key']}/")
    assert again.json() == {"id": first.json()["id"], "state": "handed_over"}


def test_no_mail_goes_where_it_is_not_safe(program, alice, dana):
    sheet = make_sheet(alice, dana)
    answer = program.post(f"{V1}sheets/{sheet.id}/invitations/", {"delivery": "email"}, format="json")
    assert problem(answer) == (409, "no_safe_channel")


def test_a_safe_mail_is_queued(program, alice):
    couple = make_couple(alice, email=True)
    made = give(program, couple=couple.id).json()
    sheet = made["waves"][0]["sheets"][0]["id"]
    answer = program.post(f"{V1}sheets/{sheet}/invitations/", {"delivery": "email"}, format="json")
    assert (answer.status_code, answer.json().keys()) == (201, {"id", "state"})


def test_answered_counts_lines_of_each_partner(program, alice, couple, dana, erin):
    assignment = assign(alice, couple)
    save(sheet_of(alice, assignment, dana), {"experienced.PR1": 3, "experienced.PR3": "not_applicable"})
    (wave,) = program.get(f"{V1}assignments/{assignment.id}/").json()["waves"]
    assert [(one["state"], one["answered"]) for one in wave["sheets"]] == [("started", 2), ("not_opened", 0)]
