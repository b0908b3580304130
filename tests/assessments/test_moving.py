"""A form that was started under the wrong couple: it moves with all it holds, and only while nobody has read it."""

from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from assessments.flags import acknowledge_flag
from assessments.models import Answers, AnswerSheet, FlagEvent, Goal, SafetyFlag, SpecificRequest, WeekReport
from assessments.moving import NoPlaceForSheet, WeekNamesPlan, move_sheet, places_for, refuse_move
from assessments.specific_requests import answer_request
from assessments.weeks import own_week, save_week, wins_of
from clients.models import Partner
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.attacks import as_maintenance
from tests.factories import (
    as_partner,
    as_staff,
    client_of,
    make_couple,
    make_plan,
    make_sheet,
    partner_client,
    partner_of,
    save,
)

pytestmark = pytest.mark.database


@pytest.fixture
def right(alice):
    """Finn of the couple that was meant."""
    return partner_of(alice, make_couple(alice, label="F & G", names=("Finn", "Gil")), 1)


@pytest.fixture
def sheet(alice, dana) -> AnswerSheet:
    found = make_sheet(alice, dana)
    save(found, {"experienced.SC1": 4, "experienced.PR1": 3})
    return found


@pytest.fixture
def place(alice, right) -> AnswerSheet:
    return make_sheet(alice, right)


def address(sheet: AnswerSheet) -> str:
    return f"/sheets/{sheet.id}/move/"


def kept(alice, sheet: AnswerSheet) -> AnswerSheet:
    with as_staff(alice):
        return AnswerSheet.objects.select_related("couple", "partner", "wave").get(pk=sheet.pk)


def move(alice, sheet: AnswerSheet, place: AnswerSheet) -> Any:
    return client_of(alice).post(address(sheet), {"place": str(place.id)})


def test_the_two_sheets_change_places(alice, sheet, place):
    wave, other_wave = sheet.wave_id, place.wave_id
    assert move(alice, sheet, place)["Location"] == f"/couples/{place.couple_id}/"
    moved, fresh = kept(alice, sheet), kept(alice, place)
    assert (moved.couple.label, moved.partner.name, moved.wave_id, moved.state) == (
        "F & G",
        "Finn",
        other_wave,
        "started",
    )
    assert (fresh.couple.label, fresh.partner.name, fresh.wave_id, fresh.state) == ("D & E", "Dana", wave, "not_opened")
    assert (moved.closes_at, fresh.closes_at) == (moved.wave.closes_at, fresh.wave.closes_at)


def test_answers_and_flags_go_along_and_the_right_partner_goes_on(alice, sheet, place, right):
    with as_staff(alice):
        before = {one.audience: one.values for one in Answers.objects.filter(sheet=sheet.pk)}
    move(alice, sheet, place)
    with as_staff(alice):
        rows = list(Answers.objects.filter(sheet=sheet.pk))
        flags = list(SafetyFlag.objects.all())
    assert {one.audience: one.values for one in rows} == before
    assert {one.partner_id for one in rows} == {right.id}
    assert {(one.couple_id, one.partner_id) for one in flags} == {(right.couple_id, right.id)}
    factories.submit(kept(alice, sheet), {"experienced.PR2": 1})
    assert kept(alice, sheet).state == "submitted"


def test_what_the_program_did_about_a_flag_goes_along(alice, sheet, place, right):
    """Its cover was told, and nobody has answered."""
    with as_staff(alice):
        flag = SafetyFlag.objects.get(sheet=sheet)
        FlagEvent.objects.create(flag=flag, partner_id=flag.partner_id, action="cover_told", at=timezone.now())
    move(alice, sheet, place)
    with as_staff(alice):
        assert [one.partner_id for one in FlagEvent.objects.all()] == [right.id]


def test_links_and_open_browsers_of_both_end(alice, sheet, place):
    browsers = [partner_client(one) for one in (sheet, place)]
    assert [one.get("/p/").status_code for one in browsers] == [200, 200]
    move(alice, sheet, place)
    assert [one.get("/p/").status_code for one in browsers] == [410, 410]
    assert partner_client(kept(alice, sheet)).get("/p/").status_code == 200


def test_move_is_on_record_for_both_couples(alice, sheet, place):
    former, taken = sheet.couple_id, place.couple_id
    move(alice, sheet, place)
    rows = as_maintenance("SELECT object_id, couple_id, detail FROM practice_auditevent WHERE action = 'sheet.moved'")
    assert sorted(rows, key=str) == sorted(
        [(sheet.id, taken, {"former": str(former)}), (place.id, former, {"former": str(taken)})], key=str
    )


def test_what_was_read_stays(alice, sheet, place):
    opened = client_of(alice).post(
        f"/couples/{sheet.couple_id}/results/lines/", {"sheet": str(sheet.id), "line": "experienced.PR1"}
    )
    assert opened.status_code == 200
    assert move(alice, sheet, place).status_code == 409
    assert kept(alice, sheet).couple.label == "D & E"


def test_what_was_acted_on_stays(alice, sheet, place):
    with as_staff(alice):
        acknowledge_flag(SafetyFlag.objects.get(sheet=sheet), membership=alice)
    assert move(alice, sheet, place).status_code == 409


@pytest.mark.parametrize("end", ["submit", "decline"])
def test_what_was_handed_in_stays(alice, sheet, place, end):
    partner_client(sheet).post(f"/p/{end}/")
    assert move(alice, sheet, place).status_code == 409
    assert kept(alice, sheet).couple.label == "D & E"


