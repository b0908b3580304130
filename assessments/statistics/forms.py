from django import forms
from django.utils.translation import gettext_lazy as _

PURPOSES = {
    "planning": _("Planning within the practice"),
    "quality": _("Looking at the quality of our work"),
    "reporting": _("A report within the practice"),
}


class PurposeForm(forms.Form):
    """What the files of a release are fetched for."""

    quarter = forms.RegexField(r"^[0-9]{4}Q[1-4]$", widget=forms.HiddenInput)
    purpose = forms.ChoiceField(choices=list(PURPOSES.items()), widget=forms.RadioSelect, label=_("What are they for?"))
