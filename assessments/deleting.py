"""What was entered by mistake: deleted at once for everybody, restored within 30 days, then gone for good.

Rule that must not break: a couple that was asked anything, or works on anything, is closed and never deleted.
"""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from assessments.models import Assignment, Goal, Intention, RepairPlan, SpecificRequest
from clients.access import couples_treated_by
from clients.models import CounselingSession, Couple, CoupleImport, Hold, RecordRequest
from practice import audit
from practice.errors import DomainError
from practice.models import TREATING, IdempotencyRecord, Membership

RESTORED_WITHIN = timedelta(days=30)
LOOKED_AT_WITHIN = timedelta(days=1)
REPEATED_WITHIN = timedelta(days=30)
# Everything else that can be on record of a couple hangs on one of these, or goes with the couple.
ON_RECORD = (Assignment, RepairPlan, Goal, SpecificRequest, Intention, Hold)


class CoupleOnRecord(DomainError):
    """This couple has forms, a plan, held sessions or a hold, which are kept. Close care instead."""

    code = "couple_on_record"


class SessionPlanned(DomainError):
    """This session is still planned, and forms may be asked before it. Cancel it first."""

    code = "session_planned"


def is_on_record(couple: Couple) -> bool:
    held = CounselingSession.with_deleted.filter(couple=couple).exclude(held_at=None)
    asked_for = RecordRequest.objects.filter(Q(partner__couple=couple) | Q(couple=couple))
    return held.exists() or asked_for.exists() or any(kind.objects.filter(couple=couple).exists() for kind in ON_RECORD)


def delete_couple(couple: Couple) -> None:
    """Take away a couple that was entered by mistake. Raises CoupleOnRecord."""
    if is_on_record(couple):
        raise CoupleOnRecord
    if Couple.objects.filter(pk=couple.pk).update(deleted_at=timezone.now()):
        audit.record("couple.deleted", object_id=couple.id, couple_id=couple.id)


def delete_session(session: CounselingSession) -> None:
    """Take away a session that was entered by mistake, with what was rated in it. Raises SessionPlanned."""
    refuse_planned(session)
    if CounselingSession.objects.filter(pk=session.pk).update(deleted_at=timezone.now()):
        audit.record("session.deleted", object_id=session.id, couple_id=session.couple_id)


def refuse_planned(session: CounselingSession) -> None:
    if session.held_at is None and session.cancelled_at is None:
        raise SessionPlanned


def deleted_couples(membership: Membership) -> QuerySet[Couple]:
    """What this member deleted, or could have, and can still restore; the latest first."""
    own = Couple.with_deleted.filter(therapist=membership, deleted_at__gt=timezone.now() - RESTORED_WITHIN)
    return own.order_by("-deleted_at") if membership.role in TREATING else own.none()


def deleted_sessions(membership: Membership) -> QuerySet[CounselingSession]:
    recent = CounselingSession.with_deleted.filter(deleted_at__gt=timezone.now() - RESTORED_WITHIN)
    own = recent.filter(couple__in=couples_treated_by(membership))
    return own.select_related("couple").order_by("-deleted_at")


def restore_couple(couple: Couple) -> None:
    Couple.with_deleted.filter(pk=couple.pk).update(deleted_at=None)
    audit.record("couple.restored", object_id=couple.id, couple_id=couple.id)


def restore_session(session: CounselingSession) -> None:
    CounselingSession.with_deleted.filter(pk=session.pk).update(deleted_at=None)
    audit.record("session.restored", object_id=session.id, couple_id=session.couple_id)


def erase_deleted() -> None:
    """The worker's part, for one practice: what can no longer be restored, files that nobody confirmed, and answers
    that were kept for a repeat which did not come.

    Straight DELETEs: what hangs on a row goes by the database's cascade, and policies hold the worker to the time.
    """
    now = timezone.now()
    for kind in (CounselingSession, Couple):
        long_deleted = kind.with_deleted.filter(deleted_at__lt=now - RESTORED_WITHIN).order_by()
        number = long_deleted._raw_delete(long_deleted.db)
        if number:
            audit.record(f"{kind._meta.model_name}s.erased", number=number)
    given_up = CoupleImport.objects.filter(uploaded_at__lt=now - LOOKED_AT_WITHIN)
    given_up._raw_delete(given_up.db)
    not_repeated = IdempotencyRecord.objects.filter(created_at__lt=now - REPEATED_WITHIN)
    not_repeated._raw_delete(not_repeated.db)
