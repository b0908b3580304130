"""Every page of the URLconf that a therapist or an owner can open: axe finds nothing, and nothing scrolls sideways."""

import pytest

from tests.factories import answer_check_in, make_flagged, with_cover
from tests.journeys.conftest import DESK_AT_NIGHT, PHONE, Visitor
from tests.journeys.test_story import sign_in
from tests.test_routes import MATRIX, ROLES, Objects, make_objects, url

pytestmark = pytest.mark.database
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def pages_of(role: str) -> set[str]:
    """The routes that answer a GET of this role, the API's aside."""
    column = ROLES.index(role)
    return {name for name, (get, _) in MATRIX.items() if get.split()[column] == "200" and not name.startswith("api-")}


def open_each(visitor: Visitor, names: set[str], objects: Objects) -> dict[str, int]:
    """By route how far its page scrolls sideways; what is no page is left out."""
    seen = {}
    for name in sorted(names):
        answer = visitor.context.request.get(url(name, objects))
        if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
            visitor.page.goto(url(name, objects))
            if visitor.page.viewport_size == PHONE:  # the other journeys look at a desk
                visitor.look()
            seen[name] = visitor.page.evaluate(SIDEWAYS)
    return seen


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_every_page_of_a_therapist(visit, alice, couple, dana, viewport):
    with_cover(alice)
    for missing in (1, 3, 3):
        answer_check_in(alice, dana, missing)
    make_flagged(alice, "F & G")
    objects, _sheet = make_objects(alice, couple, dana)
    therapist = visit(viewport=viewport, color_scheme="dark" if viewport is PHONE else "light")
    sign_in(therapist, alice)
    seen = open_each(therapist, pages_of("therapist"), objects)
    assert {"couples", "couple", "couple-calendar", "couple-prepare", "flag"} <= seen.keys()
    assert {name: far for name, far in seen.items() if far} == {}


@pytest.mark.parametrize("viewport", [DESK_AT_NIGHT, pytest.param(PHONE, id="phone")])
def test_every_page_of_an_owner_alone(visit, alice, olive, couple, dana, viewport):
    objects, _sheet = make_objects(alice, couple, dana)
    owner = visit(viewport=viewport)
    sign_in(owner, olive)
    seen = open_each(owner, pages_of("owner") - pages_of("therapist"), objects)
    assert {name: far for name, far in seen.items() if far} == {}
