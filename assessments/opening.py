"""Single answers, opened by a clinician one topic or some lines at a time.

The rule that must not break: every opening is logged, and so is every attempt that was refused. A confidential line
is opened alone and by its own name: in a topic, or with others, it stays masked. This is the only place that says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from assessments.instruments.definition import Instrument, Line
from assessments.models import Activity, AnswerSheet, SafetyFlag, WeekReport
from assessments.plan_templates import library as templates
from assessments.plan_words import activity_title
from assessments.sheets import form_of, values_of
from clients.access import couples_visible_to
from clients.models import Couple
from practice import audit
from practice.models import Membership

OPENED = "lines.opened"
BLANK = "Left blank"


@dataclass(frozen=True)
class OpenedLine:
    """One single answer in words; None while it is masked. `domain` and `direction` are "" for a line of a week."""

    id: str
    text: str
    item: str
    domain: str
    direction: str
    answer: str | None
    notes: tuple[str, ...] = ()

    @property
    def masked(self) -> bool:
        return self.answer is None


def couple_to_open(membership: Membership, couple_id: UUID) -> Couple:
    """The couple whose answers a member may open. Raises Http404, and keeps that it was tried."""
    found = couples_visible_to(membership).filter(pk=couple_id).first()
    if found is None:
        audit.record(OPENED, couple_id=couple_id)
        raise Http404
    return found


def opened_lines(sheet: AnswerSheet, *, topic: str = "", lines: Iterable[str] = ()) -> list[OpenedLine]:
    """The single answers of a topic or of some lines, opened by a clinician and logged. Raises Http404 for none.

    Lines that a rule named in the weekly report (`activity id.field`) are opened in the same way, by themselves.
    """
    named = set(lines)
    form = form_of(sheet)
    chosen = [line for line in form.lines if (line.domain == topic if topic else line.id in named)]
    if named and not named & form.given:
        return _opened_week(sheet, sorted(named))
    if not chosen or not named <= form.given:
        raise Http404
    alone = not topic and len(chosen) == 1
    shown = [line for line in chosen if alone or line.audience != "confidential"]
    values, _ = values_of(sheet, form)
    note_reading(AnswerSheet.objects.filter(pk=sheet.pk))
    audit.record(OPENED, object_id=sheet.id, couple_id=sheet.couple_id, lines=[line.id for line in shown])
    return [_opened(form.instrument, line, values[line.id], is_shown=line in shown) for line in chosen]


def note_reading(sheets: QuerySet[AnswerSheet]) -> None:
    """Keep that answers of these sheets were read; from then on none of them is moved."""
    sheets.filter(read_at=None).update(read_at=timezone.now())


def answer_words(line: Line, stored: int | None) -> str:
    """A stored answer as it was read on the form."""
    labels = {option.value: option.label for option in line.scale}
    states = {-1: "It did not come up", -2: "Rather not say", None: BLANK}
    return labels[stored] if stored is not None and stored >= 0 else states[stored]


def _opened(instrument: Instrument, line: Line, stored: int | None, *, is_shown: bool) -> OpenedLine:
    return OpenedLine(
        id=line.id,
        text=line.text,
        item=line.item,
        domain=line.domain,
        direction=line.direction,
        answer=answer_words(line, stored) if is_shown else None,
        notes=tuple(instrument.notes_for(line)) if is_shown else (),
    )


def _opened_week(sheet: AnswerSheet, lines: list[str]) -> list[OpenedLine]:
    """What the weekly report said where a rule was met: the activity's title, and the words that met the rule.

    Only what a flag names is opened. Raises Http404.
    """
    flagged = SafetyFlag.objects.filter(sheet=sheet, lines__contains=lines).values_list("rule", flat=True).first()
    rule = next((one for one in templates.latest().barrier_rules if one["id"] == flagged), None)
    if rule is None or sheet.week_of is None:
        raise Http404
    report = get_object_or_404(WeekReport, partner=sheet.partner_id, monday=sheet.week_of)
    audit.record(OPENED, object_id=sheet.id, couple_id=sheet.couple_id, lines=lines)
    note_reading(AnswerSheet.objects.filter(pk=sheet.pk))
    keys = {line: line.rpartition(".")[0] for line in lines}
    titles = {
        str(one.id): activity_title(one) for one in Activity.objects.select_related("plan").filter(pk__in=keys.values())
    }
    return [
        OpenedLine(
            id=line,
            text=titles[key],
            item=rule["field"],
            domain="",
            direction="",
            answer=_said(rule["equals"], report.entries.get(key, {}).get(rule["field"])),
        )
        for line, key in keys.items()
    ]


def _said(met: str, now: str | None) -> str:
    """What met the rule, with what it was changed to where it was changed later: that closes no flag."""
    words = met.replace("_", " ").capitalize()
    return words if now == met else f"{words}; changed later to: {(now or BLANK).replace('_', ' ').lower()}"
