"""How long the law of a country asks for records to be kept, as far as this program knows it.

Rule that must not break: nothing here is guessed. A country that is not in the file has no known minimum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from practice.content.reading import FOLDER, ContentError, Fault, read_schema, read_yaml, schema_faults
from practice.content.walking import repeated

Json = dict[str, Any]


@dataclass(frozen=True)
class LegalMinimum:
    """`years` count from the end of care; the rest says where that stands, for whom, and what was looked at."""

    country: str
    years: int
    law: str
    applies_to: str
    url: str
    checked: str


@lru_cache
def retention_rules() -> Json:
    """The shipped minimums, checked; must not be changed."""
    data: Json = read_yaml(FOLDER / "retention-0.1.0.yaml")
    if faults := retention_faults(data):
        raise ContentError(faults)
    return data


def legal_minimum(country: str) -> LegalMinimum | None:
    """What is known of a country (ISO 3166, two letters); None where nothing is."""
    found = (LegalMinimum(**one) for one in retention_rules()["minimums"] if one["country"] == country)
    return next(found, None)


def retention_faults(data: Json) -> list[Fault]:
    """Every fault of a file of minimums."""
    return schema_faults(data, read_schema(FOLDER / "schemas" / "retention-1.yaml")) or sorted(_listed_twice(data))


def _listed_twice(data: Json) -> Iterator[Fault]:
    """A country with two rules, or with one and a reason for none."""
    countries = [one["country"] for one in [*data["minimums"], *data["left_out"]]]
    for index in repeated(countries):
        yield Fault("minimums", "twice", f"{countries[index]} is listed twice.")
