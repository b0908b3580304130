"""Scores: who may see them, what they rest on, and whether their numbers follow (ST05 to ST10, ST15, ST17)."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from assessments.instruments.checks.parts import SENTINEL, Found, Parts, strictness
from assessments.instruments.definition import Json


def _scores(parts: Parts) -> Iterator[tuple[str, Json]]:
    for index, score in enumerate(parts.definition["scoring"]["scores"]):
        yield f"scoring.scores[{index}]", score


def item_audiences(parts: Parts) -> Iterator[Found]:
    """ST05"""
    for index, item in enumerate(parts.definition["items"]):
        domain = parts.domains.get(item["domain"])
        audience = parts.audience_of(item)
        if domain and strictness(audience) < strictness(domain["visibility"]):
            yield f"items[{index}].visibility", f"An item must not be laxer than its domain ({domain['visibility']})."
        if item.get("safety_relevant") and audience == "joint_ok":
            yield f"items[{index}].visibility", "A safety-relevant item is never joint_ok."


def score_audiences(parts: Parts) -> Iterator[Found]:
    """ST06"""
    for path, score in _scores(parts):
        items = parts.read_by(score)
        inputs = [parts.scores[name] for name in score.get("of", []) if name in parts.scores]
        audiences = [*map(parts.audience_of, items), *(entry["visibility"] for entry in inputs)]
        strictest = max(audiences, key=strictness, default="joint_ok")
        if strictness(score["visibility"]) < strictness(strictest):
            yield f"{path}.visibility", f"A score must be as strict as its strictest part ({strictest})."
        if score["visibility"] == "joint_ok" and any(item.get("safety_relevant") for item in items):
            yield f"{path}.visibility", "A joint_ok score must not read a safety-relevant item."
        for item in items:
            if item["domain"] == SENTINEL:
                yield path, f"{item['id']} is a line of {SENTINEL}, which no score reads."


def score_directions(parts: Parts) -> Iterator[Found]:
    """ST07"""
    for path, score in _scores(parts):
        wanted = set(score["directions"])
        for name in score.get("items", []):
            own = parts.directions_of(parts.items[name]) if name in parts.items else frozenset(wanted)
            if score.get("pool_directions"):
                if name in parts.items and len(own & wanted) != 1:
                    yield f"{path}.items", f"{name} must be asked in exactly one of the pooled directions."
            elif not wanted <= own:
                yield f"{path}.items", f"{name} is not asked in every direction of this score."
        for name in score.get("of", []):
            if name in parts.scores and not wanted <= set(parts.scores[name]["directions"]):
                yield f"{path}.of", f"{name} does not have every direction of this score."


def minimums(parts: Parts) -> Iterator[Found]:
    """ST08"""
    scoring = parts.definition["scoring"]
    for path, score in _scores(parts):
        if "items" in score:
            yield from _min_answered(f"{path}.min_answered", score, scoring["missing"])
            continue
        if score["min_inputs"] > len(score["of"]):
            yield f"{path}.min_inputs", f"There are only {len(score['of'])} inputs."
        if "pairing" in scoring and scoring["pairing"]["min_inputs"] > len(score["of"]):
            yield "scoring.pairing.min_inputs", f"{score['id']} has only {len(score['of'])} inputs."


def _min_answered(path: str, score: Json, missing: str) -> Iterator[Found]:
    count, least = len(score["items"]), score["min_answered"]
    if least > count:
        yield path, f"There are only {count} items."
    elif missing == "person_mean" and 4 * least < 3 * count:
        yield path, f"With person_mean at least {ceil(3 * count / 4)} of {count} items must be answered."
    elif missing == "complete_only" and least < count:
        yield path, f"With complete_only all {count} items must be answered."


def ranges(parts: Parts) -> Iterator[Found]:
    """ST09"""
    for path, score in _scores(parts):
        if "of" in score:
            yield from _composite_range(parts, path, score)
        else:
            yield from _item_range(parts, path, score)
    yield from _dyadic_ranges(parts)


def _composite_range(parts: Parts, path: str, score: Json) -> Iterator[Found]:
    inputs = [parts.scores[name] for name in score["of"] if name in parts.scores]
    if any("of" in entry for entry in inputs):
        yield f"{path}.of", "An input must rest on items, not on other scores."
    if len({(*entry["range"], entry["better"]) for entry in inputs}) > 1:
        yield f"{path}.of", "The inputs must share their range and their better direction."
    elif inputs and score["range"] != inputs[0]["range"]:
        yield f"{path}.range", f"The range must be that of the inputs, {inputs[0]['range']}."
    elif inputs and score["better"] != inputs[0]["better"]:
        yield f"{path}.better", f"This must be that of the inputs, {inputs[0]['better']}."


def _item_range(parts: Parts, path: str, score: Json) -> Iterator[Found]:
    items = [parts.items[name] for name in score["items"] if name in parts.items]
    spans = [span for item in items if (span := parts.span(item))]
    if not spans or spans[0][1] <= 0:
        return
    if score["kind"] in ("mean", "mean100") and len({parts.scale_of(item) for item in items}) > 1:
        yield f"{path}.items", "A mean needs items that share one scale."
        return
    expected = _range_of(score["kind"], spans)
    if score["range"] != expected:
        yield f"{path}.range", f"The range that follows from the items is {expected}."


def _range_of(kind: str, spans: list[tuple[int, int]]) -> list[float]:
    low, high = spans[0]
    match kind:
        case "sum":
            return [sum(span[0] for span in spans), sum(span[1] for span in spans)]
        case "count":
            return [0, len(spans)]
        case "mean100":
            return [100 * low / high, 100]
        case _:
            return [low, high]


def _dyadic_ranges(parts: Parts) -> Iterator[Found]:
    for index, entry in enumerate(parts.definition["scoring"].get("dyadic", [])):
        sides = {entry["left"]["direction"], entry["right"]["direction"]}
        for score in parts.scores.values():
            low, high = score["range"]
            expected = [low - high, high - low] if entry["op"] == "left_minus_right" else [low, high]
            if sides <= set(score["directions"]) and entry["range"] != expected:
                yield f"scoring.dyadic[{index}].range", f"The range that follows from {score['id']} is {expected}."


def one_primary(parts: Parts) -> Iterator[Found]:
    """ST10"""
    primary = [score["id"] for score in parts.scores.values() if score.get("primary")]
    if len(primary) != 1 and not parts.is_stub:
        yield "scoring.scores", f"Exactly one score must be primary, not {len(primary)}."


def bands(parts: Parts) -> Iterator[Found]:
    """ST15. The bands belong to the primary score, in a stub to the first one."""
    scores = list(parts.scores.values())
    low, high = next((score for score in scores if score.get("primary")), scores[0])["range"]
    whole = parts.definition["bands"]["interval"] == "closed_integer"
    for name, start, end in (("cut", low, high), ("gap_abs", 0, high - low)):
        if entries := parts.definition["bands"].get(name):
            yield from _cover(f"bands.{name}", entries, (start, end), whole)
    if "joint_report" in parts.definition and "gap_abs" not in parts.definition["bands"]:
        yield "bands.gap_abs", "A joint report names gaps in words, and there are none."


def _cover(path: str, entries: list[Json], span: tuple[float, float], whole: bool) -> Iterator[Found]:
    step = 1 if whole else 0
    starts = [span[0], *(entry["max"] + step for entry in entries[:-1])]
    for index, (entry, start) in enumerate(zip(entries, starts, strict=True)):
        if entry["min"] != start:
            yield f"{path}[{index}].min", f"This must be {start}, or there is a gap or an overlap."
        if entry["max"] < entry["min"] or (entry["max"] == entry["min"] and not whole):
            yield f"{path}[{index}].max", "This must lie above the minimum."
        if whole and not (float(entry["min"]).is_integer() and float(entry["max"]).is_integer()):
            yield f"{path}[{index}]", "With closed_integer both ends must be whole numbers."
    if entries[-1]["max"] != span[1]:
        yield f"{path}[{len(entries) - 1}].max", f"The last one must end at {span[1]}."


def reliabilities(parts: Parts) -> Iterator[Found]:
    """ST17. A file without measurement gets no verdicts, so only one that compares two sides must have it."""
    measurement = parts.definition.get("measurement")
    if measurement is None:
        if "dyadic" in parts.definition["scoring"]:
            yield "measurement", "A file with dyadic values needs the reliability of each score."
        return
    known = measurement["reliability"]
    for name in parts.scores.keys() - known.keys():
        yield f"measurement.reliability.{name}", "This score has no reliability."
    for name, value in known.items():
        if name not in parts.scores:
            yield f"measurement.reliability.{name}", "There is no such score."
        elif value - measurement["penalty"] <= 0:
            yield f"measurement.reliability.{name}", "Nothing is left of it after the penalty."
