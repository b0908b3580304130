"""What keeps a couple on record, one function each."""

from datetime import timedelta

from django.utils import timezone

from assessments.ending import ask_after_care
from assessments.passages import request_record, request_shared_record
from clients.holds import lift_hold, place_hold
from clients.models import Couple, Partner
from practice.models import Membership
from tests.assessments.flagged import raise_flag
from tests.assessments.test_flags import acknowledge
from tests.factories import as_staff, end_assignments, make_sheet


def flag_open(alice: Membership, couple: Couple, dana: Partner) -> None:
    raise_flag(alice, dana)
    end_assignments(alice, couple)


def flag_acknowledged(alice: Membership, couple: Couple, dana: Partner) -> None:
    acknowledge(alice, raise_flag(alice, dana))
    end_assignments(alice, couple)


def sheet_open(alice: Membership, couple: Couple, dana: Partner) -> None:
    make_sheet(alice, dana)


def follow_up_planned(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        ask_after_care(couple, membership=alice, at=timezone.now() + timedelta(days=90))


def record_asked_for(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        request_record(dana, purpose="copy", membership=alice)


def shared_record_asked_for(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        request_shared_record(couple, purpose="copy", membership=alice)


def held(alice: Membership, couple: Couple, dana: Partner) -> None:
    with as_staff(alice):
        place_hold(couple, reason="A court asked", membership=alice)


def hold_lifted_just_now(alice: Membership, couple: Couple, dana: Partner) -> None:
    held(alice, couple, dana)
    with as_staff(alice):
        lift_hold(couple, membership=alice)
