"""What tests do on the pages of a couple's sessions, and read of them."""

import re
from typing import Any

from django.test import Client

from assessments.models import SessionRating
from assessments.session_ratings import Ratings, save_rated_session
from clients.models import CounselingSession, Couple
from clients.sessions import SessionDetails
from practice.models import Membership
from tests.factories import as_staff, in_days

HELD: dict[str, Any] = {"who": "both", "state": "held", "at": "2026-03-02T10:15", "safety_reviewed": "yes"}


def hold(alice: Membership, couple: Couple, *, days_ago: float = 1, ratings: Ratings | None = None, **more: Any) -> Any:
    details = SessionDetails(**{"held_at": in_days(-days_ago), "safety_reviewed": True, **more})
    with as_staff(alice):
        return save_rated_session(couple, details, ratings or Ratings(), membership=alice)


def new(couple: Couple) -> str:
    return f"/couples/{couple.id}/sessions/new/"


def listed(couple: Couple) -> str:
    return f"/couples/{couple.id}/sessions/"


def the_session(alice: Membership) -> tuple[CounselingSession, SessionRating]:
    with as_staff(alice):
        return CounselingSession.objects.get(), SessionRating.objects.get()


def chosen(browser: Client, address: str) -> dict[str, str]:
    """The radios that a form opens with."""
    found = re.findall(
        r'<input type="radio" name="(\w+)" value="(\w*)"[^>]* checked', browser.get(address).content.decode()
    )
    return dict(found)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
