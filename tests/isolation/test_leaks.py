"""Controls: a product that leaks, in each way that there is, makes the comparison of twin worlds red."""

from contextlib import ExitStack

import pytest

from clients import messages
from tests.isolation.acts import ACTS
from tests.isolation.leaks import LEAKS, Leaking, flags_beside
from tests.isolation.shots import differences
from tests.isolation.twins import nothing, world_of
from tests.isolation.visits import Visit, glance

pytestmark = pytest.mark.database
FLAGGED = ACTS["gets an urgent flag"]


@pytest.fixture
def worlds(alice, smtp):
    """Two in which Dana has come in, and in one of which Erin has a flag."""
    with ExitStack() as both:
        made = [both.enter_context(world_of(alice, smtp)) for _ in range(2)]
        for world, act in zip(made, (nothing, FLAGGED), strict=True):
            act(world)
        yield made


@pytest.fixture
def leaking(settings, monkeypatch):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.isolation.leaks.Leaking"]

    def by(name):
        monkeypatch.setattr(Leaking, "by", staticmethod(LEAKS[name]) if name else None)

    return by


def glances(worlds) -> list[str]:
    visits = [Visit(world) for world in worlds]
    for visit in visits:
        glance(visit)
    return differences(visits[0].shots, visits[1].shots)


def test_each_way_to_leak_is_found(worlds, leaking):
    leaking(None)
    assert glances(worlds) == []
    for name in LEAKS:
        leaking(name)
        assert {found.partition(", ")[2].partition(":")[0] for found in glances(worlds)} >= {name}
    leaking(None)
    assert glances(worlds) == []


def test_each_answer_that_leaks_is_found(worlds, leaking):
    """Pages, redirects, empty answers, refusals and what programs get."""
    leaking("headers")
    visit = Visit(worlds[0])
    glance(visit)
    assert {found.partition(",")[0] for found in glances(worlds)} == {shot.what for shot in visit.shots}


def test_a_mail_that_leaks_is_found(alice, smtp, monkeypatch):
    body = messages._body
    monkeypatch.setattr(messages, "_body", lambda partner, key: body(partner, key) + "!" * flags_beside(partner.id))
    assert mails(alice, smtp, nothing) == mails(alice, smtp, nothing)
    assert mails(alice, smtp, nothing) != mails(alice, smtp, FLAGGED)


def mails(alice, smtp, act) -> list[str]:
    """What Dana gets of the invitations to her forms."""
    smtp.messages.clear()
    with world_of(alice, smtp) as world:
        act(world)
        visit = Visit(world)
        visit.key_of("full")
    return visit.mails