def test_an_unopened_form_needs_no_move(alice, dana, place):
    assert client_of(alice).get(address(make_sheet(alice, dana))).status_code == 409


def test_a_place_is_an_unopened_form_of_the_same_kind_of_an_own_couple(alice, bob, sheet, right):
    theirs = partner_of(bob, make_couple(bob, label="K & L", names=("Kim", "Lou")), 1)
    foreign, other_form = make_sheet(bob, theirs), make_sheet(alice, right, "ena-ck")
    for wrong in (foreign, other_form):
        assert move(alice, sheet, wrong).status_code == 422
        with as_staff(alice), pytest.raises(NoPlaceForSheet):
            move_sheet(kept_here(sheet), place=wrong, membership=alice)
    assert "Assign the same form" in client_of(alice).get(address(sheet)).content.decode()
    taken = make_sheet(alice, right)
    save(taken, {"experienced.PR1": 1})
    assert move(alice, sheet, taken).status_code == 422


def kept_here(sheet: AnswerSheet) -> AnswerSheet:
    return AnswerSheet.objects.get(pk=sheet.pk)


def test_nothing_of_it_reaches_the_partner_of_the_one_who_moved(alice, couple, sheet, place):
    with as_staff(alice):
        erin = AnswerSheet.objects.select_related("partner", "couple").get(wave=sheet.wave_id, partner__position=2)
    browser = partner_client(erin)
    before = [bytes_of(browser.get(one)) for one in ("/p/", "/p/1/", "/p/me/")]
    move(alice, sheet, place)
    assert [bytes_of(browser.get(one)) for one in ("/p/", "/p/1/", "/p/me/")] == before


def test_worker_reads_no_answer(alice, sheet, practice):
    with pytest.raises(Exception, match="permission denied"), factories.as_worker(practice):
        list(Answers.objects.values_list("values", flat=True))
    with factories.as_worker(practice):
        assert Answers.objects.filter(sheet=sheet.pk).values_list("partner_id", flat=True)[0] == sheet.partner_id


WIN = {"text": "We laughed", "share_via_therapist": True}


@pytest.fixture
def check_in(alice, dana) -> AnswerSheet:
    found = make_sheet(alice, dana, "ena-ck")
    save(found, {"experienced.CK1": 3})
    return found


def tell(sheet: AnswerSheet, **given: Any) -> None:
    with as_partner(sheet.partner):
        save_week(AnswerSheet.objects.get(pk=sheet.pk), given)


def test_a_check_in_takes_its_week_along_and_the_right_partner_goes_on(alice, check_in, right):
    tell(check_in, small_wins=[WIN])
    place = make_sheet(alice, right, "ena-ck")
    assert move(alice, check_in, place).status_code == 302
    with as_staff(alice):
        [report] = WeekReport.objects.select_related("partner", "couple")
        assert [vars(one) for one in wins_of(report)] == [WIN]
        assert (report.partner.name, report.couple.label) == ("Finn", "F & G")
    tell(kept(alice, check_in), small_wins=[WIN, WIN])
    with as_partner(right):
        week = own_week(AnswerSheet.objects.get(pk=check_in.pk))
    assert [vars(one) for one in week.small_wins] == [WIN, WIN]
    with as_staff(alice):
        assert WeekReport.objects.count() == 1


@pytest.mark.parametrize("kind", ["activities", "requests", "goals"])
def test_a_week_that_names_the_plan_of_the_wrong_couple_stays(alice, dana, kind):
    activity, _request, goal = make_plan(alice, dana.couple, dana)
    given = {
        "activities": {"activities": {str(activity): {"done": 2}}},
        "requests": {"requests": {str(agreed_request(alice, dana)): "kept"}},
        "goals": {"goals": {str(goal): 1}},
    }
    with as_staff(alice):
        Goal.objects.filter(pk=goal).update(review_on=timezone.localdate())
    sheet = make_sheet(alice, dana, "ena-ck")
    save(sheet, {"experienced.CK1": 3})
    tell(sheet, **given[kind])
    with as_staff(alice), pytest.raises(WeekNamesPlan):
        refuse_move(kept_here(sheet))
    refused = client_of(alice).get(address(sheet))
    assert (refused.status_code, "assign a new form" in refused.content.decode()) == (409, True)


def agreed_request(alice, dana: Partner) -> UUID:
    with as_staff(alice):
        request = SpecificRequest.objects.get(couple=dana.couple_id)
        answer_request(request, answer="yes")
    return request.id


def test_a_check_in_has_no_place_where_that_week_was_told_already(alice, check_in, right):
    first = make_sheet(alice, right, "ena-ck")
    tell(first, small_wins=[WIN])
    factories.end_assignments(alice, right.couple)
    place = make_sheet(alice, right, "ena-ck")
    assert move(alice, check_in, place).status_code == 422
    with as_staff(alice):
        found = places_for(kept_here(check_in), membership=alice)
        assert [str(one.partner) for one in found] == ["Gil"]


def test_worker_reads_no_week(alice, check_in, practice):
    tell(check_in, small_wins=[WIN])
    with pytest.raises(Exception, match="permission denied"), factories.as_worker(practice):
        list(WeekReport.objects.values_list("small_wins", flat=True))
