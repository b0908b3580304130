"""What tests of flags share: raising one, naming a cover, and letting the outbox run dry."""

from uuid import UUID

from assessments.models import AnswerSheet, FlagEvent, SafetyFlag
from clients.models import Partner
from practice import outbox
from practice.cover import name_cover
from practice.models import Membership
from practice.tasks import sweep_outbox
from tests.attacks import as_maintenance
from tests.factories import as_staff, make_sheet, save

URGENT = {"experienced.SC1": 4}


def raise_flag(therapist: Membership, partner: Partner) -> SafetyFlag:
    """One urgent flag, of a form that is still open."""
    sheet = make_sheet(therapist, partner)
    save(sheet, URGENT)
    return flag_of(therapist, sheet)


def flag_of(member: Membership, sheet: AnswerSheet) -> SafetyFlag:
    with as_staff(member):
        return SafetyFlag.objects.select_related("partner").get(sheet=sheet)


def again(member: Membership, flag: SafetyFlag) -> SafetyFlag:
    with as_staff(member):
        return SafetyFlag.objects.get(pk=flag.pk)


def cover_by(therapist: Membership, cover: Membership | None) -> None:
    with as_staff(therapist):
        name_cover(therapist, cover_id=cover.id if cover else None)


def actions(member: Membership, flag: SafetyFlag) -> list[tuple[str, UUID | None]]:
    with as_staff(member):
        return list(FlagEvent.objects.filter(flag=flag).order_by("at").values_list("action", "by"))


def trail(flag: SafetyFlag) -> list[tuple[str, UUID | None, dict]]:
    return as_maintenance(
        f"SELECT action, actor_id, detail FROM practice_auditevent WHERE object_id = '{flag.id}' ORDER BY at"
    )


def run_outbox() -> None:
    while outbox.due_ids():
        sweep_outbox()
