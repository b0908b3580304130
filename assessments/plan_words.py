"""What a plan template says, in the words of a page: doses, who does it, evidence, topics and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.instruments import library as instruments
from assessments.instruments.definition import Json
from assessments.models import Activity
from assessments.plan_templates import library as templates
from assessments.plan_templates.library import PlanTemplate


@dataclass(frozen=True)
class Evidence:
    """How well a practice is supported: tested, related, plausible or article_only, with the source where one is."""

    level: str
    words: str
    source: str


def domain_label(template: PlanTemplate, domain: str) -> str:
    instrument = instruments.get(template.measured_by)
    return instrument.words(instrument.domains[domain]["label"])


def practice_title(template: PlanTemplate, practice_id: str) -> str:
    return str(template.practices[practice_id]["title"]["en"])


def activity_title(activity: Activity) -> str:
    """What an activity is called in the template of its plan."""
    return practice_title(templates.get(activity.plan.template), activity.template)


def step_title(template: PlanTemplate, step_id: str) -> str:
    return str(next(one["title"]["en"] for one in template.steps if one["id"] == step_id))


def focus_words(template: PlanTemplate, focus: Sequence[str]) -> str:
    return ", ".join(domain_label(template, domain) for domain in focus) or _("none")


def dose_words(dose: Mapping[str, Any]) -> str:
    """A dose of the template in words: “5 times a week, 10 minutes each”."""
    if "times" in dose:
        often = ngettext("Once a week", "%(times)s times a week", dose["times"]) % {"times": dose["times"]}
    elif "every_sessions" in dose:
        often = _("Every %(number)s sessions") % {"number": dose["every_sessions"]}
    else:
        often = _("As needed") if dose.get("as_needed") else _("Once")
    minutes = dose.get("minutes")
    if not minutes:
        return often
    each = ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    return f"{often}, {each}"


def who_words(who: str) -> str:
    return {
        "each": _("One or both, each on their own"),
        "pair": _("Both, together"),
        "one": _("One of the two, who alone sees it"),
        "therapist": _("You"),
    }[who]


def evidence_of(practice: Json) -> Evidence:
    found = practice["evidence"]
    words = {
        "tested": _("Tested"),
        "related": _("Related"),
        "plausible": _("Plausible"),
        "article_only": _("Article only"),
    }[found["level"]]
    return Evidence(found["level"], words, found.get("cite") or found.get("note") or "")


def signed(level: int) -> str:
    """A level of a goal as it is shown, with a true minus."""
    return f"{level:+d}".replace("-", "−") if level else "0"
