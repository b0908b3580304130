"""A couple that gets mail, on a clock that tests turn."""

from datetime import UTC, datetime

import pytest
import time_machine

from clients.models import Couple
from practice.models import Membership
from tests.factories import make_couple


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2027, 5, 3, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def mailed(clock, alice: Membership) -> Couple:
    return make_couple(alice, email=True)
