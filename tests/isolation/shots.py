"""All that somebody gets of a request, in a form in which two worlds can be compared byte by byte.

Taken out is what is new each time: ids, keys, tokens, nonces and stamps. A statement keeps its values but those.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import zip_longest
from typing import Any

from django.db import connection, reset_queries
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

# Looked for from the beginning of a word alone, where each place within it would be tried too.
CHANGING = [
    # First: what is random may by chance look like a token.
    (re.compile(r"v1\|\w+\|[\w=-]+"), "<sealed>"),
    (re.compile(r"\.?(?<![\w-])[\w-]+:[0-9A-Za-z]{6}:[\w-]{43}(?![\w-])"), "<signed>"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r'(name="shown" value=")[^"]+'), r"\1<stamp>"),
    (re.compile(r"'nonce-[^']+'|nonce=\"[^\"]+\""), "<nonce>"),
    (re.compile(r"\b[A-Za-z0-9]{64}\b"), "<token>"),
    (re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])"), "<key>"),
]
# Ids as PostgreSQL gets them, keys at rest and ciphertexts.
IN_STATEMENTS = [
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"'\\\\?x[0-9a-f]+'"), "<bytes>"),
    (re.compile(r"(?<![A-Za-z0-9+/=:._-])[A-Za-z0-9+/=:._-]{40,}"), "<secret>"),
]
TIMES = {"Expires"}
# Anything that is a value.
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b")


@dataclass(frozen=True)
class Shot:
    """One answer. `route` is the name in the URLconf; `cookies` say all but their value and day of expiry."""

    what: str
    route: str
    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[str, ...]
    body: str
    statements: tuple[str, ...]
    response: Any = field(compare=False, repr=False)


def masked(text: str) -> str:
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text


def masked_statement(sql: str) -> str:
    for pattern, instead in IN_STATEMENTS:
        sql = pattern.sub(instead, masked(sql))
    return sql


def take(browser: Client, method: str, path: str, data: Any = None, *, json: bool = False) -> Shot:
    """Sends a request, in JSON for a program, and keeps what came back and what the database was asked for it."""
    as_json = {"data": data or {}, "content_type": "application/json"} if json else {"data": data}
    reset_queries()  # the log is of limited length
    with CaptureQueriesContext(connection) as asked:
        response = getattr(browser, method)(path, **as_json)
    return Shot(
        what=f"{method.upper()} {masked(path)}",
        route=str(resolve(path).url_name),
        status=response.status_code,
        headers=tuple(headers_of(response)),
        cookies=tuple(cookies_of(response)),
        body=masked(body_of(response)),
        statements=tuple(masked_statement(query["sql"]) for query in asked.captured_queries),
        response=response,
    )


def without_values(shot: Shot) -> Shot:
    """The same with statements as the program wrote them, for who gives other values."""
    return replace(shot, statements=tuple(VALUES.sub("?", sql) for sql in shot.statements))


def headers_of(response: HttpResponse) -> Iterator[tuple[str, str]]:
    for name, value in sorted(response.headers.items()):
        yield name, "<time>" if name in TIMES else masked(value)


def body_of(response: Any) -> str:
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("latin-1")


def cookies_of(response: HttpResponse) -> Iterator[str]:
    for name, cookie in sorted(response.cookies.items()):
        kept = sorted((key, str(value)) for key, value in cookie.items() if key != "expires")
        yield f"{name}{'' if cookie.value else ' emptied'} {kept}"


def differences(some: Sequence[Shot], others: Sequence[Shot]) -> list[str]:
    """What tells two visits apart: the request, the part of its answer, and where the two begin to differ."""
    found = [
        f"{one.what}, {part.name}: {beginning(repr(getattr(one, part.name)), repr(getattr(other, part.name)))}"
        for one, other in zip(some, others, strict=False)
        for part in fields(Shot)
        if part.compare and getattr(one, part.name) != getattr(other, part.name)
    ]
    return found if len(some) == len(others) else [*found, f"{len(some)} and {len(others)} answers"]


def beginning(one: str, other: str) -> str:
    """The first difference of two texts, with a little of what is around it."""
    pairs = zip_longest(one, other)
    same = next((place for place, (left, right) in enumerate(pairs) if left != right), len(one))
    return " / ".join(text[max(0, same - 60) : same + 120] for text in (one, other))
