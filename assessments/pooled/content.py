"""What a release says, as JSON with every word that its files need. Made of a draw alone, and never changed.

The rule that must not break: a cell that is not told leaves no trace in the counts. It is null, and as each table and
the number of couples have noise of their own, no sum over what is told gives it back. The mean divides by a noisy
number that may not be told; without its sum, which never is, nobody can divide back.
"""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.pooled.catalogue import PooledCatalogue, Question
from assessments.pooled.drawing import FLOOR, Drawn, Mean, cell_floor, share_of
from assessments.pooled.noise import accuracy

FORMAT = "attune-pooled-statistics/1"
Json = dict[str, Any]


def content_of(drawn: Drawn, used: PooledCatalogue, *, quarter: str, epsilon: Decimal) -> str:
    """`noise_95`: the true number lies within this, up or down, in 95 of 100 releases."""
    content = {
        "format": FORMAT,
        "quarter": quarter,
        "unit": "couple",
        "epsilon": str(epsilon),
        "couples": drawn.sizes.total,
        "couples_noise_95": accuracy(drawn.sizes.epsilon, draws=len(drawn.sizes.couples)),
        "practices": drawn.sizes.contributing,
        "floor": FLOOR,
        "tables": [_table(one, drawn, epsilon) for one in used.questions],
        "means": [_mean(used.mean, used, drawn, epsilon)],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _table(question: Question, drawn: Drawn, epsilon: Decimal) -> Json:
    table, dimension = question.table, question.dimension
    least = cell_floor(table, epsilon=epsilon)
    own = share_of(epsilon, table.share)
    return {
        "id": table.id,
        "label": dimension.label,
        "meaning": dimension.meaning,
        "unit": dimension.unit,
        "epsilon": str(own),
        "noise_95": accuracy(own),
        "told_from": least,
        "cells": [
            {"group": key, "label": label, "couples": count if count >= least else None}
            for (key, label), count in zip(question.labels.items(), drawn.counts[table.id], strict=True)
        ],
    }


def _mean(mean: Mean, used: PooledCatalogue, drawn: Drawn, epsilon: Decimal) -> Json:
    dimension = next(one.dimension for one in used.questions if one.table.id == mean.table)
    found, own = drawn.means[mean.id], share_of(epsilon, mean.share)
    couples = drawn.sizes.total - drawn.counts[mean.table][mean.without]
    noise = Fraction(accuracy(own, sensitivity=mean.high - mean.middle), couples) if found is not None else None
    return {
        "id": mean.id,
        "label": f"{dimension.label}, mean",
        "meaning": dimension.meaning,
        "unit": f"{mean.low} to {mean.high}",
        "epsilon": str(own),
        "noise_95": None if noise is None else round(float(noise), 1),
        "mean": None if found is None else round(float(found), 1),
    }
