import pytest

from clients.models import Couple, Partner
from practice.models import IdempotencyRecord
from tests.api.clients import V1, api_of, fields, problem
from tests.factories import as_staff, make_couple

pytestmark = pytest.mark.database

DANA = {
    "name": "Dana",
    "email": "dana@example.org",
    "phone": "",
    "safe_contact": {
        "channel": "email",
        "hours": "weekdays 09:00-15:00",
        "neutral_name": "Front desk",
        "time_zone": "",
    },
}
ERIN = {"name": "Erin", "safe_contact": {"channel": "none"}}
NEW = {"label": "D & E", "partners": [DANA, ERIN]}


def with_contact(**contact):
    return {"name": "Robin", "safe_contact": {"channel": "none", **contact}}


@pytest.fixture
def program(alice):
    return api_of(alice)


def create(program, **headers):
    return program.post(f"{V1}couples/", NEW, format="json", headers=headers)


def test_a_couple_is_created_and_read_back(program, alice):
    answer = create(program)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["label"], made["state"], made["therapist"]) == ("D & E", "intake", str(alice.id))
    dana, erin = made["partners"]
    assert {**dana, "id": None} == {**DANA, "id": None, "state": "active"}
    assert erin["safe_contact"] == {"channel": "none", "hours": "", "neutral_name": "", "time_zone": ""}
    assert program.get(f"{V1}couples/{made['id']}/").json() == made
    assert program.get(f"{V1}couples/").json() == {"next": None, "previous": None, "results": [made]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["label", "partners"]),
        ({**NEW, "partners": [{**DANA, "email": "no"}, ERIN]}, ["partners[0].email"]),
        ({**NEW, "partners": [DANA, {"name": "E", "safe_contact": {"channel": "fax"}}]}, ["partners[1].channel"]),
        ({**NEW, "partners": [DANA, {"safe_contact": {"channel": "none"}}]}, ["partners[1].name"]),
        ({**NEW, "partners": [with_contact(hours="after six"), ERIN]}, ["partners[0].hours"]),
        ({**NEW, "partners": [DANA, with_contact(neutral_name="Couple therapy")]}, ["partners[1].neutral_name"]),
        ({**NEW, "partners": [with_contact(neutral_name="erin"), ERIN]}, ["partners[0].neutral_name"]),
    ],
)
def test_each_fault_is_named_by_its_field(program, body, expected):
    answer = program.post(f"{V1}couples/", body, format="json")
    assert problem(answer) == (422, "invalid")
    assert [field.replace("safe_contact.", "") for field in fields(answer)] == expected


@pytest.mark.parametrize(("partners", "code"), [([DANA], "two_partners"), ([DANA, DANA], "same_address")])
def test_a_couple_is_two_partners_with_their_own_addresses(program, partners, code):
    answer = program.post(f"{V1}couples/", {**NEW, "partners": partners}, format="json")
    assert problem(answer) == (422, code)


def test_the_practice_and_the_therapist_are_not_taken_from_the_body(program, alice, bob, other_practice):
    body = {**NEW, "therapist": str(bob.id), "practice": str(other_practice.id), "state": "active"}
    made = program.post(f"{V1}couples/", body, format="json").json()
    assert (made["therapist"], made["state"]) == (str(alice.id), "intake")
    with as_staff(alice):
        assert Couple.objects.get(pk=made["id"]).practice_id == alice.practice_id


def test_a_couple_changes_closes_and_opens_again(program, couple):
    url = f"{V1}couples/{couple.id}/"
    assert program.patch(url, {"label": "Thursdays", "state": "active"}, format="json").json()["label"] == "Thursdays"
    assert problem(program.patch(url, {"state": "closed"}, format="json")) == (422, "closed_reason")
    closed = program.patch(url, {"state": "closed", "closed_reason": "separated"}, format="json").json()
    assert (closed["state"], closed["closed_reason"]) == ("closed", "separated")
    opened = program.patch(url, {"state": "paused"}, format="json").json()
    assert (opened["state"], opened["closed_reason"], opened["closed_at"]) == ("paused", "", None)


