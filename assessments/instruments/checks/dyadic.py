"""Values of two people at once, and what of them may ever be shared (ST14)."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.instruments.checks.parts import Found, Parts
from assessments.instruments.definition import Json

GAP_SIDES = ({"who": "X", "direction": "experienced"}, {"who": "Y", "direction": "enacted"}, "left_minus_right")


def dyadic_values(parts: Parts) -> Iterator[Found]:
    """ST14"""
    entries = parts.definition["scoring"].get("dyadic", [])
    for index, entry in enumerate(entries):
        yield from _one(f"scoring.dyadic[{index}]", entry, parts)
    report = parts.definition.get("joint_report")
    if report is None:
        return
    for direction in report["band_word_of"]:
        if direction not in parts.directions:
            yield "joint_report.band_word_of", f"There is no direction {direction!r}."
    shareable = {entry["id"] for entry in entries if entry["visibility"] == "inherit"}
    for name in report["gap_word_of"]:
        if name not in shareable:
            yield "joint_report.gap_word_of", f"{name!r} is no dyadic value that may be shared."


def _one(path: str, entry: Json, parts: Parts) -> Iterator[Found]:
    left, right = entry["left"], entry["right"]
    if entry["id"] == "gap" and (left, right, entry["op"]) != GAP_SIDES:
        yield path, "The gap is what X experienced minus what Y reports to have done."
    if left == right:
        yield path, "A side cannot be compared with itself."
    for side in ("left", "right"):
        if entry[side]["direction"] not in parts.directions:
            yield f"{path}.{side}.direction", f"There is no direction {entry[side]['direction']!r}."
    if (entry["op"] == "max" or left["who"] == right["who"]) and entry["visibility"] != "therapist_only":
        yield f"{path}.visibility", "A maximum or a comparison of one person with themselves is therapist_only."
