"""F09: what is not told cannot be worked out from what is, margins and percentages included."""

from collections import Counter
from itertools import product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from assessments.statistics.disclosure import (
    FLOOR,
    TOTAL,
    Bounds,
    Cell,
    Relations,
    Sum,
    cells_told,
    derivable,
    table_cells,
    table_sums,
)

VALUES = {"outcome": ["care", "done", "left"], "months": ["short", "long"], "share": ["low", "high", "none"]}
TABLES = [("outcome",), ("months",), ("share",), ("outcome", "months"), ("outcome", "share")]
RELATIONS = Relations(tuple(dict.fromkeys(one for table in TABLES for one in table_sums(table, VALUES))))


def cell(**chosen: str) -> Cell:
    return frozenset(chosen.items())


def counts_of(couples: list[tuple[str, str, str]]) -> dict[Cell, int]:
    rows = [dict(zip(VALUES, one, strict=True)) for one in couples]
    cells = [one for table in TABLES for one in table_cells(table, VALUES)]
    return {TOTAL: len(rows)} | {one: sum(dict(one).items() <= row.items() for row in rows) for one in cells}


def one_table(**counts: int) -> tuple[dict[Cell, int], Relations]:
    cells = {cell(share=value): count for value, count in counts.items()}
    return {TOTAL: sum(counts.values())} | cells, Relations((Sum(TOTAL, tuple(cells)),))


@settings(max_examples=15)
@given(st.lists(st.sampled_from(list(product(*VALUES.values()))), min_size=0, max_size=6), st.integers(0, 12))
def test_nothing_hidden_can_be_worked_out(kinds: list[tuple[str, str, str]], each: int) -> None:
    counts = counts_of([kind for number, kind in enumerate(kinds) for _ in range(each * (number + 1))])
    told = cells_told(counts, RELATIONS)
    assert derivable(told, RELATIONS) == {}
    assert all(counts[one] == count >= FLOOR for one, count in told.items())


@settings(max_examples=15)
@given(st.lists(st.sampled_from(list(product(*VALUES.values()))), min_size=1, max_size=40), st.integers(1, 4))
def test_the_solver_finds_what_scipy_finds(kinds: list[tuple[str, str, str]], floor: int) -> None:
    """Of cells that were held back by the floor alone, each as a problem of its own."""
    counts = counts_of(kinds)
    told = {one: count for one, count in counts.items() if count >= floor} | {TOTAL: len(kinds)}
    hidden = [one for one in counts if one not in told]
    rows, rest = [], []
    for one in RELATIONS.sums:
        signed = [(one.whole, 1), *((part, -1) for part in one.parts)]
        rows.append([sum(sign for which, sign in signed if which == name) for name in hidden])
        rest.append(-sum(sign * told[which] for which, sign in signed if which in told))
    reached = [_reach(place, rows, rest) for place in range(len(hidden))]
    found = {name: Bounds(*both) for name, both in zip(hidden, reached, strict=True)}
    unsafe = {name: both for name, both in found.items() if both.fewest > 0 or both.most < floor}
    assert derivable(told, RELATIONS, floor=floor) == unsafe


def _reach(place: int, rows: list[list[int]], rest: list[int]) -> tuple[int, int]:
    width = len(rows[0])
    limits = LinearConstraint(numpy.array(rows), rest, rest)
    aims = ([sign * (one == place) for one in range(width)] for sign in (1, -1))
    fewest, fewer = (round(milp(aim, integrality=numpy.ones(width), constraints=limits).fun) for aim in aims)
    return fewest, -fewer


def test_the_solver_finds_what_subtraction_gives_away() -> None:
    """The control: the floor alone, without complementary suppression, is derived."""
    counts, relations = one_table(low=20, high=15, none=4)
    naive = {one: count for one, count in counts.items() if count >= FLOOR}
    assert derivable(naive, relations) == {cell(share="none"): Bounds(4, 4)}
    assert cells_told(counts, relations) == {TOTAL: 39, cell(share="low"): 20}


