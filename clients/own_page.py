"""What a partner sees and settles about themselves: the channel, the hours, reminders and what they agreed to.

Rule that must not break: everything here is read from the partner's own row and consents, so nothing on it can depend
on the other. A channel can be stopped and never opened: only the practice opens one, after asking the partner alone.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from clients.consents import Standing, current_version
from clients.models import Consent, Partner
from clients.safe_hours import read_hours, time_zones
from practice import audit
from practice.database.rows import rows_of
from practice.encryption import sealed
from practice.errors import InvalidInput, fault

SEALED = ("name", "email", "phone")
# What a partner agrees to on their own page. The practice's own policy is signed on paper.
OWN_KINDS = (Consent.Kind.ASSESSMENT, Consent.Kind.JOINT_REPORT, Consent.Kind.STATISTICS)


@dataclass(frozen=True)
class OwnPage:
    """`partner` holds the own contact and nothing else; `address` is the own e-mail or number, mostly hidden."""

    partner: Partner
    standings: list[Standing]

    @property
    def address(self) -> str:
        is_mail = self.partner.channel == Partner.Channel.EMAIL
        return hidden_mail(self.partner.email) if is_mail else hidden_number(self.partner.phone)

    @property
    def wants_reminders(self) -> bool:
        return self.partner.reminders_off_at is None


def own_page() -> OwnPage:
    """The own page of the partner in scope."""
    newest = {one.kind: one for one in rows_of(Consent, "SELECT * FROM app.own_consents()")}
    standings = [
        Standing(kind, str(kind.label), newest.get(kind), current_version(kind))
        for kind in Consent.Kind
        if kind in OWN_KINDS or kind in newest
    ]
    return OwnPage(own_contact(), standings)


def own_contact() -> Partner:
    [found] = rows_of(Partner, "SELECT * FROM app.own_contact()")
    for name in SEALED:
        setattr(found, name, sealed(vars(found)[name]))
    return found


def save_own_hours(*, hours: str, zone: str) -> None:
    """When messages may come, by a clock in `zone`; empty is any time, and the practice's clock.

    Raises UnclearHours and InvalidInput.
    """
    read = read_hours(hours)
    if zone and zone not in time_zones():
        told = "Choose a place from the list, or leave it as the practice's."
        raise InvalidInput(told, faults=[fault("time_zone", "invalid_time_zone", told)])
    _call("app.save_own_hours(%s, %s)", read.text if read else "", zone)
    _record("partner.hours_changed")


def stop_own_channel() -> None:
    """From now on links are handed over in person only, and what was sent and never opened opens nothing."""
    _call("app.stop_own_channel(%s)", timezone.now())
    _record("partner.channel_stopped")


def set_own_reminders(*, wanted: bool) -> None:
    """What they want from now on; a reminder that is on its way waits for this, or goes first.

    Nobody else turns reminders on again. The therapist sees since when.
    """
    _call("app.set_own_reminders(%s, %s)", wanted, timezone.now())
    _record("reminders.wanted" if wanted else "reminders.stopped")


def give_own_consent(kind: str) -> None:
    """Agree to the text that is given now. Raises InvalidInput."""
    if kind not in OWN_KINDS:
        raise InvalidInput("This is agreed to in the practice.", code="kind")
    given = _call("app.give_own_consent(%s, %s, %s)", kind, current_version(kind), timezone.now())
    if given:
        _record("consent.given", object_id=given, kind=kind)


def withdraw_own_consent(kind: str) -> None:
    """End the own consent in force, if there is one; that it was given stays on record."""
    withdrawn = _call("app.withdraw_own_consent(%s, %s)", kind, timezone.now())
    if withdrawn:
        _record("consent.withdrawn", object_id=withdrawn, kind=kind)


def hidden_mail(email: str) -> str:
    """Enough to know one's own address, too little to give it to whoever looks over the shoulder."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}…{at}{domain[:1]}…" if email else ""


def hidden_number(phone: str) -> str:
    return f"…{phone.strip()[-2:]}" if phone.strip() else ""


def _record(action: str, *, object_id: UUID | None = None, **detail: Any) -> None:
    own = own_contact()
    audit.record(action, object_id=object_id or own.id, couple_id=own.couple_id, **detail)


def _call(function: str, *arguments: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", arguments)
        return cursor.fetchone()[0]
