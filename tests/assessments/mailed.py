"""A couple that gets mail, on a clock that tests turn: what was given, what has passed, what was sent."""

from datetime import timedelta

from assessments.models import AnswerSheet
from clients.couples import PartnerDetails, update_partners
from clients.models import Couple, Invitation
from practice.models import Membership
from tests.factories import (
    as_staff,
    assign,
    deliver_outbox,
    partner_of,
    sheet_of,
)

DANA, ERIN = "dana@example.org", "erin@example.org"


def pass_days(clock, days: float) -> None:
    """In steps of six hours, with the worker at work."""
    for _ in range(round(days * 4)):
        clock.shift(timedelta(hours=6))
        deliver_outbox()


def sent_to(smtp) -> list[str]:
    """Partners alone: what tells the therapist of a flag is another matter."""
    return sorted(to for message in smtp.messages if (to := str(message["To"])).endswith("@example.org"))


def kinds(alice: Membership) -> list[tuple[str, str, int | None]]:
    with as_staff(alice):
        rows = Invitation.objects.exclude(kind="invitation").select_related("partner")
        return sorted((str(one.partner), one.kind, one.ordinal) for one in rows)


def given(alice: Membership, couple: Couple, position: int = 1, **options) -> AnswerSheet:
    """The open form of a partner, whose link has left."""
    assignment = assign(alice, couple, **options)
    deliver_outbox()
    return sheet_of(alice, assignment, partner_of(alice, couple, position))


def change(alice: Membership, couple: Couple, **details) -> None:
    one = PartnerDetails(**{"name": "Dana", "email": DANA, "channel": "email", **details})
    with as_staff(alice):
        update_partners(couple, [one, PartnerDetails(name="Erin", email=ERIN, channel="email")])
