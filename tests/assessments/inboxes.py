"""What tests ask of an inbox."""

from django.utils import timezone

from assessments.assignments import close_wave
from assessments.inbox import Item, Kind, inbox_of
from assessments.models import AnswerSheet
from practice.models import Membership
from tests.factories import (
    as_staff,
    as_worker,
    client_of,
)


def items(member: Membership, *kinds: Kind) -> list[Item]:
    with as_staff(member):
        found = inbox_of(member, now=timezone.now())
    return [item for item in found if not kinds or item.kind in kinds]


def kinds(member: Membership) -> list[str]:
    return [item.kind.value for item in items(member)]


def names(member: Membership, kind: Kind) -> list[str]:
    return sorted(str(item.partner) for item in items(member, kind))


def set_aside(member: Membership, item: Item) -> int:
    data = {"kind": item.kind, "reference": str(item.reference)}
    return client_of(member).post("/inbox/done/", data).status_code


def end_window(alice: Membership, sheet: AnswerSheet) -> None:
    with as_worker(alice.practice):
        close_wave(sheet.wave_id)
