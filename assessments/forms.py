from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.flags import LONGEST_NOTE
from assessments.instruments.definition import Instrument
from assessments.library import EMAIL, PRINT, SCREEN
from assessments.models import FlagEvent
from assessments.schedule_forms import CadenceForm
from clients.models import Couple, Partner


class AssignForm(CadenceForm):
    """What to give, and when. `form` is "id@version/sitting"; it opens with the one to `prefer`, as "id@version"."""

    form = forms.ChoiceField(widget=forms.RadioSelect, label=gettext_lazy("Form"))

    def __init__(self, *args: Any, instruments: Iterable[Instrument], prefer: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for instrument in instruments for choice in choices_of(instrument)]
        self.fields["form"].choices = choices  # type: ignore[attr-defined]
        preferred = [choice for choice in choices if prefer and choice[0].startswith(f"{prefer}/")]
        self.fields["form"].initial = (preferred or choices)[0][0] if choices else None

    @property
    def instrument(self) -> str:
        return str(self.cleaned_data["form"]).partition("/")[0]

    @property
    def sitting(self) -> str:
        return str(self.cleaned_data["form"]).partition("/")[2]


class CloseForm(forms.Form):
    """Why care ends, and whether to ask again; there is nobody to ask where both take no further part."""

    reason = forms.ChoiceField(
        choices=Couple.ClosedReason.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Why does care end?"),
        help_text=gettext_lazy("A separation is an outcome like any other."),
    )

    def __init__(self, *args: Any, stay: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stay:
            both = len(stay) == 2
            label = _("Ask both again in three months")
            if not both:
                label = _("Ask %(name)s again in three months") % {"name": stay[0].name}
            self.fields["ask_again"] = forms.BooleanField(required=False, label=label)


class ReopenForm(forms.Form):
    new_episode = forms.BooleanField(
        required=False,
        label=gettext_lazy("Begin a new episode (change is measured from now on)"),
        help_text=gettext_lazy("What was measured before stays readable."),
    )


class ImportForm(forms.Form):
    """A definition file, pasted or chosen, with the facts of its licence."""

    file = forms.FileField(
        required=False,
        label=gettext_lazy("Definition file"),
        help_text=gettext_lazy("YAML, up to 512 kB. Its text is put below, so nothing is lost if it has faults."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    source = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("Or its text"),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    # Whether the licence facts are there is judged with the file, so that one answer names every fault.
    holder = forms.CharField(required=False, max_length=200, label=gettext_lazy("Licence holder"))
    reference = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Licence reference"),
        help_text=gettext_lazy("A number or a document that shows the licence."),
    )
    confirmed_by = forms.CharField(required=False, max_length=120, label=gettext_lazy("Who confirmed it"))
    expires_on = forms.DateField(
        required=False,
        label=gettext_lazy("Licence ends on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After this day it cannot be assigned. Forms that are open then can still be answered."),
    )
    allowed_modes = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("What the licence allows"),
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (SCREEN, gettext_lazy("Answering on a screen")),
            (PRINT, gettext_lazy("Printing")),
            (EMAIL, gettext_lazy("A link by e-mail")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("file"):
            try:
                given["source"] = given["file"].read().decode()
            except UnicodeDecodeError:
                self.add_error("file", _("This file is not text in UTF-8."))
            # A file input comes back empty; the text box keeps what was in it.
            kept = self.data.copy()  # type: ignore[attr-defined]
            kept["source"] = given.get("source", "")
            self.data = kept
        elif not given.get("source", "").strip():
            self.add_error("file", _("Choose a file, or paste its text."))
        return given


def choices_of(instrument: Instrument) -> Iterable[tuple[str, str]]:
    sittings = instrument.sittings
    for sitting in sittings:
        lines = len(instrument.lines_given(sitting["id"], safety_lines=True))
        how = sitting["id"].replace("_", " ")
        label = f"{instrument.title}, {how}" if len(sittings) > 1 else instrument.title
        said = _("%(label)s: up to %(lines)s lines") % {"label": label, "lines": lines}
        yield f"{instrument.ref}/{sitting['id']}", said


class CloseFlagForm(forms.Form):
    """Why one flag is closed, and what was done."""

    reason = forms.ChoiceField(
        choices=FlagEvent.Reason.choices, widget=forms.RadioSelect, label=gettext_lazy("Why is it closed?")
    )
    note = forms.CharField(
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("What was done?"),
        help_text=gettext_lazy("For you, your cover and a supervisor. Neither partner ever reads it."),
    )
