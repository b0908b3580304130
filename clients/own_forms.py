from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import dates
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from clients.forms import hours_text, initial_hours
from clients.models import Partner
from clients.safe_hours import DAYS

REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
AS_PRACTICE = ""


def places() -> list[tuple[str, Any]]:
    named = sorted(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS and zone.count("/") == 1)
    return [(AS_PRACTICE, _("As in the practice")), *((zone, zone.replace("_", " ")) for zone in named)]


class OwnHoursForm(forms.Form):
    """When messages may come. All of it empty means any time."""

    days = forms.MultipleChoiceField(
        required=False,
        choices=list(zip(DAYS, (name for _number, name in sorted(dates.WEEKDAYS.items())), strict=True)),
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(required=False)
    closes = forms.TimeField(required=False)
    time_zone = forms.ChoiceField(required=False, choices=lazy(places, list)())

    @property
    def hours(self) -> str:
        given = self.cleaned_data
        return hours_text(given["days"], given["opens"], given["closes"])

    @staticmethod
    def of(partner: Partner) -> "OwnHoursForm":
        known = initial_hours(partner)
        return OwnHoursForm(
            initial={
                "days": known.get("hours_days", ()),
                "opens": known.get("hours_from"),
                "closes": known.get("hours_to"),
                "time_zone": partner.time_zone,
            }
        )
