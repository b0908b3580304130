"""A partner's own page: what they settle holds at once, the therapist sees it, and nothing of the other is on it."""

import pytest
from django.test import Client

from assessments.assignments import invite_to_sheet
from assessments.models import AnswerSheet
from clients.consents import record_consent, standings_of
from clients.couples import PartnerDetails, leave, update_partners
from clients.models import Consent, Couple, Partner
from clients.own_page import hidden_mail, set_own_reminders, stop_own_channel
from tests import factories
from tests.assessments.partner_pages import bytes_of
from tests.assessments.test_therapist_views import statements
from tests.attacks import as_maintenance
from tests.factories import as_partner, as_staff, client_of, deliver_outbox, full_answers, partner_client, submit

pytestmark = pytest.mark.database
ME = "/p/me/"
ADDRESSES = ("dana.private@example.org", "erin.private@example.org")


@pytest.fixture
def reached(alice) -> Couple:
    """A couple whose partners both get links by e-mail."""
    couple = factories.make_couple(alice)
    details = [
        PartnerDetails(name=name, email=email, channel="email")
        for name, email in zip(("Dana", "Erin"), ADDRESSES, strict=True)
    ]
    with as_staff(alice):
        update_partners(couple, details)
    return couple


@pytest.fixture
def sheet(alice, reached) -> AnswerSheet:
    return factories.make_sheet(alice, factories.partner_of(alice, reached, 1))


@pytest.fixture
def browser(sheet):
    return partner_client(sheet)


def kept(alice, position: int = 1) -> Partner:
    with as_staff(alice):
        return Partner.objects.get(position=position)


def events(action: str) -> list:
    return as_maintenance("SELECT partner_id, object_id FROM practice_auditevent WHERE action = %s", action)


def test_page_names_the_own_channel_and_hides_the_address(browser):
    content = browser.get(ME).content.decode()
    assert "By e-mail, to d…@e…" in content
    assert [one for one in (*ADDRESSES, "Dana", "Erin", "D &amp; E") if one in content] == []


@pytest.mark.parametrize(("email", "shown"), [("dana@example.org", "d…@e…"), ("", ""), ("x@y", "x…@y…")])
def test_an_address_is_mostly_hidden(email, shown):
    assert hidden_mail(email) == shown


def test_stopped_channel_sends_nothing_more_and_ends_what_lies_unopened(alice, browser, sheet, reached, smtp):
    other = factories.make_sheet(alice, factories.partner_of(alice, reached, 1), "ena-ck")
    deliver_outbox()
    sent = len([one for one in smtp.messages if one["To"] == ADDRESSES[0]])
    assert sent > 0
    assert browser.post(ME, {"change": "in_person"})["Location"] == ME
    assert kept(alice).channel == Partner.Channel.NONE
    assert as_maintenance(
        "SELECT count(*) FROM clients_linkkey WHERE sheet_id = %s AND ended_at IS NULL", other.id
    ) == [(0,)]
    assert "In person only" in browser.get(ME).content.decode()
    deliver_outbox()
    assert len([one for one in smtp.messages if one["To"] == ADDRESSES[0]]) == sent


def test_a_link_queued_before_the_stop_does_not_go_out(alice, sheet, smtp):
    browser = partner_client(sheet)
    with as_staff(alice):
        invite_to_sheet(sheet, delivery="email")
    with as_partner(sheet.partner):
        stop_own_channel()
    deliver_outbox()
    assert [one for one in smtp.messages if one["To"] == ADDRESSES[0]] == []
    assert [one["To"] for one in smtp.messages] == [ADDRESSES[1]]
    assert browser.get(ME).status_code == 410


def test_a_channel_is_never_opened_from_the_page(alice, browser):
    browser.post(ME, {"change": "in_person"})
    for tried in ({"change": "email"}, {"channel": "email"}, {"change": "in_person", "channel": "email"}):
        browser.post(ME, tried)
    assert kept(alice).channel == Partner.Channel.NONE


def test_hours_and_clock_are_kept_and_shown(alice, browser):
    given = {"days": ["mon", "wed"], "opens": "09:00", "closes": "15:30", "time_zone": "America/Chicago"}
    assert browser.post(ME, given).status_code == 303
    assert (kept(alice).hours, kept(alice).time_zone) == ("mon, wed 09:00-15:30", "America/Chicago")
    content = browser.get(ME).content.decode()
    assert 'value="09:00"' in content
    assert 'value="15:30"' in content
    assert "America/Chicago" in client_of(alice).get(f"/couples/{kept(alice).couple_id}/").content.decode()
    assert browser.post(ME, {}).status_code == 303
    assert kept(alice).hours == ""


@pytest.mark.parametrize(
    "given",
    [
        {"days": ["mon"], "opens": "15:00", "closes": "09:00"},
        {"days": [], "opens": "09:00", "closes": "15:00"},
        {"days": ["mon"]},
        {"days": ["mon"], "opens": "nine", "closes": "15:00"},
        {"time_zone": "Europe/Atlantis"},
    ],
)
def test_unclear_hours_keep_what_was_there(alice, browser, given):
    browser.post(ME, {"days": ["fri"], "opens": "10:00", "closes": "11:00"})
    response = browser.post(ME, given)
    assert response.status_code == 422
    assert b"Nothing was saved" in response.content
    assert kept(alice).hours == "fri 10:00-11:00"


