"""F04, F05, F09 and F15: what is decided and told of a draw, what several draws give away, and how far off they are."""

import json
import random
from dataclasses import replace
from decimal import Decimal
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.pooled.catalogue import pooled_catalogue
from assessments.pooled.content import content_of
from assessments.pooled.drawing import FLOOR, Counted, Drawn, Sizes, cell_floor, draw_sizes
from assessments.pooled.files import rows_of
from assessments.pooled.noise import noisy_counts, noisy_sum
from tests.assessments.pooled.attackers import HALF, advantage, bound, drawn, error_of_counts, pool, true_mean

EXACT = Decimal(100_000)
NO_NOISE = Decimal(1_000_000)


def sizes(*couples: int, epsilon: Decimal = NO_NOISE) -> Sizes:
    return Sizes(couples, epsilon)


def content(found: Drawn, *, epsilon: Decimal = HALF) -> dict:
    return json.loads(content_of(found, pooled_catalogue(), quarter="2026Q3", epsilon=epsilon))


@pytest.mark.parametrize(
    ("couples", "enough"),
    [
        ((50, 40, 12), True),
        ((30, 30, 37), False),  # fewer than 100 couples
        ((60, 60), False),  # two practices
        ((60, 60, 10), False),  # two of 11 couples or more
        ((80, 40, 30), False),  # one has more than half
        ((75, 45, 30), False),  # half itself cannot be told from more
    ],
)
def test_without_noise_the_floors_are_those_that_are_named(couples: tuple[int, ...], enough: bool):
    assert sizes(*couples).are_enough is enough


@pytest.mark.parametrize("couples", [(33, 33, 33), (80, 10, 9), (300, 140, 140), (120, 120, 4)])
def test_a_pool_below_a_floor_is_released_once_in_twenty_times_at_most(couples: tuple[int, ...]):
    """F09: decided on noisy numbers, each of which must clear its floor by what the noise may hide."""
    own = Decimal("0.1")
    noise = noisy_counts([], groups=3 * 2000, epsilon=own)
    tries = [sizes(*(a + b for a, b in zip(couples, noise[n::2000], strict=True)), epsilon=own) for n in range(2000)]
    assert fmean(one.are_enough for one in tries) < 0.05 + 0.015


def test_a_large_pool_of_several_practices_is_released_nearly_always():
    tries = [draw_sizes(pool(90, 80, 70, 60), practices=4, epsilon=HALF).are_enough for _ in range(60)]
    assert fmean(tries) > 0.9


@given(st.lists(st.integers(-40, 60), min_size=5, max_size=5), st.lists(st.integers(-40, 10), min_size=5, max_size=5))
def test_what_is_not_told_leaves_no_trace(counts: list[int], others: list[int]):
    """F09: any other noisy count below the floor gives the same release, to the byte. There is nothing to work out."""
    found = drawn(pool(100, 90, 80))
    table = pooled_catalogue().tables[0]
    least = cell_floor(table, epsilon=HALF)
    other = [low if count < least else count for count, low in zip(counts, others, strict=True)]
    both = [replace(found, counts={**found.counts, table.id: tuple(one)}) for one in (counts, other)]
    assert content(both[0]) == content(both[1])
    told = [cell["couples"] for cell in content(both[0])["tables"][0]["cells"]]
    assert told == [count if count >= least else None for count in counts]


def test_a_cell_is_told_from_the_floor_on_and_where_there_is_noise_later():
    used = pooled_catalogue()
    assert cell_floor(used.tables[0], epsilon=NO_NOISE) == FLOOR + 1
    assert [cell_floor(table, epsilon=HALF) for table in used.tables] == [50, 50, 41, 41, 50]


def test_no_number_of_a_table_adds_up_to_all_couples():
    """Each has noise of its own, so no count that is not told is what the others leave."""
    found = content(drawn(pool(400, 300, 300)))
    sums = [sum(cell["couples"] or 0 for cell in table["cells"]) for table in found["tables"]]
    assert len({found["couples"], *sums}) > 3


