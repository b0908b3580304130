from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from practice.models import Membership
from practice.sessions import BY_ITSELF
from tests.factories import client_of

pytestmark = pytest.mark.database
PAGE = "/practice/"


@pytest.fixture(autouse=True)
def half_an_hour(settings):
    settings.SESSION_IDLE = timedelta(minutes=30)


def statuses(browser: Client, *, minutes: int, **headers: str) -> list[int]:
    """Asked for every five minutes, after a first look."""
    begins = timezone.now()
    found = []
    with time_machine.travel(begins, tick=False) as clock:
        browser.get(PAGE)
        for minute in range(5, minutes + 1, 5):
            clock.move_to(begins + timedelta(minutes=minute))
            found.append(browser.get(PAGE, headers=headers or None).status_code)
    return found


def test_who_goes_on_working_stays_signed_in(olive: Membership):
    assert set(statuses(client_of(olive), minutes=60)) == {200}


def test_what_a_page_asks_by_itself_does_not_keep_the_session(olive: Membership):
    assert statuses(client_of(olive), minutes=35, **{BY_ITSELF: "1"}) == [*[200] * 6, 302]


def test_nobody_stays_signed_in_beyond_the_longest_time(olive: Membership):
    hours = settings.SESSION_LONGEST.total_seconds() / 3600
    found = statuses(client_of(olive), minutes=int(hours * 60) + 5)
    assert found[-1] == 302
    assert set(found[:-1]) == {200}
