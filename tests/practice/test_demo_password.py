from typing import Any

import pytest
from django.test import Client

from practice.accounts import DEMO_PASSWORD
from practice.models import User
from practice.practices import as_maintenance

pytestmark = pytest.mark.database


@pytest.mark.parametrize(("demo", "status"), [(True, 302), (False, 200)])
def test_demo_password_signs_in_to_a_demo_only(client: Client, settings: Any, demo: bool, status: int) -> None:
    settings.DEMO = demo
    with as_maintenance():
        user = User(email="olive@riverside.example", name="Olive")
        user.set_password(DEMO_PASSWORD)
        user.save(using="owner")
    answer = client.post("/accounts/login/", {"login": user.email, "password": DEMO_PASSWORD})
    assert answer.status_code == status
