"""The files of a release: the same rows as CSV, XLSX and Parquet, a codebook, and the release as JSON.

They are made once, with the release, and kept with it: other versions of the libraries would write other bytes.
"""

import json
from collections.abc import Iterator
from typing import Any

from assessments.statistics.files import CODEBOOK, Row
from assessments.statistics.rows import quarter_named
from practice.tables import csv_bytes, parquet_bytes, xlsx_bytes

HIDDEN = "Empty where told is false: too near to nobody for the noise, so that fewer than 11 couples may be meant."
NEVER = "Never suppressed."
# Column: (type, meaning, unit, basis, suppression)
COLUMNS: dict[str, tuple[type, str, str, str, str]] = {
    "quarter": (str, "The quarter that is counted.", "year and quarter, in UTC", "The release.", NEVER),
    "statistic": (str, "The table or mean of the catalogue; see its row.", "", "The catalogue.", NEVER),
    "group": (str, "The group of couples; empty for all of them and for a mean.", "", "The catalogue.", NEVER),
    "couples": (int, "Couples in the group, with noise; they may add up to more or less than all.", "couples",
                "Couples of whom both partners agreed, in practices that take part.", HIDDEN),
    "mean": (float, "A mean, with noise.", "see the statistic", "Couples that have a value.", HIDDEN),
    "noise_95": (float, "The number without noise lies within this, up or down, in 95 of 100 releases.",
                 "as the number", "The epsilon of the statistic alone.", HIDDEN),
    "told": (bool, "Whether the number is told.", "true or false", "The floors.", NEVER),
}  # fmt: skip
Json = dict[str, Any]


def files_of(content: str) -> dict[str, bytes]:
    """The bytes of each file by its name."""
    release = json.loads(content)
    rows, book = list(rows_of(release)), list(codebook_of(release))
    name = f"pooled-statistics-{release['quarter']}"
    meanings = {str(row[1]): " ".join(map(str, row[2:])) for row in book if row[0] == "column"}
    sheets = {"Statistics": [tuple(COLUMNS), *rows], "Codebook": [CODEBOOK, *book]}
    types = {column: one[0] for column, one in COLUMNS.items()}
    return {
        f"{name}.json": content.encode(),
        f"{name}.csv": csv_bytes(list(COLUMNS), rows),
        f"{name}.xlsx": xlsx_bytes(sheets, made_at=quarter_named(release["quarter"]).end),
        f"{name}.parquet": parquet_bytes(types, rows, meanings=meanings),
        f"{name}-codebook.csv": csv_bytes(CODEBOOK, book),
    }


def rows_of(release: Json) -> Iterator[Row]:
    """One row a number, in the order of COLUMNS."""
    quarter = release["quarter"]
    yield (quarter, "couples", "", release["couples"], None, float(release["couples_noise_95"]), True)
    for table in release["tables"]:
        for cell in table["cells"]:
            told = cell["couples"] is not None
            noise = float(table["noise_95"]) if told else None
            yield (quarter, table["id"], cell["label"], cell["couples"], None, noise, told)
    for mean in release["means"]:
        yield (quarter, mean["id"], "", None, mean["mean"], mean["noise_95"], mean["mean"] is not None)


def codebook_of(release: Json) -> Iterator[Row]:
    """A row a column and a row a statistic."""
    for name, (_type, meaning, unit, basis, hidden) in COLUMNS.items():
        yield ("column", name, meaning, unit, basis, hidden)
    basis = f"About {release['couples']} couples of {release['practices']} practices or more."
    yield ("statistic", "couples", "Couples that the release counts.", "couples", basis, NEVER)
    for table in release["tables"]:
        meaning, told = f"{table['label']}: {table['meaning']}", f"Told from {table['told_from']} couples on."
        yield ("statistic", table["id"], meaning, table["unit"] or "group", basis, told)
    for mean in release["means"]:
        meaning = f"{mean['label']}: {mean['meaning']}"
        yield ("statistic", mean["id"], meaning, mean["unit"], basis, "Told from 100 couples on that have a value.")
