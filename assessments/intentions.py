"""Whether a partner wants to improve the relationship or first to find out. Private: for the therapist alone.

Asked with the full form, the same of both; the answer is never read back to anybody but the therapist.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection
from django.http import Http404
from django.utils import timezone

from assessments.answers import sheet_errors
from assessments.models import AnswerSheet, Intention
from assessments.plan_templates import library as templates
from clients.models import Couple, Partner
from practice import audit
from practice.errors import InvalidInput
from practice.models import Membership


def asks_intention(sheet: AnswerSheet) -> bool:
    """Asked with the instrument that measures what a plan works on: at intake and at every review."""
    identifier = templates.latest().measured_by.partition("@")[0]
    return sheet.instrument.partition("@")[0] == identifier and not sheet.sitting


def choices() -> list[tuple[str, str]]:
    """The two wishes and their words, as everybody reads them."""
    return [(value, str(label)) for value, label in Intention.Wish.choices]


def save_intention(sheet: AnswerSheet, *, wish: str | None) -> None:
    """What the partner of an open form says; None is "I would rather not say": nothing is kept, not even what was.

    Raises Http404 for a form that does not ask it, InvalidInput, SheetClosed, AlreadySubmitted.
    """
    if not asks_intention(sheet):
        raise Http404
    if wish is not None:
        _refuse_unknown(wish)
    with sheet_errors(), connection.cursor() as cursor:
        cursor.execute("SELECT app.save_intention(%s, %s, %s)", [sheet.id, wish, timezone.now()])


def record_intention(partner: Partner, *, wish: str, membership: Membership) -> Intention:
    """What the partner said to the therapist alone. Raises InvalidInput."""
    _refuse_unknown(wish)
    stated: Intention = Intention.objects.create(
        couple_id=partner.couple_id,
        partner=partner,
        wish=wish,
        stated_at=timezone.now(),
        recorded_by=membership.id,
    )
    audit.record("intention.recorded", object_id=stated.id, couple_id=partner.couple_id)
    return stated


def intentions_of(couple: Couple) -> Mapping[UUID, Intention]:
    """The newest statement of each partner."""
    return {one.partner_id: one for one in Intention.objects.filter(couple=couple).order_by("stated_at")}


def _refuse_unknown(wish: str) -> None:
    if wish not in Intention.Wish.values:
        raise InvalidInput("Choose one of the two answers.", code="wish")
