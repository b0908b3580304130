from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import URLValidator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from practice.errors import DomainError
from practice.models import Archive, Membership, Practice
from practice.practices import FEWEST_HOURS, MOST_HOURS
from practice.retention import FEWEST_YEARS, MOST_YEARS


def add_faults(form: forms.Form, error: DomainError, field_of: Callable[[str], str] = str) -> None:
    """Put what a domain function said beside the fields it is about; what is about no field goes on top.

    `field_of` gives the form's name of a fault's field.
    """
    if not error.faults:
        name = field_of(error.code)
        form.add_error(name if name in form.fields else None, str(error))
    for fault in error.faults:
        name = field_of(fault["field"])
        form.add_error(name if name in form.fields else None, fault["detail"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing on a GET, and on a POST its data, even when there is none."""
    return request.POST if request.method == "POST" else None


def uuid_in(text: str) -> UUID | None:
    """The id that was sent; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]
    exit_url = forms.URLField(
        assume_scheme="https",
        validators=[URLValidator(schemes=["https"])],
        label=_("Where “Leave this page” goes"),
        help_text=_("An everyday page that raises no question, in https."),
    )

    acknowledge_within_hours = forms.IntegerField(
        min_value=FEWEST_HOURS,
        max_value=MOST_HOURS,
        label=_("Hours to answer an urgent flag"),
        help_text=_("After this time the cover is told, after the same time again the owners. 1 to 72."),
    )

    class Meta:
        model = Practice
        fields = [
            "name",
            "country",
            "sender_name",
            "exit_url",
            "acknowledge_within_hours",
            "supervisors_read_couples",
        ]
        labels = {
            "name": _("Name of the practice"),
            "country": _("Country"),
            "sender_name": _("Sender of e-mails"),
            "supervisors_read_couples": _("Supervisors may read every couple"),
        }
        help_texts = {
            "country": _("Two letters, such as US or DE. Decides which help lines partners read."),
            "sender_name": _("Partners read this in their inbox, so it says nothing about what you do."),
            "supervisors_read_couples": _("They read results and flags, and change nothing."),
        }

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Give the two letters of the country."))
        return country


class CoverForm(forms.Form):
    """Who stands in for the member; nobody is a choice of its own, so that an empty form changes nothing."""

    NOBODY = "nobody"

    cover = forms.ChoiceField(
        label=_("Who stands in for you?"),
        help_text=_("They read your couples, answer their flags, and are told when you do not answer in time."),
    )

    def __init__(self, *args: Any, colleagues: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(colleague.id), colleague.name) for colleague in colleagues]
        self.fields["cover"].choices = [(self.NOBODY, _("Nobody")), *choices]  # type: ignore[attr-defined]

    def cover_id(self) -> UUID | None:
        chosen = self.cleaned_data["cover"]
        return None if chosen == self.NOBODY else UUID(chosen)


class LeaveForm(forms.Form):
    """Days off. An owner or an admin enters them for a colleague too, who may be too ill to do it."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, members: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(member.id), member.name) for member in members]
        if len(choices) > 1:
            self.fields["member"] = forms.ChoiceField(choices=choices, label=_("Who is away?"))
            self.order_fields(["member"])
        self.only = choices[0][0] if choices else ""

    def member_id(self) -> UUID:
        return UUID(self.cleaned_data.get("member") or self.only)


class TermForm(forms.Form):
    """How long records are kept after care ended; where no law is known here, the practice says what holds for it."""

    years = forms.IntegerField(
        min_value=FEWEST_YEARS,
        max_value=MOST_YEARS,
        label=_("Years after care ended"),
        help_text=_("A longer time counts at once, a shorter one from 30 days after today."),
    )
    stated_minimum = forms.IntegerField(
        min_value=FEWEST_YEARS,
        max_value=MOST_YEARS,
        label=_("Years that the law asks of you"),
        help_text=_("We know no rule for your country. Ask your lawyer, your professional body and your insurer."),
    )
    confirmed = forms.BooleanField(label=_("We looked into the law that holds for us, and this is what it asks."))

    def __init__(self, *args: Any, law_is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if law_is_known:
            del self.fields["stated_minimum"], self.fields["confirmed"]


class ArchiveForm(forms.Form):
    """The public key that everything is encrypted to, and what it is for."""

    recipient = forms.CharField(
        max_length=200,
        label=_("Public key"),
        help_text=_("Made with age-keygen on a computer of yours; it begins with age1. The private key stays there."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.ChoiceField(
        choices=Archive.Purpose.choices, widget=forms.RadioSelect, label=_("What is the archive for?")
    )
