from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.utils import timezone
from rest_framework.test import APIClient

from practice.models import ApiToken, Role
from practice.practices import as_maintenance
from tests.api.clients import V1, api_of, bearing, problem, sign_in
from tests.factories import at_the_gate, client_of, make_member

pytestmark = pytest.mark.database


def test_a_token_says_who_which_practice_and_which_role(alice):
    answer = sign_in(alice)
    assert answer.status_code == 201
    body = answer.json()
    assert body["practice"] == {"id": str(alice.practice_id), "slug": "riverside", "name": "Riverside"}
    assert body["role"] == "therapist"
    assert bearing(body["token"]).get(f"{V1}me/").json() == {
        "user": {"id": str(alice.user_id), "email": alice.user.email},
        "membership": str(alice.id),
        "name": "Alice",
        "role": "therapist",
        "practice": body["practice"],
    }


def test_a_token_is_stored_hashed(alice):
    secret = sign_in(alice).json()["token"]
    with at_the_gate():
        row = ApiToken.objects.values().get()
    assert all(secret not in str(value) for value in row.values())
    assert problem(bearing(row["digest"]).get(f"{V1}me/")) == (401, "invalid_token")


@pytest.mark.parametrize(
    "wrong", [{"password": "six loud badgers"}, {"email": "nobody@riverside.example"}, {"practice": "hillcrest"}]
)
def test_wrong_anything_is_one_answer(alice, wrong):
    assert problem(sign_in(alice, **wrong)) == (401, "invalid_credentials")
    assert sign_in(alice, **wrong).json() == sign_in(alice, password="no").json()


def test_failures_are_counted_although_they_roll_back(alice):
    answers = [sign_in(alice, password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert problem(sign_in(alice)) == (429, "throttled")


def test_someone_of_two_practices_has_to_choose(alice, other_practice):
    make_member(other_practice, "Alice", role=Role.ADMIN, email=alice.user.email)
    answer = sign_in(alice)
    assert problem(answer) == (409, "practice_required")
    assert answer.json()["choices"] == [
        {"slug": "hillcrest", "name": "Hillcrest"},
        {"slug": "riverside", "name": "Riverside"},
    ]
    assert sign_in(alice, practice="hillcrest").json()["role"] == "admin"


def test_a_second_factor_is_asked_for_and_checked(alice):
    secret = generate_totp_secret()
    with at_the_gate():
        TOTP.activate(alice.user, secret)
    with time_machine.travel(timezone.now(), tick=False):
        assert problem(sign_in(alice)) == (401, "otp_required")
        assert problem(sign_in(alice, otp="000000")) == (401, "invalid_credentials")
        code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
        assert sign_in(alice, otp=code).status_code == 201
        assert problem(sign_in(alice, otp=code)) == (401, "invalid_credentials")


def test_a_repeat_does_not_show_the_token_again_nor_make_another(alice):
    client = APIClient(HTTP_IDEMPOTENCY_KEY="one")
    given = {"email": alice.user.email, "password": "five quiet otters", "name": "test"}
    first = client.post(f"{V1}tokens/", given, format="json")
    again = client.post(f"{V1}tokens/", given, format="json")
    other = client.post(f"{V1}tokens/", {**given, "name": "another"}, format="json")
    assert first.json() == {**again.json(), "token": first.json()["token"]}
    assert problem(other) == (422, "idempotency_key_reused")
    with at_the_gate():
        assert ApiToken.objects.count() == 1


def test_own_tokens_are_listed_and_revoked(alice, bob):
    mine, his = api_of(alice), api_of(bob)
    row = mine.get(f"{V1}tokens/").json()["results"]
    assert [one.keys() for one in row] == [{"id", "name", "created_at", "expires_at"}]
    assert problem(his.delete(f"{V1}tokens/{row[0]['id']}/")) == (404, "not_found")
    assert mine.delete(f"{V1}tokens/{row[0]['id']}/").status_code == 204
    assert problem(mine.get(f"{V1}me/")) == (401, "invalid_token")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic YTpi", "Bearer é"])
def test_a_header_that_is_no_token_is_refused(alice, header):
    answer = APIClient(HTTP_AUTHORIZATION=header).get(f"{V1}me/")
    assert problem(answer) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_nobody_is_told_to_sign_in():
    answer = APIClient().get(f"{V1}me/")
    assert problem(answer) == (401, "not_authenticated")


def test_a_token_ends(alice):
    program = api_of(alice)
    with time_machine.travel(timezone.now() + timedelta(days=90, seconds=1)):
        assert problem(program.get(f"{V1}me/")) == (401, "invalid_token")


@pytest.mark.parametrize("ended", ["membership", "user"])
def test_who_has_left_is_refused_at_once(alice, ended):
    program = api_of(alice)
    assert program.get(f"{V1}me/").status_code == 200
    row = alice if ended == "membership" else alice.user
    with as_maintenance():
        type(row).objects.using("owner").filter(pk=row.pk).update(is_active=False)
    assert problem(program.get(f"{V1}me/")) == (401, "invalid_token")


def test_a_browser_needs_the_csrf_token_for_changes(alice):
    browser = client_of(alice, enforce_csrf_checks=True)
    assert browser.get(f"{V1}me/").status_code == 200
    answer = browser.post(f"{V1}couples/", {}, content_type="application/json")
    assert problem(answer) == (403, "csrf_failed")


def test_a_bad_token_is_not_replaced_by_the_session(alice):
    browser = client_of(alice)
    assert problem(browser.get(f"{V1}me/", headers={"Authorization": "Bearer x"})) == (401, "invalid_token")


def test_a_staff_token_reaches_nothing_of_partners(alice):
    assert problem(api_of(alice).get(f"{V1}partner/sheets/")) == (401, "invalid_token")
