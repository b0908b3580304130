from django import template

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
def tone(state: str) -> str:
    """The tone of a badge that names this state."""
    return TONES.get(state, "neutral")


AUDIENCES = {
    "joint_ok": "May be in a joint report, as a word",
    "therapist_only": "Therapist only",
    "confidential": "Confidential, opened one by one",
}


@register.filter
def audience(code: str) -> str:
    """Who may see what a line says."""
    return AUDIENCES.get(code, code)
