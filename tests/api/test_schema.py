import pytest
from django.test import Client
from openapi_spec_validator import validate

from tests.api.clients import problem

pytestmark = pytest.mark.database


@pytest.fixture
def schema(client):
    return client.get("/api/schema/?format=json").json()


def test_the_schema_is_openapi_3_1(schema):
    assert schema["openapi"].startswith("3.1")
    validate(schema)


def test_every_operation_has_a_name_and_may_be_refused(schema):
    operations = [one for path in schema["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all("default" in one["responses"] for one in operations)


def test_creating_calls_take_an_idempotency_key(schema):
    takes = {
        path
        for path, methods in schema["paths"].items()
        if any(one["name"] == "Idempotency-Key" for one in methods.get("post", {}).get("parameters", []))
    }
    posts = {path for path, methods in schema["paths"].items() if "post" in methods}
    assert posts - takes == {"/api/v1/partner/open/"}


def test_the_page_runs_under_the_strict_policy(client):
    page = client.get("/api/docs/")
    body = page.content.decode()
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<style" not in body
    assert "<script>" not in body
    assert "//" not in body.replace("</", "")
    script = client.get("/api/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_what_has_no_address_is_a_problem(method):
    assert problem(getattr(Client(), method)("/api/v2/")) == (404, "not_found")
