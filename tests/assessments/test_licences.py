"""What the licence of an instrument that a practice brought forbids, and what it leaves alone."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
import time_machine
from django.db.models import QuerySet
from django.utils import timezone

from assessments import library
from assessments.assignments import invite_to_sheet
from assessments.models import AnswerSheet, Assignment, ImportedInstrument, Wave
from assessments.schedules import Schedule
from clients.models import Couple, Invitation, Partner
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests import factories
from tests.api.clients import V1, api_of, partner_api, problem
from tests.assessments.test_instrument_views import definition
from tests.factories import as_staff, assign, client_of, deliver_outbox, make_couple, partner_of, sheet_of

pytestmark = pytest.mark.database
OWN = "own-check"


def bring(
    member: Membership, *, expires_on: date | None = None, modes: Sequence[str] = ("screen", "print", "e-mail")
) -> None:
    with as_staff(member):
        library.import_instrument(
            definition(),
            holder="Press",
            reference="L-1",
            confirmed_by="Olive",
            expires_on=expires_on,
            allowed_modes=modes,
        )


def today() -> date:
    return timezone.now().date()


def days_ahead(days: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days, minutes=5))


def give(alice: Membership, couple: Couple):
    return api_of(alice).post(f"{V1}assignments/", {"couple": couple.id, "instrument": OWN}, format="json")


def test_an_ended_licence_is_assigned_no_more(alice, olive, couple):
    bring(olive, expires_on=today())
    assert give(alice, make_couple(alice, label="F & G")).status_code == 201
    with days_ahead(1):
        assert problem(give(alice, couple)) == (409, "licence_expired")


def test_the_page_says_at_the_form_what_to_do(alice, olive, couple):
    bring(olive, expires_on=today() - timedelta(days=1))
    browser = client_of(alice)
    choice = next(
        value
        for value, _ in browser.get(f"/couples/{couple.id}/assign/").context["form"].fields["form"].choices
        if value.startswith(OWN)
    )
    response = browser.post(f"/couples/{couple.id}/assign/", {"form": choice, "days": 4, "times": 1})
    assert response.status_code == 422
    [error] = response.context["form"].errors["form"]
    assert error == str(library.LicenceExpired())


@pytest.mark.parametrize(("zone", "status"), [("Pacific/Auckland", 409), ("Pacific/Honolulu", 201)])
def test_the_last_day_is_the_practices_own(alice, olive, couple, zone, status):
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone=zone)
    bring(olive, expires_on=today())
    with time_machine.travel(timezone.now().replace(hour=23)):
        assert give(alice, couple).status_code == status


def test_a_wave_whose_licence_ended_is_called_off_where_the_therapist_sees_it(alice, olive, smtp):
    couple = make_couple(alice, email=True)
    bring(olive, expires_on=today() + timedelta(days=3))
    assignment = assign(alice, couple, OWN, schedule=Schedule(every_weeks=1, times=2))
    deliver_outbox()
    sent = len(smtp.messages)
    with days_ahead(7):
        deliver_outbox()
        deliver_outbox()
    with as_staff(alice):
        later = Wave.objects.get(assignment=assignment, number=2)
        assert later.opened_at is None
        assert {sheet.state for sheet in later.sheets.all()} == {"withdrawn"}
    assert len(smtp.messages) == sent == 2
    content = client_of(alice).get(f"/couples/{couple.id}/").content.decode()
    assert content.count("Not opened: the licence of this form had ended.") == 1


def test_an_ended_assignment_does_not_read_as_called_off(alice, olive, couple):
    bring(olive)
    assignment = assign(alice, couple, OWN, schedule=Schedule(every_weeks=1, times=2))
    browser = client_of(alice)
    browser.post(f"/assignments/{assignment.id}/end/")
    assert b"Not opened: the licence" not in browser.get(f"/couples/{couple.id}/").content


def test_a_form_that_is_open_stays_answerable(alice, olive, couple, dana):
    bring(olive, expires_on=today())
    sheet = sheet_of(alice, assign(alice, couple, OWN), dana)
    with days_ahead(1):
        program = partner_api(sheet)
        answer = program.patch(f"{V1}partner/sheets/{sheet.id}/answers/", {"answers": {}}, format="json")
        assert answer.status_code == 200
        factories.submit(sheet)


def test_a_link_to_a_wave_that_has_not_opened_needs_the_licence(alice, olive, couple, dana):
    bring(olive, expires_on=today())
    sheet = sheet_of(alice, assign(alice, couple, OWN, schedule=Schedule(opens_at=factories.in_days(1))), dana)
    with days_ahead(1), pytest.raises(library.LicenceExpired), as_staff(alice):
        invite_to_sheet(fresh(sheet), delivery="in_person")


def fresh(sheet: AnswerSheet) -> AnswerSheet:
    return AnswerSheet.objects.select_related("partner", "couple").get(pk=sheet.pk)


def test_without_the_screen_nothing_is_assigned(alice, olive, couple):
    bring(olive, modes=["print"])
    assert problem(give(alice, couple)) == (409, "mode_not_allowed")
    with as_staff(alice):
        assert not Assignment.objects.exists()


def test_without_e_mail_links_go_hand_to_hand(alice, olive, smtp):
    couple = make_couple(alice, email=True)
    bring(olive, modes=["screen"])
    sheet = sheet_of(alice, assign(alice, couple, OWN), partner_of(alice, couple, 1))
    deliver_outbox()
    assert smtp.messages == []
    with as_staff(alice):
        assert set(Invitation.objects.values_list("state", flat=True)) == {"failed"}
    with pytest.raises(library.ModeNotAllowed), as_staff(alice):
        invite_to_sheet(fresh(sheet), delivery="email")
    with as_staff(alice):
        assert invite_to_sheet(fresh(sheet), delivery="in_person").key


@pytest.mark.parametrize(("modes", "prints"), [(["screen"], False), (["screen", "print"], True)])
def test_pages_with_the_text_of_a_form_print_as_its_licence_says(
    alice: Membership, olive: Membership, couple: Couple, dana: Partner, modes: list[str], prints: bool
) -> None:
    bring(olive, modes=modes)
    sheet = sheet_of(alice, assign(alice, couple, OWN), dana)
    factories.submit(sheet)
    browser = client_of(alice)
    lines = {"sheet": sheet.id, "line": "experienced.CK1"}
    pages = [
        browser.get(f"/instruments/{OWN}@0.2.0/"),
        browser.get(f"/couples/{couple.id}/results/"),
        browser.post(f"/couples/{couple.id}/results/lines/", lines),
    ]
    assert [page.status_code for page in pages] == [200] * 3
    assert {b'class="main no-print"' in page.content for page in pages} == {not prints}
    assert {b"does not allow it" in page.content for page in pages} == {not prints}
    assert (b"data-print" in pages[1].content) is prints


def test_what_ships_prints(alice):
    assert b"no-print" not in client_of(alice).get("/instruments/ena-c@0.2.0/").content


def test_a_licence_brought_before_modes_were_asked_allows_them_all(alice, olive, couple):
    bring(olive)
    with as_maintenance():
        QuerySet(ImportedInstrument, using="owner").update(allowed_modes=[])
    assert give(alice, couple).status_code == 201
