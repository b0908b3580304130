"""A page of a form as fields: what each shows of what was saved, and what a browser sent back.

Rule that must not break: an answer that is not joint_ok is never shown again. `SheetForm.values` holds none, so its
fields come with nothing chosen and say only that they were dealt with.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.instruments.definition import CONTEXT, Instrument, Line
from assessments.pages import Group, Page
from assessments.sheets import SheetForm

THERAPIST_ONLY = _(
    "This program does not show these answers to your partner. Your therapist, or a named colleague who stands in, "
    "can see them."
)
# What is confidential reads like what is therapist_only: a label of its own would point at it.
AUDIENCE_LABELS = {
    "joint_ok": _("May become part of a summary for both of you, if you both agree; never a single answer."),
    "therapist_only": THERAPIST_ONLY,
    "confidential": THERAPIST_ONLY,
}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    checked: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class Field:
    """One line with its radio buttons: `scale`, and `apart` what is no point of the scale."""

    name: str
    text: str
    saved: bool
    scale: list[Choice]
    apart: list[Choice]


@dataclass(frozen=True)
class FieldGroup:
    label: str
    fields: list[Field]


@dataclass(frozen=True)
class Checklist:
    """One question with boxes; nothing of it is ever joint_ok."""

    name: str
    text: str
    label: str
    saved: bool
    choices: list[Choice]


def field_groups(form: SheetForm, page: Page) -> list[FieldGroup]:
    """The fields of a page of kind "lines"."""
    shown = form.values if any(line.audience == "joint_ok" for line in page.lines) else {}
    return [
        FieldGroup(label_of(group), [_field(form, line, shown.get(line.id)) for line in group.lines])
        for group in page.groups
    ]


def checklist(form: SheetForm, page: Page) -> Checklist:
    """The field of a page of kind "context"."""
    codes = {
        option["code"]: option.get("exclusive", False)
        for option in (form.instrument.context_checklist or {})["options"]
    }
    name = checklist_name(form.instrument)
    choices = [
        Choice(code, line.text, exclusive=codes[code])
        for line in page.lines
        for code in [line.id.removeprefix(f"{name}.")]
    ]
    saved = page.lines[0].id in form.saved
    return Checklist(name, page.prompt, label_of(page.groups[0]), saved, choices)


def given_answers(form: SheetForm, page: Page, data: QueryDict) -> dict[str, object]:
    """What was answered on a page, as `save_answers` takes it. Lines left blank are absent."""
    if page.kind == "context":
        name = checklist_name(form.instrument)
        return {name: data.getlist(name)}
    return {line.id: _value(text) for line in page.lines if (text := data.get(line.id))}


def answers_and_gaps(form: SheetForm, page: Page, data: QueryDict) -> dict[str, object]:
    """What was answered, and None for what was left blank now and never dealt with before.

    What was saved once is not wiped by a page that came back without it: a write-only line always does.
    """
    given = given_answers(form, page, data)
    if page.kind == "context":
        return {} if page.lines[0].id in form.saved and not any(given.values()) else given
    gaps = {line.id: None for line in page.lines if line.id not in form.saved}
    return {**gaps, **given}


def checklist_name(instrument: Instrument) -> str:
    return f"{CONTEXT}.{(instrument.context_checklist or {})['id']}"


def label_of(group: Group) -> str:
    return str(AUDIENCE_LABELS[group.audience])


def _field(form: SheetForm, line: Line, value: int | str | None) -> Field:
    chosen = "" if value is None else str(value)
    scale = [Choice(str(one.value), one.label, str(one.value) == chosen) for one in line.scale]
    apart = [Choice(code, label, code == chosen) for code, label in _states(form.instrument, line)]
    return Field(line.id, line.text, line.id in form.saved, scale, apart)


def _states(instrument: Instrument, line: Line) -> Iterator[tuple[str, str]]:
    scales = instrument.definition["response_scales"]
    scale = scales[instrument.items[line.item].get("scale", instrument.definition["default_scale"])]
    for state in scale.get("non_scored", []):
        if state["code"] in line.codes:
            yield state["code"], instrument.words(state["label"])


def _value(text: object) -> object:
    return int(text) if isinstance(text, str) and len(text) < 10 and text.isdecimal() and text.isascii() else text
