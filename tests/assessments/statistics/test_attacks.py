"""Attacks on practice statistics by somebody who knows a couple (security.md 9 F), each with a control that falls."""

import random
from collections.abc import Callable, Iterable

from assessments.statistics.catalogue import OUTCOME, catalogue
from assessments.statistics.disclosure import FLOOR, TOTAL, Cell, Relations, Sum, cells_told
from assessments.statistics.releases import may_follow

GROUPS = ("care", "done", "left", "other")
CELLS: dict[str, Cell] = {group: frozenset({("outcome", group)}) for group in GROUPS}
RELATIONS = Relations((Sum(TOTAL, tuple(CELLS.values())),))
Couples = dict[int, str]
MayFollow = Callable[[Couples, Couples], bool]


def told_of(couples: Couples, *, each: int = 1) -> dict[Cell, int]:
    """What is released of these couples; `each` is how often a couple is counted."""
    counts = {cell: each * sum(of == group for of in couples.values()) for group, cell in CELLS.items()}
    return cells_told({TOTAL: each * len(couples), **counts}, RELATIONS)


def always(before: Couples, now: Couples) -> bool:
    return True


def histories(number: int) -> Iterable[tuple[Couples, Couples, int]]:
    """A practice before and after some quarter in which a couple that the attacker knows, and maybe others, left."""
    for seed in range(number):
        draw = random.Random(seed)  # noqa: S311 - repeatable
        before = {one: draw.choice(GROUPS) for one in range(draw.randint(30, 90))}
        known = draw.choice(list(before))
        others = draw.sample([one for one in before if one != known], draw.choice([0, 0, 0, 3, 12]))
        yield before, {one: group for one, group in before.items() if one not in (known, *others)}, known


def guessed(number: int, rule: MayFollow) -> float:
    """How often the difference of two releases names the group of the couple that is known to have left."""
    hits = 0
    for before, after, known in histories(number):
        first, second = told_of(before), told_of(after) if rule(before, after) else {}
        lost = {group: first.get(cell, 0) - second.get(cell, 0) for group, cell in CELLS.items() if cell in second}
        gone = [group for group, count in lost.items() if count]
        hits += len(gone) == 1 and gone[0] == before[known]
    return hits / number


def test_the_difference_of_two_releases_names_no_couple() -> None:
    """F04: no better than a blind guess. The control releases every quarter, and is."""
    blind = 1 / len(GROUPS)
    assert guessed(60, may_follow) < blind < guessed(60, always)


def test_couples_that_were_deleted_count_as_gone() -> None:
    assert not may_follow(range(20), range(20), deleted=1)
    assert may_follow(range(20), range(20), deleted=FLOOR)


def test_a_release_tells_apart_nobody_in_a_group_below_the_floor() -> None:
    """F01: with or without the couple, in each group that is not told; F02: counted by partner, it is found out."""
    others = dict.fromkeys(range(30), "care") | dict.fromkeys(range(30, 45), "done")
    for group in ("left", "other"):
        with_target = told_of({**others, 99: group})
        assert with_target[TOTAL] == 46
        assert CELLS[group] not in with_target
        assert len({tuple(told_of({**others, 99: one}).values()) for one in ("left", "other")}) == 1
    few = {one: ("care", "done", "left", "other")[one % 4] for one in range(24)}
    assert told_of(few) == {TOTAL: 24}
    assert told_of(few, each=2)[CELLS["done"]] == 12


def test_a_practice_of_one_therapist_has_no_table_by_therapist_and_nothing_below_the_floor() -> None:
    assert not [key for key in catalogue().dimensions if "therapist" in key]
    assert told_of(dict.fromkeys(range(FLOOR - 1), "care")) == {}


def test_every_cut_is_one_of_the_catalogue_and_all_cuts_of_two_share_the_outcome() -> None:
    """Nobody can ask for A and for A without B: there is no filter, and no third margin to play tables against."""
    tables = catalogue().tables
    assert max(map(len, tables)) == 2
    assert {table[0] for table in tables if len(table) == 2} == {OUTCOME}
    assert len(set(tables)) == len(tables)
