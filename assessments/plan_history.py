"""Who changed a couple's plan, when, what and why, newest first. For the therapist alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from assessments.models import PlanChange
from assessments.plan_templates.library import PlanTemplate
from assessments.plan_words import dose_words, focus_words, step_title
from clients.models import Couple
from practice.models import Membership

LONGEST_HISTORY = 200


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str
    kind: str
    what: str
    reason: str


def plan_history(couple: Couple, template: PlanTemplate) -> list[Change]:
    """The newest changes of the plan, each with the name of whoever made it."""
    names = Membership.objects.filter(pk=OuterRef("changed_by")).values("name")
    changes = PlanChange.objects.filter(couple=couple).select_related("activity").annotate(who=Subquery(names[:1]))
    return [
        Change(one.changed_at, one.who or "", one.get_kind_display(), what_changed(one, template), one.reason)
        for one in changes.order_by("-changed_at", "-id")[:LONGEST_HISTORY]
    ]


def what_changed(change: PlanChange, template: PlanTemplate) -> str:
    """A change in one line, from the ids and doses that it keeps."""
    detail, kinds = change.detail, PlanChange.Kind
    practice = change.activity.template if change.activity else None
    title = template.practices[practice]["title"]["en"] if practice else ""
    if change.kind == kinds.STEP:
        return _arrow(*(step_title(template, detail[side]) for side in ("before", "after")))
    if change.kind == kinds.FOCUS:
        return _arrow(*(focus_words(template, detail[side]) for side in ("before", "after")))
    if change.kind == kinds.DOSE:
        return f"{title}: {_arrow(dose_words(detail['before']), dose_words(detail['after']))}"
    if change.kind in (kinds.ADDED, kinds.OVERRIDDEN):
        return f"{title}: {dose_words(detail['dose'])}"
    return title or str(detail.get("template", ""))


def _arrow(before: str, after: str) -> str:
    return f"{before} → {after}"
