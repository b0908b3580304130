"""Tables that leave the product as CSV."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_cell(value: object) -> object:
    """Text that a spreadsheet shows and never runs; numbers as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINS) else value


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download in UTF-8 with a byte order mark, without which Excel reads it as something else."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([as_cell(value) for value in row] for row in rows)
    return response
