from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.passages import Passage
from clients.models import RecordDecision, RecordRequest


class RecordForm(forms.Form):
    """What a record is asked for; that it is this person and safe for them is checked before, by a person."""

    purpose = forms.ChoiceField(
        choices=RecordRequest.Purpose.choices, widget=forms.RadioSelect, label=gettext_lazy("What is it for?")
    )
    identity = forms.BooleanField(label=gettext_lazy("I have checked that this is the person the record is about."))
    safety = forms.BooleanField(
        label=gettext_lazy("I have asked them alone, and it is safe for them to hold this record.")
    )


class SharedRecordForm(forms.Form):
    """What the shared part of a record is asked for; that it is safe for both is asked before, by a person."""

    purpose = forms.ChoiceField(
        choices=RecordRequest.Purpose.choices, widget=forms.RadioSelect, label=gettext_lazy("What is it for?")
    )
    safety = forms.BooleanField(
        label=gettext_lazy("I have asked each of them alone, and it is safe for both that this is handed over.")
    )


class PassagesForm(forms.Form):
    """A choice a passage. A passage left at “Not decided yet” stays as it was."""

    def __init__(self, *args: Any, passages: Sequence[Passage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passages = passages
        for number, one in enumerate(passages):
            label = _("%(where)s, %(at)s") % {
                "where": one.where,
                "at": date_format(timezone.localtime(one.at), "j M Y"),
            }
            self.fields[f"passage_{number}"] = forms.ChoiceField(
                required=False,
                choices=[("", _("Not decided yet")), *RecordDecision.Ruling.choices],
                initial=one.ruling,
                label=label,
                help_text=one.text,
            )

    def rulings(self) -> dict[str, str]:
        """By the key of the passage."""
        return {one.key: self.cleaned_data[f"passage_{number}"] for number, one in enumerate(self.passages)}
