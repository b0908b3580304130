"""Who changed a couple's plan, when, what and why, newest first. For the therapist alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from assessments.models import PlanChange
from assessments.plan_templates.library import PlanTemplate
from assessments.plan_words import dose_words, focus_words, step_title
from clients.models import Couple
from practice.models import Membership

HISTORY_PAGE = 50


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str
    kind: str
    what: str
    reason: str


@dataclass(frozen=True)
class History:
    """One page of changes. `older` is the id after which the next page begins, "" on the last one."""

    changes: list[Change]
    older: str
    is_newest: bool


def plan_history(couple: Couple, template: PlanTemplate, *, before: PlanChange | None = None) -> History:
    """A page of the changes of the plan, each with the name of whoever made it.

    `before` is the last change of the page before this one; without it the newest come.
    """
    names = Membership.objects.filter(pk=OuterRef("changed_by")).values("name")
    changes = PlanChange.objects.filter(couple=couple).select_related("activity").annotate(who=Subquery(names[:1]))
    if before:
        same_moment = Q(changed_at=before.changed_at, id__lt=before.id)
        changes = changes.filter(Q(changed_at__lt=before.changed_at) | same_moment)
    found = list(changes.order_by("-changed_at", "-id")[: HISTORY_PAGE + 1])
    shown = found[:HISTORY_PAGE]
    return History(
        changes=[
            Change(one.changed_at, one.who or "", one.get_kind_display(), what_changed(one, template), one.reason)
            for one in shown
        ],
        older=str(shown[-1].id) if len(found) > len(shown) else "",
        is_newest=before is None,
    )


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
