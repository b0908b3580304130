"""The record of one partner on paper: the same content as its JSON, in a tagged PDF.

What people wrote goes in as data only: the template sets it as text, so nothing in it is ever markup.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import typst
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.instruments.definition import Json
from assessments.partner_record import record_to_hand_over
from assessments.plan_words import signed
from practice.downloads import File
from practice.models import Membership

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d")
TEMPLATE = Path(__file__).parent / "partner_record.typ"
Rows = list[tuple[str, str]]
Entry = tuple[str, Rows]


def pdf_file(request_id: UUID, *, membership: Membership) -> File:
    record = record_to_hand_over(request_id, membership=membership)
    return File("record.pdf", "application/pdf", record_pdf(record))


def record_pdf(record: Json) -> bytes:
    """The file. It has no author, and its only time of making is that of the record."""
    about = [in_words(record["made_at"]), _("Handed over in person, to this person alone.")]
    return typeset(about, _sections(record))


def typeset(about: Sequence[str], sections: Iterable[tuple[str, list[Entry]]]) -> bytes:
    """A record as PDF, without sections that have nothing."""
    data = {
        "title": _("Record"),
        "about": about,
        "sections": [
            {"title": title, "entries": [_as_data(one) for one in entries]} for title, entries in sections if entries
        ],
    }
    inputs = {"record": json.dumps(data)}
    return typst.compile(TEMPLATE, format="pdf", sys_inputs=inputs, ignore_system_fonts=True)


def _as_data(entry: Entry) -> Json:
    title, rows = entry
    return {"title": title, "rows": [{"label": label, "value": value} for label, value in rows if value]}


def _sections(record: Json) -> Iterator[tuple[str, list[Entry]]]:
    yield _("Contact"), [("", rows_in_words(record["person"]))]
    yield _("Consents"), titled(record["consents"], "kind")
    yield _("Forms"), [_form(one) for one in record["forms"]]
    yield _("Weeks"), [_week(one) for one in record["weeks"]]
    yield _("What I want"), [(in_words(one["stated_at"]), [("", one["wish"])]) for one in record["intentions"]]
    yield _("What I do in the week"), titled(record["activities"], "title")
    yield _("Goals"), [_goal(one) for one in record["goals"]]
    yield _("Requests"), [("", rows_in_words(one)) for one in record["requests"]]
    yield _("Meetings"), [("", [(in_words(one["held_at"]), one["kind"]) for one in record["sessions"]])]
    yield _("Notes"), [(f"{in_words(one['at'])}, {one['where']}", [("", one["text"])]) for one in record["notes"]]


def titled(rows: Sequence[Json], name: str) -> list[Entry]:
    """Each as an entry under what it says by `name`."""
    return [(one[name], rows_in_words(one, without=(name,))) for one in rows]


def rows_in_words(values: Json, *, without: tuple[str, ...] = ()) -> Rows:
    """What a record says by names, each with its value as people write it."""
    return [(_label(name), _words(value)) for name, value in values.items() if name not in without]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _words(value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else in_words(str(value))


def in_words(text: str) -> str:
    """A time of the record as people write it; any other text as it is."""
    if not MOMENT.fullmatch(text):
        return text
    return date_format(datetime.fromisoformat(text), "j F Y, H:i")


def _form(form: Json) -> Entry:
    when = in_words(form["submitted_at"] or form["state"])
    rows = [(one["text"], one["answer"]) for one in form["answers"]]
    scores = [
        (f"{direction} {score_id}", f"{one['score']:.1f}")
        for direction, of_direction in form["scores"].items()
        for score_id, one in of_direction.items()
        if one["score"] is not None
    ]
    basis = [("", form["basis"])] if scores else []
    return f"{form['title']}, {when}", [*rows, *scores, *basis]


def _week(week: Json) -> Entry:
    rows = [
        (
            one["title"],
            ", ".join(f"{_label(name)}: {value}" for name, value in one.items() if name != "title" and value),
        )
        for one in week["activities"]
    ]
    rows += [(one["wording"], one["said"]) for one in week["requests"]]
    return week["monday"], [*rows, *(("", text) for text in week["small_wins"])]


def _goal(goal: Json) -> Entry:
    rows = [(signed(int(level)), text) for level, text in goal["levels"].items()]
    rows += [(in_words(one["rated_at"]), signed(one["level"])) for one in goal["own_ratings"]]
    return goal["behaviour"], [("", goal["how_counted"]), *rows]
