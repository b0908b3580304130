from practice.models.archive import Archive, ArchivePart
from practice.models.audit import AuditEvent
from practice.models.members import MANAGING, TREATING, ApiToken, CalendarFeed, Leave, Membership, Role, User
from practice.models.outbox import OutboxMessage
from practice.models.practice import PooledOptIn, Practice, RetentionTerm
from practice.models.requests import Download, IdempotencyRecord

__all__ = [
    "MANAGING",
    "TREATING",
    "ApiToken",
    "Archive",
    "ArchivePart",
    "AuditEvent",
    "CalendarFeed",
    "Download",
    "IdempotencyRecord",
    "Leave",
    "Membership",
    "OutboxMessage",
    "PooledOptIn",
    "Practice",
    "RetentionTerm",
    "Role",
    "User",
]
