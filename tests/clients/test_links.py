"""A partner's link: nothing but a person's POST opens it, once, and every dead link looks the same."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from assessments.models import AnswerSheet
from clients.access import PARTNER_COOKIE
from clients.invitations import end_links, invite
from clients.models import LinkKey, Partner, PartnerSession
from clients.reachability import NoSafeChannel
from practice.models import Membership
from tests import factories
from tests.factories import as_staff, at_the_gate, hand_over

pytestmark = pytest.mark.database

TOKEN = re.compile(rb'(csrfmiddlewaretoken" value|data-leave-token)="\w+"')


@pytest.fixture
def sheet(alice: Membership, dana: Partner) -> AnswerSheet:
    return factories.make_sheet(alice, dana)


@pytest.fixture
def key(alice: Membership, sheet: AnswerSheet) -> str:
    return str(hand_over(alice, sheet).key)


def follow(client: Client, key: str):
    client.get(f"/f/{key}/")
    return client.post("/f/")


def sessions() -> int:
    with at_the_gate():
        return PartnerSession.objects.count()


def opened_keys() -> int:
    with at_the_gate():
        return LinkKey.objects.exclude(opened_at=None).count()


def answer_of(response) -> tuple:
    cookies = sorted((name, re.sub(r"=[^;]*", "", morsel.OutputString())) for name, morsel in response.cookies.items())
    return response.status_code, dict(response.headers), cookies, TOKEN.sub(rb"\1", response.content)


def test_link_takes_the_key_out_of_the_address(client, key):
    response = client.get(f"/f/{key}/")
    assert (response.status_code, response["Location"]) == (303, "/f/")
    cookie = response.cookies["link"]
    assert (cookie.value, cookie["httponly"], cookie["max-age"], cookie["samesite"]) == (key, True, 600, "Lax")


@pytest.mark.parametrize("odd", ["unknown", "x" * 3000, "with space", "a;b", "ключ"])
def test_link_answers_alike_for_any_key(key, odd):
    real, unreal = Client().get(f"/f/{key}/"), Client().get(f"/f/{odd}/")
    assert (unreal.status_code, unreal.headers, unreal.content) == (real.status_code, real.headers, real.content)
    assert answer_of(Client().get("/f/")) == answer_of(Client(headers={"cookie": f"link={key}"}).get("/f/"))


def test_reading_a_link_never_consumes_it(client, key):
    for _ in range(50):
        client.get(f"/f/{key}/", follow=True)
    assert client.head(f"/f/{key}/").status_code == 303
    assert client.head("/f/").status_code == 200
    assert client.post(f"/f/{key}/").status_code == 405
    assert (opened_keys(), sessions()) == (0, 0)
    assert client.post("/f/").status_code == 303
    assert (opened_keys(), sessions()) == (1, 1)


def test_opening_leads_to_the_form_and_forgets_the_key(client, key):
    response = follow(client, key)
    assert (response.status_code, response["Location"]) == (303, "/p/")
    assert response.cookies["link"]["max-age"] == 0
    assert response.cookies[PARTNER_COOKIE]["max-age"] == ""
    assert response.cookies["browser"]["max-age"] > 300 * 24 * 3600
    assert all(response.cookies[name]["httponly"] for name in (PARTNER_COOKIE, "browser"))
    assert client.get("/p/").status_code == 200


def test_opening_needs_the_token_of_the_page(key):
    client = Client(enforce_csrf_checks=True)
    client.get(f"/f/{key}/")
    response = client.post("/f/")
    assert response.status_code == 403
    assert b"<title>Form</title>" in response.content
    assert response["Cache-Control"] == "no-store"
    assert opened_keys() == 0
    token = client.get("/f/").context["csrf_token"]
    assert client.post("/f/", {"csrfmiddlewaretoken": str(token)}).status_code == 303


def test_every_dead_link_looks_the_same(alice, couple, dana, erin, sheet, key):
    assignment = factories.assign(alice, couple, "ena-ck")
    sheets = [factories.sheet_of(alice, assignment, partner) for partner in (dana, erin)]
    used, expired = (str(hand_over(alice, one).key) for one in sheets)
    follow(Client(), used)
    with as_staff(alice):
        end_links(sheet.id)
    with factories.as_maintenance():
        LinkKey.objects.using("owner").filter(opened_at=None).update(expires_at=timezone.now())
    answers = [answer_of(follow(Client(), dead)) for dead in ("unknown", used, key, expired)]
    answers.append(answer_of(Client().post("/f/")))
    assert answers[0][0] == 410
    assert answers == [answers[0]] * 5


def test_the_browser_that_opened_comes_back_until_the_form_is_finished(client, key, sheet):
    assert follow(client, key).status_code == 303
    assert follow(client, key).status_code == 303
    assert follow(Client(), key).status_code == 410
    factories.submit(sheet)
    assert follow(client, key).status_code == 410


def test_a_newer_link_ends_the_older(client, alice, sheet, key):
    newer = str(hand_over(alice, sheet).key)
    assert follow(client, key).status_code == 410
    assert follow(client, newer).status_code == 303


def test_a_newer_link_ends_the_browsers_that_an_older_one_opened(client, alice, sheet, key):
    follow(client, key)
    assert client.get("/p/").status_code == 200
    hand_over(alice, sheet)
    assert client.get("/p/").status_code == 410


def test_an_address_beside_the_channel_none_gets_no_link(alice, dana, sheet):
    with as_staff(alice):
        dana.channel = "none"
        with pytest.raises(NoSafeChannel):
            invite(dana, sheet_id=sheet.id, delivery="none", closes_at=sheet.closes_at)


def test_twenty_people_at_once_open_one_link_once(key):
    def press(_: int) -> int:
        try:
            return follow(Client(), key).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(press, range(20)))
    assert answers == [303] + [410] * 19
    assert sessions() == 1


def test_leaving_by_the_script_ends_the_session_on_the_server(sheet):
    client = factories.partner_client(sheet)
    token = client.cookies[PARTNER_COOKIE].value
    response = client.post("/p/leave/")
    assert (response.status_code, response["Location"]) == (303, "https://www.wikipedia.org/")
    assert response["Clear-Site-Data"] == '"cache"'
    assert response.cookies[PARTNER_COOKIE]["max-age"] == 0
    client.cookies[PARTNER_COOKIE] = token
    assert client.get("/p/").status_code == 410


def test_leaving_by_a_plain_link_forgets_the_session_in_the_browser(sheet):
    client = factories.partner_client(sheet)
    response = client.get("/p/leave/")
    assert (response.status_code, response["Location"]) == (303, "https://www.wikipedia.org/")
    assert client.get("/p/").status_code == 410


def test_leaving_goes_where_the_practice_says(alice, sheet):
    with factories.as_maintenance():
        factories.Practice.objects.using("owner").update(exit_url="https://weather.example/")
    client = factories.partner_client(sheet)
    assert b'data-leave-to="https://weather.example/"' in client.get("/p/").content
    assert client.post("/p/leave/", {"beacon": "1"}).status_code == 204
    assert factories.partner_client(sheet).get("/p/leave/")["Location"] == "https://weather.example/"


def test_leaving_works_for_who_has_no_form(client):
    for response in (client.get("/p/leave/"), client.post("/p/leave/")):
        assert (response.status_code, response["Location"]) == (303, "https://www.wikipedia.org/")


def test_help_lines_are_those_of_the_country(client, sheet):
    own = factories.partner_client(sheet).get("/p/help/").content.decode()
    assert "1-800-799-7233" in own
    assert "988" in own
    assert "Find A Helpline" in client.get("/p/help/").content.decode()
    assert "988" not in client.get("/p/help/").content.decode()


def test_no_page_before_the_form_is_kept_or_tells_anything(client, key):
    addresses = ("/f/", f"/f/{key}/", "/p/", "/p/1/", "/p/check/", "/p/done/", "/p/help/", "/p/leave/", "/p/none/")
    for address in addresses:
        response = client.get(address)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == ("no-referrer" if key in address else "same-origin")
        assert b"<title>Form</title>" in response.content or not response.content