def test_partners_change_and_one_may_leave(program, couple, alice):
    partners = [{**DANA, "state": "left"}, ERIN]
    answer = program.patch(f"{V1}couples/{couple.id}/", {"partners": partners}, format="json").json()
    assert [one["state"] for one in answer["partners"]] == ["left", "active"]
    assert answer["partners"][0]["safe_contact"]["neutral_name"] == "Front desk"
    with as_staff(alice):
        assert Partner.objects.get(couple=couple, position=1).email == "dana@example.org"


def test_a_partner_who_left_may_take_part_again(program, couple):
    url = f"{V1}couples/{couple.id}/"
    for state in ("left", "left", "active", "active"):
        partners = [{**DANA, "state": state}, ERIN]
        answer = program.patch(url, {"partners": partners}, format="json").json()
        assert [one["state"] for one in answer["partners"]] == [state, "active"]
    assert program.patch(url, {"partners": [{**DANA, "state": "gone"}, ERIN]}, format="json").status_code == 422


def test_safe_hours_are_kept_in_one_spelling(program):
    partners = [with_contact(hours="Mon,Tue,wed,thu,fri  9:00-15:00"), ERIN]
    made = program.post(f"{V1}couples/", {**NEW, "partners": partners}, format="json").json()
    assert made["partners"][0]["safe_contact"]["hours"] == "weekdays 09:00-15:00"


def test_foreign_and_unknown_are_the_same_answer(couple, other_couple, alice, bob, adam, mallory):
    unknown = api_of(alice).get(f"{V1}couples/00000000-0000-4000-8000-000000000000/")
    assert problem(unknown) == (404, "not_found")
    assert api_of(alice).get(f"{V1}couples/{couple.id}/").status_code == 200
    for member in (bob, adam, mallory):
        assert api_of(member).get(f"{V1}couples/{couple.id}/").content == unknown.content
        assert api_of(member).patch(f"{V1}couples/{couple.id}/", {}, format="json").content == unknown.content
    assert api_of(alice).get(f"{V1}couples/no-uuid/").content == unknown.content


def test_each_sees_only_their_own(couple, other_couple, alice, bob, mallory):
    listed = {
        member.name: [one["id"] for one in api_of(member).get(f"{V1}couples/").json()["results"]]
        for member in (alice, bob, mallory)
    }
    assert listed == {"Alice": [str(couple.id)], "Bob": [], "Mallory": [str(other_couple.id)]}


def test_a_repeat_creates_nothing_and_says_the_same(program, alice):
    first, again = (create(program, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (again.status_code, again.content) == (first.status_code, first.content)
    with as_staff(alice):
        assert Couple.objects.count() == 1


def test_a_key_with_another_body_or_address_is_refused(program, couple):
    create(program, **{"Idempotency-Key": "one"})
    other = program.post(f"{V1}couples/", {**NEW, "label": "X"}, format="json", headers={"Idempotency-Key": "one"})
    assert problem(other) == (422, "idempotency_key_reused")


def test_a_key_is_one_persons(program, bob, alice):
    assert create(program, **{"Idempotency-Key": "one"}).json()["therapist"] == str(alice.id)
    assert create(api_of(bob), **{"Idempotency-Key": "one"}).json()["therapist"] == str(bob.id)


def test_a_refusal_is_not_remembered(program):
    bad = program.post(f"{V1}couples/", {"label": "x"}, format="json", headers={"Idempotency-Key": "one"})
    assert bad.status_code == 422
    assert create(program, **{"Idempotency-Key": "one"}).status_code == 201


def test_a_remembered_answer_holds_no_name_in_clear(program, alice):
    create(program, **{"Idempotency-Key": "one"})
    with as_staff(alice):
        record = IdempotencyRecord.objects.get()
    assert "Dana" not in record.body
    assert "example.org" not in record.body


def test_pages_follow_one_another(program, alice):
    made = {str(make_couple(alice, label=f"C{number}").id) for number in range(5)}
    url, seen = f"{V1}couples/?limit=2", []
    while url:
        page = program.get(url).json()
        seen += [one["id"] for one in page["results"]]
        url = page["next"]
    assert (len(seen), set(seen)) == (5, made)
