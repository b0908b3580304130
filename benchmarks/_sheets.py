"""Sheets to save and submit, made by the functions that a therapist's and a partner's clicks call."""

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assessments import answers, assignments
from assessments.demo import HILLSIDE, Teller, make_practice
from assessments.instruments.definition import CONTEXT
from assessments.models import AnswerSheet
from assessments.sheets import SheetForm, form_of
from clients.couples import PartnerDetails, create_couple
from clients.invitations import open_link
from clients.models import Invitation
from practice import tenancy
from practice.database.context import Scope
from practice.models import Membership

PAGES = 2  # saved of each sheet


@dataclass(frozen=True)
class Target:
    """One sheet, answered in full and still open, and the token that its link gave."""

    practice_id: UUID
    partner_id: UUID
    sheet_id: UUID
    couple_id: UUID
    token: str


class Maker:
    """One practice with a therapist; every target it makes has the same form."""

    def __init__(self) -> None:
        therapist = make_practice("Bench", "bench", HILLSIDE)["therapist"]
        self.teller = Teller(therapist, Random(1), timezone.now())
        self.first = self.pair()

    def pair(self) -> tuple[Target, Target]:
        """Both partners of a new couple: one for the server, one for the raw statements."""
        with self.teller.therapist():
            couple = create_couple(
                label="Bench", partners=[PartnerDetails(name="A"), PartnerDetails(name="B")], therapist=self.therapist
            )
            assignments.assign_instrument(couple, instrument="ena-c", membership=self.therapist)
            sheets = AnswerSheet.objects.filter(couple=couple).select_related("partner").order_by("partner__position")
            issued = [
                (sheet, assignments.invite_to_sheet(sheet, delivery=Invitation.Delivery.IN_PERSON)) for sheet in sheets
            ]
        one, other = (self._opened(sheet, str(link.key)) for sheet, link in issued)
        return one, other

    @property
    def therapist(self) -> Membership:
        return self.teller.membership

    def _opened(self, sheet: AnswerSheet, key: str) -> Target:
        with transaction.atomic():
            token = open_link(key, browser=None).token
        with tenancy.begin(Scope.partner(practice_id=self.therapist.practice_id, partner_id=sheet.partner_id)):
            own = AnswerSheet.objects.get(pk=sheet.pk)
            answers.save_answers(own, full_answers(form_of(own)))
        return Target(self.therapist.practice_id, sheet.partner_id, sheet.id, sheet.couple_id, token)

    @cached_property
    def form(self) -> SheetForm:
        target = self.first[0]
        with tenancy.begin(Scope.partner(practice_id=target.practice_id, partner_id=target.partner_id)):
            return form_of(AnswerSheet.objects.get(pk=target.sheet_id))

    def pages(self) -> list[dict[str, Any]]:
        """What a partner saves, page by page: the first pages of lines."""
        pages = [page for page in self.form.pages if page.kind == "lines"][:PAGES]
        return [{line.id: 1 for line in page.lines} for page in pages]


def full_answers(form: SheetForm) -> dict[str, Any]:
    """Every line dealt with; what concerns safety answered by nothing that raises a flag."""
    lines = [line for line in form.lines if line.direction != CONTEXT]
    said: dict[str, Any] = {line.id: 0 if line.safety_relevant else 1 + line.index % 3 for line in lines}
    return {**said, f"{CONTEXT}.CX": []}
