"""Texts and help lines that every practice starts with, and how content files are read and refused."""

from practice.content.reading import ContentError, Fault, read_yaml, schema_faults

__all__ = ["ContentError", "Fault", "read_yaml", "schema_faults"]
