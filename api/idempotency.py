"""A POST with an Idempotency-Key takes effect once: its first successful answer is given again to a repeat.

The record commits with the effect. Two requests with one key at the same time wait for each other, so the second
finds the first one's record; the table's unique constraint stands behind that. Secrets are shown once only, and
bodies, which may hold names and addresses, are stored encrypted.
"""

import hashlib
import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from practice import tenancy
from practice.database.rows import one_row
from practice.encryption import decrypt, encrypt
from practice.errors import InvalidInput
from practice.models import IdempotencyRecord

HEADER = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key and body take effect once."
)
LONGEST_KEY = 200
SHOWN_ONCE = ("token", "url", "key")
EARLIER = """
SELECT id, practice_id, fingerprint, status, body FROM practice_idempotencyrecord
 WHERE practice_id = %(practice)s AND actor = %(actor)s AND key = %(key)s
"""
REMEMBER = """
INSERT INTO practice_idempotencyrecord (id, practice_id, actor, key, fingerprint, status, body, created_at)
VALUES (%(id)s, %(practice_id)s, %(actor)s, %(key)s, %(fingerprint)s, %(status)s, %(body)s, %(created_at)s)
"""

Answer = Callable[[], Response]


class KeyReused(InvalidInput):
    """This Idempotency-Key came with another request before. Use a new one."""

    code = "idempotency_key_reused"


class KeyTooLong(InvalidInput):
    """An Idempotency-Key has at most 200 characters."""

    code = "idempotency_key_too_long"


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """For the `post` of a view that runs in a scope."""

    @wraps(handler)
    def once(view: Any, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, partial(handler, view, request, **kwargs), body=request.data)

    return once


def answer_once(request: Request, answer: Answer, *, body: Any) -> Response:
    """The answer, or the one that a request with the same key got. `body` is what makes two requests the same.

    Raises KeyReused, KeyTooLong.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return answer()
    if len(key) > LONGEST_KEY:
        raise KeyTooLong
    actor = _actor()
    fingerprint = _fingerprint(request, body)
    _wait_for_turn(f"{tenancy.practice_id()}|{actor}|{key}")
    earlier = one_row(IdempotencyRecord, EARLIER, {"practice": tenancy.practice_id(), "actor": actor, "key": key})
    if earlier is None:
        response = answer()
        if response.status_code < 300:
            _remember(response, actor=actor, key=key, fingerprint=fingerprint)
        return response
    if earlier.fingerprint != fingerprint:
        raise KeyReused
    return Response(json.loads(decrypt(json.loads(earlier.body), **_seal(earlier))), status=earlier.status)


def _actor() -> UUID:
    scope = tenancy.current()
    return cast(UUID, scope.actor_id or scope.partner_id)


def _wait_for_turn(name: str) -> None:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _fingerprint(request: Request, body: Any) -> str:
    # Keyed, so that a copy of the table does not tell what a short body was.
    said = json.dumps([request.method, request.path, body], sort_keys=True, cls=JSONEncoder)
    return salted_hmac("api.idempotency", said, algorithm="sha256").hexdigest()


def _remember(response: Response, *, actor: UUID, key: str, fingerprint: str) -> None:
    data = response.data
    kept = {name: value for name, value in data.items() if name not in SHOWN_ONCE} if isinstance(data, dict) else data
    record = IdempotencyRecord(
        actor=actor, key=key, fingerprint=fingerprint, status=response.status_code, created_at=timezone.now()
    )
    body = encrypt(json.dumps(kept, cls=JSONEncoder), **_seal(record))
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, {**vars(record), "body": json.dumps(body)})


def _seal(record: IdempotencyRecord) -> dict[str, Any]:
    return {"practice_id": record.practice_id, "place": f"practice_idempotencyrecord.body|{record.pk}"}
