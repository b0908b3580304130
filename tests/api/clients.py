from typing import Any

from rest_framework.test import APIClient

from assessments.models import AnswerSheet
from practice.models import Membership
from practice.tokens import issue_token
from tests.factories import PASSWORD, at_the_gate, open_session

V1 = "/api/v1/"


def sign_in(member: Membership, **more: Any) -> Any:
    """The answer to a request for a token."""
    given = {"email": member.user.email, "password": PASSWORD, "name": "test", **more}
    return APIClient().post(f"{V1}tokens/", given, format="json")


def api_of(member: Membership) -> APIClient:
    """A program with a token of this member."""
    from django.http import HttpRequest

    with at_the_gate():
        secret = issue_token(HttpRequest(), member, name="test")[1]
    return bearing(secret)


def partner_api(sheet: AnswerSheet) -> APIClient:
    """A program that opened this sheet's link."""
    return bearing(open_session(sheet)[0])


def bearing(token: str) -> APIClient:
    return APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")


def problem(response: Any) -> tuple[int, str]:
    """Status and code of a refusal, which must be a problem."""
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    return response.status_code, response.json()["code"]


def fields(response: Any) -> list[str]:
    return [fault["field"] for fault in response.json()["errors"]]
