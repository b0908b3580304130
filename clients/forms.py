from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.couples import PartnerDetails
from clients.models import Couple, Partner
from clients.safe_hours import DAYS, read_hours

NUMBERS = (1, 2)
DETAILS = ("name", "channel", "email", "phone", "neutral_name", "time_zone")
HOURS = ("hours_days", "hours_from", "hours_to")
SHOWN = ("name", "channel", "email", "phone", *HOURS, "time_zone", "neutral_name")


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
            for name, field in partner_fields(number, unclear=self.initial.get(f"partner{number}_unclear", "")).items():
                self.fields[f"partner{number}_{name}"] = field

    def partners(self) -> list[PartnerDetails]:
        given = self.cleaned_data
        return [
            PartnerDetails(
                **{name: given[f"partner{number}_{name}"] for name in DETAILS},
                hours=hours_text(*(given[f"partner{number}_{name}"] for name in HOURS)),
            )
            for number in NUMBERS
        ]

    def partner_groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        for number in NUMBERS:
            title = _("Partner %(number)s") % {"number": number}
            yield title, [self[f"partner{number}_{name}"] for name in SHOWN]

    @property
    def about_couple(self) -> list[BoundField]:
        return [self[name] for name in self.fields if not name.startswith("partner")]


class CoupleEditForm(CoupleForm):
    state = forms.ChoiceField(
        choices=[choice for choice in Couple.State.choices if choice[0] != Couple.State.CLOSED],
        label=gettext_lazy("State"),
    )


def partner_fields(number: int, *, unclear: str = "") -> dict[str, forms.Field]:
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
        **hours_fields(number, unclear=unclear),
        "time_zone": forms.CharField(
            required=False,
            max_length=64,
            label=_("Time zone of partner %(number)s") % who,
            help_text=_("Such as Europe/London, where it is another than the practice's. Else leave it empty."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        ),
        "neutral_name": forms.CharField(
            required=False,
            max_length=80,
            label=_("Name to use in messages to partner %(number)s") % who,
            help_text=_("The first line of an e-mail. Never their own name; leave it empty for none."),
        ),
    }


def hours_fields(number: int, *, unclear: str) -> dict[str, forms.Field]:
    """Days and times of the safe hours. `unclear` is what was written before they had to be readable."""
    help_text = _("E-mails go out in these hours only. Leave all of it empty where any time is safe.")
    if unclear:
        help_text = _("“%(written)s” cannot be read, so nothing is sent. Choose days and times.") % {"written": unclear}
    who = {"number": number}
    labels = {"hours_from": _("From, for partner %(number)s"), "hours_to": _("Until, for partner %(number)s")}
    days = forms.MultipleChoiceField(
        required=bool(unclear),
        choices=list(zip(DAYS, (name for _number, name in sorted(dates.WEEKDAYS.items())), strict=True)),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "field-columns"}),
        label=_("Safe hours of partner %(number)s") % who,
        help_text=help_text,
    )
    clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    times = {
        name: forms.TimeField(required=bool(unclear), widget=clock, label=label % who) for name, label in labels.items()
    }
    return {"hours_days": days, **times}


def hours_text(days: Sequence[str], opens: time | None, closes: time | None) -> str:
    """As the domain reads it; what is missing is missing there too."""
    if not days and opens is None and closes is None:
        return ""
    first, last = (f"{one:%H:%M}" if one else "" for one in (opens, closes))
    return f"{', '.join(days)} {first}-{last}"


def initial_of(couple: Couple) -> dict[str, Any]:
    found: dict[str, Any] = {"label": couple.label, "state": couple.state}
    for partner in couple.partners.all():
        own = {name: getattr(partner, name) for name in DETAILS} | initial_hours(partner)
        found |= {f"partner{partner.position}_{name}": value for name, value in own.items()}
    return found


def initial_hours(partner: Partner) -> dict[str, Any]:
    if partner.has_unclear_hours:
        return {"unclear": partner.hours}
    hours = read_hours(partner.hours)
    return {"hours_days": hours.days, "hours_from": hours.opens, "hours_to": hours.closes} if hours else {}


def form_field(fault: str) -> str:
    """`partners[0].safe_contact.channel`, as the domain names it, to `partner1_channel`."""
    if not fault.startswith("partners["):
        return fault
    path, _, name = fault.rpartition(".")
    name = HOURS[0] if name == "hours" else name
    return f"partner{int(path.removeprefix('partners[')[0]) + 1}_{name}"


class HoldForm(forms.Form):
    """Why the record of a couple is kept beyond its term."""

    reason = forms.CharField(
        max_length=1000,
        label=gettext_lazy("Why must this record be kept?"),
        help_text=gettext_lazy("Such as a court, a complaint or a claim, and who told you. Only who treats reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