def test_the_solver_asks_for_whole_couples() -> None:
    """Any two of three cells hold at most 21 together: half couples would make 31.5 of the three, and round to 32."""
    three = [cell(share=value) for value in VALUES["share"]]
    pairs = [[three[0], three[1]], [three[1], three[2]], [three[0], three[2]]]
    rest, wholes = ([cell(outcome=f"{kind} {number}") for number in range(3)] for kind in ("rest", "pair"))
    sums = [Sum(whole, (*pair, other)) for whole, pair, other in zip(wholes, pairs, rest, strict=True)]
    together = cell(months="long")
    told = dict.fromkeys(wholes, 21) | {TOTAL: 100}
    found = derivable(told, Relations((*sums, Sum(together, tuple(three)))), floor=32)
    assert found[together] == Bounds(0, 31)


def test_the_solver_sees_through_a_table_of_two_dimensions() -> None:
    """Each row and column hides two cells, but the two of a row can only share out what is left."""
    couples = [("care", "short", "low")] * 12 + [("care", "long", "low")] * 3 + [("done", "short", "low")] * 4
    couples += [("done", "long", "low")] * 30 + [("left", "short", "low")] * 20 + [("left", "long", "low")] * 20
    counts = counts_of(couples)
    naive = {one: count for one, count in counts.items() if count >= FLOOR}
    found = derivable(naive, RELATIONS)
    assert found[cell(outcome="care", months="long")] == Bounds(3, 3)
    told = cells_told(counts, RELATIONS)
    assert cell(outcome="care", months="short") not in told
    assert derivable(told, RELATIONS) == {}


@pytest.mark.parametrize("couples", [0, 1, 10])
def test_below_the_floor_nothing_is_told(couples: int) -> None:
    counts, relations = one_table(low=couples)
    assert cells_told(counts, relations) == {}


def test_one_couple_more_and_everybody_is_told() -> None:
    counts, relations = one_table(low=11)
    assert cells_told(counts, relations) == {TOTAL: 11, cell(share="low"): 11}


def test_all_alike_is_not_told() -> None:
    """Forty couples of whom all left would say of each that they left."""
    counts, relations = one_table(low=40, high=0, none=0)
    assert cells_told(counts, relations) == {TOTAL: 40}


def test_two_small_cells_that_only_hide_each_other_take_a_third_with_them() -> None:
    counts, relations = one_table(low=30, high=5, none=4)
    assert cells_told(counts, relations) == {TOTAL: 39}
    counts, relations = one_table(low=30, high=6, none=5)
    assert cells_told(counts, relations) == {TOTAL: 41, cell(share="low"): 30}


def test_who_knows_their_own_row_cannot_take_it_off() -> None:
    """Of a hidden cell that they are in they know one couple; whether there is any other stays open."""
    counts, relations = one_table(low=30, high=6, none=5)
    told = cells_told(counts, relations)
    own = cell(share="none")
    others = {**told, TOTAL: told[TOTAL] - 1}
    assert derivable(others, relations, floor=FLOOR - 1) == {}
    assert own not in told


def test_cells_that_are_always_alike_are_hidden_together() -> None:
    first = {frozenset({("first", value)}): count for value, count in {"a": 30, "b": 16, "none": 14}.items()}
    last = {frozenset({("last", value)}): count for value, count in {"a": 41, "b": 5, "none": 14}.items()}
    none = [frozenset({("first", "none")}), frozenset({("last", "none")})]
    relations = Relations(
        (Sum(TOTAL, tuple(first)), Sum(TOTAL, tuple(last))),
        at_least=((none[0], none[1]), (none[1], none[0])),
        tied=(frozenset(none),),
    )
    told = cells_told({TOTAL: 60, **first, **last}, relations)
    assert Counter(one in told for one in none) == {False: 2}
    assert derivable(told, relations) == {}