def test_therapist_sees_that_reminders_were_stopped_and_by_whom(alice, browser):
    couple = kept(alice).couple_id
    assert "Stopped by Dana" not in client_of(alice).get(f"/couples/{couple}/").content.decode()
    browser.post(ME, {"change": "stop_reminders"})
    since = kept(alice).reminders_off_at
    browser.post(ME, {"change": "stop_reminders"})
    assert kept(alice).reminders_off_at == since
    assert kept(alice, 2).reminders_off_at is None
    assert client_of(alice).get(f"/couples/{couple}/").content.decode().count("Stopped by Dana") == 1
    dana = kept(alice).id
    assert events("reminders.stopped") == [(dana, dana)] * 2
    browser.post(ME, {"change": "allow_reminders"})
    assert kept(alice).reminders_off_at is None


def test_consent_is_given_and_withdrawn_for_oneself_alone(alice, browser, reached):
    browser.post(ME, {"change": "agree", "kind": "joint_report"})
    browser.post(ME, {"change": "agree", "kind": "joint_report"})
    with as_staff(alice):
        [given] = Consent.objects.all()
    assert (given.partner_id, given.version, given.recorded_by) == (kept(alice).id, "0.2.0", None)
    browser.post(ME, {"change": "withdraw", "kind": "joint_report"})
    browser.post(ME, {"change": "withdraw", "kind": "joint_report"})
    with as_staff(alice):
        [withdrawn] = Consent.objects.all()
    assert withdrawn.withdrawn_at is not None
    assert [len(events(action)) for action in ("consent.given", "consent.withdrawn")] == [1, 1]


def test_a_consent_to_an_older_text_is_given_again(alice, browser, sheet):
    with as_staff(alice):
        record_consent(sheet.partner, kind="statistics", version="0.1.0", recorded_by=alice.id)
    browser.post(ME, {"change": "agree", "kind": "statistics"})
    with as_staff(alice):
        held = Consent.objects.order_by("given_at")
        assert [(one.version, one.withdrawn_at is None) for one in held] == [("0.1.0", False), ("0.3.0", True)]
        own = {one.kind: one for one in standings_of(sheet.couple)[sheet.partner]}
    assert own["statistics"].in_force


@pytest.mark.parametrize("kind", ["no_secrets", "unknown", ""])
def test_what_is_signed_in_the_practice_is_not_agreed_to_here(alice, browser, kind):
    assert browser.post(ME, {"change": "agree", "kind": kind}).status_code == 422
    with as_staff(alice):
        assert Consent.objects.count() == 0


def test_nothing_of_the_other_changes_the_page(alice, browser, reached):
    erin = factories.partner_of(alice, reached, 2)
    before = bytes_of(browser.get(ME))
    with as_staff(alice):
        their_sheet = AnswerSheet.objects.select_related("partner", "couple").get(partner=erin)
    other = partner_client(their_sheet)
    for change in ("in_person", "stop_reminders"):
        other.post(ME, {"change": change})
    other.post(ME, {"change": "agree", "kind": "joint_report"})
    other.post(ME, {"days": ["mon"], "opens": "09:00", "closes": "10:00"})
    submit(their_sheet, full_answers(their_sheet, 4))
    with as_staff(alice):
        leave(erin)
    assert bytes_of(browser.get(ME)) == before
    browser.post(ME, {"change": "stop_reminders"})
    assert bytes_of(browser.get(ME)) != before


def test_page_is_reached_from_every_page_of_an_open_form(browser):
    for page in ("/p/", "/p/1/", "/p/check/", "/p/decline/", "/p/help/", ME):
        assert b'href="/p/me/"' in browser.get(page).content


def test_page_asks_no_more_after_many_forms(alice, sheet, browser, reached):
    few = statements(browser, ME)
    with as_staff(alice):
        for number in range(12):
            record_consent(sheet.partner, kind="statistics", version=f"0.0.{number}")
    assert statements(browser, ME) == few <= 5


def test_other_partners_row_is_out_of_reach_of_the_functions(alice, sheet):
    with as_partner(sheet.partner):
        set_own_reminders(wanted=False)
    assert kept(alice, 2).reminders_off_at is None
    assert kept(alice, 1).reminders_off_at is not None
    with pytest.raises(Exception, match="permission denied"), as_partner(sheet.partner):
        Partner.objects.filter(pk=sheet.partner_id).update(channel="email")


def test_api_gives_and_takes_the_same(alice, sheet):
    token, _ = factories.open_session(sheet)
    program = Client(headers={"Authorization": f"Bearer {token}"})
    where = "/api/v1/partner/me/"
    assert program.get(where).json()["channel"] == "email"
    sent = {"hours": "weekdays 09:00-15:00", "time_zone": "Europe/Vienna", "reminders": False, "channel": "none"}
    answer = program.patch(where, {**sent, "consents": {"statistics": True}}, content_type="application/json")
    assert {name: answer.json()[name] for name in sent} == sent
    assert [one["kind"] for one in answer.json()["consents"] if one["version"]] == ["statistics"]
    assert program.patch(where, {"channel": "email"}, content_type="application/json").status_code == 422
    data = program.get(f"{where}data/").json()
    assert data["contact"]["name"] == "Dana"
    assert data["contact"]["address"] == ""
    assert data["results"] is None
