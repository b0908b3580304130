"""B07: one mailbox in two spellings is one mailbox; two that differ in more are two."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.couples import PartnerDetails, SameAddress, create_couple, normalised_address
from tests.factories import as_staff

LOCAL = st.text("abcdefghijkmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
DOMAIN = st.sampled_from(["example.org", "bücher.example", "mail.example.com", "straße.example"])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """An address, and the same one as somebody else would type it."""
    local, domain = draw(LOCAL), draw(DOMAIN)
    dots = draw(st.lists(st.booleans(), min_size=len(local) - 1, max_size=len(local) - 1))
    spelled = local[0] + "".join(f"{'.' * dot}{letter}" for dot, letter in zip(dots, local[1:], strict=True))
    spelled += draw(st.sampled_from(["", "+x", "+a.b"]))
    other = draw(st.sampled_from([domain, domain.upper(), domain.encode("idna").decode(), f"{domain}."]))
    case: Any = draw(st.sampled_from([str, str.upper, str.title]))
    return f"{local}@{domain}", f"  {case(spelled)}@{other} "


@given(spellings())
def test_spellings_of_one_mailbox_are_equal(pair: tuple[str, str]) -> None:
    assert normalised_address(pair[0]) == normalised_address(pair[1])


@given(LOCAL, LOCAL, DOMAIN)
def test_other_mailboxes_are_other_ones(one: str, other: str, domain: str) -> None:
    same = normalised_address(f"{one}@{domain}") == normalised_address(f"{other}@{domain}")
    assert same is (one == other)


@pytest.mark.database
@pytest.mark.parametrize("second", ["Dana@EXAMPLE.org", "d.a.n.a@example.org", "dana+k@example.org"])
def test_a_shared_mailbox_is_refused_unless_nothing_is_sent(alice, second):
    def couple(channel):
        people = [
            PartnerDetails(name="D", email="dana@example.org"),
            PartnerDetails(name="E", email=second, channel=channel),
        ]
        return create_couple(label="D & E", partners=people, therapist=alice)

    with as_staff(alice):
        with pytest.raises(SameAddress):
            couple("email")
        assert couple("none").label == "D & E"
