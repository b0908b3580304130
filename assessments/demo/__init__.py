"""The demo: practices, people and couples, made by the functions that a therapist's and a partner's clicks call.

Deterministic: the same seed gives the same couples with the same answers, as far back from now.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.utils import timezone

from assessments.demo.clock import playing_from
from assessments.demo.courses import History
from assessments.demo.former import play_former
from assessments.demo.histories import GETS_BETTER, HISTORIES, STAYS
from assessments.demo.people import FIRST_NAMES, HILLSIDE, RIVERSIDE, ZONE, is_made, make_practice
from assessments.demo.playing import BEFORE_FIRST, Play
from assessments.demo.stories import (
    STORIES,
    agree_to_summary,
    ask_before_sessions,
    both_submitted,
    close_expired,
    hold_shared_record,
    read_older,
    set_due_aside,
)
from assessments.demo.telling import Teller
from practice.models import Membership

__all__ = ["HILLSIDE", "RIVERSIDE", "Teller", "is_made", "make_demo", "make_practice"]

THERE_FOR = timedelta(weeks=26)
FIRST_HOUR, HOURS_A_DAY = 9, 8


def make_demo(*, seed: int = 7) -> None:
    """Both practices with their people; in the first 61 couples and 48 of last year, in the second two."""
    random = Random(seed)  # noqa: S311 - the same demo every time
    started_at = timezone.now()
    with playing_from(started_at - THERE_FOR):
        riverside = make_practice("Riverside", "riverside", RIVERSIDE)
        hillside = make_practice("Hillside", "hillside", HILLSIDE)
    former = Teller(riverside["owner"], random, started_at)
    play_former(former)
    play_histories(HISTORIES, riverside, started_at, seed=seed)
    tellers = [Teller(riverside[name], random, started_at) for name in ("therapist", "therapist2")]
    plots = [story for story in STORIES for _ in range(story.couples)]
    for number, story in enumerate(plots):
        teller = tellers[number % 4 == 3]
        first, second = FIRST_NAMES[number % 70], FIRST_NAMES[(number * 7 + 1 + number // 10) % 70]
        story.play(teller, teller.couple(first, second if second != first else "Robin", by_mail=number % 3 == 0))
    other = Teller(hillside["therapist"], random, started_at)
    for names in (("Vera", "Nico"), ("Ada", "Joel")):
        both_submitted(other, other.couple(*names, by_mail=False))
    for teller in (*tellers, former):
        close_expired(teller)
        read_older(teller)
    set_due_aside(former)
    hold_shared_record(tellers[0], GETS_BETTER)
    agree_to_summary(tellers[0], GETS_BETTER)
    ask_before_sessions(tellers[0], STAYS)


def play_histories(
    histories: Iterable[History], members: dict[str, Membership], started_at: datetime, *, seed: int
) -> None:
    """Each from its first week until now, by the practice's clock."""
    zone = ZoneInfo(ZONE)
    with timezone.override(zone):
        for number, history in enumerate(histories):
            random = Random(f"{seed} {history.name}")  # noqa: S311 - the same demo every time
            teller = Teller(members[history.therapist], random, started_at)
            next_session = free_hour(started_at.astimezone(zone), number)
            play_from = next_session - timedelta(weeks=history.weeks + history.ended_weeks_ago) - BEFORE_FIRST
            with playing_from(play_from) as clock:
                Play(teller, clock, history, next_session=next_session).play()


def free_hour(now: datetime, number: int) -> datetime:
    """An hour of a working day soon, a different one for each number; the first is today, at the latest in its last."""
    hours = [
        datetime.combine(now.date() + timedelta(days=day), time(hour), now.tzinfo)
        for day in range(4)
        for hour in range(FIRST_HOUR, FIRST_HOUR + HOURS_A_DAY)
    ]
    last_today = hours[HOURS_A_DAY - 1]
    coming = [hour for hour in hours if hour > now + timedelta(hours=1) or hour == last_today]
    return coming[number]
