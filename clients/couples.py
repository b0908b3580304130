"""Couples and their two partners. A couple has exactly two, each with what can reach them safely.

Two partners never share an address: whoever reads it would hold both links. Where they do, links go hand to hand.
"""

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from clients.invitations import end_all_links, end_sent_links
from clients.models import Couple, Partner
from clients.safe_hours import UnclearHours, read_hours, time_zones
from practice import audit
from practice.content import tells_too_much
from practice.database.kept import Kept
from practice.errors import DomainError, InvalidInput
from practice.models import Membership

# The partners of a couple by its id, in their order.
partners_of: Kept[Partner] = Kept(lambda couple: Partner.objects.filter(couple=couple).order_by("position"))


class TwoPartners(InvalidInput):
    """A couple has exactly two partners: give both, with their names."""

    code = "two_partners"


class SameAddress(InvalidInput):
    """Both partners have the same address, so one could open the other's link. Give each an own one, or none."""

    code = "same_address"


class CoupleClosed(DomainError):
    """This couple is closed. Open it again to go on."""

    code = "couple_closed"


@dataclass(frozen=True, kw_only=True)
class PartnerDetails:
    name: str
    email: str = ""
    phone: str = ""
    channel: str = Partner.Channel.NONE
    hours: str = ""
    neutral_name: str = ""
    time_zone: str = ""


def create_couple(*, label: str, partners: Sequence[PartnerDetails], therapist: Membership | None) -> Couple:
    """A couple in intake. Raises TwoPartners, SameAddress or InvalidInput with the faults by field."""
    check_couple(label, partners)
    with transaction.atomic():
        couple = Couple.objects.create(label=label.strip(), therapist=therapist, created_at=timezone.now())
        for position, details in enumerate(partners, start=1):
            Partner.objects.create(couple=couple, position=position, **_fields(details))
    audit.record("couple.created", object_id=couple.id, couple_id=couple.id)
    return couple


def create_couples(
    given: Sequence[tuple[str, Sequence[PartnerDetails]]], *, therapist: Membership, batch: int = 500
) -> list[Couple]:
    """Many couples in intake at once, `batch` rows a statement; all of them or none. Raises as create_couple does."""
    for label, partners in given:
        check_couple(label, partners)
    now = timezone.now()
    couples = [Couple(label=label.strip(), therapist=therapist, created_at=now) for label, _ in given]
    with transaction.atomic():
        Couple.objects.bulk_create(couples, batch_size=batch)
        Partner.objects.bulk_create(
            (
                Partner(couple=couple, position=position, **_fields(details))
                for couple, (_, partners) in zip(couples, given, strict=True)
                for position, details in enumerate(partners, start=1)
            ),
            batch_size=batch,
        )
    for couple in couples:
        audit.record("couple.created", object_id=couple.id, couple_id=couple.id, imported=True)
    return couples


def update_couple(couple: Couple, *, label: str | None = None, state: str | None = None) -> None:
    """Rename a couple, or move it between intake, active and paused."""
    if label is not None:
        couple.label = label.strip() or couple.label
    if state is not None and state != couple.state:
        if state == Couple.State.CLOSED or couple.state == Couple.State.CLOSED:
            raise InvalidInput("Close a couple with a reason; open a closed one again first.", code="closed_reason")
        couple.state = state
    couple.save(update_fields=["label", "state"])
    audit.record("couple.changed", object_id=couple.id, couple_id=couple.id)


def close_couple(couple: Couple, *, reason: str) -> None:
    """End care, with a reason. Separation is an outcome like any other."""
    if reason not in Couple.ClosedReason.values:
        raise InvalidInput("Choose why care ends.", code="closed_reason")
    couple.state, couple.closed_reason, couple.closed_at = (Couple.State.CLOSED, reason, timezone.now())
    couple.save(update_fields=["state", "closed_reason", "closed_at"])
    audit.record("couple.closed", object_id=couple.id, couple_id=couple.id, reason=reason)


def reopen_couple(couple: Couple, *, new_episode: bool = False) -> None:
    """Go on with care. A new episode measures change from now on; what was measured before stays as it is."""
    couple.state, couple.closed_reason, couple.closed_at = Couple.State.ACTIVE, "", None
    if new_episode:
        couple.episode_started_at = timezone.now()
    couple.save(update_fields=["state", "closed_reason", "closed_at", "episode_started_at"])
    audit.record("couple.reopened", object_id=couple.id, couple_id=couple.id, new_episode=new_episode)


def allow_own_results(couple: Couple, *, allowed: bool) -> None:
    """Whether each partner may see their own results, in words; the same for both."""
    couple.own_results_allowed = allowed
    couple.save(update_fields=["own_results_allowed"])
    audit.record("couple.own_results", object_id=couple.id, couple_id=couple.id, allowed=allowed)