def test_the_mean_of_fewer_than_a_hundred_is_not_told():
    couples = [replace(one, values={"score": None}, groups={**one.groups, "latest": 4}) for one in pool(60, 60, 60)]
    found = content(drawn([*couples, *pool(20, 20, 20)], epsilon=EXACT), epsilon=EXACT)
    assert found["means"][0]["mean"] is None
    assert found["means"][0]["noise_95"] is None
    assert [row[-1] for row in rows_of(found)][-1] is False


def test_without_noise_a_release_says_what_is_so():
    couples = pool(200, 150, 150)
    found = content(drawn(couples, epsilon=EXACT), epsilon=EXACT)
    assert (found["couples"], found["practices"]) == (500, 3)
    assert [cell["couples"] for cell in found["tables"][0]["cells"]] == [100] * 5
    assert found["means"][0]["mean"] == round(float(true_mean(couples)), 1)


def guesses(number: int, *, epsilon: Decimal) -> tuple[float, float]:
    """How far off two releases, before and after a known couple left, and a blind guess are about its score."""
    found, blind = [], []
    for seed in range(number):
        draw = random.Random(seed)  # noqa: S311 - repeatable
        scores = [draw.randint(0, 100) for _ in range(draw.randint(100, 300))]
        others = draw.sample(range(1, len(scores)), draw.choice([0, 0, 3, 20]))
        stayed = [score for place, score in enumerate(scores) if place and place not in others]
        before, after = (
            noisy_sum([score - 50 for score in one], low=-50, high=50, epsilon=epsilon) for one in (scores, stayed)
        )
        known = sum(scores[place] - 50 for place in others)
        found.append(abs(before - after - known + 50 - scores[0]))
        blind.append(abs(50 - scores[0]))
    return fmean(found), fmean(blind)


def test_the_difference_of_two_releases_says_less_of_a_couple_than_a_blind_guess():
    """F04: 500 histories in which couples come and go, and the attacker knows all but one. The control: no noise."""
    attacked, blind = guesses(500, epsilon=Decimal("0.06"))
    assert attacked > blind
    exact, blind = guesses(50, epsilon=Decimal(1_000_000))
    assert exact == 0 < blind


def gained_by_all_of(releases: int, *, tries: int = 1500) -> float:
    """What somebody gains who weighs so many releases of one count, each of the full epsilon, against each other."""
    said = []
    for couples in (3, 4):
        draws = [noisy_counts(list(range(tries)) * couples, groups=tries, epsilon=HALF) for _ in range(releases)]
        said.append([sum(abs(count - 3) - abs(count - 4) for count in one) for one in zip(*draws, strict=True)])
    return advantage(*said)


def test_all_releases_of_a_year_together_give_no_more_than_a_year_may_take():
    """F05. The control: drawn anew each time it is fetched, the same count is soon known."""
    year = bound(Decimal(2), tries=1500)
    assert gained_by_all_of(4) < year < gained_by_all_of(40)


@pytest.mark.parametrize(("size", "most"), [(100, 3), (500, 0.7)])
def test_a_mean_is_as_near_as_it_is_said_to_be(size: int, most: float):
    """F15, in points of a score at epsilon 1."""
    errors = [abs(noisy_sum([0] * size, low=-50, high=50, epsilon=Decimal(1))) / size for _ in range(300)]
    assert fmean(errors) < most


def test_the_counts_of_a_release_are_as_near_as_it_says():
    """F15, in couples at the epsilon that is shipped: each count is off by one over its share of epsilon."""
    couples = pool(200, 200, 100)
    errors = [error_of_counts(couples, drawn(couples), pooled_catalogue()) for _ in range(30)]
    assert 12 < fmean(errors) < 19


def test_couples_differ_in_one_group_of_each_table():
    one: Counted = pool(1)[0]
    assert sorted(one.groups) == sorted(table.id for table in pooled_catalogue().tables)
