"""One row of COPY's text format, in which PostgreSQL writes and reads every value without loss."""

import json
import re

from practice.archive.contents import Change, Table

NULL = rb"\N"
SAID = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
SPECIAL = {value.decode(): f"\\{name.decode()}" for name, value in SAID.items()} | {"\\": "\\\\"}
TO_ESCAPE = re.compile(r"[\b\f\n\r\t\v\\]")


def plain(field: bytes) -> str:
    if b"\\" in field:
        field = ESCAPED.sub(lambda found: SAID.get(found[1], found[1]), field)
    return field.decode()


def escaped(text: str) -> bytes:
    return TO_ESCAPE.sub(lambda found: SPECIAL[found[0]], text).encode()


def changed(table: Table, line: bytes, change: Change) -> bytes:
    """The row with `change` made to each of its encrypted texts; an empty text was never encrypted."""
    fields = line.removesuffix(b"\n").split(b"\t")
    row = fields[table.id_at].decode()
    for at in table.sealed:
        if fields[at] not in (NULL, b""):
            fields[at] = escaped(change(plain(fields[at]), f"{table.name}.{table.columns[at]}|{row}"))
    for at, walk in table.within.items():
        before = json.loads(plain(fields[at]))
        after = walk(before, row, change)
        if after != before:
            fields[at] = escaped(json.dumps(after))
    return b"\t".join(fields) + b"\n"