def set_individual_mode(couple: Couple, *, on: bool) -> None:
    """While it is on nothing is shared between the two; to each it looks as if nothing had been released yet."""
    couple.individual_mode = on
    couple.save(update_fields=["individual_mode"])
    audit.record("couple.individual_mode", object_id=couple.id, couple_id=couple.id, on=on)


def update_partners(couple: Couple, partners: Sequence[PartnerDetails]) -> None:
    """Replace what is known of both partners, in their order; links sent to a former address end.

    Raises as create_couple does.
    """
    check_couple(couple.label, partners)
    with transaction.atomic():
        for partner, details in zip(couple.partners.select_for_update().order_by("position"), partners, strict=True):
            reached_by = (partner.channel, partner.email, partner.phone)
            for name, value in _fields(details).items():
                setattr(partner, name, value)
            partner.save()
            if reached_by != (partner.channel, partner.email, partner.phone):
                end_sent_links(partner)
    audit.record("couple.contacts_changed", object_id=couple.id, couple_id=couple.id)


def leave(partner: Partner) -> None:
    """One partner takes no further part; the other goes on and is not told."""
    if partner.state != Partner.State.LEFT:
        _move(partner, Partner.State.LEFT, "partner.left")
        end_all_links(partner)


def take_part_again(partner: Partner) -> None:
    """A partner who had left is back. Links that ended stay ended; the other is not told."""
    if partner.state != Partner.State.ACTIVE:
        _move(partner, Partner.State.ACTIVE, "partner.returned")


def _move(partner: Partner, state: str, action: str) -> None:
    partner.state = state
    partner.save(update_fields=["state"])
    audit.record(action, object_id=partner.id, couple_id=partner.couple_id)


def normalised_address(email: str) -> str:
    """What two spellings of one mailbox share: case, width, dots, +tags and the script of the domain do not count."""
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{local.partition('+')[0].replace('.', '')}@{domain.removesuffix('.')}"


def _fields(details: PartnerDetails) -> dict[str, str]:
    hours = read_hours(details.hours)
    return {name: value.strip() for name, value in vars(details).items()} | {"hours": hours.text if hours else ""}


def check_couple(label: str, partners: Sequence[PartnerDetails]) -> None:
    """Raises TwoPartners, SameAddress or InvalidInput with the faults by field."""
    faults = [] if label.strip() else [_fault("label", "required", "Give the couple a label.")]
    if len(partners) != 2:
        raise TwoPartners
    for number, details in enumerate(partners):
        faults += _partner_faults(f"partners[{number}]", details)
        faults += _message_faults(f"partners[{number}].safe_contact", details, partners)
    if faults:
        raise InvalidInput("Some of what was given does not fit.", faults=faults)
    if any(details.channel != Partner.Channel.NONE for details in partners) and _share_an_address(partners):
        raise SameAddress


def _share_an_address(partners: Sequence[PartnerDetails]) -> bool:
    mailboxes = [normalised_address(details.email) for details in partners if details.email.strip()]
    numbers = [digits for details in partners if (digits := "".join(filter(str.isdigit, details.phone)))]
    return len(set(mailboxes)) < len(mailboxes) or len(set(numbers)) < len(numbers)


def _partner_faults(path: str, details: PartnerDetails) -> list[dict[str, str]]:
    faults = [] if details.name.strip() else [_fault(f"{path}.name", "required", "Give the partner a name.")]
    if details.channel not in Partner.Channel.values:
        faults.append(_fault(f"{path}.safe_contact.channel", "invalid_choice", "Choose email, sms or none."))
    if details.channel == Partner.Channel.EMAIL and not details.email.strip():
        faults.append(_fault(f"{path}.email", "required", "Give the address that is safe, or choose another channel."))
    if details.channel == Partner.Channel.SMS and not details.phone.strip():
        faults.append(_fault(f"{path}.phone", "required", "Give the number that is safe, or choose another channel."))
    if details.email.strip():
        try:
            validate_email(details.email.strip())
        except ValidationError:
            faults.append(_fault(f"{path}.email", "invalid", "This is not an e-mail address."))
    return faults


def _message_faults(path: str, details: PartnerDetails, partners: Sequence[PartnerDetails]) -> list[dict[str, str]]:
    faults = []
    try:
        read_hours(details.hours)
    except UnclearHours as error:
        faults.append(_fault(f"{path}.hours", error.code, str(error)))
    if details.time_zone.strip() and details.time_zone.strip() not in time_zones():
        told = "Give a zone such as “Europe/London”, or leave it empty for the practice's."
        faults.append(_fault(f"{path}.time_zone", "invalid_time_zone", told))
    neutral = details.neutral_name.strip().casefold()
    if neutral and (tells_too_much(neutral) or neutral in {one.name.strip().casefold() for one in partners}):
        told = "Messages name nobody and no topic. Choose another word, or leave this empty."
        faults.append(_fault(f"{path}.neutral_name", "not_neutral", told))
    return faults


def _fault(field: str, code: str, detail: str) -> dict[str, str]:
    return {"field": field, "code": code, "detail": detail}
