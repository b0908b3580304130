"""A couple whose two forms were sent with chosen scores, and who both agreed to a joint report."""

from collections.abc import Mapping
from typing import Any

from assessments.joint_reports import release_joint_report, shareable_wave
from assessments.models import AnswerSheet, JointReport, SafetyFlag
from clients.consents import record_consent
from clients.models import Consent, Couple
from practice.models import Membership
from tests import factories
from tests.factories import as_staff


def sheets_of(therapist: Membership, couple: Couple, instrument: str = "ena-c") -> list[AnswerSheet]:
    """Both open sheets of a new assignment."""
    assignment = factories.assign(therapist, couple, instrument)
    partners = [factories.partner_of(therapist, couple, position) for position in (1, 2)]
    return [factories.sheet_of(therapist, assignment, partner) for partner in partners]


def calm(**more: Any) -> dict[str, Any]:
    """Answers that raise no flag, by line; `more` names directions, as experienced={"PR1": 3}."""
    safe = {f"{side}.SC{number}": 0 for side in ("experienced", "enacted") for number in (1, 2, 3)}
    return {**safe, **{f"{side}.{item}": value for side, given in more.items() for item, value in given.items()}}


def agree(therapist: Membership, couple: Couple) -> None:
    with as_staff(therapist):
        for partner in couple.partners.all():
            record_consent(partner, kind=Consent.Kind.JOINT_REPORT, version="1", recorded_by=therapist.id)


def submit_both(sheets: list[AnswerSheet], answers: list[Mapping[str, Any]]) -> None:
    for sheet, given in zip(sheets, answers, strict=True):
        factories.submit(sheet, given)


def close_flags(therapist: Membership, couple: Couple) -> None:
    with as_staff(therapist):
        SafetyFlag.objects.filter(couple=couple).update(state=SafetyFlag.State.CLOSED)


def release(therapist: Membership, couple: Couple) -> JointReport:
    with as_staff(therapist):
        return release_joint_report(couple, wave=shareable_wave(couple), membership=therapist)


def released(therapist: Membership, couple: Couple, answers: list[Mapping[str, Any]]) -> JointReport:
    """Sent, agreed, flags closed and released."""
    submit_both(sheets_of(therapist, couple), answers)
    agree(therapist, couple)
    close_flags(therapist, couple)
    return release(therapist, couple)
