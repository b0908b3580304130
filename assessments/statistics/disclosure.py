"""Which cells of a set of tables may be told, so that no cell of fewer than the floor can be worked out.

Pure arithmetic on counts of couples. A cell is the set of its (dimension, value) pairs; the empty cell is everybody.
The rule that must not break: from all that is told together, by addition and subtraction, nobody can tell of a cell
that is not told that it is above zero, or that it is below the floor. A solver looks for both, for every cell, on
every release. Cells of nobody are not told either: a zero says of everybody what they are not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

FLOOR = 11

INFINITE = float("inf")

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


@dataclass
class _Problem:
    """What is told, as linear constraints on the whole numbers that are not.

    Every solution shows of each cell what it may hold, so most cells need no solution of their own.
    """

    hidden: Sequence[int]
    counts: Counts
    limits: Limits
    rows: list[list[int]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    shown: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for whole, parts, most in self.limits:
            self._constrain(whole, parts, most)

    def _constrain(self, whole: int, parts: Iterable[int], most: float) -> None:
        """0 <= whole - parts <= most"""
        row, constant = [0] * len(self.hidden), 0
        for one, sign in [(whole, 1), *((part, -1) for part in parts)]:
            count = self.counts[one]
            if count is None:
                row[self.hidden.index(one)] += sign
            else:
                constant += sign * count
        if any(row):
            self.rows.append(row)
            self.low.append(-constant)
            self.high.append(most - constant)

    def has_shown(self, one: int, floor: int) -> bool:
        """Whether solutions that were found already leave both nobody and the floor open."""
        fewest, most = self.shown.get(one, (1, 0))
        return fewest == 0 and most >= floor

    def bounds(self, one: int) -> Bounds:
        return Bounds(self._reach(one, 1), -self._reach(one, -1))

    def _reach(self, one: int, sign: int) -> int:
        # Imported where a release is made, so that no web process carries it.
        import numpy
        from scipy.optimize import Bounds as Range
        from scipy.optimize import LinearConstraint, milp

        aim = [sign * (other == one) for other in self.hidden]
        limits = LinearConstraint(numpy.array(self.rows), self.low, self.high)
        found = milp(aim, integrality=numpy.ones(len(aim)), bounds=Range(0, numpy.inf), constraints=limits)
        if not found.success:
            raise ArithmeticError(f"The solver gave no answer: {found.message}")
        for other, value in zip(self.hidden, map(round, found.x), strict=True):
            fewest, most = self.shown.get(other, (value, value))
            self.shown[other] = (min(fewest, value), max(most, value))
        reached: float = found.fun
        return round(reached)
