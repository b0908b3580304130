from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import dates
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clients.forms import hours_text, initial_hours
from clients.models import Partner
from clients.safe_hours import DAYS, time_zones

REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
AS_PRACTICE = ""


def places() -> list[tuple[str, Any]]:
    named = sorted(zone for zone in time_zones() if zone.partition("/")[0] in REGIONS and zone.count("/") == 1)
    return [(AS_PRACTICE, _("As in the practice")), *((zone, zone.replace("_", " ")) for zone in named)]


class LongSelect(forms.Select):
    """Of hundreds of choices: a template for each of them takes longer than the rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.get_context(name, value, attrs)["widget"]
        options = [option for _group, some, _number in shown["optgroups"] for option in some]
        drawn = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((one["value"], flatatt({"selected": one["selected"]}), one["label"]) for one in options),
        )
        return format_html("<select{}>\n{}</select>", flatatt({"name": name, **shown["attrs"]}), drawn)


class OwnHoursForm(forms.Form):
    """When messages may come. All of it empty means any time."""

    days = forms.MultipleChoiceField(
        required=False,
        choices=list(zip(DAYS, (name for _number, name in sorted(dates.WEEKDAYS.items())), strict=True)),
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(required=False)
    closes = forms.TimeField(required=False)
    time_zone = forms.ChoiceField(required=False, choices=lazy(places, list)(), widget=LongSelect)

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
