"""What Dana does and gets in her world, the same in every one: chapter by chapter through all that partners can reach.

She answers a full form in a browser and a check-in with a program, looks at all there is beside them, sends both, is
given the next ones and leaves. Apart from that she tries every other address of the product.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import resolve

from clients.access import PARTNER_COOKIE
from clients.invitations import digest
from clients.models import LinkKey
from practice.access import audience_of
from tests.assessments.partner_pages import address, pages_of
from tests.factories import at_the_gate, open_session
from tests.isolation.shots import Shot, masked, take
from tests.isolation.twins import START, World
from tests.test_routes import PATTERNS, Objects, url

P = "/api/v1/partner/"
LINK = re.compile(r"/f/([\w-]{43})/")
PARTNERS = {"partner", "partner-api", "partner-or-anyone"}
# The way in is there for everybody, so its views name no audience of partners.
WAY_IN = {"link", "link-open", "api-open"}
WIN = {"text": "We laughed", "share_via_therapist": True}


@dataclass
class Visit:
    """What Dana got so far, and the browser and program that she uses."""

    world: World
    shots: list[Shot] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)

    def page(self, method: str, path: str, data: Any = None) -> Shot:
        return self.kept(take(self.browser, method, path, data))

    def call(self, method: str, path: str, data: Any = None) -> Any:
        shot = self.kept(take(self.program, method, f"{P}{path}", data, json=True))
        return shot.response.json() if shot.body else None

    def kept(self, shot: Shot) -> Shot:
        self.shots.append(shot)
        return shot

    def key_of(self, form: str) -> str:
        """The key in the mail that brought this form."""
        mails = self.world.mails()
        self.mails = sorted(masked(mail) for mail in mails)
        for key in (LINK.findall(mail)[0] for mail in mails):
            with at_the_gate():
                if LinkKey.objects.get(pk=digest(key)).sheet_id == self.world.own[form].id:
                    return key
        raise AssertionError(f"No mail brought the {form} form.")

    def go_in(self, form: str) -> None:
        """By a mailed link, in a browser; a second browser then finds the link used."""
        self.browser, stranger, key = Client(), Client(), self.key_of(form)
        for browser in (self.browser, stranger):
            for method, path in (("get", f"/f/{key}/"), ("get", "/f/"), ("post", "/f/")):
                self.kept(take(browser, method, path))
        self.program = bearing(self.browser.cookies[PARTNER_COOKIE].value)

    def go_in_with_program(self, form: str) -> None:
        """The token that a program gets opens the pages of the form too."""
        key = {"key": self.key_of(form)}
        opened, _used = (self.kept(take(Client(), "post", f"{P}open/", key, json=True)) for _ in range(2))
        token = opened.response.json()["token"]
        self.browser, self.program = Client(), bearing(token)
        self.browser.cookies[PARTNER_COOKIE] = token


Chapter = Callable[[Visit], None]


def bearing(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def answer_full_form(visit: Visit) -> None:
    visit.go_in("full")
    look_around(visit)
    visit.page("post", "/p/")
    for page in pages_of(visit.world.own["full"]):
        visit.page("get", address(page))
        visit.page("post", address(page), {line.id: "2" for line in page.lines if line.direction != "context"})
    for path in ("/p/1/", "/p/1/save/"):
        visit.page("post", path, {"experienced.PR1": "9"})
        visit.page("post", path, {"experienced.PR1": "3"})
    for path in ("/p/last/", "/p/last/save/"):
        visit.page("get", path)
        visit.page("post", path, {"wish": "leave"})
        visit.page("post", path, {"wish": "improve"})
    look_around(visit)
    call_for_full_form(visit)
    settle_what_is_hers(visit)


def settle_what_is_hers(visit: Visit) -> None:
    """On her own page and by a program: reminders off and on, her hours, and what is refused."""
    for given in ({"change": "stop_reminders"}, {"change": "allow_reminders"}, {"change": "agree", "kind": "x"}):
        visit.page("post", "/p/me/", given)
    visit.page("post", "/p/me/", {"days": ["mon"], "opens": "09:00", "closes": "10:00", "time_zone": "Nowhere/Else"})
    visit.call("patch", "me/", {"reminders": False})
    visit.call("patch", "me/", {"reminders": True, "consents": {"statistics": True}})
    visit.call("patch", "me/", {"channel": "sms"})


def call_for_full_form(visit: Visit) -> None:
    own, hers = f"sheets/{visit.world.own['full'].id}/", f"sheets/{visit.world.hers['full'].id}/"
    visit.call("patch", f"{own}answers/", {"answers": {"experienced.PR2": 1}, "seconds": {"experienced.PR2": 3}})
    visit.call("patch", f"{own}answers/", {"answers": {"experienced.PR2": 9}})
    visit.call("put", f"{own}intention/", {"wish": "clarify"})
    visit.call("put", f"{own}intention/", {"wish": "leave"})
    for sheet in (own, hers, f"sheets/{uuid4()}/"):
        visit.call("get", sheet)
    for how in ("answers", "submit", "decline", "intention"):
        visit.call("post", f"{hers}{how}/")


def answer_week(visit: Visit) -> None:
    visit.go_in_with_program("week")
    monday = f"weeks/{visit.world.own['week'].week_of}/"
    week = visit.call("get", monday)
    activity, request, goal = (week[kind][0]["id"] for kind in ("activities", "requests", "goals"))
    visit.call("put", monday, {"activities": {activity: {"done": 2, "note": "Late"}}, "requests": {request: "kept"}})
    visit.call("put", monday, {"goals": {goal: 1}, "small_wins": [WIN]})
    visit.call("put", monday, {"activities": {activity: {"done": "2"}}})
    visit.call("get", f"weeks/{START.date()}/")
    for number in range(1, 6):
        visit.page("get", f"/p/week/{number}/")
        visit.page("post", f"/p/week/{number}/")
    visit.page("post", "/p/week/save/", {f"activities.{activity}.done": "x"})
    visit.page("post", "/p/week/save/", {f"activities.{activity}.done": "3"})
    look_around(visit)


def look_around(visit: Visit) -> None:
    """What stands beside a form, whatever its state."""
    every = (
        "",
        "1/",
        "99/",
        "check/",
        "decline/",
        "done/",
        "help/",
        "me/",
        "results/",
        "summary/",
        "week/1/",
        "submit/",
    )
    for path in every:
        visit.page("get", f"/p/{path}")
    for path in (
        "sheets/",
        "results/",
        "joint-reports/",
        "me/",
        "me/data/",
        f"weeks/{visit.world.own['week'].week_of}/",
    ):
        visit.call("get", path)


def send_week(visit: Visit) -> None:
    """Twice: the second time is refused. Then the week is corrected."""
    submit = f"sheets/{visit.world.own['week'].id}/submit/"
    for _ in range(2):
        visit.call("post", submit)
    visit.page("post", "/p/week/1/")
    look_around(visit)


def send_full_form(visit: Visit) -> None:
    for path in ("submit/", "submit/", "decline/", "1/"):
        visit.page("post", f"/p/{path}")
    look_around(visit)


def refuse_next_forms(visit: Visit) -> None:
    """A new wave: what it asks, and how it is declined, on the page and by a program."""
    visit.world.give_next_forms()
    visit.go_in("full")
    visit.call("get", f"sheets/{visit.world.own['full'].id}/")
    visit.page("post", "/p/decline/")
    look_around(visit)
    visit.go_in_with_program("week")
    for _ in range(2):
        visit.call("post", f"sheets/{visit.world.own['week'].id}/decline/")
    look_around(visit)


def glance(visit: Visit) -> None:
    """One answer of each kind, on a link that is handed over."""
    token = open_session(visit.world.own["full"])[0]
    visit.browser, visit.program = Client(), bearing(token)
    visit.browser.cookies[PARTNER_COOKIE] = token
    for path in ("", "1/", "99/", "summary/", "done/"):
        visit.page("get", f"/p/{path}")
    visit.page("post", "/p/1/", {"experienced.PR1": "3"})
    visit.page("post", "/p/1/save/", {"experienced.PR1": "9"})
    visit.page("post", "/p/1/save/", {"experienced.PR1": "3"})
    visit.call("get", "sheets/")
    visit.call("get", f"sheets/{uuid4()}/")


def try_every_door(visit: Visit) -> None:
    """Every address that is not made for partners, for what belongs to the couple and to Erin."""
    visit.go_in("full")
    objects = visit.world.objects()
    for name in sorted(PATTERNS.keys() - partner_routes(objects)):
        for method in ("get", "post"):
            visit.page(method, url(name, objects))


def leave(visit: Visit) -> None:
    visit.page("get", "/p/leave/")
    visit.page("post", "/p/leave/", {"beacon": "1"})
    look_around(visit)


CHAPTERS = (answer_full_form, send_full_form, answer_week, send_week, refuse_next_forms, leave)


def partner_routes(objects: Objects) -> set[str]:
    """The names of the URLconf's routes that are made for partners."""
    return set(_partner_routes(objects)) | WAY_IN


def _partner_routes(objects: Objects) -> Iterator[str]:
    for name in PATTERNS:
        if audience_of(resolve(url(name, objects)).func).name in PARTNERS:
            yield name


def unvisited(shots: list[Shot], objects: Objects) -> set[str]:
    """Routes made for partners that no visit was answered well."""
    return partner_routes(objects) - {shot.route for shot in shots if shot.status < 400}
