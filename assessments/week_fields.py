"""A partner's week as fields: what each asks, and what a browser sent back.

Rule that must not break: what was said is never shown again. Fields come with nothing chosen and nothing written, and
say only that something was saved; the own small wins alone come back with their words. What got in the way and the
note do not even say that: only who has something to say fills them in, and "Saved" would tell who looks on.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.page_fields import Choice
from assessments.plan_templates import library as templates
from assessments.week_values import (
    COUNTS,
    KEPT,
    LONGEST_NOTE,
    LONGEST_WIN,
    MISSED,
    MOST_TIMES,
    MOST_WINS,
    SmallWin,
    Week,
    WeekActivity,
    WeekGoal,
    WeekRequest,
)

HELPED = (
    gettext_lazy("Not at all"),
    gettext_lazy("A little"),
    gettext_lazy("Somewhat"),
    gettext_lazy("Quite a bit"),
    gettext_lazy("A lot"),
)
BARRIERS = {
    "no_time": gettext_lazy("There was no time"),
    "forgot": gettext_lazy("I forgot"),
    "did_not_want_to": gettext_lazy("I did not want to"),
    "did_not_feel_safe": gettext_lazy("I did not feel safe"),
    "partner_not_available": gettext_lazy("My partner was not available"),
    "other": gettext_lazy("Something else"),
}
NUMBER = re.compile(r"-?[0-9]{1,4}")
WRITTEN = ("barrier", "note")
SILENT = ("barrier", "note")


@dataclass(frozen=True)
class WeekField:
    """One question. `kind` is scale or list for radio buttons, count for a number, text for a few words."""

    name: str
    kind: str
    text: str
    saved: bool
    choices: list[Choice] = field(default_factory=list)
    note: str = ""
    most: int = 0

    @property
    def again(self) -> str:
        """What is said where something was saved, since it is not shown."""
        return _("Saved. Choose again to change.") if self.choices else _("Saved. Write again to change.")


@dataclass(frozen=True)
class WinRow:
    """One line for a small win. `name` begins the names of its two inputs."""

    name: str
    text: str = ""
    share: bool = False
    most: int = LONGEST_WIN


def activity_fields(week: Week, activity: WeekActivity) -> list[WeekField]:
    labels = templates.latest().field_labels
    silent = _("You may leave this empty. What you say here is not shown again.")
    asked: dict[str, dict[str, Any]] = {
        **{name: {"kind": "count", "text": labels[name], "most": MOST_TIMES} for name in COUNTS},
        "helped": {"kind": "scale", "text": labels["helped"], "choices": _numbered(HELPED)},
        "barrier": {
            "kind": "list",
            "text": _("Did anything get in the way?"),
            "choices": barrier_choices(week),
            "note": silent,
        },
        "note": {"kind": "text", "text": _("Anything you want to add?"), "most": LONGEST_NOTE, "note": silent},
    }
    told = activity.saved.difference(SILENT)
    return [
        WeekField(name=f"activities.{activity.id}.{name}", saved=name in told, **asked[name])
        for name in activity.fields
    ]


def barrier_words(code: str) -> str:
    return str(BARRIERS[code])


def barrier_choices(week: Week) -> list[Choice]:
    return [Choice(code, barrier_words(code)) for code in week.barriers]


def request_fields(requests: Iterable[WeekRequest]) -> list[WeekField]:
    choices = [Choice(KEPT, _("Kept")), Choice(MISSED, _("Missed"))]
    return [
        WeekField(f"requests.{one.id}", "scale", one.text, one.is_saved, choices, note=_request_note(one))
        for one in requests
    ]


def goal_fields(goals: Iterable[WeekGoal]) -> list[WeekField]:
    return [
        WeekField(
            f"goals.{goal.id}",
            "list",
            goal.behaviour,
            goal.is_saved,
            [Choice(str(level), text) for level, text in goal.levels.items()],
            note=goal.how_counted,
        )
        for goal in goals
    ]


def win_rows(wins: Iterable[SmallWin]) -> list[WinRow]:
    """A row for each small win, and empty ones for those that may still be written."""
    filled = [(win.text, win.share_via_therapist) for win in wins]
    rows = filled + [("", False)] * (MOST_WINS - len(filled))
    return [WinRow(f"small_wins[{number}]", text, share) for number, (text, share) in enumerate(rows)]


def dose_words(dose: Mapping[str, Any]) -> str:
    """How often and how long, in words; "" for a dose that is not the partner's."""
    if "times" in dose:
        often = ngettext("%(times)s time a week", "%(times)s times a week", dose["times"]) % {"times": dose["times"]}
    else:
        often = _("Once") if dose.get("once") else _("When it comes up") if dose.get("as_needed") else ""
    if often and dose.get("minutes"):
        long = ngettext("about %(minutes)s minute", "about %(minutes)s minutes", dose["minutes"])
        return f"{often}, {long % {'minutes': dose['minutes']}}"
    return often


def given_week(week: Week, data: QueryDict, *, blank_clears: bool) -> dict[str, Any]:
    """What a browser sent, as `save_week` takes it, whichever page it came from.

    A field left blank is absent, since a saved one always comes back blank; with `blank_clears` it was emptied just
    now, and is cleared. Small wins come back with their words, so a blank one is taken back either way.
    """
    given: dict[str, Any] = {}
    for key in data:
        part, _dot, name = key.partition(".")
        text = str(data.get(key, "")).strip()
        if not text and not blank_clears:
            continue
        if part == "activities":
            activity, _dot, name = name.rpartition(".")
            given.setdefault(part, {}).setdefault(activity, {})[name] = _value(text, written=name in WRITTEN)
        elif part in ("requests", "goals") and text:
            given.setdefault(part, {})[name] = _value(text, written=part == "requests")
    wins = _given_wins(data)
    if wins is not None and (wins or week.small_wins):
        given["small_wins"] = wins
    return given


def _given_wins(data: QueryDict) -> list[dict[str, Any]] | None:
    """None where the page had none."""
    rows = [row.name for row in win_rows(()) if f"{row.name}.text" in data]
    if not rows:
        return None
    return [
        {"text": text, "share_via_therapist": f"{name}.share" in data}
        for name in rows
        if (text := str(data.get(f"{name}.text", "")).strip())
    ]


def _value(text: str, *, written: bool) -> object:
    if not text:
        return None
    return int(text) if not written and NUMBER.fullmatch(text) else text


def _numbered(labels: Iterable[object]) -> list[Choice]:
    return [Choice(str(value), str(label)) for value, label in enumerate(labels)]


def _request_note(request: WeekRequest) -> str:
    who = _("You asked for this.") if request.made_by_me else _("You agreed to this.")
    return f"{request.cadence}. {who}"
