"""How often a form is asked, in words, as the couple's page says it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Assignment


def cadence_words(assignment: Assignment) -> str:
    said = [_how_often(assignment)]
    if assignment.times and (assignment.every_weeks or assignment.before_sessions):
        said.append(ngettext("%(times)s time", "%(times)s times", assignment.times) % {"times": assignment.times})
    if days := assignment.remind_on:
        joined = _(" and ").join(str(day) for day in days)
        said.append(ngettext("reminder on day %(days)s", "reminders on days %(days)s", len(days)) % {"days": joined})
    else:
        said.append(_("no reminders"))
    return ", ".join(said)


def _how_often(assignment: Assignment) -> str:
    if assignment.before_sessions:
        days = assignment.window.days
        said = ngettext(
            "Before each session, for up to %(days)s day", "Before each session, for up to %(days)s days", days
        )
        return said % {"days": days}
    if assignment.every_weeks:
        weeks = assignment.every_weeks
        return ngettext("Every week", "Every %(weeks)s weeks", weeks) % {"weeks": weeks}
    return _("Once")
