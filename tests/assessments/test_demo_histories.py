"""Histories are played by a clock of their own, and come out alike each time."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from assessments.demo import make_practice, play_histories
from assessments.demo.clock import playing_from
from assessments.demo.forms import answers_for
from assessments.demo.histories import GETS_WORSE, HISTORIES, MISSES
from assessments.demo.people import RIVERSIDE
from assessments.instruments import library
from assessments.progress import check_ins, full_forms
from assessments.record import CoupleRecord, record_of
from assessments.scoring import score_sheet
from clients.models import Couple
from practice.models import Membership
from tests.factories import as_staff


def test_clock_stands_in_the_past_until_it_is_moved_and_never_goes_back():
    start = timezone.now() - timedelta(weeks=12)
    with playing_from(start) as clock:
        assert timezone.now() == start
        clock.move_to(start + timedelta(days=1))
        assert timezone.localdate() == timezone.localdate(start + timedelta(days=1))
        with pytest.raises(ValueError, match="cannot go back"):
            clock.move_to(start)
    assert timezone.now() - start > timedelta(weeks=11)


def test_clock_is_put_back_when_a_history_fails():
    real = timezone.now
    with pytest.raises(ZeroDivisionError), playing_from(timezone.now()):
        raise ZeroDivisionError
    assert timezone.now is real


@pytest.mark.parametrize("wanted", [0, 21, 50, 66, 100])
def test_answers_come_to_the_wanted_score(wanted: int):
    check_in = library.latest("ena-ck")
    given = answers_for(check_in.lines, lambda *_: wanted, Random(1))  # noqa: S311
    scores = score_sheet(check_in, {line: int(str(value)) for line, value in given.items()})
    [score] = [of["CK"].score for of in scores.values() if "CK" in of]
    assert score is not None
    assert abs(float(score) - wanted) <= 6


def test_every_history_ends_before_now_and_names_its_weeks():
    for history in HISTORIES:
        assert [len(course.check_ins) for course in history.courses] == [history.weeks] * 2
        assert max([*history.reviews, *history.steps]) <= history.weeks


def told(therapist: Membership, names: tuple[str, str]) -> list[object]:
    """What the product says of a couple, without ids and times."""
    with as_staff(therapist):
        record = record_of(Couple.objects.get(label=" & ".join(names)))
        return [*series_of(record), *changes_of(record)]


def series_of(record: CoupleRecord) -> list[object]:
    return [([(point.score, point.verdict, point.state) for point in one.points], one.is_worsening)
            for one in check_ins(record)]  # fmt: skip


def changes_of(record: CoupleRecord) -> list[object]:
    forms = full_forms(record)
    return [[(one.before, one.after, one.verdict) for one in row.changes] for row in forms.domains] if forms else []


@pytest.mark.database
def test_the_same_seed_tells_the_same_story():
    once, again = (make_practice(slug, slug, RIVERSIDE) for slug in ("once", "again"))
    for members in (once, again):
        play_histories([GETS_WORSE, MISSES], members, timezone.now(), seed=3)
    for history in (GETS_WORSE, MISSES):
        first, second = (told(members[history.therapist], history.partners) for members in (once, again))
        assert first == second
