"""What each partner agreed to, in which version. A consent is withdrawn, never deleted or overwritten."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients.models import Consent, Couple, Partner
from practice import audit
from practice.errors import InvalidInput


def record_consent(partner: Partner, *, kind: str, version: str, recorded_by: UUID | None = None) -> Consent:
    """Note a consent; one of another version takes the place of the one in force. Raises InvalidInput."""
    if kind not in Consent.Kind.values or not version.strip():
        raise InvalidInput("Say what was agreed to, and in which version.", code="kind")
    with transaction.atomic():
        in_force = Consent.objects.select_for_update().filter(partner=partner, kind=kind, withdrawn_at=None).first()
        if in_force and in_force.version == version:
            return in_force
        if in_force:
            _withdraw(in_force)
        consent: Consent = Consent.objects.create(
            partner=partner, kind=kind, version=version.strip(), given_at=timezone.now(), recorded_by=recorded_by
        )
    audit.record("consent.given", object_id=consent.id, couple_id=partner.couple_id, kind=kind, version=version)
    return consent


def withdraw_consent(partner: Partner, *, kind: str) -> None:
    """End the consent in force, if there is one."""
    for consent in Consent.objects.filter(partner=partner, kind=kind, withdrawn_at=None):
        _withdraw(consent)
        audit.record("consent.withdrawn", object_id=consent.id, couple_id=partner.couple_id, kind=kind)


def both_agreed(couple: Couple, *, kind: str, hold: bool = False) -> bool:
    """Whether a consent of both partners is in force; with `hold` neither can be withdrawn in this transaction."""
    in_force = Consent.objects.filter(partner__couple=couple, kind=kind, withdrawn_at=None)
    found = in_force.select_for_update(of=("self",)) if hold else in_force
    return len({consent.partner_id for consent in found}) == 2


def _withdraw(consent: Consent) -> None:
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
