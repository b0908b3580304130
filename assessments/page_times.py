"""How long a page of a form took, from its first showing to Continue: a signed time travels along, without scripts.

What cannot be true is unknown, not guessed: a stamp of another page or form, a page left open, a page seen before.
Hints on how a form was answered (clinical/design.md 1.5.10) are all that rests on it.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.utils import timezone

from assessments.pages import Page
from assessments.sheets import SheetForm

# Who is away this long did something else; the mean of the page would say nothing.
LONGEST = timedelta(minutes=20)


def stamp(form: SheetForm, page: Page) -> str:
    """What the page brings back; "" where there is nothing to learn: no line, or one that was dealt with before."""
    if page.kind != "lines" or any(line.id in form.saved for line in page.lines):
        return ""
    return _signer(form, page).sign(f"{_now():.0f}")


def seconds_spent(form: SheetForm, page: Page, given: Mapping[str, object], *, stamped: str) -> dict[str, int]:
    """Whole seconds for each line answered now: the time of the page, shared evenly. {} where it is unknown."""
    answered = [line.id for line in page.lines if given.get(line.id) is not None]
    try:
        shown_at = int(_signer(form, page).unsign(stamped))
    except BadSignature:
        return {}
    passed = _now() - shown_at
    if not answered or not 0 <= passed <= LONGEST.total_seconds():
        return {}
    return dict.fromkeys(answered, round(passed / len(answered)))


def _signer(form: SheetForm, page: Page) -> Signer:
    return Signer(salt=f"assessments.page_times|{form.sheet.id}|{page.number}")


def _now() -> float:
    return timezone.now().timestamp()
