"""One form for many couples: looked at first, skipped with a reason, and taken back within a minute."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from assessments import bulk
from assessments.assignments import end_assignment
from assessments.bulk import TooLate, outlook, take_back
from assessments.library import resolve
from assessments.models import AnswerSheet, Assignment, Wave
from assessments.schedules import Schedule
from clients.couples import close_couple
from clients.models import CounselingSession, Couple, Invitation
from practice.cover import name_cover
from practice.models import AuditEvent, Membership, OutboxMessage
from practice.practices import as_maintenance
from tests.assessments.test_therapist_views import statements
from tests.factories import as_staff, assign, client_of, deliver_outbox, make_couple

pytestmark = pytest.mark.database


@pytest.fixture
def couples(alice: Membership) -> list[Couple]:
    return [make_couple(alice, label=label, email=True) for label in ("A & B", "C & D", "E & F")]


def data(couples: list[Couple], form: str = "", **more: Any) -> dict[str, Any]:
    form = form or first_form()
    given = {"couple": [str(one.id) for one in couples], "form": form, "looked_at": form, "days": 4, "every_weeks": ""}
    return given | more


def first_form() -> str:
    instrument = resolve("ena-ck")
    return f"{instrument.ref}/{instrument.sittings[0]['id']}"


def give(alice: Membership, couples: list[Couple], **schedule: Any) -> list[Assignment]:
    with as_staff(alice):
        made, _ = bulk.assign_in_bulk(
            couples, instrument="ena-ck", sitting="", membership=alice, schedule=Schedule(**schedule)
        )
    return made


def undo(alice: Membership, made: list[Assignment]) -> None:
    with as_staff(alice):
        take_back([one.id for one in made], membership=alice)


def rows(alice: Membership) -> list[int]:
    with as_staff(alice):
        return [model.objects.count() for model in (Assignment, Wave, AnswerSheet)]


def minute_passes(alice: Membership) -> None:
    """What was to open within the next two minutes is due now, and what was assigned is that much older."""
    earlier = timedelta(minutes=2)
    with as_staff(alice), as_maintenance():
        for rows, name in ((Wave, "opens_at"), (AnswerSheet, "opens_at"), (Assignment, "created_at")):
            rows.objects.using("owner").update(**{name: F(name) - earlier})
        OutboxMessage.objects.using("owner").filter(kind="open_wave").update(due_at=F("due_at") - earlier)


def test_the_list_offers_to_tick_own_couples_that_are_not_closed(alice, bob, couples):
    closed = make_couple(alice, label="G & H")
    with as_staff(alice):
        close_couple(closed, reason="completed")
    make_couple(bob, label="Of Bob")
    with as_staff(bob):
        name_cover(bob, cover_id=alice.id)
    browser = client_of(alice)
    ticks = [browser.get(where).content.decode().count('class="pick"') for where in ("/", "/?pick=all")]
    assert ticks == [3, 3]
    assert browser.get("/").content.count(b"checked") == 0
    assert browser.get("/?pick=all").content.count(b"checked") == 3


def test_the_page_shows_who_gets_what_and_who_is_skipped_and_why(alice, couples):
    assign(alice, couples[1], "ena-ck")
    with as_staff(alice):
        close_couple(couples[2], reason="completed")
        found = outlook(couples, resolve("ena-ck"))
    assert [one.skipped.code if one.skipped else "" for one in found] == ["", "already_assigned", "couple_closed"]
    response = client_of(alice).get(
        "/couples/assign/", {"couple": [str(one.id) for one in couples], "form": "ena-ck@0.2.0"}
    )
    assert response.status_code == 200
    assert [one.couple for one in response.context["getting"]] == couples[:1]
    assert [who for _, who in response.context["skipped"]] == [[couples[1]], [couples[2]]]
    assert b"This couple has this form already" in response.content


def test_hidden_names_stay_hidden_where_forms_are_given_to_many(alice, couples):
    browser = client_of(alice)
    address, asked = "/couples/assign/", {"couple": str(couples[0].id), "form": "ena-ck@0.2.0"}
    assert b"Dana" in browser.get(address, asked).content
    browser.post("/couples/names/")
    assert b"Dana" not in browser.get(address, asked).content


def test_the_outlook_agrees_with_what_is_then_assigned(alice, couples):
    assign(alice, couples[1], "ena-ck")
    before = give(alice, couples[:1], before_sessions=True)
    with as_staff(alice):
        expected = {str(one.couple.id): one.skipped.code for one in outlook(couples, resolve("ena-ck")) if one.skipped}
        _, skipped = bulk.assign_in_bulk(
            couples, instrument="ena-ck", sitting="", membership=alice, schedule=Schedule()
        )
    assert before
    assert {one["couple"]: one["code"] for one in skipped} == expected
    assert len(expected) == 2


def test_nothing_is_assigned_that_was_not_looked_at(alice, couples):
    browser = client_of(alice)
    for more in ({"preview": "1"}, {"looked_at": "ena-c@0.2.0/sitting_1"}, {"looked_at": ""}):
        assert browser.post("/couples/assign/", data(couples, **more)).status_code == 200
    assert rows(alice) == [0, 0, 0]
    assert browser.post("/couples/assign/", data(couples)).status_code == 302
    assert rows(alice) == [3, 3, 6]


def test_another_choice_gets_the_outlook_alone(alice, couples):
    response = client_of(alice).post("/couples/assign/", data(couples, preview="1"), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert b"<html" not in response.content
    assert b'name="looked_at"' in response.content


def test_a_window_that_cannot_be_is_said_beside_its_field(alice, couples):
    response = client_of(alice).post("/couples/assign/", data(couples, days=10, every_weeks="1", times=2))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["days"]
    assert rows(alice) == [0, 0, 0]


def test_foreign_and_broken_ids_are_left_out(alice, bob, couples):
    foreign = make_couple(bob, label="Of Bob")
    picked = [couples[0].id, foreign.id, "x", "' OR 1=1"]
    response = client_of(alice).get("/couples/assign/", {"couple": [str(one) for one in picked]})
    assert response.context["couples"] == couples[:1]
    assert client_of(alice).get("/couples/assign/", {"couple": str(foreign.id)}).status_code == 302


def test_nothing_opens_or_is_sent_for_a_minute(alice, couples, smtp):
    give(alice, couples)
    deliver_outbox()
    assert rows(alice) == [3, 3, 6]
    with as_staff(alice):
        assert Wave.objects.exclude(opened_at=None).count() == Invitation.objects.count() == 0
    minute_passes(alice)
    for _ in range(2):
        deliver_outbox()
    assert len(smtp.messages) == 6


def test_what_is_taken_back_is_as_if_it_had_never_been(alice, couples, smtp):
    undo(alice, give(alice, couples, every_weeks=1, times=3))
    assert rows(alice) == [0, 0, 0]
    minute_passes(alice)
    deliver_outbox()
    assert smtp.messages == []
    with as_staff(alice), as_maintenance():
        assert not OutboxMessage.objects.using("owner").exclude(last_error="").exists()
        assert AuditEvent.objects.using("owner").filter(action="assignment.taken_back").count() == 3


def test_before_sessions_nothing_opens_within_the_minute_either(alice, couples):
    with as_staff(alice):
        CounselingSession.objects.create(
            couple=couples[0], kind="couple", planned_at=timezone.now() + timedelta(days=1), written_by=alice.id,
            created_at=timezone.now(),
        )  # fmt: skip
    made = give(alice, couples[:1], before_sessions=True)
    deliver_outbox()
    with as_staff(alice):
        assert Wave.objects.get().opened_at is None
    undo(alice, made)
    assert rows(alice) == [0, 0, 0]


def test_after_a_minute_it_is_too_late(alice, couples):
    made = give(alice, couples)
    minute_passes(alice)
    with pytest.raises(TooLate):
        undo(alice, made)
    assert rows(alice) == [3, 3, 6]


def test_once_one_form_has_opened_all_of_it_stays(alice, couples):
    made = give(alice, couples)
    with as_staff(alice):
        Wave.objects.filter(assignment=made[2]).update(opened_at=timezone.now())
    with pytest.raises(TooLate):
        undo(alice, made)
    assert rows(alice) == [3, 3, 6]


def test_nobody_takes_back_what_another_assigned(alice, bob, couples):
    made = give(alice, couples)
    with pytest.raises(TooLate):
        undo(bob, made)
    assert rows(alice) == [3, 3, 6]


def test_the_database_lets_no_opened_form_be_taken_back(alice, couples):
    """The control: the same rows can go before they are opened."""
    opened = assign(alice, couples[0], "ena-ck")
    with as_staff(alice):
        for model in (AnswerSheet.objects.filter(wave__assignment=opened), Wave.objects.filter(assignment=opened)):
            kept = list(model)
            found = type(kept[0]).objects.filter(pk__in=[one.pk for one in kept])
            found._raw_delete(found.db)
            assert found.count() == len(kept)
    undo(alice, give(alice, couples[1:]))
    assert rows(alice) == [1, 1, 2]


def test_the_list_takes_it_back_once(alice, couples):
    browser = client_of(alice)
    browser.post("/couples/assign/", data(couples))
    page = browser.get("/")
    assert b"3 couples get the form." in page.content
    assert b"Take it back" in page.content
    said = browser.post("/couples/assign/undo/", follow=True)
    assert b"Taken back." in said.content
    assert rows(alice) == [0, 0, 0]
    assert b"Take it back" not in browser.get("/").content
    assert b"The minute is over" in browser.post("/couples/assign/undo/", follow=True).content


def test_an_ended_form_can_be_given_again_in_bulk(alice, couples):
    with as_staff(alice):
        end_assignment(assign_now(alice, couples[0]))
    assert len(give(alice, couples)) == 3


def assign_now(alice: Membership, couple: Couple) -> Assignment:
    made, _ = bulk.assign_in_bulk([couple], instrument="ena-ck", sitting="", membership=alice, schedule=Schedule())
    return made[0]


def test_the_page_needs_as_many_statements_for_one_couple_as_for_many(alice):
    def asked(couples: list[Couple]) -> int:
        browser = client_of(alice)
        ids = [str(one.id) for one in couples]
        browser.get("/couples/assign/", {"couple": ids})
        return statements(browser, f"/couples/assign/?{'&'.join(f'couple={one}' for one in ids)}")

    many = [make_couple(alice, label=f"{number}") for number in range(12)]
    assert asked(many) == asked(many[:1])
