"""Whether a score changed by more than its error, and in which direction, said in three words.

Pure arithmetic on floats; a change is later - earlier, in score points. The rules that must not break: which
direction is better comes from the instrument, and one weekly check-in alone never makes a verdict. The product uses
Jacobson and Truax's index at the reliability less its penalty; the other indices are there to be compared with it.
Formulas: clinical/design.md 3.2, 3.5 and 3.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot, sqrt
from typing import Literal

from assessments.measurement import COMPARED_DECIMALS, Z95, exceeds, interval, standard_error, two_sided_p

Better = Literal["lower", "higher"]

# What |z| > 1.96 means as a probability: .05 to three digits. Holm over a single score then agrees with `verdict`.
LEVEL = two_sided_p(Z95)


class Verdict(StrEnum):
    """The only words for a change while there are no norms."""

    RELIABLY_BETTER = "reliably_better"
    CANNOT_TELL_YET = "cannot_tell_yet"
    RELIABLY_WORSE = "reliably_worse"


@dataclass(frozen=True, slots=True)
class Group:
    """Mean and SD of a score in a group of people."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class CutOffs:
    """Jacobson and Truax's cut-offs. `b` and `c` need norms of a functional group and are None without."""

    a: float
    b: float | None
    c: float | None


def improvement(change: float, *, better: Better) -> float:
    """The change with the sign that makes better positive."""
    return change if better == "higher" else -change


def reliable_change(change: float, *, change_error: float) -> float:
    """Reliable change index of Jacobson and Truax (1991): change / Sdiff."""
    return change / change_error


def reliable_change_unequal(change: float, *, errors: tuple[float, float]) -> float:
    """The index where the SDs before and after differ (Maassen 2004): change / sqrt(SEM1^2 + SEM2^2)."""
    return change / hypot(*errors)


def gulliksen_lord_novick(before: float, *, after: float, group: Group, reliability: float) -> float:
    """[(X2 - M) - r (X1 - M)] / (SD sqrt(1 - r^2)): the index that allows for regression to the mean."""
    residual = (after - group.mean) - reliability * (before - group.mean)
    return residual / (group.sd * sqrt(1 - reliability**2))


def edwards_nunnally(before: float, *, after: float, group: Group, reliability: float) -> float:
    """[X2 - (r (X1 - M) + M)] / SEM: later score against the estimated true earlier one."""
    return _beyond_expected(before, after, group, reliability) / standard_error(group.sd, reliability=reliability)


def nunnally_kotsch(before: float, *, after: float, group: Group, reliability: tuple[float, float]) -> float:
    """[X2 - (r (X1 - M) + M)] / sqrt(r^2 S^2 (1 - r) + S^2 (1 - r2)); `reliability` is that of before and after."""
    first, second = reliability
    error = group.sd * sqrt(first**2 * (1 - first) + (1 - second))
    return _beyond_expected(before, after, group, first) / error


def cut_offs(dysfunctional: Group, *, functional: Group | None, better: Better) -> CutOffs:
    """a = M0 + 2 S0, b = M1 - 2 S1, c = (S0 M1 + S1 M0) / (S0 + S1); for a better that is lower, a and b flip.

    `b` takes the SD of the functional group, as Jacobson and Truax do.
    """
    sign = improvement(1, better=better)
    a = dysfunctional.mean + sign * 2 * dysfunctional.sd
    if functional is None:
        return CutOffs(a, None, None)
    weighted = dysfunctional.sd * functional.mean + functional.sd * dysfunctional.mean
    return CutOffs(a, functional.mean - sign * 2 * functional.sd, weighted / (dysfunctional.sd + functional.sd))


def verdict(change: float, *, change_error: float, better: Better) -> Verdict:
    """What one change says: reliable only beyond 1.96 * `change_error`, and exactly there it cannot be told."""
    if not exceeds(change, error=change_error):
        return Verdict.CANNOT_TELL_YET
    return Verdict.RELIABLY_BETTER if improvement(change, better=better) > 0 else Verdict.RELIABLY_WORSE


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given: none below its own, in the same order of size, at most 1."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank, position in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[position]))
        adjusted[position] = largest
    return adjusted


def verdicts_of_several(
    changes: Mapping[str, float | None], *, change_errors: Mapping[str, float], better: Better
) -> dict[str, Verdict | None]:
    """Verdicts on the exploratory scores of one person, adjusted by Holm over those that have a change (3.6 rule 2).

    `changes` and `change_errors` are by score id. A score without a change or without an error has no verdict, and
    does not count: nobody looked at it.
    """
    tested = {key: one for key, one in changes.items() if one is not None and key in change_errors}
    indices = {key: reliable_change(one, change_error=change_errors[key]) for key, one in tested.items()}
    adjusted = dict(zip(indices, holm([two_sided_p(index) for index in indices.values()]), strict=True))
    return {key: _adjusted_verdict(indices[key], adjusted[key], better) if key in tested else None for key in changes}


def own_baseline_band(scores: Sequence[float | None], *, change_error: float) -> tuple[float, float] | None:
    """Baseline -+ 1.96 * Sdiff: a later check-in inside cannot be told from it. None without a scored check-in.

    The baseline is the first score that is not None and stays (3.5). The band may reach beyond the score's range.
    """
    baseline = next((score for score in scores if score is not None), None)
    return None if baseline is None else interval(baseline, error=change_error)


def weekly_verdicts(scores: Sequence[float | None], *, change_error: float, better: Better) -> list[Verdict | None]:
    """What each check-in says, given those before it; `scores` in order since the episode began, None without a score.

    Each is compared with the fixed baseline, and is reliable only if the scored check-in before it went the same way
    (3.6). None stands at the baseline and at a check-in without a score, where nothing new was learned: it is no
    verdict, so it neither confirms nor withdraws one. A missing score between two that agree does not part them
    either. The error rates of 3.6 count scored looks, and otherwise whoever leaves a line blank now and then could
    not be found worse.
    """
    found: list[Verdict | None] = [None] * len(scores)
    scored = [(index, score) for index, score in enumerate(scores) if score is not None]
    before: Verdict | None = None
    for index, score in scored[1:]:
        now = verdict(score - scored[0][1], change_error=change_error, better=better)
        found[index] = now if now == before else Verdict.CANNOT_TELL_YET
        before = now
    return found


def _beyond_expected(before: float, after: float, group: Group, reliability: float) -> float:
    return after - (reliability * (before - group.mean) + group.mean)


def _adjusted_verdict(index: float, adjusted: float, better: Better) -> Verdict:
    if round(adjusted - LEVEL, COMPARED_DECIMALS) >= 0:
        return Verdict.CANNOT_TELL_YET
    return Verdict.RELIABLY_BETTER if improvement(index, better=better) > 0 else Verdict.RELIABLY_WORSE
