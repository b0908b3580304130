from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.couples import PartnerDetails
from clients.models import Couple, Partner

NUMBERS = (1, 2)
DETAILS = ("name", "channel", "email", "phone", "hours", "neutral_name")


class CoupleForm(forms.Form):
    """A couple's label and its two partners; partner 1's name is the field `partner1_name`."""

    label = forms.CharField(
        max_length=80,
        label=gettext_lazy("Label"),
        help_text=gettext_lazy("How you find the couple in your list, such as initials. Partners never see it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in NUMBERS:
            for name, field in partner_fields(number).items():
                self.fields[f"partner{number}_{name}"] = field

    def partners(self) -> list[PartnerDetails]:
        given = self.cleaned_data
        return [PartnerDetails(**{name: given[f"partner{number}_{name}"] for name in DETAILS}) for number in NUMBERS]

    def partner_groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        for number in NUMBERS:
            title = _("Partner %(number)s") % {"number": number}
            yield title, [self[f"partner{number}_{name}"] for name in DETAILS]

    @property
    def about_couple(self) -> list[BoundField]:
        return [self[name] for name in self.fields if not name.startswith("partner")]


class CoupleEditForm(CoupleForm):
    state = forms.ChoiceField(
        choices=[choice for choice in Couple.State.choices if choice[0] != Couple.State.CLOSED],
        label=gettext_lazy("State"),
    )


class CloseForm(forms.Form):
    reason = forms.ChoiceField(
        choices=Couple.ClosedReason.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Why does care end?"),
        help_text=gettext_lazy("A separation is an outcome like any other and never counts as a failure."),
    )


def partner_fields(number: int) -> dict[str, forms.Field]:
    who = {"number": number}
    return {
        "name": forms.CharField(max_length=120, label=_("Name of partner %(number)s") % who),
        "channel": forms.ChoiceField(
            choices=Partner.Channel.choices,
            initial=Partner.Channel.NONE,
            label=_("What is safe for partner %(number)s") % who,
            help_text=_("Ask each of them alone. Where nothing is safe, you hand the link over in the room."),
        ),
        "email": forms.CharField(
            required=False,
            label=_("E-mail of partner %(number)s") % who,
            help_text=_("One that the other partner cannot open."),
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        ),
        "phone": forms.CharField(
            required=False,
            max_length=40,
            label=_("Phone of partner %(number)s") % who,
            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        ),
        "hours": forms.CharField(
            required=False,
            max_length=40,
            label=_("Safe hours of partner %(number)s") % who,
            help_text=_("For instance weekdays, 9 to 15."),
        ),
        "neutral_name": forms.CharField(
            required=False,
            max_length=80,
            label=_("Name to use in messages to partner %(number)s") % who,
            help_text=_("Only where their own name would not be safe."),
        ),
    }


def initial_of(couple: Couple) -> dict[str, str]:
    partners = {
        f"partner{partner.position}_{name}": getattr(partner, name)
        for partner in couple.partners.all()
        for name in DETAILS
    }
    return {"label": couple.label, "state": couple.state, **partners}


def form_field(fault: str) -> str:
    """`partners[0].safe_contact.channel`, as the domain names it, to `partner1_channel`."""
    if not fault.startswith("partners["):
        return fault
    path, _, name = fault.rpartition(".")
    return f"partner{int(path.removeprefix('partners[')[0]) + 1}_{name}"
