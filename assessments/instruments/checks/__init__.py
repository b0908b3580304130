"""The static checks of an instrument file, beyond its schema. Each is a function of the file alone.

ST01 stands in `references`, since nothing else can be checked before references are resolved; ST24 to ST26
are the plan's; ST27 to ST29 those of the texts and help lines in `practice.content`.
"""

from __future__ import annotations

from collections.abc import Mapping

from assessments.instruments.checks import dyadic, pages, safety, scoring, structure, wording
from assessments.instruments.checks.parts import Check, Parts
from assessments.instruments.definition import Json
from practice.content import Fault

CHECKS: Mapping[str, Check] = {
    "ST02": structure.unique_ids,
    "ST03": structure.scales,
    "ST04": structure.names,
    "ST05": scoring.item_audiences,
    "ST06": scoring.score_audiences,
    "ST07": scoring.score_directions,
    "ST08": scoring.minimums,
    "ST09": scoring.ranges,
    "ST10": scoring.one_primary,
    "ST11": pages.pages,
    "ST12": pages.safety_pages,
    "ST13": pages.text_keys,
    "ST14": dyadic.dyadic_values,
    "ST15": scoring.bands,
    "ST16": wording.provisional_mark,
    "ST17": scoring.reliabilities,
    "ST18": safety.rule_readings,
    "ST19": safety.two_sided_rules,
    "ST20": safety.unread_lines,
    "ST21": safety.actions,
    "ST22": wording.licence,
    "ST23": wording.deny_list,
    "ST30": wording.neutral_title,
}


def instrument_faults(definition: Json) -> list[Fault]:
    """Every fault of a definition that fits the schema and is resolved, sorted by path."""
    parts = Parts(definition)
    return sorted({Fault(path, name, message) for name, check in CHECKS.items() for path, message in check(parts)})
