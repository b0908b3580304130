from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.assignments import Schedule, open_wave
from assessments.models import Wave
from clients.couples import leave
from clients.models import Invitation
from practice.models import Membership
from tests.factories import as_staff, as_worker, assign, make_couple, partner_of

pytestmark = pytest.mark.database


def test_partner_who_left_does_not_keep_the_form_from_the_other(alice: Membership) -> None:
    couple = make_couple(alice, email=True)
    tomorrow = timezone.now() + timedelta(days=1)
    assign(alice, couple, schedule=Schedule(opens_at=tomorrow))
    dana, erin = partner_of(alice, couple, 1), partner_of(alice, couple, 2)
    with as_staff(alice):
        leave(dana)
        wave = Wave.objects.get(couple=couple)
        wave.sheets.update(opens_at=timezone.now())
    with as_worker(alice.practice):
        open_wave(wave.id)
    with as_staff(alice):
        invited = list(Invitation.objects.values_list("partner_id", flat=True))
    assert invited == [erin.id]
