"""Tables that leave the product as CSV, XLSX or Parquet. Made of the same rows, a file is the same to the byte."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse

# A spreadsheet takes a cell that begins with one of these for a formula, and runs it.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_cell(value: object) -> object:
    """Text that a spreadsheet shows and never runs; numbers as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_BEGINS) else value


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download in UTF-8 with a byte order mark, without which Excel reads it as something else."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(csv_bytes(head, rows), content_type="text/csv; charset=utf-8", headers=headers)


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(head)
    writer.writerows([as_cell(value) for value in row] for row in rows)
    return f"\ufeff{written.getvalue()}".encode()


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[object]]], *, made_at: datetime) -> bytes:
    """A workbook of sheets by name, each with its head as the first row. Text is never taken for a formula or a link.

    `made_at` is what the file says of itself, in UTC.
    """
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    _write(sheet, at, column, as_cell(value))
    return held.getvalue()


def _write(sheet: Any, at: int, column: int, value: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(at, column, value)
    elif isinstance(value, int | float):
        sheet.write_number(at, column, value)
    elif value is not None:
        sheet.write_string(at, column, str(value))


def parquet_bytes(
    columns: Mapping[str, type], rows: Iterable[Sequence[object]], *, meanings: Mapping[str, str]
) -> bytes:
    """A file of typed columns, with its meaning as metadata of each. `columns` says str, int, float or bool."""
    import pyarrow
    from pyarrow import parquet

    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    schema = pyarrow.schema(
        [
            pyarrow.field(name, types[kind], metadata={"meaning": meanings.get(name, "")})
            for name, kind in columns.items()
        ]
    )
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    made = pyarrow.table([list(one) for one in by_column], schema=schema)
    held = io.BytesIO()
    parquet.write_table(made, held)
    return held.getvalue()
