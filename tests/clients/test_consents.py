"""What each partner agreed to: one in force of each kind, and none is ever lost."""

import pytest

from clients.consents import record_consent, withdraw_consent
from clients.models import Consent, Partner
from practice.errors import InvalidInput
from practice.models import Membership
from tests.factories import as_staff

pytestmark = pytest.mark.database


def in_force(partner: Partner) -> list[tuple[str, str]]:
    return list(Consent.objects.filter(partner=partner, withdrawn_at=None).values_list("kind", "version"))


def test_consent_is_kept_with_who_holds_the_paper(alice: Membership, dana: Partner) -> None:
    with as_staff(alice):
        made = record_consent(dana, kind="joint_report", version="2", recorded_by=alice.id)
        kept = Consent.objects.get(pk=made.pk)
    assert (kept.kind, kept.version, kept.recorded_by, kept.withdrawn_at) == ("joint_report", "2", alice.id, None)


@pytest.mark.parametrize(("kind", "version"), [("everything", "1"), ("", "1"), ("assessment", " ")])
def test_consent_to_what_is_not_named_is_refused(alice: Membership, dana: Partner, kind: str, version: str) -> None:
    with as_staff(alice):
        with pytest.raises(InvalidInput) as refused:
            record_consent(dana, kind=kind, version=version)
        assert refused.value.code == "kind"
        assert not Consent.objects.exists()


def test_same_version_again_changes_nothing(alice: Membership, dana: Partner) -> None:
    with as_staff(alice):
        first, again = (record_consent(dana, kind="assessment", version="1") for _ in range(2))
        assert (first.pk, Consent.objects.count()) == (again.pk, 1)


def test_other_version_takes_the_place_and_the_first_stays(alice: Membership, dana: Partner) -> None:
    with as_staff(alice):
        for version in ("1", "2"):
            record_consent(dana, kind="assessment", version=version)
        assert in_force(dana) == [("assessment", "2")]
        assert Consent.objects.exclude(withdrawn_at=None).get().version == "1"


def test_withdrawing_ends_that_kind_of_that_partner_alone(alice: Membership, dana: Partner, erin: Partner) -> None:
    with as_staff(alice):
        for partner in (dana, erin):
            for kind in ("assessment", "statistics"):
                record_consent(partner, kind=kind, version="1")
        withdraw_consent(dana, kind="statistics")
        withdraw_consent(dana, kind="statistics")
        assert in_force(dana) == [("assessment", "1")]
        assert in_force(erin) == [("assessment", "1"), ("statistics", "1")]
        assert Consent.objects.count() == 4


def test_consent_is_given_anew_after_it_was_withdrawn(alice: Membership, dana: Partner) -> None:
    with as_staff(alice):
        first = record_consent(dana, kind="assessment", version="1")
        withdraw_consent(dana, kind="assessment")
        again = record_consent(dana, kind="assessment", version="1")
        assert first.pk != again.pk
        assert in_force(dana) == [("assessment", "1")]
