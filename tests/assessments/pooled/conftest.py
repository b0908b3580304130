from typing import Any

import pytest

from practice.models import Membership
from tests.assessments.pooled.pools import PLENTY, make_pool


@pytest.fixture
def plenty(settings: Any) -> None:
    """So much epsilon that there is no noise to speak of."""
    settings.STATISTICS_EPSILON, settings.STATISTICS_EPSILON_PER_YEAR = PLENTY, 10 * PLENTY
    settings.STATISTICS_EPSILON_PER_COUPLE = 10 * PLENTY


@pytest.fixture
def owners(plenty: None) -> list[Membership]:
    """Of three practices that take part."""
    return make_pool()
