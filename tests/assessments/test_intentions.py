"""What each partner wants, written down by the therapist and for the therapist alone."""

import pytest

from assessments.intentions import intentions_of, record_intention
from assessments.models import Intention
from clients.models import Couple, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from tests.attacks import as_maintenance
from tests.factories import as_staff

pytestmark = pytest.mark.database


def test_wish_is_kept_with_who_wrote_it_down(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        made = record_intention(dana, wish="clarify", membership=alice)
        kept = Intention.objects.get(pk=made.pk)
    assert (kept.partner_id, kept.couple_id, kept.wish) == (dana.id, couple.id, "clarify")
    assert (kept.recorded_by, kept.sheet_id) == (alice.id, None)


def test_newest_wish_of_each_counts(alice: Membership, couple: Couple, dana: Partner, erin: Partner) -> None:
    with as_staff(alice):
        for partner, wish in ((dana, "clarify"), (erin, "improve"), (dana, "improve"), (erin, "clarify")):
            record_intention(partner, wish=wish, membership=alice)
        found = {partner: one.wish for partner, one in intentions_of(couple).items()}
        assert (found, Intention.objects.count()) == ({dana.id: "improve", erin.id: "clarify"}, 4)


@pytest.mark.parametrize("wish", ["", "leave", "IMPROVE"])
def test_unknown_wish_is_refused(alice: Membership, dana: Partner, wish: str) -> None:
    with as_staff(alice):
        with pytest.raises(InvalidInput) as refused:
            record_intention(dana, wish=wish, membership=alice)
        assert refused.value.code == "wish"
        assert not Intention.objects.exists()


def test_trail_says_that_and_never_what(alice: Membership, dana: Partner) -> None:
    with as_staff(alice):
        record_intention(dana, wish="clarify", membership=alice)
    [(action, detail)] = as_maintenance(
        "SELECT action, detail::text FROM practice_auditevent WHERE action LIKE 'intention%'"
    )
    assert (action, detail) == ("intention.recorded", "{}")
