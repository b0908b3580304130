"""In which order a partner's pages follow each other: the lines, then the week or the last question, then the end.

Rule that must not break: how far somebody is follows from the form alone. All pages of a week count as one, for their
number would tell whoever looks on of an activity or a goal that this partner alone has.
"""

from typing import Any

from assessments.intentions import asks_intention
from assessments.models import AnswerSheet
from assessments.sheets import SheetForm
from assessments.week_pages import WeekPage, page_to_resume, week_pages
from assessments.week_values import Week
from assessments.weeks import own_week

# The name of a page's address, and its number where it has one.
Place = tuple[Any, ...]

CHECK: Place = ("partner-check",)
RECEIPT: Place = ("receipt",)


def steps_of(form: SheetForm) -> int:
    """How many pages the progress counts."""
    return len(form.pages) + (1 if form.sheet.week_of or asks_intention(form.sheet) else 0)


def place(form: SheetForm, number: int) -> Place:
    """Where a page of lines is, or what follows them."""
    if number <= len(form.pages):
        return ("partner-page", number)
    if form.sheet.week_of:
        return ("partner-week", 1)
    return ("partner-intention",) if asks_intention(form.sheet) else CHECK


def place_to_resume(form: SheetForm) -> Place:
    """The first page not dealt with, or the help lines just before it: everyone reads them after their lines.

    Raises WeekClosed.
    """
    upcoming = form.progress.next_page or len(form.pages) + 1
    if upcoming > len(form.pages) and form.sheet.week_of:
        week = own_week(form.sheet)
        if week.is_saved:
            return ("partner-week", page_to_resume(week))
    if upcoming > 1 and form.pages[upcoming - 2].kind == "after":
        upcoming -= 1
    return place(form, upcoming)


def place_before_check(form: SheetForm) -> Place:
    """Raises WeekClosed."""
    if form.sheet.week_of:
        return ("partner-week", len(week_pages(own_week(form.sheet))))
    return ("partner-intention",) if asks_intention(form.sheet) else ("partner-page", len(form.pages))


def place_after_week(sheet: AnswerSheet, week: Week, page: WeekPage) -> Place:
    """What follows a page of the week. Once the form was finished, its end is where the partner came from."""
    if page.number < len(week_pages(week)):
        return ("partner-week", page.number + 1)
    return CHECK if sheet.state in AnswerSheet.OPEN_STATES else RECEIPT


def place_before_week(form: SheetForm, page: WeekPage) -> Place:
    if page.number > 1:
        return ("partner-week", page.number - 1)
    still_open = form.sheet.state in AnswerSheet.OPEN_STATES
    return ("partner-page", len(form.pages)) if still_open else RECEIPT
