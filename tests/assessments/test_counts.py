"""A29: what is searched, filtered and counted is one's own, whoever else has rows of the same names."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.caseload import caseload, chosen
from assessments.flags import flags_visible_to, urgent_flags_of
from clients.models import Couple
from tests.assessments.flagged import raise_flag
from tests.attacks import as_maintenance
from tests.factories import as_staff, client_of, make_couple, partner_of

pytestmark = pytest.mark.database
LABELS = ("D & E", "D & F", "100 % & _", "Ärger & Öl", "d\\e", "x")
SEARCHES = st.one_of(st.sampled_from(["d", "D &", "%", "_", "\\", "ä", "", " x "]), st.text(max_size=4))


@pytest.fixture
def worlds(alice: Any, bob: Any, mallory: Any) -> list[Any]:
    """Three therapists, two of one practice, with couples of the same labels."""
    for member in (alice, bob, mallory):
        for label in LABELS:
            make_couple(member, label=label)
    return [alice, bob, mallory]


def matches(label: str, search: str) -> bool:
    return search.strip().casefold() in label.casefold()


def test_a_search_finds_what_the_model_finds(worlds: list[Any]) -> None:
    @given(member=st.sampled_from(worlds), search=SEARCHES.filter(lambda text: "\0" not in text))
    def search_as_the_model(member: Any, search: str) -> None:
        with as_staff(member):
            rows = chosen(caseload(member, now=timezone.now()), search=search.strip())
            shown = [row.label for row in rows]
        assert sorted(shown) == sorted(label for label in LABELS if matches(label, search))

    search_as_the_model()


def test_counts_of_flags_are_ones_own(worlds: list[Any]) -> None:
    """Bob has one, Mallory two, Alice none; what is shown beside the navigation is the same number."""
    for member, many in ((worlds[1], 1), (worlds[2], 2)):
        with as_staff(member):
            couples = list(Couple.objects.filter(therapist=member).order_by("label")[:many])
        for couple in couples:
            raise_flag(member, partner_of(member, couple, 1))
    for member, many in zip(worlds, (0, 1, 2), strict=True):
        with as_staff(member):
            assert (urgent_flags_of(member), flags_visible_to(member).count()) == (many, many)
        assert client_of(member).get("/flags/").context["page"].paginator.count == many
    assert as_maintenance("SELECT count(*) FROM assessments_safetyflag") == [(3,)]
