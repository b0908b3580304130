"""The forms of a couple's plan. Shape alone is checked here; the domain functions hold the rules."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.goals import LEVELS, LONGEST_TEXT, goal_domains
from assessments.models import SpecificRequest
from assessments.plan_reading import Offer, PlanReading, Running
from assessments.plan_words import signed
from assessments.specific_requests import LONGEST_WORDING
from clients.models import Partner

BOTH, PAIR, THERAPIST = "both", "pair", "therapist"
LONGEST_REASON = 500


def short_text(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "short"})


class NamedForm(forms.Form):
    """One of several forms on a page: `key` makes the ids of its fields its own."""

    slug = ""

    def __init__(self, data: QueryDict | None = None, *, key: object, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{self.slug}-{key}-%s", **kwargs)


Form = TypeVar("Form", bound=NamedForm)


class ActivityForm(NamedForm):
    """Who is to do a practice, how often, and why against the gate where one is shut."""

    slug = "add"
    partners = forms.ChoiceField(label=gettext_lazy("Who"))
    times = forms.IntegerField(label=gettext_lazy("Times a week"), min_value=1)
    override_reason = forms.CharField(
        label=gettext_lazy("Why it is right all the same"),
        help_text=gettext_lazy("Kept in the history with your name."),
        max_length=LONGEST_REASON,
        widget=short_text(),
    )

    def __init__(self, data: QueryDict | None = None, *, offer: Offer, **kwargs: Any) -> None:
        super().__init__(data, key=offer.id, **kwargs)
        self.offer = offer
        who: Any = self.fields["partners"]
        who.choices = [(str(one.id), one.name) for one in offer.free]
        if offer.who == "each" and len(offer.free) > 1:
            who.choices = [(BOTH, _("Both, each on their own")), *who.choices]
        if offer.who not in ("each", "one"):
            del self.fields["partners"]
        if offer.most is None:
            del self.fields["times"]
        else:
            self.fields["times"].initial = offer.most
            self.fields["times"].widget.attrs["max"] = offer.most
            self.fields["times"].help_text = _("The plan's dose or lower.")
        if not offer.gates:
            del self.fields["override_reason"]

    def holders(self) -> list[Partner]:
        chosen = self.cleaned_data.get("partners", BOTH)
        return [one for one in self.offer.free if chosen in (BOTH, str(one.id))]


class DoseForm(NamedForm):
    slug = "dose"
    times = forms.IntegerField(label=gettext_lazy("Times a week"), min_value=1)
    reason = forms.CharField(
        label=gettext_lazy("Why (optional)"), required=False, max_length=LONGEST_REASON, widget=short_text()
    )

    def __init__(self, data: QueryDict | None = None, *, row: Running, **kwargs: Any) -> None:
        super().__init__(data, key=row.activity.id, **kwargs)
        self.fields["times"].initial = row.activity.dose.get("times")
        self.fields["times"].widget.attrs["max"] = row.most


class EndForm(NamedForm):
    slug = "end"
    reason = forms.CharField(label=gettext_lazy("Why it ends"), max_length=LONGEST_REASON, widget=short_text())


class FocusForm(NamedForm):
    slug = "focus"
    focus = forms.MultipleChoiceField(required=False, label=gettext_lazy("Focus"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict | None = None, *, reading: PlanReading, **kwargs: Any) -> None:
        super().__init__(data, key="plan", **kwargs)
        field: Any = self.fields["focus"]
        field.choices = reading.targets
        field.initial = [domain for domain, _label in reading.focus]


class RequestForm(NamedForm):
    slug = "request"
    asked_by = forms.ChoiceField(label=gettext_lazy("Who asks"))
    wording = forms.CharField(
        label=gettext_lazy("What is asked"),
        help_text=gettext_lazy(
            "What, when and how often. Not about phone, money, sex, where they go or whom they see."
        ),
        max_length=LONGEST_WORDING,
        widget=short_text(),
    )
    cadence = forms.ChoiceField(label=gettext_lazy("How often"), choices=SpecificRequest.Cadence.choices)

    def __init__(self, data: QueryDict | None = None, *, partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(data, key="new", **kwargs)
        self.partners = partners
        self.fields["asked_by"].choices = [(str(one.id), one.name) for one in partners]  # type: ignore[attr-defined]

    @property
    def asker(self) -> Partner:
        return next(one for one in self.partners if str(one.id) == self.cleaned_data["asked_by"])


class AnswerForm(NamedForm):
    slug = "answer"
    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[choice for choice in SpecificRequest.Answer.choices if choice[0] != SpecificRequest.Answer.OPEN],
    )
    agreed_wording = forms.CharField(
        required=False,
        label=gettext_lazy("What the smaller yes is about"),
        max_length=LONGEST_WORDING,
        widget=short_text(),
    )


class RateForm(NamedForm):
    """A level as the therapist saw it, or as a partner said it."""

    slug = "rate"
    rater = forms.ChoiceField(label=gettext_lazy("Who says so"))
    level = forms.TypedChoiceField(label=gettext_lazy("Level reached"), coerce=int)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        key: object,
        raters: Sequence[Partner],
        levels: dict[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, key=key, **kwargs)
        self.raters = raters
        said = [(str(one.id), _("%(name)s, as said to me") % {"name": one.name}) for one in raters]
        self.fields["rater"].choices = [(THERAPIST, _("I, the therapist")), *said]  # type: ignore[attr-defined]
        written = [(level, f"{signed(level)}: {text}") for level, text in reversed(levels.items())]
        self.fields["level"].choices = [("", _("Choose")), *written]  # type: ignore[attr-defined]

    @property
    def partner(self) -> Partner | None:
        return next((one for one in self.raters if str(one.id) == self.cleaned_data["rater"]), None)


class GoalForm(NamedForm):
    """A goal with its five levels; every field keeps what was written when something is refused."""

    slug = "goal"
    owner = forms.ChoiceField(
        label=gettext_lazy("Whose goal"),
        help_text=gettext_lazy("A goal of the pair both know. A goal of one nobody else sees but you."),
    )
    domain = forms.ChoiceField(label=gettext_lazy("Topic"))
    behaviour = forms.CharField(label=gettext_lazy("One behaviour"), max_length=LONGEST_TEXT, widget=forms.TextInput())
    how_counted = forms.CharField(
        label=gettext_lazy("How it is counted"),
        help_text=gettext_lazy("One rule, such as “days a week, both report, the lower counts”."),
        max_length=LONGEST_TEXT,
    )
    baseline_level = forms.TypedChoiceField(
        label=gettext_lazy("Where things are now"), coerce=int, initial=-1, choices=[(one, "") for one in LEVELS]
    )
    weight = forms.TypedChoiceField(
        label=gettext_lazy("Importance"),
        coerce=int,
        choices=[(1, "1"), (2, "2"), (3, "3")],
    )
    review_on = forms.DateField(
        label=gettext_lazy("Review on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(
        self, data: QueryDict | None = None, *, partners: Sequence[Partner], words: dict[int, str], **kwargs: Any
    ) -> None:
        super().__init__(data, key="new", **kwargs)
        self.partners = partners
        alone = [(str(one.id), _("%(name)s alone") % {"name": one.name}) for one in partners]
        self.fields["owner"].choices = [(PAIR, _("The pair")), *alone]  # type: ignore[attr-defined]
        self.fields["domain"].choices = domains_by_owner(partners)  # type: ignore[attr-defined]
        self.fields["baseline_level"].choices = [(one, signed(one)) for one in LEVELS]  # type: ignore[attr-defined]
        for level in LEVELS:
            self.fields[level_field(level)] = forms.CharField(
                label=f"{signed(level)}: {words[level]}", max_length=LONGEST_TEXT
            )

    @property
    def owner_chosen(self) -> Partner | None:
        return next((one for one in self.partners if str(one.id) == self.cleaned_data["owner"]), None)

    def given(self) -> dict[str, Any]:
        """What the domain function wants, by its names."""
        found = self.cleaned_data
        plain = ("domain", "behaviour", "how_counted", "baseline_level", "weight", "review_on")
        return {
            "owner": self.owner_chosen,
            "levels": [found[level_field(level)] for level in LEVELS],
            **{name: found[name] for name in plain},
        }

    @property
    def level_fields(self) -> list[forms.BoundField]:
        return [self[level_field(level)] for level in reversed(LEVELS)]


def domains_by_owner(partners: Sequence[Partner]) -> list[tuple[str, list[tuple[str, str]]]]:
    shared = goal_domains(None)
    alone = goal_domains(partners[0]) if partners else {}
    return [
        (_("May be shared"), list(shared.items())),
        (_("For a goal of one alone"), [(key, label) for key, label in alone.items() if key not in shared]),
    ]


def level_field(level: int) -> str:
    return f"level_{level + 2}"
