"""Texts and help lines that every practice starts with, and how content files are read and refused."""

from practice.content.filling import filled_text, text_parts
from practice.content.reading import (
    ContentError,
    Fault,
    Place,
    join,
    read_schema,
    read_yaml,
    schema_faults,
)
from practice.content.resources import (
    crisis_resources,
    missing_topics,
    placeholders,
    resolve_resources,
)
from practice.content.retention import LegalMinimum, legal_minimum
from practice.content.texts import client_text_keys, client_texts
from practice.content.walking import repeated, strings, texts_by_language
from practice.content.wording import claims, tells_too_much

__all__ = [
    "ContentError",
    "Fault",
    "LegalMinimum",
    "Place",
    "claims",
    "client_text_keys",
    "client_texts",
    "crisis_resources",
    "filled_text",
    "join",
    "legal_minimum",
    "missing_topics",
    "placeholders",
    "read_schema",
    "read_yaml",
    "repeated",
    "resolve_resources",
    "schema_faults",
    "strings",
    "tells_too_much",
    "text_parts",
    "texts_by_language",
]
