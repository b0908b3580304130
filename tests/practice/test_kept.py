from datetime import timedelta

import pytest

from clients.models import Couple, Partner
from practice.database.kept import Kept, any_of
from practice.tenancy import ScopeError
from tests.factories import as_staff

pytestmark = pytest.mark.database


def partners() -> Kept[Partner]:
    return Kept(lambda couple: Partner.objects.filter(couple=couple).select_related("couple").order_by("position"))


def test_one_statement_serves_couples_of_every_practice(alice, mallory, dana, erin, trudy, walter):
    found = partners()
    with as_staff(alice):
        assert found(dana.couple_id) == [dana, erin]
        assert found(trudy.couple_id) == []
    with as_staff(mallory):
        assert [one.couple.label for one in found(trudy.couple_id)] == [trudy.couple.label] * 2
        assert found(dana.couple_id) == []


def test_what_changed_is_read_anew(alice, dana, erin):
    found = partners()
    with as_staff(alice):
        found(dana.couple_id)
        Partner.objects.filter(pk=erin.pk).update(state=Partner.State.LEFT)
        assert [one.state for one in found(dana.couple_id)] == [Partner.State.ACTIVE, Partner.State.LEFT]


def test_a_time_is_asked_for_as_it_is_given(alice, couple):
    found = Kept(lambda before, of: Couple.objects.filter(pk=of, created_at__lt=before))
    with as_staff(alice):
        begun = couple.created_at
        assert found(begun, couple.id) == []
        assert found(begun + timedelta(microseconds=1), couple.id) == [couple]


def test_one_statement_serves_any_number_of_ids(alice, mallory, dana, erin, trudy):
    found = Kept(lambda partners: Partner.objects.filter(any_of("pk", partners)).order_by("position"))
    with as_staff(alice):
        assert found([dana.pk, erin.pk, trudy.pk]) == [dana, erin]
        assert found([erin.pk]) == [erin]
        assert found([]) == []
    with as_staff(mallory):
        assert found([dana.pk, trudy.pk]) == [trudy]


def test_nothing_is_asked_without_a_practice(dana):
    with pytest.raises(ScopeError):
        partners()(dana.couple_id)
