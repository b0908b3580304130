"""A partner's form as a program sees it: the same pages, words and help lines as the browser, for everyone alike."""

from typing import Any

from rest_framework import serializers

from api.v1.instruments import Choice
from assessments.instruments.definition import CONTEXT, Instrument, Line
from assessments.intentions import asks_intention
from assessments.models import AnswerSheet
from assessments.pages import Group, Page
from assessments.sheets import SheetForm
from practice.content import client_texts, placeholders

BEFORE_START = ("privacy_before_start", "limits_of_privacy", "not_watched")


class FormLine(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    choices = Choice(many=True)
    codes = serializers.ListField(child=serializers.CharField())
    saved = serializers.BooleanField()
    value = serializers.JSONField(required=False, allow_null=True, help_text="Of joint_ok lines only.")


class Checkbox(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    exclusive = serializers.BooleanField()


class Checklist(serializers.Serializer[Any]):
    id = serializers.CharField()
    audience = serializers.CharField()
    prompt = serializers.CharField()
    options = Checkbox(many=True)
    saved = serializers.BooleanField()


class FormGroup(serializers.Serializer[Any]):
    audience = serializers.CharField()
    lines = FormLine(many=True)


class FormPage(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    kind = serializers.ChoiceField(["lines", "context", "after"])
    recall = serializers.CharField(allow_blank=True)
    preface = serializers.CharField(allow_blank=True)
    footer = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    groups = FormGroup(many=True)
    checklist = Checklist(allow_null=True)


class FormRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.ChoiceField(AnswerSheet.State.choices)
    week_of = serializers.DateField(allow_null=True, help_text="The Monday of the week reported with it, if any.")
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    answered = serializers.IntegerField()
    total = serializers.IntegerField()
    next_page = serializers.IntegerField(allow_null=True)


class FormShape(FormRow):
    instructions = serializers.CharField()
    before_start = serializers.ListField(child=serializers.CharField())
    help_lines = serializers.DictField(help_text="What stands for each {placeholder} of the texts.")
    pages = FormPage(many=True)
    asks_intention = serializers.BooleanField(help_text="Whether the form ends with the private question.")


def row_of(form: SheetForm) -> dict[str, Any]:
    return {
        "id": form.sheet.id,
        "title": form.instrument.client_title,
        "state": form.sheet.state,
        "week_of": form.sheet.week_of,
        "opens_at": form.sheet.opens_at,
        "closes_at": form.sheet.closes_at,
        **vars(form.progress),
    }


def shown(form: SheetForm, *, country: str) -> dict[str, Any]:
    return {
        **row_of(form),
        "instructions": form.instrument.instructions,
        "before_start": [text_of(key, form.instrument) for key in BEFORE_START],
        "help_lines": placeholders(country),
        "pages": [page_of(page, form) for page in form.pages],
        "asks_intention": asks_intention(form.sheet),
    }


def page_of(page: Page, form: SheetForm) -> dict[str, Any]:
    texts = {name: text_of(getattr(page, name), form.instrument) for name in ("preface", "footer", "after")}
    return {
        "number": page.number,
        "kind": page.kind,
        "recall": page.recall_line(repeat=form.sheet.recall_repeat),
        **texts,
        "groups": [group_of(group, form) for group in page.groups if page.kind != CONTEXT],
        "checklist": checklist_of(page, form) if page.kind == CONTEXT else None,
    }


def group_of(group: Group, form: SheetForm) -> dict[str, Any]:
    return {"audience": group.audience, "lines": [line_of(line, form) for line in group.lines]}


def line_of(line: Line, form: SheetForm) -> dict[str, Any]:
    own = {"value": form.values[line.id]} if line.id in form.values else {}
    return {
        "id": line.id,
        "text": line.text,
        "choices": [{"value": option.value, "label": option.label} for option in line.scale],
        "codes": sorted(line.codes),
        "saved": line.id in form.saved,
        **own,
    }


def checklist_of(page: Page, form: SheetForm) -> dict[str, Any]:
    definition = form.instrument.context_checklist or {}
    return {
        "id": f"{CONTEXT}.{definition['id']}",
        "audience": page.groups[0].audience,
        "prompt": page.prompt,
        "options": [
            {
                "code": option["code"],
                "label": form.instrument.words(option["label"]),
                "exclusive": bool(option.get("exclusive")),
            }
            for option in definition["options"]
        ],
        "saved": any(line.id in form.saved for line in page.lines),
    }


def text_of(key: str, instrument: Instrument) -> str:
    return instrument.words(client_texts()[key]) if key else ""
