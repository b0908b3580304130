"""The repair plan of a couple: its step, its activities, and who changed what and why.

At most three counted activities a partner; a gated activity is assigned only through an open gate or with a reason.
Nothing running is ever withdrawn by the program: an activity that vanishes would be a signal.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.gates import gates_for
from assessments.models import Activity, ActivityHolder, PlanChange, RepairPlan
from assessments.plan_templates import library as templates
from assessments.plan_templates.library import PlanTemplate
from clients.couples import CoupleClosed
from clients.models import Couple, Partner
from practice import audit
from practice.errors import DomainError, InvalidInput
from practice.models import Membership

MOST_COUNTED = 3


class Gated(DomainError):
    """Not available yet. Say why it is right all the same, or wait until the gate is open."""

    code = "gated"


class TooManyActivities(DomainError):
    """A partner has at most three counted activities at a time. End one first."""

    code = "too_many_activities"


class AlreadyHeld(DomainError):
    """This activity is running already. Change its dose instead."""

    code = "already_held"


def template_of(plan: RepairPlan) -> PlanTemplate:
    return templates.get(plan.template)


def agree_plan(
    couple: Couple, *, membership: Membership, active_step: str | None = None, focus: Sequence[str] | None = None
) -> RepairPlan:
    """Begin a plan, or change its step and focus; what is left out stays. Raises InvalidInput, CoupleClosed."""
    _refuse_closed(couple)
    with transaction.atomic():
        Couple.objects.select_for_update().get(pk=couple.pk)
        plan = RepairPlan.objects.filter(couple=couple).first() or _begin(couple, membership)
        template = template_of(plan)
        if active_step is not None and active_step != plan.active_step:
            if active_step not in {step["id"] for step in template.steps}:
                raise InvalidInput("The plan has no such step.", code="active_step")
            _note(plan, PlanChange.Kind.STEP, membership, before=plan.active_step, after=active_step)
            plan.active_step = active_step
        if focus is not None and list(focus) != plan.focus:
            if len(set(focus)) != len(focus) or not set(focus) <= set(_targets(template)):
                raise InvalidInput("Choose domains of this plan, each once.", code="focus")
            _note(plan, PlanChange.Kind.FOCUS, membership, before=plan.focus, after=list(focus))
            plan.focus = list(focus)
        plan.save(update_fields=["active_step", "focus"])
    audit.record("plan.agreed", object_id=plan.id, couple_id=couple.id)
    return plan


def assign_activity(
    plan: RepairPlan,
    *,
    template: str,
    partners: Sequence[Partner],
    membership: Membership,
    times: int | None = None,
    override_reason: str = "",
) -> Activity:
    """Give a practice of the template to who does it, at its dose or less.

    Raises InvalidInput, Gated, TooManyActivities, AlreadyHeld, CoupleClosed.
    """
    _refuse_closed(plan.couple)
    form = template_of(plan)
    if template not in form.practices:
        raise InvalidInput("The plan has no such practice.", code="template")
    _refuse_wrong_holders(form.practices[template], plan, partners)
    dose = _dose(form.practices[template], times)
    reason = override_reason.strip()
    with transaction.atomic():
        RepairPlan.objects.select_for_update().get(pk=plan.pk)
        _refuse_full(form, plan, template, partners)
        is_open = all(
            gates_for(plan.couple, form, now=timezone.now())[gate["id"]].is_open for gate in form.gates_of(template)
        )
        if not is_open and not reason:
            raise Gated
        activity: Activity = Activity.objects.create(
            plan=plan, couple=plan.couple, template=template, dose=dose, assigned_by=membership.id,
            started_at=timezone.now(),
        )  # fmt: skip
        ActivityHolder.objects.bulk_create(
            ActivityHolder(activity=activity, partner=partner, asks_noticed=len(partners) > 1) for partner in partners
        )
        kind = PlanChange.Kind.ADDED if is_open else PlanChange.Kind.OVERRIDDEN
        _note(plan, kind, membership, activity=activity, reason="" if is_open else reason, template=template, dose=dose)
    audit.record(f"activity.{kind}", object_id=activity.id, couple_id=plan.couple_id, template=template)
    return activity


def change_dose(activity: Activity, *, times: int, membership: Membership, reason: str = "") -> None:
    """Ask for less, or again for up to what the template asks. Raises InvalidInput, ActivityEnded, CoupleClosed."""
    _refuse_closed(activity.couple)
    with transaction.atomic():
        _lock_running(activity)
        dose = _dose(template_of(activity.plan).practices[activity.template], times)
        if dose == activity.dose:
            return
        before, activity.dose = activity.dose, dose
        activity.save(update_fields=["dose"])
        changed = {"before": before, "after": dose}
        _note(activity.plan, PlanChange.Kind.DOSE, membership, activity=activity, reason=reason, **changed)
    audit.record("activity.dose", object_id=activity.id, couple_id=activity.couple_id)


def end_activity(activity: Activity, *, membership: Membership, reason: str = "") -> None:
    """Stop asking for it. What was reported stays. Raises ActivityEnded."""
    with transaction.atomic():
        _lock_running(activity)
        activity.ended_at = timezone.now()
        activity.save(update_fields=["ended_at"])
        ended = {"template": activity.template}
        _note(activity.plan, PlanChange.Kind.ENDED, membership, activity=activity, reason=reason, **ended)
    audit.record("activity.ended", object_id=activity.id, couple_id=activity.couple_id)


class ActivityEnded(DomainError):
    """This activity has ended already. Assign it again if it is wanted."""

    code = "activity_ended"


def running_activities(plan: RepairPlan) -> list[Activity]:
    """What is asked for now, with its holders prefetched."""
    return list(Activity.objects.filter(plan=plan, ended_at=None).prefetch_related("holders__partner"))


def _begin(couple: Couple, membership: Membership) -> RepairPlan:
    template = templates.latest()
    plan: RepairPlan = RepairPlan.objects.create(
        couple=couple,
        template=template.ref,
        content_hash=template.content_hash,
        active_step=template.steps[0]["id"],
        agreed_at=timezone.now(),
    )
    _note(plan, PlanChange.Kind.AGREED, membership, template=template.ref)
    return plan


def _targets(template: PlanTemplate) -> list[str]:
    return list(dict.fromkeys(target for step in template.steps for target in step.get("targets", [])))


def _refuse_closed(couple: Couple) -> None:
    if couple.state == Couple.State.CLOSED:
        raise CoupleClosed


def _lock_running(activity: Activity) -> None:
    """Bring the activity up to what is stored, and keep others from changing it. Raises ActivityEnded."""
    kept = Activity.objects.select_for_update().get(pk=activity.pk)
    if kept.ended_at is not None:
        raise ActivityEnded
    activity.dose = kept.dose


def _refuse_wrong_holders(practice: Mapping[str, Any], plan: RepairPlan, partners: Sequence[Partner]) -> None:
    """Who may hold it, by the template: each = one or both, pair = both, one = one, therapist = nobody."""
    numbers = {"each": (1, 2), "pair": (2,), "one": (1,), "therapist": (0,)}[practice["who"]]
    words = {
        "each": "Say which partner does this, or both.",
        "pair": "This is done together: choose both partners.",
        "one": "This is for one partner: choose one.",
        "therapist": "This is yours to do: choose no partner.",
    }
    own = all(one.couple_id == plan.couple_id and one.state == Partner.State.ACTIVE for one in partners)
    if len({one.id for one in partners}) not in numbers or not own:
        raise InvalidInput(words[practice["who"]], code="partners")


def _dose(practice: Mapping[str, Any], times: int | None) -> dict[str, Any]:
    dose: dict[str, Any] = dict(practice["dose"])
    if times is None:
        return dose
    if "times" not in dose or not 1 <= times <= dose["times"]:
        raise InvalidInput("Start at the plan's dose or lower, at least once a week.", code="dose")
    return {**dose, "times": times}


def _refuse_full(form: PlanTemplate, plan: RepairPlan, template: str, partners: Sequence[Partner]) -> None:
    if not partners and Activity.objects.filter(plan=plan, template=template, ended_at=None).exists():
        raise AlreadyHeld
    held = ActivityHolder.objects.filter(activity__plan=plan, activity__ended_at=None).select_related("activity")
    for partner in partners:
        own = [holder.activity.template for holder in held if holder.partner_id == partner.id]
        if template in own:
            raise AlreadyHeld
        slots = {form.slot_of(one) for one in [*own, template] if form.is_counted(one)}
        if form.is_counted(template) and len(slots) > MOST_COUNTED:
            raise TooManyActivities


def _note(
    plan: RepairPlan,
    kind: str,
    membership: Membership,
    *,
    activity: Activity | None = None,
    reason: str = "",
    **detail: Any,
) -> None:
    PlanChange.objects.create(
        couple_id=plan.couple_id,
        activity=activity,
        kind=kind,
        detail=detail,
        reason=reason.strip(),
        changed_by=membership.id,
        changed_at=timezone.now(),
    )
