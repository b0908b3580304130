import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.attainment import attainment_t

goals = st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 3)), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("levels", "weights", "t"),
    [
        ((0, 0, 0), (1, 1, 1), 50),
        ((1, 0, 1), (1, 1, 1), 59.1287),
        ((-1, -1, -1), (1, 1, 1), 36.3069),
        ((1, -1, 2), (3, 1, 2), 63.2196),
        ((1,), (1,), 60),
    ],
)
def test_goal_attainment_of_the_design(levels, weights, t):
    assert round(attainment_t(levels, weights=weights), 4) == t


@given(goals)
def test_goals_turned_round_mirror_t_at_50(pairs):
    levels, weights = zip(*pairs, strict=True)
    turned = attainment_t([-level for level in levels], weights=weights)
    assert turned == pytest.approx(100 - attainment_t(levels, weights=weights))


@given(goals, st.integers(2, 9))
def test_only_the_proportion_of_the_weights_counts(pairs, factor):
    levels, weights = zip(*pairs, strict=True)
    scaled = attainment_t(levels, weights=[factor * weight for weight in weights])
    assert scaled == pytest.approx(attainment_t(levels, weights=weights))


@given(goals, st.data())
def test_reaching_more_of_any_goal_raises_t(pairs, data):
    levels, weights = map(list, zip(*pairs, strict=True))
    goal = data.draw(st.integers(0, len(levels) - 1))
    more = [level + (index == goal) for index, level in enumerate(levels)]
    assert attainment_t(more, weights=weights) > attainment_t(levels, weights=weights)


def test_goals_that_go_together_spread_t_less():
    assert attainment_t([1, 1], weights=[1, 1], rho=0.9) < attainment_t([1, 1], weights=[1, 1], rho=0)


def test_every_level_needs_a_weight():
    with pytest.raises(ValueError, match="longer"):
        attainment_t([1, 0], weights=[1])


def test_no_goal_has_no_t():
    with pytest.raises(ZeroDivisionError):
        attainment_t([], weights=[])
