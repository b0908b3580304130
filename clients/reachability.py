"""Whether and when a message may reach a partner: the one safe channel, in the safe hours, by the partner's clock.

Rule that must not break: an address beside another channel is not safe, and hours that cannot be read are never.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from clients.models import Invitation, Partner
from clients.safe_hours import UnclearHours, read_hours
from practice import text_messages
from practice.errors import DomainError
from practice.practices import time_zone


class NoSafeChannel(DomainError):
    """No safe way to reach this partner by that channel is recorded. Hand the link over in person."""

    code = "no_safe_channel"


class OutsideSafeHours(DomainError):
    """No safe hour of this partner is left before the form closes. Hand the link over in person."""

    code = "outside_safe_hours"


def refuse_unsafe(partner: Partner, delivery: str) -> None:
    """Raises NoSafeChannel unless this is the partner's channel, and messages can be sent by it."""
    # The channel "none" is no delivery: an address recorded beside it is not safe.
    if delivery != partner.channel or delivery not in Invitation.Delivery.values:
        raise NoSafeChannel
    if delivery == Invitation.Delivery.SMS and not text_messages.can_be_sent():
        raise NoSafeChannel("Text messages cannot be sent from here yet. Hand the link over in person.")


def safe_moment(partner: Partner, *, now: datetime, closes_at: datetime) -> datetime:
    """The first moment from now on when a message may reach the partner. Raises OutsideSafeHours."""
    try:
        hours = read_hours(partner.hours)
    except UnclearHours as error:
        raise OutsideSafeHours("The safe hours of this partner cannot be read. Enter them again.") from error
    if hours is None:
        return now
    opening = hours.next_opening(now, zone_of(partner))
    if opening >= closes_at:
        raise OutsideSafeHours
    return opening


def zone_of(partner: Partner) -> ZoneInfo:
    """The zone of the clock on the partner's wall."""
    return ZoneInfo(partner.time_zone) if partner.time_zone else time_zone()
