import pytest
from django.utils import timezone
from django.utils.formats import date_format

from assessments.models import Wave
from clients.models import Couple
from practice.models import Membership, Practice
from practice.practices import as_maintenance
from tests.factories import as_staff, assign, client_of

pytestmark = pytest.mark.database


def test_page_tells_the_time_of_the_practice(alice: Membership, couple: Couple) -> None:
    with as_maintenance():
        Practice.objects.using("owner").filter(pk=alice.practice_id).update(time_zone="Pacific/Kiritimati")
    assign(alice, couple)
    with as_staff(alice):
        wave = Wave.objects.get(couple=couple)
    page = client_of(alice).get(f"/couples/{couple.id}/").content.decode()
    with timezone.override("Pacific/Kiritimati"):
        there = date_format(timezone.localtime(wave.opens_at), "H:i")
    assert (there in page, date_format(wave.opens_at, "H:i") in page) == (True, False)
    assert timezone.get_current_timezone_name() == "UTC"
