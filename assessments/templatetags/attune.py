from collections.abc import Mapping

from django import template

from assessments import library
from assessments.caseload_rows import initials
from assessments.flags import is_from_week, urgent_flags_of
from assessments.gap_reading import plain, signed
from assessments.inbox import Kind
from assessments.models import SafetyFlag
from assessments.progress_charts import Frame
from assessments.rule_titles.library import named
from assessments.week_fields import barrier_words
from clients.models import Consent
from practice.errors import DomainError
from practice.models import Membership

register = template.Library()

TONES = {
    "urgent": "urgent",
    "review": "warn",
    "note": "info",
    "open": "warn",
    "acknowledged": "info",
    "active": "good",
    "intake": "info",
    "submitted": "good",
    "started": "info",
    "expired": "warn",
    "declined": "warn",
    "failed": "urgent",
    "joint_ok": "info",
    "confidential": "warn",
    "tested": "good",
    "related": "info",
}


@register.filter
def shown_name(name: str, names_hidden: bool) -> str:
    """A name, or its initials while somebody looks on."""
    return initials(name) if names_hidden else name


@register.filter
def tone(state: str) -> str:
    """The tone of a badge that names this state."""
    return TONES.get(state, "neutral")


@register.filter
def lines_named(flag: SafetyFlag) -> str:
    """Which lines a flag is about, without what was answered."""
    return "weekly report" if is_from_week(flag) else ", ".join(flag.lines)


@register.filter
def rule_named(flag: SafetyFlag) -> str:
    """The rule that a flag is about, with what its lines are about; the flag was read with its sheet."""
    return named(flag.rule, instrument=flag.sheet.instrument)


@register.simple_tag
def urgent_flags(membership: Membership) -> int:
    """The alert beside the navigation: how many open urgent flags wait for this member."""
    return urgent_flags_of(membership)


ITEM_TONES = {
    Kind.ESCALATED: "urgent",
    Kind.FLAG: "warn",
    Kind.MESSAGE: "warn",
    Kind.PARTIAL: "warn",
    Kind.GOES: "warn",
}


@register.filter
def item_tone(kind: Kind) -> str:
    return ITEM_TONES.get(kind, "info")


@register.filter
def form_title(ref: str) -> str:
    """The title of an instrument, or its reference where it cannot be found any more."""
    try:
        return library.resolve(ref).title
    except DomainError:
        return ref


VERDICTS = {
    "reliably_better": ("reliably better", "good"),
    "cannot_tell_yet": ("cannot tell yet", "neutral"),
    "reliably_worse": ("reliably worse", "warn"),
}


@register.filter
def verdict(code: str | None) -> str:
    """One of the three words about a change."""
    return VERDICTS[code][0] if code else ""


@register.filter
def verdict_tone(code: str | None) -> str:
    return VERDICTS[code][1] if code else "neutral"


@register.filter
def number(value: float | None) -> str:
    """A whole number, half away from zero; a dash where there is none."""
    return plain(value)


@register.filter
def change(value: float | None) -> str:
    """A whole number with its sign."""
    return signed(value)


@register.filter
def at(items: Mapping[object, str], key: object) -> str:
    return items[key]


@register.filter
def chart_width(frame: Frame) -> int:
    return frame.right - frame.left


@register.filter
def consent(kind: str) -> str:
    return str(Consent.Kind(kind).label)


@register.filter
def barrier(code: str) -> str:
    """What got in the way, in the words that the partner chose."""
    return barrier_words(code)


@register.filter
def percent(share: float | None) -> str:
    return "–" if share is None else f"{plain(100 * share)}\u00a0%"


AUDIENCES = {
    "joint_ok": "May be in a joint report, as a word",
    "therapist_only": "Therapist only",
    "confidential": "Confidential, opened one by one",
}


@register.filter
def audience(code: str) -> str:
    """Who may see what a line says."""
    return AUDIENCES.get(code, code)
