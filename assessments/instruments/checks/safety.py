"""Safety rules: what they read, where their flag goes, and that no safety line is left unread (ST18 to ST21)."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.instruments.checks.parts import Found, Parts
from assessments.instruments.definition import Json

LOCKS = {"lock_joint_report", "block_gated_practices"}


def _items_of(condition: Json) -> list[str]:
    return [*([condition["item"]] if "item" in condition else []), *condition.get("count_items", [])]


def _sides(condition: Json) -> list[Json]:
    """The (score, direction) pairs a condition reads."""
    return [condition, *([condition["minus_partner"]] if "minus_partner" in condition else [])]


def rule_readings(parts: Parts) -> Iterator[Found]:
    """ST18"""
    for path, _, condition in parts.conditions():
        for name in (*_items_of(condition), *condition.get("items", [])):
            yield from _reads_item(parts, path, name, condition)
        if "score" in condition:
            yield from _reads_scores(parts, path, condition)
        if condition.get("count_gte", 0) > len(condition.get("count_items", [])):
            yield f"{path}.count_gte", f"There are only {len(condition['count_items'])} items."


def _reads_item(parts: Parts, path: str, name: str, condition: Json) -> Iterator[Found]:
    item = parts.items.get(name)
    if item is None or condition["direction"] not in parts.directions_of(item):
        yield path, f"There is no line {condition['direction']}.{name}."
        return
    if not item.get("safety_relevant"):
        yield path, f"{name} is read by a rule, so it must be safety_relevant."
    key = "gte" if "gte" in condition else "item_gte"
    span = parts.span(item)
    if span and key in condition and not span[0] < condition[key] <= span[1]:
        yield f"{path}.{key}", f"The threshold lies outside the scale of {name}."
    if "declined" in condition.get("state_in", ()) and "declined" not in parts.states_of(item):
        yield f"{path}.state_in", f"The scale of {name} does not let anyone decline."


def _reads_scores(parts: Parts, path: str, condition: Json) -> Iterator[Found]:
    for side in _sides(condition):
        score = parts.scores.get(side["score"])
        if score is None or side["direction"] not in score["directions"]:
            yield path, f"There is no score {side['score']} in the direction {side['direction']!r}."
            return
    low, high = parts.scores[condition["score"]]["range"]
    lowest, highest = (0, high - low) if "minus_partner" in condition else (low, high)
    if not lowest < condition["gte"] <= highest:
        yield f"{path}.gte", f"The threshold lies outside the range of {condition['score']}."


def two_sided_rules(parts: Parts) -> Iterator[Found]:
    """ST19"""
    for index, rule in enumerate(parts.rules):
        two_sided = ["minus_partner" in condition for condition in rule["any"]]
        on_couple = rule.get("stored_on") == "couple"
        if any(two_sided) and not all(two_sided):
            yield f"safety_rules[{index}].any", "A rule reads one partner or both, not either."
        elif any(two_sided) and not on_couple:
            yield f"safety_rules[{index}].stored_on", "A rule that reads both partners is stored on the couple."
        elif any(two_sided) and rule["level"] != "note":
            yield f"safety_rules[{index}].level", "A rule that reads both partners is a note."
        elif on_couple and not any(two_sided):
            yield f"safety_rules[{index}].stored_on", "A rule that reads one partner is never stored on the couple."


def unread_lines(parts: Parts) -> Iterator[Found]:
    """ST20. An answer is read by its number; a sentinel line also by staying without one."""
    read = {line for _, _, condition in parts.conditions() for line in _numbers_read(parts, condition)}
    for direction, name in parts.asked():
        if parts.items[name].get("safety_relevant") and (direction, name) not in read:
            yield "safety_rules", f"{direction}.{name} is safety_relevant and no rule reads it."
    states = {line for _, _, condition in parts.conditions() for line in _states_read(condition)}
    for item in parts.sentinels():
        for direction in sorted(parts.directions_of(item)):
            for state in ("declined", "blank_at_submit"):
                if (direction, item["id"], state) not in states:
                    yield "safety_rules", f"No rule reads {state} of {direction}.{item['id']}."


def _numbers_read(parts: Parts, condition: Json) -> Iterator[tuple[str, str]]:
    for name in _items_of(condition):
        yield condition["direction"], name
    for side in _sides(condition) if "score" in condition else []:
        for item in parts.read_by(parts.scores.get(side["score"], {})):
            # A difference between partners says little about a line of harm, enough about a missing kindness.
            if "minus_partner" not in condition or item["reverse"]:
                yield side["direction"], item["id"]


def _states_read(condition: Json) -> Iterator[tuple[str, str, str]]:
    for name in condition.get("items", []):
        for state in condition["state_in"]:
            yield condition["direction"], name, state


def actions(parts: Parts) -> Iterator[Found]:
    """ST21. A stub takes its actions from the file that brings the text."""
    table = parts.definition.get("safety_actions")
    if table is None:
        if parts.rules and not parts.is_stub:
            yield "safety_actions", "A file with rules says what each level does."
        return
    if "alert_now" not in table["urgent"]:
        yield "safety_actions.urgent", "Urgent must alert now."
    for level in ("urgent", "review"):
        for missing in sorted(LOCKS - set(table[level])):
            yield f"safety_actions.{level}", f"{missing} is missing."
    if table["note"] != ["list_in_therapist_view"]:
        yield "safety_actions.note", "A note only lists."
