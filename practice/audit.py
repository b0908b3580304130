"""The trail of who did what. Events are written by the audit role, which can only add, at the end of the scope.

An event of a request that is rolled back is written all the same, in a transaction of its own, marked refused.
"""

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from practice import tenancy

ADD = """
INSERT INTO practice_auditevent (id, practice_id, at, actor_id, partner_id, action, object_id, couple_id, detail)
SELECT gen_random_uuid(), practice_id, at, actor_id, partner_id, action, object_id, couple_id, detail
  FROM jsonb_to_recordset(%s) AS event(practice_id uuid, at timestamptz, actor_id uuid, partner_id uuid, action text,
                                       object_id uuid, couple_id uuid, detail jsonb)
"""


def record(action: str, *, object_id: UUID | None = None, couple_id: UUID | None = None, **detail: Any) -> None:
    """Note an event of the scope in force. `detail` holds codes and ids, never a name, an answer or free text."""
    scope = tenancy.current()
    event = {
        "practice_id": scope.practice_id,
        "at": timezone.now().isoformat(),
        "actor_id": scope.actor_id,
        "partner_id": scope.partner_id,
        "action": action,
        "object_id": object_id,
        "couple_id": couple_id,
        "detail": detail,
    }
    connection.audit_events.append((scope, event))  # type: ignore[attr-defined]
    tenancy.before_commit(flush)


def flush() -> None:
    """Write what was recorded, inside the open transaction. The transaction ends in the audit role's hands."""
    events = take()
    if events:
        tenancy.assume(events[0][0].for_audit())
        _add(events)


def _add(events: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ADD, [json.dumps([event for _, event in events], cls=DjangoJSONEncoder)])


def take() -> list[Any]:
    events: list[Any] = connection.audit_events  # type: ignore[attr-defined]
    connection.audit_events = []  # type: ignore[attr-defined]
    return events


def write_refused(events: list[Any]) -> None:
    """The events of a transaction that was rolled back, in a new one."""
    for _, event in events:
        event["detail"]["refused"] = True
    if events:
        with tenancy.begin(events[0][0].for_audit()):
            _add(events)
