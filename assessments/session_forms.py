"""The form of a session: shapes only. What fits a couple is judged by save_rated_session."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.instruments.definition import Json
from assessments.models import Intention
from assessments.plan_templates.library import PlanTemplate
from assessments.session_ratings import SCALE, Ratings, Steps
from clients.models import CounselingSession, Partner
from clients.sessions import SessionDetails

BOTH = "both"
HELD, PLANNED = "held", "planned"
CLOCK = "%Y-%m-%dT%H:%M"
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=CLOCK)
IN_A_ROW = {"class": "choices"}


class SessionForm(forms.Form):
    """`who` is "both" or a partner's position; steps are `stage_S3`, partners `engagement_1`."""

    who = forms.ChoiceField(widget=forms.RadioSelect(attrs=IN_A_ROW), label=gettext_lazy("With whom"))
    state = forms.ChoiceField(
        choices=[(HELD, gettext_lazy("It was held")), (PLANNED, gettext_lazy("It is planned"))],
        widget=forms.RadioSelect(attrs=IN_A_ROW),
        label=gettext_lazy("Held or planned"),
    )
    at = forms.DateTimeField(label=gettext_lazy("When"), widget=MOMENT)
    # Never preselected: whether it was done is said each time.
    safety_reviewed = forms.TypedChoiceField(
        required=False,
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
        widget=forms.RadioSelect(attrs=IN_A_ROW),
        label=gettext_lazy("Safety reviewed"),
    )
    wish = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("Not said")), *Intention.Wish.choices],
        widget=forms.RadioSelect(attrs=IN_A_ROW),
        label=gettext_lazy("What this partner wants now"),
        help_text=gettext_lazy("Said to you alone. It stands on no page but this one."),
    )
    review = forms.ChoiceField(
        required=False,
        choices=[("", gettext_lazy("No review")), *CounselingSession.Review.choices],
        widget=forms.RadioSelect(attrs=IN_A_ROW),
        label=gettext_lazy("What a review decided"),
    )
    note = forms.CharField(required=False, label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, *args: Any, partners: Sequence[Partner], template: PlanTemplate, steps: Steps, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partners, self.steps = partners, steps
        alone = [(str(one.position), _("Alone with %(name)s") % {"name": one.name}) for one in partners]
        self.fields["who"].choices = [(BOTH, _("With both")), *alone]  # type: ignore[attr-defined]
        for step in template.steps:
            self.fields[stage_name(step)] = stage_field(step, template.stage_labels)
        for partner in partners:
            self.fields[f"engagement_{partner.position}"] = engagement_field(partner)

    @property
    def worked_on(self) -> list[BoundField]:
        return [self[stage_name(step)] for step in self.steps.worked_on]

    @property
    def others(self) -> list[BoundField]:
        return [self[stage_name(step)] for step in self.steps.others]

    @property
    def engagement(self) -> list[tuple[int, BoundField]]:
        return [(one.position, self[f"engagement_{one.position}"]) for one in self.partners]

    def details(self, session: CounselingSession | None) -> SessionDetails:
        given = self.cleaned_data
        alone = next((one.id for one in self.partners if str(one.position) == given["who"]), None)
        held = given["at"] if given["state"] == HELD else None
        before = session.planned_at if session else None
        return SessionDetails(
            kind=CounselingSession.Kind.ONE_TO_ONE if alone else CounselingSession.Kind.COUPLE,
            partner=alone,
            planned_at=before if held else given["at"],
            held_at=held,
            safety_reviewed=given["safety_reviewed"],
            review=given["review"],
            note=given["note"],
        )

    def ratings(self) -> Ratings:
        given = self.cleaned_data
        steps = [*self.steps.worked_on, *self.steps.others]
        people = [(str(one.id), given[f"engagement_{one.position}"]) for one in self.partners]
        return Ratings(
            stages={step["id"]: given[stage_name(step)] for step in steps if given[stage_name(step)] is not None},
            engagement={partner: value for partner, value in people if value is not None},
        )

    def field_of(self, fault: str) -> str:
        """The form's name of a fault's field, as the domain names it."""
        name, _, key = fault.partition(".")
        if name == "engagement":
            return next((f"engagement_{one.position}" for one in self.partners if str(one.id) == key), "")
        known = {"stages": f"stage_{key}", "held_at": "at", "planned_at": "at", "kind": "who", "partner": "who"}
        return known.get(name, name)


class TalksForm(forms.Form):
    """When to talk with each partner alone: a field a partner."""

    def __init__(self, *args: Any, partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = partners
        for partner in partners:
            label = _("When with %(name)s") % {"name": partner.name}
            self.fields[f"at_{partner.position}"] = forms.DateTimeField(required=False, label=label, widget=MOMENT)

    def times(self) -> dict[UUID, datetime | None]:
        return {one.id: self.cleaned_data[f"at_{one.position}"] for one in self.partners}

    def field_of(self, fault: str) -> str:
        key = fault.partition(".")[2]
        return next((f"at_{one.position}" for one in self.partners if str(one.id) == key), "")


def stage_name(step: Json) -> str:
    return f"stage_{step['id']}"


def stage_field(step: Json, labels: Sequence[str]) -> forms.Field:
    title = step["title"]["en"]
    return rating_field(f"{step['id']} {title}", [(number, label.capitalize()) for number, label in enumerate(labels)])


def engagement_field(partner: Partner) -> forms.Field:
    words = {0: _("0, not at all"), 4: _("4, fully")}
    label = _("How engaged %(name)s was") % {"name": partner.name}
    return rating_field(label, [(number, words.get(number, str(number))) for number in SCALE])


def rating_field(label: str, choices: Sequence[tuple[int, str]]) -> forms.Field:
    return forms.TypedChoiceField(
        required=False,
        choices=[("", _("Not rated")), *choices],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect(attrs=IN_A_ROW),
        label=label,
    )


def initial_of(
    session: CounselingSession | None, *, ratings: Ratings, partners: Sequence[Partner], at: datetime, planned: bool
) -> dict[str, Any]:
    """What the form opens with. `ratings` are the session's own, or those of last time."""
    alone = next((str(one.position) for one in partners if session and one.id == session.partner_id), BOTH)
    found: dict[str, Any] = {"who": alone, "state": PLANNED if planned else HELD, "at": at, "review": "", "wish": ""}
    if session and session.held_at:
        reviewed = "yes" if session.safety_reviewed else "no"
        found |= {"safety_reviewed": reviewed, "review": session.review}
    if session:
        found["note"] = session.note
    found |= {f"stage_{step}": value for step, value in ratings.stages.items()}
    people = {str(one.id): one.position for one in partners}
    rated = {f"engagement_{people[key]}": value for key, value in ratings.engagement.items() if key in people}
    return found | rated
