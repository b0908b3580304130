from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assignment import AnswerSheet
from clients.models import CounselingSession, Couple, Partner
from practice.encryption import EncryptedTextField
from practice.tenancy import TenantForeignKey, TenantModel


class RepairPlan(TenantModel):
    """What a couple works on: one plan a couple, made from one version of a plan template."""

    couple = TenantForeignKey(Couple, related_name="plans")
    template = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    active_step = models.CharField(max_length=20)
    # Domains the therapist chose, most important first.
    focus = ArrayField(models.CharField(max_length=20), default=list)
    agreed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "couple"], name="one_plan_per_couple")]


class Activity(TenantModel):
    """One practice of the plan template as this couple does it, by its template id, such as P31."""

    plan = TenantForeignKey(RepairPlan, related_name="activities")
    couple = TenantForeignKey(Couple, related_name="activities")
    template = models.CharField(max_length=20)
    # As the template writes a dose: {"times": 5, "minutes": 10}, {"once": true}, {"as_needed": true}, …
    dose = models.JSONField()
    assigned_by = models.UUIDField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["started_at", "template"]


class ActivityHolder(TenantModel):
    """One partner who holds an activity; an activity of the therapist has none.

    `asks_noticed` is settled when the activity is assigned, so that nothing a partner reads changes with the other.
    """

    activity = TenantForeignKey(Activity, related_name="holders")
    partner = TenantForeignKey(Partner, related_name="held_activities")
    asks_noticed = models.BooleanField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "activity", "partner"], name="one_hold_per_partner")]


class PlanChange(TenantModel):
    """Who changed a plan, when, what and why. Rows are added and never changed."""

    class Kind(models.TextChoices):
        AGREED = "agreed", _("Plan agreed")
        STEP = "step", _("Active step changed")
        FOCUS = "focus", _("Focus changed")
        ADDED = "added", _("Activity added")
        OVERRIDDEN = "overridden", _("Activity added against the gate")
        DOSE = "dose", _("Dose changed")
        ENDED = "ended", _("Activity ended")

    couple = TenantForeignKey(Couple, related_name="plan_changes")
    activity = TenantForeignKey(Activity, related_name="changes", null=True)
    kind = models.CharField(max_length=20, choices=Kind)
    # Ids of the template and doses, never free text.
    detail = models.JSONField(default=dict)
    reason = EncryptedTextField(blank=True)
    changed_by = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["-changed_at"]


class SpecificRequest(TenantModel):
    """One clear request of one partner to the other, made in the room, with its answer."""

    class Cadence(models.TextChoices):
        ONCE = "once", _("Once")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        WHEN_IT_COMES_UP = "when_it_comes_up", _("When it comes up")

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        YES = "yes", _("Yes")
        SMALLER_YES = "smaller_yes", _("A smaller yes")
        NO = "no", _("No")

    AGREED = (Answer.YES, Answer.SMALLER_YES)

    couple = TenantForeignKey(Couple, related_name="requests")
    asked_by = TenantForeignKey(Partner, related_name="requests_made")
    asked_of = TenantForeignKey(Partner, related_name="requests_received")
    wording = EncryptedTextField()
    # What a smaller yes is about; empty otherwise.
    agreed_wording = EncryptedTextField(blank=True)
    cadence = models.CharField(max_length=20, choices=Cadence)
    answer = models.CharField(max_length=20, choices=Answer, default=Answer.OPEN)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("asked_of")), name="request_is_between_partners"
            ),
        ]


class Goal(TenantModel):
    """A goal with five written levels (goal attainment scaling). Without an owner it is the couple's."""

    couple = TenantForeignKey(Couple, related_name="goals")
    owner = TenantForeignKey(Partner, related_name="goals", null=True)
    domain = models.CharField(max_length=20)
    behaviour = EncryptedTextField()
    how_counted = EncryptedTextField()
    # A JSON list of five texts, from -2 to +2.
    levels = EncryptedTextField()
    baseline_level = models.SmallIntegerField(default=-1)
    weight = models.PositiveSmallIntegerField(default=1)
    review_on = models.DateField()
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["written_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__range=(1, 3)), name="goal_weight_1_to_3"),
            models.CheckConstraint(condition=models.Q(baseline_level__range=(-2, 2)), name="goal_baseline_on_scale"),
        ]


class SessionRating(TenantModel):
    """What the therapist rated after a session: a stage for each step worked on, engagement of each partner."""

    session = TenantForeignKey(CounselingSession, related_name="ratings")
    # {step id: 0 to 4} and {partner id: 0 to 4}
    stages = models.JSONField(default=dict)
    engagement = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["practice", "session"], name="one_rating_per_session")]


class Intention(TenantModel):
    """Whether one partner wants to improve the relationship or first to find out. For the therapist alone."""

    class Wish(models.TextChoices):
        IMPROVE = "improve", _("Improve things between us")
        CLARIFY = "clarify", _("Find out what I want")

    couple = TenantForeignKey(Couple, related_name="intentions")
    partner = TenantForeignKey(Partner, related_name="intentions")
    wish = models.CharField(max_length=20, choices=Wish)
    stated_at = models.DateTimeField()
    # The form it was asked with, or the member who wrote down what was said.
    sheet = TenantForeignKey(AnswerSheet, related_name="+", null=True)
    recorded_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["stated_at"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "sheet"], name="one_intention_per_sheet"),
            models.CheckConstraint(
                condition=models.Q(sheet=None) ^ models.Q(recorded_by=None), name="intention_asked_or_recorded"
            ),
        ]


class WeekReport(TenantModel):
    """One partner's week. Written by app.save_week; the partner can read back their own small wins and nothing else.

    `id` follows from the partner and the Monday, so that a ciphertext inside is bound to its row before the row is.
    """

    couple = TenantForeignKey(Couple, related_name="week_reports")
    partner = TenantForeignKey(Partner, related_name="week_reports")
    sheet = TenantForeignKey(AnswerSheet, related_name="week_reports")
    monday = models.DateField()
    # {activity id: {"done": n, "noticed": n, "helped": 0 to 4, "barrier": code, "note": ciphertext}}
    entries = models.JSONField(default=dict)
    # {request id: "kept" or "missed"}
    requests = models.JSONField(default=dict)
    # A JSON list of {"text", "share_via_therapist"}.
    small_wins = EncryptedTextField(blank=True)
    saved_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["monday"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "partner", "monday"], name="one_report_per_week"),
            models.CheckConstraint(condition=models.Q(monday__iso_week_day=1), name="week_begins_on_monday"),
        ]


class GoalRating(TenantModel):
    """A level one rater saw reached. Without a partner the therapist is the rater."""

    goal = TenantForeignKey(Goal, related_name="ratings")
    partner = TenantForeignKey(Partner, related_name="+", null=True)
    level = models.SmallIntegerField()
    rated_at = models.DateTimeField()
    # Where the partner rated it themselves, or else the member who wrote it down.
    report = TenantForeignKey(WeekReport, related_name="goal_ratings", null=True)
    recorded_by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["rated_at"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "goal", "report"], name="one_rating_of_a_goal_per_report"),
            models.CheckConstraint(condition=models.Q(level__range=(-2, 2)), name="goal_rating_on_scale"),
            models.CheckConstraint(
                condition=models.Q(report=None) ^ models.Q(recorded_by=None), name="goal_rating_reported_or_recorded"
            ),
        ]
