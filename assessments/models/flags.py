from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assignment import AnswerSheet
from clients.models import Couple, Partner
from practice.encryption import EncryptedTextField
from practice.tenancy import TenantForeignKey, TenantModel


class SafetyFlag(TenantModel):
    """One rule that one partner's answers met. Names lines, never answers; a lowered answer closes nothing."""

    class Level(models.TextChoices):
        URGENT = "urgent", _("Urgent")
        REVIEW = "review", _("Review")
        NOTE = "note", _("Note")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CLOSED = "closed", _("Closed")

    couple = TenantForeignKey(Couple, related_name="flags")
    partner = TenantForeignKey(Partner, related_name="flags")
    sheet = TenantForeignKey(AnswerSheet, related_name="flags")
    rule = models.CharField(max_length=20)
    level = models.CharField(max_length=10, choices=Level)
    lines = ArrayField(models.CharField(max_length=60))
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["practice", "sheet", "rule"], name="one_flag_per_rule"),
            # What events refer to: an event is about the partner of its flag, also where a form changes places.
            models.UniqueConstraint(fields=["practice", "id", "partner"], name="flag_with_its_partner"),
        ]
        indexes = [models.Index(fields=["practice", "state", "level"], name="flags_by_state")]


class FlagEvent(TenantModel):
    """What was done about a flag. Rows are added and never changed; the first date of a flag stays.

    `partner` is the flag's: the database holds it to that, and the policies of what writes for one partner read it.
    """

    class Action(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        COVER_TOLD = "cover_told", _("Cover told")
        OWNER_TOLD = "owner_told", _("Owner told")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")

    class Reason(models.TextChoices):
        DISCUSSED_ALONE = "discussed_alone", _("Discussed alone")
        REFERRED = "referred", _("Referred")
        FALSE_ALARM = "false_alarm", _("False alarm")
        OTHER = "other", _("Other")

    flag = TenantForeignKey(SafetyFlag, related_name="events")
    partner = TenantForeignKey(Partner, related_name="flag_events")
    action = models.CharField(max_length=20, choices=Action)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    note = EncryptedTextField(blank=True)
    at = models.DateTimeField()
    # The member; null where the program did it.
    by = models.UUIDField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action="closed") ^ models.Q(reason=""), name="flag_is_closed_with_a_reason"
            )
        ]
