"""Which cells of a set of tables may be told, so that no cell of fewer than the floor can be worked out.

Pure arithmetic on counts of couples. A cell is the set of its (dimension, value) pairs; the empty cell is everybody.
The rule that must not break: from all that is told together, by addition and subtraction, nobody can tell of a cell
that is not told that it is above zero, or that it is below the floor. A solver looks for both, for every cell, on
every release. Cells of nobody are not told either: a zero says of everybody what they are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

FLOOR = 11
INFINITE = float("inf")
# How near to a whole number the solver's arithmetic comes.
WHOLE = 1e-6

Cell = frozenset[tuple[str, str]]
TOTAL: Cell = frozenset()
Counts = tuple[int | None, ...]
# (whole, parts, most): 0 <= whole - parts <= most, by place.
Limits = tuple[tuple[int, tuple[int, ...], float], ...]


@dataclass(frozen=True)
class Sum:
    """Cells that add up to `whole`."""

    whole: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True)
class Relations:
    """All that anybody may know of how the cells hang together, whatever their counts."""

    sums: tuple[Sum, ...]
    # Pairs of cells of which the first always holds at least as many couples as the second.
    at_least: tuple[tuple[Cell, Cell], ...] = ()
    # Cells that are told together or not at all.
    tied: tuple[frozenset[Cell], ...] = ()


@dataclass(frozen=True)
class Bounds:
    """The fewest and the most couples a cell can hold, given what is told."""

    fewest: int
    most: int


def table_sums(table: Sequence[str], values: Mapping[str, Sequence[str]]) -> list[Sum]:
    """How the cells of a table of one or two dimensions add up to its margins, and these to everybody."""
    found = [Sum(TOTAL, tuple(frozenset({(name, value)}) for value in values[name])) for name in table]
    for name, other in [tuple(table), tuple(reversed(table))] if len(table) == 2 else []:
        for value in values[name]:
            parts = tuple(frozenset({(name, value), (other, one)}) for one in values[other])
            found.append(Sum(frozenset({(name, value)}), parts))
    return found


def table_cells(table: Sequence[str], values: Mapping[str, Sequence[str]]) -> list[Cell]:
    return [frozenset(zip(table, chosen, strict=True)) for chosen in product(*(values[name] for name in table))]


def cells_told(counts: Mapping[Cell, int], relations: Relations, *, floor: int = FLOOR) -> dict[Cell, int]:
    """The cells that may be told with their counts; none where everybody together are fewer than the floor."""
    if counts[TOTAL] < floor:
        return {}
    told = {cell: count for cell, count in counts.items() if count >= floor}
    for group in components(relations):
        _protect(told, group, floor)
    return told


def derivable(told: Mapping[Cell, int], relations: Relations, *, floor: int = FLOOR) -> dict[Cell, Bounds]:
    """The cells that are not told and of which too much can be worked out all the same; of a release there are none."""
    groups = components(relations) if TOTAL in told else []
    return {cell: found for group in groups for cell, found in _unsafe(told, group, floor).items()}


def components(relations: Relations) -> list[Relations]:
    """Relations that share no cell but that of everybody, who is always told."""
    parent: dict[Cell, Cell] = {}

    def root(cell: Cell) -> Cell:
        while parent.setdefault(cell, cell) != cell:
            cell = parent[cell]
        return cell

    links = [(one.whole, *one.parts) for one in relations.sums]
    links += [*relations.at_least, *(tuple(one) for one in relations.tied)]
    for link in links:
        first, *others = [cell for cell in link if cell != TOTAL]
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[Cell, tuple[list[Sum], list[tuple[Cell, Cell]], list[frozenset[Cell]]]] = defaultdict(
        lambda: ([], [], [])
    )
    for one in relations.sums:
        groups[root(one.parts[0])][0].append(one)
    for pair in relations.at_least:
        groups[root(pair[0])][1].append(pair)
    for tie in relations.tied:
        groups[root(next(iter(tie)))][2].append(tie)
    return [Relations(tuple(sums), tuple(pairs), tuple(ties)) for sums, pairs, ties in groups.values()]


def _protect(told: dict[Cell, int], group: Relations, floor: int) -> None:
    """Takes cells out of `told` until nothing can be worked out. It ends: with all of them gone nothing can."""
    _take_tied(told, group)
    while _take_one_step(told, group, floor):
        _take_tied(told, group)
    while unsafe := _unsafe(told, group, floor):
        chosen = {cell for one in unsafe if (cell := _partner_of(one, told, group)) is not None}
        for cell in chosen or _all_cells(group):
            told.pop(cell, None)
        _take_tied(told, group)


def _take_one_step(told: dict[Cell, int], group: Relations, floor: int) -> bool:
    """What a single subtraction gives away: found at once, so that the solver has little left to find."""
    taken = False
    for one in group.sums:
        hidden = [cell for cell in one.parts if cell not in told]
        if one.whole not in told or not hidden:
            continue
        rest = told[one.whole] - sum(told.get(cell, 0) for cell in one.parts)
        if len(hidden) == 1 or rest < floor:
            cell = _partner_of(hidden[0], told, Relations((one,)))
            taken = told.pop(cell, None) is not None or taken if cell is not None else taken
    return taken


def _take_tied(told: dict[Cell, int], group: Relations) -> None:
    for tie in group.tied:
        if not all(cell in told for cell in tie):
            for cell in tie:
                told.pop(cell, None)


def _partner_of(unsafe: Cell, told: Mapping[Cell, int], group: Relations) -> Cell | None:
    """The cell whose loss hides the unsafe one: the smallest that stands in a sum with it, a margin last."""
    beside = [cell for one in group.sums if unsafe in (one.whole, *one.parts) for cell in (one.whole, *one.parts)]
    candidates = {cell for cell in beside if cell in told and cell != TOTAL}
    return min(candidates, key=lambda cell: (-len(cell), told[cell], sorted(cell)), default=None)


def _all_cells(group: Relations) -> set[Cell]:
    return {cell for one in group.sums for cell in (one.whole, *one.parts)} - {TOTAL}


def _unsafe(told: Mapping[Cell, int], group: Relations, floor: int) -> dict[Cell, Bounds]:
    cells = list(dict.fromkeys([TOTAL, *(cell for one in group.sums for cell in (one.whole, *one.parts))]))
    place = {cell: number for number, cell in enumerate(cells)}
    limits: list[tuple[int, tuple[int, ...], float]] = [
        (place[one.whole], tuple(place[cell] for cell in one.parts), 0) for one in group.sums
    ]
    limits += [(place[more], (place[less],), INFINITE) for more, less in group.at_least]
    found = _unsafe_places(tuple(told.get(cell) for cell in cells), tuple(limits), floor)
    return {cells[number]: bounds for number, bounds in found.items()}


@lru_cache(maxsize=512)
def _unsafe_places(counts: Counts, limits: Limits, floor: int) -> Mapping[int, Bounds]:
    """By place in `counts`, which is None where a count is not told. Many tables are alike, and solved once."""
    hidden = [number for number, count in enumerate(counts) if count is None]
    if not hidden:
        return {}
    problem = _Problem(hidden, counts, limits)
    doubtful = (one for one in hidden if not problem.has_shown(one, floor))
    bounds = {one: problem.bounds(one) for one in doubtful}
    return {number: one for number, one in bounds.items() if one.fewest > 0 or one.most < floor}


class _Problem:
    """What is told, as linear constraints on the whole numbers that are not.

    Every solution shows of each cell what it may hold, so most cells need no solution of their own. One model is
    solved again and again, each time from where it stood: without asking for whole numbers, which most corners of
    such a model are by themselves, and only where one is not, with.
    """

    def __init__(self, hidden: Sequence[int], counts: Counts, limits: Limits) -> None:
        # Imported where a release is made, so that no web process carries it.
        import highspy

        self.kinds = highspy.HighsVarType
        self.place = {cell: number for number, cell in enumerate(hidden)}
        self.shown: dict[int, tuple[int, int]] = {}
        self.model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.model.silent()
        for _ in hidden:
            self.model.addVar(0, highspy.kHighsInf)
        for whole, parts, most in limits:
            self._constrain(counts, [(whole, 1), *((part, -1) for part in parts)], most)

    def _constrain(self, counts: Counts, terms: Iterable[tuple[int, int]], most: float) -> None:
        """0 <= whole - parts <= most"""
        signs, constant = defaultdict[int, int](int), 0
        for cell, sign in terms:
            count = counts[cell]
            if count is None:
                signs[self.place[cell]] += sign
            else:
                constant += sign * count
        used = {place: sign for place, sign in signs.items() if sign}
        if used:
            self.model.addRow(-constant, most - constant, len(used), list(used), list(used.values()))

    def has_shown(self, cell: int, floor: int) -> bool:
        """Whether solutions that were found already leave both nobody and the floor open."""
        fewest, most = self.shown.get(cell, (1, 0))
        return fewest == 0 and most >= floor

    def bounds(self, cell: int) -> Bounds:
        return Bounds(self._reach(cell, 1), self._reach(cell, -1))

    def _reach(self, cell: int, sign: int) -> int:
        """The fewest that a cell may hold, or with -1 the most. Raises ArithmeticError where the solver gives up."""
        at = self.place[cell]
        self.model.changeColCost(at, sign)
        found = self._solution()
        if any(abs(value - round(value)) > WHOLE for value in found):
            self._ask_for_whole_numbers(self.kinds.kInteger)
            found = self._solution()
            self._ask_for_whole_numbers(self.kinds.kContinuous)
        self.model.changeColCost(at, 0)
        for other, value in zip(self.place, map(round, found), strict=True):
            fewest, most = self.shown.get(other, (value, value))
            self.shown[other] = (min(fewest, value), max(most, value))
        return round(found[at])

    def _solution(self) -> Sequence[float]:
        self.model.run()
        status = self.model.getModelStatus()
        if status != type(status).kOptimal:
            raise ArithmeticError(f"The solver gave no answer: {self.model.modelStatusToString(status)}")
        found: Sequence[float] = self.model.getSolution().col_value
        return found

    def _ask_for_whole_numbers(self, kind: object) -> None:
        for place in self.place.values():
            self.model.changeColIntegrality(place, kind)
