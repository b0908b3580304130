"""Client texts with their placeholders filled: the same for everyone in a country."""

from __future__ import annotations

import re
from typing import Any

from practice.content.resources import placeholders
from practice.content.texts import PLACEHOLDER, client_texts

Json = dict[str, Any]

ANY_EMERGENCY_NUMBER = "your local emergency number"


def filled_text(key: str, country: str) -> str:
    """A client text whose only placeholders are phone numbers. Raises KeyError for an unknown key."""
    known = placeholders(country)
    return PLACEHOLDER.sub(lambda found: str(known[found[1]] or ANY_EMERGENCY_NUMBER), client_texts()[key]["en"])


def text_parts(key: str, country: str) -> list[str | list[Json]]:
    """A client text in parts: sentences, and the help lines between them. Neighbouring lists are one."""
    known = placeholders(country)
    parts: list[str | list[Json]] = []
    for index, piece in enumerate(re.split(PLACEHOLDER, client_texts()[key]["en"])):
        if index % 2 == 0 and piece.strip():
            parts.append(piece.strip())
        elif index % 2:
            lines = _lines(known[piece])
            if parts and isinstance(parts[-1], list):
                parts[-1] += lines
            elif lines:
                parts.append(lines)
    return parts


def _lines(value: list[Json] | str) -> list[Json]:
    if isinstance(value, str):
        return [{"name": "Emergency", "phone": value}] if value else []
    return list(value)
