"""What was on record before events of flags named their partner is filled in, and can be taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from assessments.flags import acknowledge_flag
from clients.models import Partner
from practice.database.preparation import prepare_database
from practice.models import Membership
from tests.assessments.flagged import raise_flag
from tests.attacks import as_maintenance
from tests.factories import as_staff

pytestmark = [pytest.mark.database, pytest.mark.nightly]
COLUMN = "SELECT is_nullable FROM information_schema.columns WHERE table_name = %s AND column_name = 'partner_id'"


def migrate(*target: str) -> None:
    call_command("migrate", *target, database="owner", interactive=False, verbosity=0)


@pytest.fixture
def migrated_back() -> Iterator[None]:
    yield
    migrate()
    prepare_database()


def columns() -> list[tuple[Any, ...]]:
    return as_maintenance(COLUMN, "assessments_flagevent")


def test_old_events_get_the_partner_of_their_flag(alice: Membership, dana: Partner, migrated_back: None) -> None:
    flag = raise_flag(alice, dana)
    with as_staff(alice):
        acknowledge_flag(flag, membership=alice)
    migrate("assessments", "0010_statistics")
    assert columns() == []
    migrate()
    prepare_database()
    assert columns() == [("NO",)]
    assert as_maintenance("SELECT action, partner_id FROM assessments_flagevent") == [("acknowledged", dana.id)]
