"""What each partner agreed to, in which version. A consent is withdrawn, never deleted or overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clients.couples import partners_of
from clients.models import Consent, Couple, Partner
from practice import audit
from practice.content import client_texts
from practice.database.kept import Kept
from practice.errors import InvalidInput

LONGEST_VERSION = 40
# The practice writes this text itself, so only the practice knows its version.
OWN_TEXTS = (Consent.Kind.NO_SECRETS,)
# The text on statistics has a version of its own. It speaks of statistics across practices since 0.3.0: who agreed to
# an earlier one counts within the practice alone.
STATISTICS_VERSION = "0.3.0"
ACROSS_PRACTICES_VERSIONS = (STATISTICS_VERSION,)


@dataclass(frozen=True)
class Standing:
    """Where one partner stands on one kind: the newest consent, and the version of the text that is given now.

    `current` is empty for a text of the practice's own.
    """

    kind: str
    label: str
    newest: Consent | None
    current: str

    @property
    def in_force(self) -> bool:
        return self.newest is not None and self.newest.withdrawn_at is None

    @property
    def is_older(self) -> bool:
        """Whether what was agreed to is not the text that is given now."""
        return self.in_force and bool(self.current) and self.newest is not None and self.newest.version != self.current


def current_version(kind: str) -> str:
    """The version of the text that is given now; empty for a text of the practice's own."""
    if kind == Consent.Kind.STATISTICS:
        return STATISTICS_VERSION
    return "" if kind in OWN_TEXTS else str(client_texts()["version"])


GIVEN = Kept(lambda couple: Consent.objects.filter(partner__couple=couple).order_by("given_at"))


def standings_of(couple: Couple) -> Mapping[Partner, list[Standing]]:
    """Every kind of consent for each partner, in their order."""
    newest = {(one.partner_id, one.kind): one for one in GIVEN(couple.id)}
    return {
        partner: [
            Standing(kind, str(label), newest.get((partner.id, kind)), current_version(kind))
            for kind, label in Consent.Kind.choices
        ]
        for partner in partners_of(couple.id)
    }


def record_consent(partner: Partner, *, kind: str, version: str, recorded_by: UUID | None = None) -> Consent:
    """Note a consent; one of another version takes the place of the one in force. Raises InvalidInput."""
    version = version.strip()
    if kind not in Consent.Kind.values or not version:
        raise InvalidInput("Say what was agreed to, and in which version.", code="kind")
    if len(version) > LONGEST_VERSION:
        raise InvalidInput(f"Shorten the version to {LONGEST_VERSION} characters.", code="version")
    with transaction.atomic():
        in_force = Consent.objects.select_for_update().filter(partner=partner, kind=kind, withdrawn_at=None).first()
        if in_force and in_force.version == version:
            return in_force
        if in_force:
            _withdraw(in_force)
        consent: Consent = Consent.objects.create(
            partner=partner, kind=kind, version=version, given_at=timezone.now(), recorded_by=recorded_by
        )
    audit.record("consent.given", object_id=consent.id, couple_id=partner.couple_id, kind=kind)
    return consent


def withdraw_consent(partner: Partner, *, kind: str) -> None:
    """End the consent in force, if there is one."""
    for consent in Consent.objects.filter(partner=partner, kind=kind, withdrawn_at=None):
        _withdraw(consent)
        audit.record("consent.withdrawn", object_id=consent.id, couple_id=partner.couple_id, kind=kind)


def both_agreed(couple: Couple, *, kind: str, hold: bool = False) -> bool:
    """Whether both partners take part and a consent of each is in force; with `hold` neither can end meanwhile."""
    in_force = Consent.objects.select_related("partner").filter(
        partner__couple=couple, partner__state=Partner.State.ACTIVE, kind=kind, withdrawn_at=None
    )
    found = in_force.select_for_update(of=("self", "partner")) if hold else in_force
    return len({consent.partner_id for consent in found}) == 2


def _withdraw(consent: Consent) -> None:
    consent.withdrawn_at = timezone.now()
    consent.save(update_fields=["withdrawn_at"])
