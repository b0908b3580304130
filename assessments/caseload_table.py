"""The list of couples as its page draws it: every word, tone, day and address, worked out once.

A template that works them out takes longer than all else on the page: it looks each name up anew, each word in the
catalogue of translations and each day in the formats of the language. A dictionary is where it looks first.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.caseload import Need
from assessments.caseload_rows import CaseloadRow, PartnerRow
from assessments.models import AnswerSheet
from assessments.sparkline import sparklines
from assessments.templatetags.attune import percent, tone, verdict, verdict_tone
from clients.models import Couple
from practice.models import Membership

NEED_TONES = {
    Need.URGENT: "urgent",
    Need.WORSE: "warn",
    Need.REVIEW: "warn",
    Need.OVERDUE: "warn",
    Need.SESSION: "info",
    Need.DUE: "info",
}
SAID_OF_STATE = (Couple.State.INTAKE, Couple.State.PAUSED)
Days = Callable[[datetime], str]


def drawn(rows: Sequence[CaseloadRow], *, membership: Membership, now: datetime) -> list[dict[str, Any]]:
    """One dictionary a row; what is "" is not drawn. `membership` is the reader."""
    needs = {need: str(need.label) for need in Need}
    states = {state.value: str(state.label) for state in SAID_OF_STATE}
    forms = {state: str(state.label) for state in AnswerSheet.State}
    day = cache(lambda local: date_format(local, "j M"))

    def days(moment: datetime) -> str:
        return day(timezone.localtime(moment).date())

    return [
        {
            "id": row.couple.id,
            "label": row.label,
            "address": reverse("couple", args=[row.couple.id]),
            "need": needs[row.need],
            "tone": NEED_TONES.get(row.need, "neutral"),
            "flags": row.flags,
            "state": states.get(row.couple.state, ""),
            "can_pick": row.couple.therapist_id == membership.id and row.couple.state != Couple.State.CLOSED,
            "therapist": row.couple.therapist.name if row.couple.therapist else "",
            "partners": [_partner(one, row, days, forms, now) for one in row.partners],
            "lines": [vars(line) for line in sparklines(row.partners)],
            "step": row.active_step,
            "step_title": row.step,
            "done": ", ".join(f"{one.name} {percent(one.adherence)}" for one in row.partners),
            "session_day": _local(row.next_session_at, "D j M,"),
            "session_time": _local(row.next_session_at, "H:i"),
        }
        for row in rows
    ]


def _partner(
    one: PartnerRow, row: CaseloadRow, days: Days, forms: dict[AnswerSheet.State, str], now: datetime
) -> dict[str, str]:
    form, beside = _form(one, row, days, now)
    return {
        "name": one.name,
        "verdict": verdict(one.verdict),
        "verdict_tone": verdict_tone(one.verdict),
        "last": days(one.last_check_in_at) if one.last_check_in_at else _("no check-in yet"),
        "form": forms[AnswerSheet.State(form.state)] if form else "",
        "form_tone": tone(form.state) if form else "",
        "beside": beside,
    }


def _form(one: PartnerRow, row: CaseloadRow, days: Days, now: datetime) -> tuple[AnswerSheet | None, str]:
    """The form to name, with what is said beside it."""
    if one.waiting:
        return one.waiting, f"{_('since')} {days(one.waiting.opens_at)}"
    if row.opens_at and row.opens_at > now:
        return None, f"{_('opens')} {days(row.opens_at)}"
    if one.sheet is None:
        return None, _("No form")
    missing = row.overdue and one.sheet.state != AnswerSheet.State.SUBMITTED
    return one.sheet, f"{_('since')} {days(one.sheet.closes_at)}" if missing else ""


def _local(moment: datetime | None, how: str) -> str:
    return date_format(timezone.localtime(moment), how) if moment else ""
