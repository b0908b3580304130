"""B01 and B02: whatever Erin does, Dana gets the same bytes, by the same statements, wherever she looks."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from assessments.demo.clock import playing_from
from practice.models import Membership
from tests.assessments.flagged import run_outbox
from tests.isolation.acts import ACTS, does_everything
from tests.isolation.shots import differences, masked
from tests.isolation.twins import FORMS, START, Act, nothing, world_of
from tests.isolation.visits import CHAPTERS, Chapter, Visit, try_every_door, unvisited
from tests.mailbox import Mailbox

pytestmark = pytest.mark.database
BAR = re.compile(r'<nav class="bar".*?</nav>', re.DOTALL)
# The visit to a world in which Erin does nothing, made once a process: nothing in it depends on the day or on an id.
PLAIN: list[Visit] = []


def visited(
    alice: Membership, mailbox: Mailbox, act: Act, chapters: Sequence[Chapter] = CHAPTERS, *, after: int = 0
) -> Visit:
    """What Dana gets where Erin acts after so many chapters."""
    mailbox.messages.clear()
    with world_of(alice, mailbox) as world:
        visit = Visit(world)
        for number, chapter in enumerate(chapters):
            if number == after:
                act(world)
            chapter(visit)
    return visit


@pytest.fixture
def plain(alice, smtp) -> Visit:
    if not PLAIN:
        PLAIN.append(visited(alice, smtp, nothing))
    return PLAIN[0]


@pytest.mark.parametrize("act", ACTS)
def test_what_one_partner_did_changes_nothing_for_the_other(alice, smtp, plain, act):
    other = visited(alice, smtp, ACTS[act])
    assert differences(plain.shots, other.shots)[:5] == []
    assert other.mails == plain.mails


def test_what_is_done_after_the_other_has_sent_changes_nothing_either(alice, smtp, plain):
    other = visited(alice, smtp, does_everything, after=2)
    assert differences(plain.shots, other.shots)[:5] == []
    assert other.mails == plain.mails


def test_no_other_address_tells_anything(alice, smtp):
    """Those of staff and programs too, with the ids of what is the couple's and Erin's."""
    plain, other = (visited(alice, smtp, act, [try_every_door]) for act in (nothing, does_everything))
    assert differences(plain.shots, other.shots)[:5] == []


def test_every_route_made_for_partners_is_visited(plain):
    """Red for a new route that Dana does not come by and is not let in to."""
    objects = plain.world.objects()
    assert unvisited(plain.shots, objects) == set()
    assert unvisited([shot for shot in plain.shots if shot.route != "partner-summary"], objects) == {"partner-summary"}


def test_help_lines_and_the_way_out_stand_alike_on_every_page(plain):
    """B22, errors included. Where the way out leads is the practice's own, and not compared."""
    pages = [shot.body for shot in plain.shots if dict(shot.headers).get("Content-Type", "").startswith("text/html")]
    bars = [without_target(one) for page in pages for one in BAR.findall(page)]
    assert (len(set(bars)), len(bars)) == (1, len([page for page in pages if page]))
    assert 'href="/p/help/"' in bars[0]


def without_target(bar: str) -> str:
    return " ".join(re.sub(r'data-[\w-]+="[^"]*"', "", bar).split()).replace(" >", ">")


def reminded(alice: Membership, mailbox: Mailbox, act: Act) -> list[str]:
    """The mails that reach Dana by the day of the first reminder, where she has not opened her forms."""
    mailbox.messages.clear()
    with world_of(alice, mailbox) as world:
        act(world)
        run_outbox()
        with playing_from(START + timedelta(days=2, hours=1)):
            return sorted(masked(mail) for mail in world.mails())


@pytest.mark.parametrize("act", ["declines", "gets an urgent flag", "takes no further part"])
def test_a_reminder_is_the_same_whatever_the_other_did(alice, smtp, act):
    plain, other = (reminded(alice, smtp, one) for one in (nothing, ACTS[act]))
    assert other == plain
    assert len(plain) > len(FORMS)
