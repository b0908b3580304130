"""Who acts in a transaction: the role it takes and the signed context that PostgreSQL's policies read."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

LIFETIME_SECONDS = 300
GATE = "attune_gate"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One practice, one kind of actor. `role` is the PostgreSQL role, `kind` what its policies demand.

    Statistics across practices alone are of no practice.
    """

    role: str
    kind: str
    practice_id: UUID | None
    actor_id: UUID | None = None
    partner_id: UUID | None = None

    @classmethod
    def staff(cls, *, practice_id: UUID, membership_id: UUID, clinical: bool) -> "Scope":
        kind = "clinician" if clinical else "administrator"
        return cls(role="attune_staff", kind=kind, practice_id=practice_id, actor_id=membership_id)

    @classmethod
    def partner(cls, *, practice_id: UUID, partner_id: UUID) -> "Scope":
        return cls(role="attune_partner", kind="partner", practice_id=practice_id, partner_id=partner_id)

    @classmethod
    def scoring(cls, *, practice_id: UUID, partner_id: UUID) -> "Scope":
        return cls(role="attune_scoring", kind="scoring", practice_id=practice_id, partner_id=partner_id)

    @classmethod
    def worker(cls, *, practice_id: UUID) -> "Scope":
        return cls(role="attune_worker", kind="worker", practice_id=practice_id)

    @classmethod
    def measurement(cls, *, practice_id: UUID) -> "Scope":
        return cls(role="attune_measurement", kind="measurement", practice_id=practice_id)

    @classmethod
    def report(cls, *, practice_id: UUID) -> "Scope":
        return cls(role="attune_report", kind="report", practice_id=practice_id)

    @classmethod
    def statistics(cls, *, practice_id: UUID) -> "Scope":
        return cls(role="attune_statistics", kind="statistics", practice_id=practice_id)

    @classmethod
    def pool(cls) -> "Scope":
        return cls(role="attune_pool", kind="pool", practice_id=None)

    @classmethod
    def archive(cls, *, practice_id: UUID) -> "Scope":
        return cls(role="attune_archive", kind="archive", practice_id=practice_id)

    @classmethod
    def retention(cls, *, practice_id: UUID) -> "Scope":
        return cls(role="attune_retention", kind="retention", practice_id=practice_id)

    def for_audit(self) -> "Scope":
        return Scope(
            role="attune_audit",
            kind="audit",
            practice_id=self.practice_id,
            actor_id=self.actor_id,
            partner_id=self.partner_id,
        )


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer pad of HMAC-SHA256 (RFC 2104) for a key of at most 64 bytes."""
    block = key.ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def sign(scope: Scope | None) -> str:
    """The value of `app.context`: kid|practice|expires|kind|actor|partner|hmac. Empty for no scope."""
    if scope is None:
        return ""
    kid, key = next(iter(settings.CONTEXT_KEYS.items()))
    expires = int(time.time()) + LIFETIME_SECONDS
    body = f"{kid}|{scope.practice_id or ''}|{expires}|{scope.kind}|{scope.actor_id or ''}|{scope.partner_id or ''}"
    signature = hmac.new(bytes.fromhex(key), body.encode(), hashlib.sha256).hexdigest()
    return f"{body}|{signature}"
