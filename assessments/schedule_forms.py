"""How often a form is asked and when a session is, as forms: shapes only. What fits is judged by the domain."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.models import Assignment
from assessments.schedules import EVERY_WEEKS, MOST_DAYS_BEFORE, MOST_TIMES, WINDOW, Schedule
from clients.models import Couple

ONCE, SESSIONS = "", "sessions"
NO_REMINDERS = "none"
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class CadenceForm(forms.Form):
    """When a form is asked, how often, and when its partners are reminded."""

    opens_at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("Opens"),
        help_text=gettext_lazy("Leave it empty to open it now. Before sessions, the sessions say when."),
        widget=MOMENT,
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=60,
        initial=WINDOW.days,
        label=gettext_lazy("Open for (days)"),
        help_text=gettext_lazy("Two forms are compared only when they are handed in close together."),
    )
    every_weeks = forms.TypedChoiceField(
        required=False,
        coerce=lambda value: value if value == SESSIONS else int(value),
        empty_value=None,
        label=gettext_lazy("How often"),
    )
    times = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_TIMES,
        label=gettext_lazy("How many times"),
        help_text=gettext_lazy("Before sessions: leave it empty to go on until you end it."),
    )
    remind_on = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Reminders"),
        choices=[
            ("", gettext_lazy("On day 2")),
            ("1,3", gettext_lazy("On days 1 and 3")),
            ("2,3", gettext_lazy("On days 2 and 3")),
            (NO_REMINDERS, gettext_lazy("None")),
        ],
    )
    offers_once = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        once = [(ONCE, _("Once"))] if self.offers_once else []
        weeks = [(str(one), every(one)) for one in EVERY_WEEKS]
        self.fields["every_weeks"].choices = [*once, *weeks, (SESSIONS, _("Before each session"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if isinstance(given.get("every_weeks"), int) and not given.get("times") and "times" not in self.errors:
            self.add_error("times", _("Say how many times."))
        if given.get("every_weeks") == SESSIONS and (given.get("days") or 1) > MOST_DAYS_BEFORE:
            said = _("Choose up to %(days)s days before the session.")
            self.add_error("days", said % {"days": MOST_DAYS_BEFORE})
        return given

    def schedule(self) -> Schedule:
        given = self.cleaned_data
        often, days = given["every_weeks"], given["days"]
        remind_on = self._days_to_remind(given["remind_on"])
        if often == SESSIONS:
            return Schedule(before_sessions=True, days_before=days, times=given["times"], remind_on=remind_on)
        opens = given["opens_at"] or self.default_opening()
        return Schedule(
            opens_at=opens,
            window=timedelta(days=days),
            every_weeks=often,
            times=given["times"] if often else None,
            remind_on=remind_on,
        )

    def default_opening(self) -> Any:
        return timezone.now()

    def _days_to_remind(self, chosen: str) -> tuple[int, ...] | None:
        if chosen == NO_REMINDERS:
            return ()
        return tuple(int(day) for day in chosen.split(",")) if chosen else None


class ChangeForm(CadenceForm):
    """The cadence of an assignment that runs, as it is; without a time it goes on when the next form was to open."""

    offers_once = False

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        initial = {
            "days": max(assignment.window.days, 1),
            "every_weeks": SESSIONS if assignment.before_sessions else assignment.every_weeks,
            "remind_on": ",".join(map(str, assignment.remind_on)) if assignment.remind_on else NO_REMINDERS,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["opens_at"].help_text = _("Leave it empty to go on when the next form was to open.")
        self.fields["times"].label = _("How many times more")

    def default_opening(self) -> Any:
        return None


class PlanSessionForm(forms.Form):
    """When the next session with both of a couple is."""

    couple = forms.ChoiceField(label=gettext_lazy("Couple"))
    at = forms.DateTimeField(label=gettext_lazy("When"), widget=MOMENT)

    def __init__(self, *args: Any, couples: Iterable[Couple], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["couple"].choices = [(str(one.id), one.label) for one in couples]  # type: ignore[attr-defined]


class MoveSessionForm(forms.Form):
    at = forms.DateTimeField(label=gettext_lazy("When"), widget=MOMENT)


def every(weeks: int) -> str:
    return ngettext("Every week", "Every %(weeks)s weeks", weeks) % {"weeks": weeks}
