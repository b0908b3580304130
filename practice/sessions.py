"""Sessions in the database, by the hash of their key: a copy of the table signs nobody in."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import IntegrityError, connection
from django.http import HttpRequest
from django.utils import timezone

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
# What a page asks for by itself, time and again, says so with this header: nobody need be there.
BY_ITSELF = "X-By-Itself"


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        key, self._session_key = self.session_key, hashed(self.session_key or "")
        session = super()._get_session_from_db()  # type: ignore[misc]
        self._session_key = key if session else None
        return session

    def exists(self, session_key: str) -> bool:
        return super().exists(hashed(session_key))

    def create_model_instance(self, data: Any) -> Any:
        instance = super().create_model_instance(data)
        instance.session_key = hashed(instance.session_key)
        return instance

    def save(self, must_create: bool = False) -> None:
        """One statement: the request's transaction is open already."""
        if connection.needs_rollback:  # the request failed and leaves nothing behind
            return None
        if self.session_key is None:
            return self.create()
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if must_create:
            try:
                row.save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
        elif not self.model.objects.filter(pk=row.pk).update(
            session_data=row.session_data, expire_date=row.expire_date
        ):
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(pk=hashed(key)).delete()


def expired(request: HttpRequest) -> bool:
    """Ends a session that was idle or signed in too long; keeps the time of the last request, to the minute."""
    now = timezone.now().timestamp()
    session = request.session
    idle = now - session.get(SEEN_AT, now) > settings.SESSION_IDLE.total_seconds()
    old = now - session.setdefault(SIGNED_IN_AT, now) > settings.SESSION_LONGEST.total_seconds()
    if idle or old:
        session.flush()
        return True
    if now - session.get(SEEN_AT, 0) > 60 and BY_ITSELF not in request.headers:
        session[SEEN_AT] = now
    return False
